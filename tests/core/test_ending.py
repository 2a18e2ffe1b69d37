"""What a withdrawal may change in a text: its status and its reason."""

from __future__ import annotations

from docctl.core.ending import changed

TEXT = "---\nid: ITSM-P-01\ntitle: A\nstatus: approved\n---\nText.\n"


def test_status_and_reason_may_change():
    ended = TEXT.replace("approved", "withdrawn").replace("---\nText", "withdrawal: {reason: old}\n---\nText")
    assert changed(TEXT.encode(), ended.encode()) == ()


def test_every_other_field_and_the_body_are_named():
    other = TEXT.replace("title: A", "title: B\nowner: nobody").replace("Text", "Other text")
    assert changed(TEXT.encode(), other.encode()) == ("owner", "title", "body")


def test_what_cannot_be_read_has_nothing_to_compare():
    assert changed(b"no text", TEXT.encode()) == ()
    assert changed(TEXT.encode(), b"no text") == ()
