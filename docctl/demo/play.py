"""The story of the rehearsal: eight months of the sample company, act by act. Must not do anything that the acts cannot."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from docctl.acts import draft, record, sign
from docctl.acts import release as releasing
from docctl.acts.desk import Desk
from docctl.assurance import Report, verify
from docctl.core import frontmatter
from docctl.core.calendar import add_days
from docctl.core.errors import Words
from docctl.core.matrix import Seat, seats
from docctl.demo.stage import Stage, folders, put, sample

Tell = Callable[[Words], None]
Progress = Callable[[int, int], None]
LAST_DAY = "2026-07-31"  # the rehearsal's last month
NIGHT = "T0{}:00:00Z"  # the organisation works eight hours ahead of these


class Outcome(NamedTuple):
    """What a rehearsal left behind: the refusal of the hook, that of the server, the verdict and the root fingerprint."""

    hook: str
    server: str
    report: Report
    fingerprint: str


def run(
    folder: str, tell: Tell, progress: Progress = lambda _done, _all: None, *, scheduled: bool = True, lang: str = "en"
) -> Outcome:
    """Acts the story out in `folder`: library, server and keys. `scheduled` adds the version for a future day.

    `lang` is the language that hook and server refuse in.

    Raises DocctlError when the folder holds anything else, or ssh-keygen or git is missing.
    """
    stage = Stage(folder, tell, lang)
    stage.clear()
    source, story = sample()
    play = _Play(stage, source, story, progress)
    play.begin()
    play.months()
    hook, server = play.refusals()
    if scheduled:
        play.schedule()
    stage.fetch_receipts()
    return Outcome(hook, server, play.verdict(), stage.fingerprint)


class _Play:
    """The sample company at work."""

    def __init__(self, stage: Stage, source: str, story: Mapping[str, Any], progress: Progress) -> None:
        self._stage = stage
        self._source = source
        self._story = story
        self._progress = progress
        self._total = sum(len(wave["documents"]) + 1 for wave in story["waves"]) + len(story["records"]) + 6
        self._done = 0
        self._folders = dict(folders(os.path.join(source, "documents")))

    def _step(self, count: int = 1) -> None:
        self._done += count
        self._progress(self._done, self._total)

    def begin(self) -> None:
        """Founds the library with the sample company's rules."""
        self._stage.tell(Words("The library begins: rules, people, root of three", "建库：规则、人员、三人根密钥"))
        first = self._story["waves"][0]["day"]
        rules = [self._read(f".docctl/{name}") for name in ("settings.yaml", "people.yaml")]
        self._stage.begin(rules[0], rules[1], add_days(first, -30) + NIGHT.format(1))
        self._step()

    def _read(self, path: str) -> bytes:
        with open(os.path.join(self._source, path), "rb") as file:
            return file.read()

    def wave(self, wave: Mapping[str, Any]) -> None:
        """Drafts, signs and releases one batch of documents together."""
        note = Words(wave["note"]["en"], wave["note"]["zh"])
        self._stage.tell(Words(f"{wave['day']}  {note.en}", f"{wave['day']}  {note.zh}"))
        branches = []
        for number in wave["documents"]:
            self._submit_first(number, wave["day"])
            branches.append(self._sign_all(number, wave["day"]))
            self._stage.git("switch", "-q", "main")
            self._step()
        self._release(wave["documents"], wave["day"], wave["effective"])

    def _submit_first(self, number: str, day: str) -> None:
        """The author puts the first text on a topic branch and submits it."""
        folder = self._folders[number]
        with self._stage.desk(self._story["submitters"][number], add_days(day, -9) + NIGHT.format(1)) as desk:
            desk.go_to_topic(f"doc/{number}/A-0")
            for path, data in self._first_text(folder, number).items():
                put(os.path.join(self._stage.library, path), data)
            sign.sign(desk, sign.submission(desk, number))

    def _first_text(self, folder: str, number: str) -> dict[str, bytes]:
        """What the document said at its first release: the later revision and withdrawal taken back."""
        files = {}
        for name in sorted(os.listdir(os.path.join(self._source, folder))):
            files[f"{folder}/{name}"] = self._read(f"{folder}/{name}")
        path = f"{folder}/index.md"
        text = files[path].decode()
        if number == self._story["revision"]["document"]:
            for change in self._story["revision"]["earlier"]:
                text = text.replace(change["now"], change["then"])
            text = frontmatter.with_values(text, {"version": "A/0", "change": None})
        files[path] = frontmatter.with_values(text, {"status": "draft", "withdrawal": None}).encode()
        return files

    def _sign_all(self, number: str, day: str) -> str:
        """Everybody whose slot it is signs; what they sign on the same branch is recorded together."""
        with self._stage.desk(self._story["submitters"][number], add_days(day, -5) + NIGHT.format(1)) as desk:
            document = desk.document(number)
            signers = _signers(desk, number)
        files: dict[str, bytes] = {}
        for place, (seat, person) in enumerate(signers):
            instant = f"{add_days(day, -6 + seat.slot.step)}T0{1 + place // 60}:{place % 60:02d}:00Z"
            with self._stage.desk(person, instant) as desk:
                files |= desk.sign(desk.statement(document, seat.slot.decision, seat.slot.role))
        with self._stage.desk(signers[-1][1], add_days(day, -1) + NIGHT.format(1)) as desk:
            desk.judge(files, landing=False)
            desk.record(files, f"Sign {number} {document.version}: {', '.join(person for _, person in signers)}")
            return desk.branch or ""

    def _release(self, numbers: Sequence[str], day: str, effective: str) -> None:
        """A document controller who did not approve any of them releases the batch, and the server takes it."""
        with self._stage.desk(self._controller(numbers), day + NIGHT.format(2)) as desk:
            releasing.release(desk, releasing.batch(desk, numbers, effective=effective))
        with self._stage.at(day + NIGHT.format(2)):
            self._stage.push()

    def _controller(self, numbers: Sequence[str]) -> str:
        """The controller who prepared the fewest of these documents."""
        with self._stage.desk(self._story["submitters"][numbers[0]], "2026-01-01" + NIGHT.format(1)) as desk:
            mandate = desk.mandate
        holders = mandate.people.holders(mandate.settings.release_role, "2026-01-01")
        prepared = [self._story["submitters"][number] for number in numbers]
        return min(holders, key=lambda person: prepared.count(person.id)).id

    def months(self) -> None:
        """Releases, records, one revision and one withdrawal, in the order of their days."""
        story = self._story
        events: list[tuple[str, Callable[[], None]]] = [
            *((wave["day"], partial(self.wave, wave)) for wave in story["waves"]),
            (story["revision"]["day"], self._revise),
            (story["withdrawal"]["day"], self._withdraw),
            *((item["day"], partial(self._record, item)) for item in story["records"]),
        ]
        ordered = sorted(events, key=lambda event: event[0])
        for _, act in ordered:
            act()
            self._step()
        with self._stage.at(ordered[-1][0] + NIGHT.format(9)):
            self._stage.push()

    def _record(self, item: Mapping[str, str]) -> None:
        """One record is written and sealed."""
        folder = next(folder for number, folder in folders(os.path.join(self._source, "records")) if number == item["id"])
        self._stage.tell(Words(f"{item['day']}  record {item['id']} sealed", f"{item['day']}  记录 {item['id']} 封存"))
        with self._stage.desk(item["sealed_by"], item["day"] + NIGHT.format(9)) as desk:
            for name in os.listdir(os.path.join(self._source, folder)):
                put(os.path.join(self._stage.library, folder, name), self._read(f"{folder}/{name}"))
            _, statement, also = record.sealing(desk, item["id"])
            record.seal(desk, statement, also)

    def _revise(self) -> None:
        """A later version: drafted, signed one by one, released."""
        plan = self._story["revision"]
        number, day = plan["document"], plan["day"]
        self._stage.tell(Words(f"{day}  {number} is revised", f"{day}  修订 {number}"))
        text = self._read(f"{self._folders[number]}/index.md")
        change: Any = frontmatter.read(text).values["change"]
        author = self._story["submitters"][number]
        self._revision(
            number, author, day, change, frontmatter.with_values(text.decode(), {"status": "draft"}).encode(), plan["effective"]
        )

    def schedule(self) -> None:
        """One more version, released for a day that has not come yet."""
        plan = self._story["scheduled"]
        number, day = plan["document"], plan["day"]
        self._stage.tell(
            Words(f"{day}  {number} is released for {plan['effective']}", f"{day}  {number} 发布，{plan['effective']} 起实施")
        )
        text = self._read(f"{self._folders[number]}/index.md").decode()
        for item in plan["replace"]:
            text = text.replace(item["now"], item["next"])
        values = {"version": "A/1", "status": "draft", "change": plan["change"]}
        author = self._story["submitters"][number]
        self._revision(number, author, day, plan["change"], frontmatter.with_values(text, values).encode(), plan["effective"])
        self._step()

    def _revision(self, number: str, author: str, day: str, change: Mapping[str, str], text: bytes, effective: str) -> None:
        with self._stage.desk(author, add_days(day, -9) + NIGHT.format(1)) as desk:
            made = draft.revise(desk, number, change["class"], change["reason"], summary=change.get("summary", ""))
        with self._stage.desk(author, add_days(day, -9) + NIGHT.format(2)) as desk:
            put(os.path.join(self._stage.library, made.path), text)
            sign.sign(desk, sign.submission(desk, number))
        self._one_by_one(number, author, day)
        self._stage.push(made.branch)
        self._release([number], day, effective)

    def _one_by_one(self, number: str, author: str, day: str) -> None:
        """Each signer acts alone, as people do on their own machines."""
        with self._stage.desk(author, add_days(day, -8) + NIGHT.format(1)) as desk:
            signers = _signers(desk, number)
        for place, (seat, person) in enumerate(signers):
            with self._stage.desk(person, f"{add_days(day, -6 + seat.slot.step)}T02:{place:02d}:00Z") as desk:
                sign.sign(desk, sign.decision(desk, number, seat.slot.decision, role=seat.slot.role))

    def _withdraw(self) -> None:
        """A number ends: asked for by its author, signed by the slots of withdrawal, released by the controller."""
        plan = self._story["withdrawal"]
        number, day = plan["document"], plan["day"]
        self._stage.tell(Words(f"{day}  {number} is withdrawn", f"{day}  {number} 作废"))
        block: Any = frontmatter.read(self._read(f"{self._folders[number]}/index.md")).values["withdrawal"]
        author = self._story["submitters"][number]
        with self._stage.desk(author, add_days(day, -7) + NIGHT.format(1)) as desk:
            asked = releasing.withdrawal(desk, number, block["reason"], replaced_by=block.get("replaced_by", ""))
            sign.sign(desk, asked)
        self._one_by_one(number, author, day)
        self._release([number], day, plan["effective"])

    def refusals(self) -> tuple[str, str]:
        """Somebody edits a document in force: the hook stops the commit, and the server the push that skips the hook."""
        self._stage.tell(Words("Somebody edits a document in force…", "有人直接修改有效文件……"))
        number = self._story["revision"]["document"]
        path = os.path.join(self._stage.library, self._folders[number], "index.md")
        with open(path, "a", encoding="utf-8") as file:
            file.write("\n紧急变更无需批准。\n")
        self._stage.git("add", "-A")
        hook = self._stage.git("commit", "-q", "-m", "Small correction")
        self._stage.git("commit", "-q", "--no-verify", "-m", "Small correction")
        server = self._stage.git("push", "--no-verify", "origin", "main")
        self._stage.git("reset", "-q", "--hard", "origin/main")
        self._step()
        return hook.stderr.strip(), server.stderr.strip()

    def verdict(self) -> Report:
        """What a stranger with the root fingerprint finds on the server."""
        from docctl.repository import Repository

        with Repository.open(self._stage.server) as repository:
            report = verify(repository, repository.resolve("main") or "", root=self._stage.fingerprint)
        self._step()
        return report


def _signers(desk: Desk, number: str) -> list[tuple[Seat, str]]:
    """Who fills each seat of a candidate: holders of the role who did not prepare it, at levels 1 and 2 each person once."""
    document, evidence, mandate = desk.document(number), desk.evidence(number), desk.mandate
    kind = mandate.settings.types[document.type]
    taken = set(evidence.authors(document.version, document.digest, ending=document.withdrawn))
    found = []
    for seat in seats(document, kind.slots_for(document.change_class)):
        able = (
            person.id
            for _, person in sorted(mandate.people.persons.items())
            if any(held.covers(desk.today) for held in person.holdings(seat.slot.role, kind.level, seat.department))
        )
        person = next(each for each in able if each not in taken)
        found.append((seat, person))
        if kind.level <= 2:
            taken.add(person)
    return found
