"""Ways in which a server's gate or its receipts silently do not stand, each found by `docctl server check` (threats B13, F07)."""

from __future__ import annotations

import pytest

from docctl import hooks, server
from docctl.assurance import verify
from docctl.core.errors import DocctlError
from docctl.receipts import Server, chain, complete
from docctl.repository import Repository

from .workshop import new_key, public_key


@pytest.fixture
def real(shop):
    """A server that is no rehearsal, with a key for receipts that the rules know."""
    new_key(shop.keys, "server-key") if not (shop.keys / "server-key").exists() else None
    path = shop.office / ".docctl/settings.yaml"
    path.write_text(
        f"{path.read_text(encoding='utf-8')}server_keys: ['{public_key(shop.keys, 'server-key')}']\n", encoding="utf-8"
    )
    shop.rules_record()
    shop.commit("server key")
    assert shop.land().code == 0
    server.install(str(shop.server), root=shop.fingerprint, key=str(shop.keys / "server-key"))
    return shop


def bad(shop):
    """Every point that is not good: its name and what it says."""
    return {point.name: f"{point.words.en} → {point.remedy.en}" for point in server.check(str(shop.server)) if not point.good}


def test_a_good_server(real):
    assert bad(real) == {}


# -- hooks ---------------------------------------------------------------------------------------------------------------


def test_a_folder_stands_where_the_hook_should(real):
    hook = real.server / "hooks/pre-receive"
    hook.unlink()
    hook.mkdir()
    assert "not docctl's" in bad(real)["pre-receive"]
    with pytest.raises(DocctlError, match="is a folder, where a hook should be"):
        server.install(str(real.server))


def test_the_hook_holds_bytes_that_are_no_text(real):
    hook = real.server / "hooks/pre-receive"
    hook.write_bytes(hook.read_bytes() + b"\xff\n")
    assert {*bad(real)} == {"pre-receive"}


def test_a_hook_that_never_ends_is_told(real, monkeypatch):
    other = real.server / "hooks/pre-receive.before-docctl"
    other.write_text("#!/bin/sh\nexec sleep 60\n")
    other.chmod(0o755)
    monkeypatch.setattr(server, "LIMIT", 1)
    assert "timed out" in bad(real)["tried"]


def test_a_hook_whose_shell_is_gone_is_told(real, monkeypatch):
    monkeypatch.setattr(hooks, "script", lambda *_, **__: "#!/nowhere/sh\n" + hooks.MARK + "\n")
    hooks.install(str(real.server / "hooks"), hooks.SERVER)
    assert "does not answer" in bad(real)["tried"]


@pytest.mark.parametrize("name", ["receive.fsck.hasDotgit", "fetch.fsck.skipList", "transfer.fsck.badTree"])
def test_one_of_git_s_own_checks_is_softened(real, name):
    real.git("config", name, "ignore", at=real.server)
    assert name.lower() in bad(real)["fsck"].lower()


# -- receipts ------------------------------------------------------------------------------------------------------------


def pushed(shop, **env):
    """One more push that is taken in; what was said."""
    shop.put("README.md", f"{len(list(shop.office.glob('README*')))}\n{env}")
    shop.git("add", "-A")
    shop.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "x")
    ran = shop.land(**env)
    assert ran.code == 0, ran.said
    return ran.said


def receipts(shop):
    with Repository.open(str(shop.server)) as repository:
        return chain(repository).receipts


def judged(shop):
    with Repository.open(str(shop.server)) as repository:
        return verify(repository, "main", root=shop.fingerprint)


def test_the_server_s_key_is_unknown_to_the_rules(real):
    """One receipt signed with it would spoil the chain for good, so none is written, and verify stays fine."""
    new_key(real.folder, "stranger")
    server.install(str(real.server), key=str(real.folder / "stranger"))
    assert "server_keys" in bad(real)["docctl.serverKey"]
    said = pushed(real)
    assert "server_keys" in said
    assert "→" in said
    assert receipts(real) == ()
    assert judged(real).fine


def test_the_server_s_key_may_not_be_read_by_ssh_keygen(real):
    key = real.folder / "open-key"
    key.write_bytes((real.keys / "server-key").read_bytes())
    (real.folder / "open-key.pub").write_bytes((real.keys / "server-key.pub").read_bytes())
    key.chmod(0o644)
    server.install(str(real.server), key=str(key))
    assert "nothing was signed" in bad(real)["docctl.serverKey"]


def test_the_server_s_key_is_gone(real):
    real.git("config", "docctl.serverKey", "/nowhere/key", at=real.server)
    assert "/nowhere/key" in bad(real)["docctl.serverKey"]


def test_the_public_half_belongs_to_another_key(real):
    new_key(real.folder, "mixed")
    (real.folder / "mixed.pub").write_bytes((real.keys / "server-key.pub").read_bytes())
    server.install(str(real.server), key=str(real.folder / "mixed"))
    assert "docctl.serverKey" in bad(real)


def test_the_server_s_clock_is_behind_its_last_receipt(real):
    """Receipts whose times run backwards would break the chain for good; from a clock that was set back one only says "by then"."""
    with Repository.open(str(real.server)) as repository:
        known = Server(real.root()["repository"], str(real.keys / "server-key"))
        complete(repository, known, "main", "", repository.resolve("main") or "", "2090-01-01T00:00:00Z")
    assert "2090-01-01" in bad(real)["clock"]
    pushed(real)
    first, second = (filed.receipt for filed in receipts(real))
    assert (first.late, second.late) == (0, 1)
    assert first.received_at == second.received_at
    assert judged(real).fine


def test_the_chain_of_receipts_is_none(real):
    real.git("update-ref", "refs/docctl/receipts", "main", at=real.server)
    assert "receipts" in bad(real)
