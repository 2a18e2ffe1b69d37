"""R1, R2, R5 and R13 over small libraries."""

from docctl.core.errors import Words
from docctl.registers import REGISTERS, register
from docctl.registers.in_force import master_list
from docctl.registers.obsolete import obsolete_list
from docctl.registers.releases import release_table
from docctl.registers.review_due import review_list


def test_master_list_says_who_signed_and_from_when(firm, said):
    document = firm.issue(titles={"en": "Change management"}, clauses=["iso1:2018/7.5", {"clause": "iso1:2018/8.2.1"}])
    table = master_list(firm.collection())
    assert said(table.rows[0]) == {
        "no": "1",
        "number": "ITSM-P-05",
        "title": "Change management",
        "level": "2",
        "type": "Procedure",
        "version": "A/0",
        "language": "zh-CN",
        "systems": "iso1:2018",
        "approved_on": "2026-01-05",
        "released_on": "2026-01-05",
        "witnessed": "not witnessed",
        "effective_from": "2026-01-05",
        "owner": "Document controller",
        "department": "Operations",
        "prepared": "王芳",
        "reviewed": "Li Ming",
        "approved": "赵磊",
        "classification": "internal",
        "distribution": "Operations, Development",
        "next_review": "2027-01-05",
        "digest": document.digest[7:19],
        "flags": "",
        "remarks": "",
    }
    chinese = said(table.rows[0], "zh")
    assert (chinese["title"], chinese["reviewed"], chinese["distribution"]) == ("变更管理程序", "李明", "运维部、开发部")
    assert Words("In force: 1; level 2: 1.", "现行有效：1；2 级：1。") in table.notes


def test_master_list_holds_only_what_is_in_force_on_the_day(firm, said):
    firm.issue("ITSM-P-01", day="2026-01-05", effective="2026-01-10")
    firm.issue("ITSM-P-01", "A/1", "2026-01-20", "2026-03-01", change={"class": "minor", "reason": "审核"})
    firm.document("ITSM-P-02", status="draft")
    assert master_list(firm.collection("2026-01-04")).rows == ()
    assert master_list(firm.collection("2026-01-09")).rows == ()
    assert said(master_list(firm.collection("2026-01-10")), column="remarks") == [""]
    assert said(master_list(firm.collection("2026-02-28")), column="remarks") == ["A/1 from 2026-03-01"]
    assert said(master_list(firm.collection("2026-03-01")), column="version") == ["A/1"]


def test_master_list_is_ordered_by_level_and_number(firm, said):
    firm.settings["types"]["manual"] = {**firm.settings["types"]["procedure"], "level": 1}
    firm.issue("ITSM-A-01")
    firm.issue("ITSM-M-01", type="manual")
    table = master_list(firm.collection())
    assert said(table, column="number") == ["ITSM-M-01", "ITSM-A-01"]
    assert "In force: 2; level 1: 1; level 2: 1." in [note.en for note in table.notes]


def test_flags_tell_reviews_and_expiry(firm, said):
    firm.issue("ITSM-P-01", valid_until="2026-12-31")
    firm.issue("ITSM-P-02", review_interval=6)

    def flags(day):
        return said(master_list(firm.collection(day)), column="flags")

    assert flags("2026-06-04") == ["", ""]
    assert flags("2026-06-05") == ["", "review due"]
    assert flags("2026-07-05") == ["", "review due"]
    assert flags("2026-07-06") == ["", "review overdue"]
    assert flags("2026-12-20") == ["review due, expires soon", "review overdue"]
    assert flags("2027-01-01") == ["review due, expired", "review overdue"]


def test_a_lost_text_is_a_question_mark_never_a_guess(firm, said):
    first = firm.issue(title="旧名")
    firm.issue(version="A/1", day="2026-01-20", title="新名", change={"class": "minor", "reason": "审核"})
    firm.lost.add(first.digest)
    row = said(release_table(firm.collection()).rows[0])
    assert (row["title"], row["prepared"], row["approved"], row["kind"]) == ("新名 ?", "?", "?", "first issue")
    firm.lost.add(firm.documents["ITSM-P-05"].digest)
    row = said(master_list(firm.collection()).rows[0])
    assert (row["level"], row["owner"], row["next_review"], row["flags"]) == (
        "?",
        "?",
        "?",
        "text not in this copy of the history",
    )
    assert said(review_list(firm.collection()), column="due") == ["?"]
    assert said(obsolete_list(firm.collection()), column="reason") == ["?"]


def test_release_table_keeps_every_release(firm, said):
    firm.issue(comment="首批发布")
    change = {"class": "minor", "reason": "审核", "request": "CR-2026-004"}
    firm.issue(version="A/1", day="2026-02-01", effective="2026-02-10", change=change)
    firm.issue(version="B/0", day="2026-03-01", change={"class": "major", "reason": "换版"})
    firm.withdraw("ITSM-P-05", "B/0", "2026-04-01", "2026-04-10", replaced_by="ITSM-P-12")
    table = release_table(firm.collection("2026-05-01"))
    assert said(table, column="kind") == ["first issue", "revision", "new edition", "withdrawal"]
    assert said(table, column="replaces") == ["", "A/0", "A/1", ""]
    assert said(table, column="ceased_on") == ["2026-02-10", "2026-03-01", "2026-04-10", ""]
    assert said(table, "zh", "cause") == ["被 A/1 替代", "被 B/0 替代", "作废", ""]
    assert said(table, column="state") == ["superseded", "superseded", "withdrawn", "withdrawn"]
    assert said(table, column="request") == ["", "CR-2026-004", "", ""]
    assert set(said(table, "zh", "witnessed")) == {"未见证"}
    first = said(table.rows[0])
    assert first["prepared"] == "王芳 2026-01-05 09:00:00"
    assert first["cosigned"] == "Development 周涛 2026-01-05 10:30:00"
    assert first["approved"] == "Management representative 赵磊 2026-01-05 11:00:00"
    assert first["released"] == "孙丽 2026-01-05 12:00:00"
    assert first["remarks"] == "首批发布"
    assert first["evidence"].startswith("statements/ITSM-P-05/A-0/sun.li.release.")


def test_rows_of_a_day_never_learn_what_was_signed_later(firm):
    firm.issue()
    before = {name: register(name, firm.collection("2026-02-01")) for name in REGISTERS}
    firm.confirm(firm.documents["ITSM-P-05"], "2026-02-02")
    firm.issue(version="A/1", day="2026-02-02", change={"class": "minor", "reason": "审核"})
    firm.seal(firm.record(created="2026-02-02T09:00:00+08:00", event="2026-02-02"), "2026-02-03")
    after = {name: register(name, firm.collection("2026-02-01")) for name in REGISTERS}
    assert before == after


def test_scheduled_is_told_before_it_happens_but_ends_nothing_yet(firm, said):
    firm.issue()
    firm.issue(version="A/1", day="2026-01-20", effective="2026-03-01", change={"class": "editorial", "reason": "错字"})
    table = release_table(firm.collection("2026-02-01"))
    assert said(table, column="state") == ["in force", "scheduled 2026-03-01"]
    assert said(table, column="ceased_on") == ["", ""]
    assert said(table, "zh", "remarks") == ["A/1 自 2026-03-01 起", ""]
    assert said(table, "zh", "kind") == ["首次", "勘误"]
    firm.withdraw("ITSM-P-05", "A/1", "2026-03-05", "2026-03-10")
    assert said(master_list(firm.collection("2026-03-05")), column="remarks") == ["withdrawn from 2026-03-10"]


def test_kind_follows_the_label_where_the_text_does_not_tell(firm, said):
    firm.issue()
    firm.issue(version="A/1", day="2026-01-10")
    firm.issue(version="B/0", day="2026-01-20")
    assert said(release_table(firm.collection()), column="kind") == ["first issue", "revision", "new edition"]


def test_obsolete_list_says_why_and_what_came_instead(firm, said):
    firm.issue()
    firm.issue(version="A/1", day="2026-01-10", change={"class": "minor", "reason": "内审发现"})
    firm.withdraw("ITSM-P-05", "A/1", "2026-01-20", replaced_by="ITSM-P-12")
    table = obsolete_list(firm.collection())
    assert said(table, column="version") == ["A/0", "A/1"]
    assert said(table, column="kind") == ["superseded", "withdrawn"]
    assert said(table, column="reason") == ["内审发现", "不再需要"]
    assert said(table, column="replaced_by") == ["ITSM-P-05 A/1", "ITSM-P-12"]
    assert said(table, column="approved") == ["赵磊 2026-01-10 11:00:00", "赵磊 2026-01-20 11:00:00"]
    assert said(table, column="ceased_on") == ["2026-01-10", "2026-01-20"]
    assert obsolete_list(firm.collection("2026-01-09")).rows == ()


def test_review_list_counts_from_the_last_review(firm, said):
    late = firm.issue("ITSM-P-01", review_interval=1)
    firm.issue("ITSM-P-02", review_interval=2)
    firm.confirm(late, "2026-01-31")
    table = review_list(firm.collection("2026-03-01"))
    assert said(table, column="number") == ["ITSM-P-01", "ITSM-P-02"]
    assert said(table, column="due") == ["2026-02-28", "2026-03-05"]
    assert said(table, column="overdue") == ["1", ""]
    assert said(table, column="left") == ["", "4"]
    assert said(table, column="standing") == ["overdue", "due"]
    assert said(table, column="verdict") == ["reviewed, stays valid: Li Ming 2026-01-31 09:00:00", ""]
    assert said(review_list(firm.collection("2026-01-30")), column="due") == ["2026-02-05", "2026-03-05"]


def test_every_register_has_one_cell_per_column_and_both_languages(firm):
    firm.issue(title="方针 | 2.0 | 已批准 |")
    firm.seal(firm.record())
    for name in REGISTERS:
        table = register(name, firm.collection())
        assert table.register == name
        assert table.title == REGISTERS[name].title
        keys = [column.key for column in table.columns]
        assert len(set(keys)) == len(keys)
        assert all(column.en and column.zh for column in table.columns)
        assert all(list(row) == keys for row in table.rows)
        assert any("Asia/Shanghai" in note.zh for note in table.notes)
        assert Words("Organisation: Sample Ltd", "组织：示例公司") in table.notes


def test_a_root_of_one_person_is_said_on_every_register(firm):
    firm.root = firm.root._replace(keys=firm.root.keys[:1], threshold=1)
    for name in REGISTERS:
        assert any("one person alone (root.one)" in note.en for note in register(name, firm.collection()).notes)


def test_ten_times_as_many_documents_take_about_ten_times_as_long(firm):
    from time import perf_counter

    def spent(count):
        large = type(firm)()
        for place in range(count):
            large.issue(f"ITSM-P-{place:05d}")
        collection = large.collection()
        began = perf_counter()
        rows = master_list(collection).rows
        assert len(rows) == count
        assert len(release_table(collection).rows) == count
        return perf_counter() - began

    few, many = spent(200), spent(2000)
    assert many < 40 * few + 1
