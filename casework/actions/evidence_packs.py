"""Packs of evidence for an authority: checked, made once, fixed, sent by a named person, answered.

What is read for a pack is read in one transaction; its files are made outside any, for turning letters into
PDF takes seconds; what was made is recorded in one more, refused if the case moved meanwhile.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from casework.actions import evidence_gathering as gathering
from casework.actions.access import Act, require
from casework.actions.evidence_gathering import Gathered, gather
from casework.actions.evidence_making import PackFile, media_type_of
from casework.actions.evidence_making import make as make_files
from casework.actions.installation import Installation
from casework.actions.letter_drafts import WORD
from casework.actions.recording import By, Header, Unclear, given, next_id, one_of, write
from casework.actions.referrals import acts_for_la_alone
from casework.actions.situations import situation_of
from casework.documents import pdf
from casework.documents.edited import words_of
from casework.documents.evidence import manifest
from casework.domain import ENGINE, Case, CaseworkError, Event, NotAllowed, NotFound, Officer, Role
from casework.domain import events as e
from casework.domain.events import FindingRecord
from casework.domain.evidence import Checked, Enclosure, Part, in_short
from casework.rules.preflight import FileMade, PackInHand, SentBack, checked, period_of, wanted
from casework.rules.situation import Situation
from casework.storage import agenda, cases, files

MANIFEST = "application/json"
ANSWERS = ("yes", "no")


class PackStopped(CaseworkError):
    """A pack was asked to go that may not go yet; every reason is named with its remedy."""

    def __init__(self, pack_id: str, stops: Sequence[Checked]) -> None:
        self.pack_id, self.stops = pack_id, tuple(stops)
        listed = " ".join(f"{c.check}: {c.says} {c.remedy}".strip() for c in stops)
        super().__init__(f"Pack {pack_id} cannot go yet. {listed}")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a pack found: its enclosures, its checks, and in short how much is there."""

    pack: str
    title: str
    wanted: tuple[Enclosure, ...]
    checks: tuple[Checked, ...]

    @property
    def short(self) -> str:
        """`2 of 9 missing, 1 stale`."""
        return in_short(self.wanted)

    @property
    def stops(self) -> tuple[Checked, ...]:
        """What keeps it back."""
        return tuple(check for check in self.checks if check.stops)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pack that was made: `state` is prepared, submitted, returned or accepted."""

    pack_id: str
    pack: str
    parent_id: str
    prepared_on: date
    state: str
    lacking: tuple[str, ...]
    seal: str
    file: str


def kinds(inst: Installation, officer: Officer, case_ref: str, on: date) -> dict[str, str]:
    """Every kind of pack that this officer can make of a case, with its title."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        now = situation_of(tx, cases.load(tx, case_ref), on)
    found = now.policy.under("evidence", on)
    return {
        name: value.title
        for name, value in sorted(found.items())
        if value.about != "school" and (officer.holds(Role.DSL) or not value.get("dsl_only"))
    }


def choices(
    inst: Installation, officer: Officer, case_ref: str, on: date
) -> tuple[dict[str, str], dict[str, str]]:
    """What a pack can be and be about: kinds with their titles, parents by contact with their names."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        now = situation_of(tx, cases.load(tx, case_ref), on)
    return kinds(inst, officer, case_ref, on), {p.contact_id: p.name for p in now.parents}


def check(
    inst: Installation, officer: Officer, case_ref: str, pack: str, on: date, parent_id: str = ""
) -> Looked:
    """What a pack holds and lacks today, and every check before it goes; nothing is made or recorded."""
    require(officer, Act.READ_CASES)
    if acts_for_la_alone(officer):
        raise NotAllowed("look at a pack that was not sent yet", "the school")
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        found = _gathered(inst, tx, case, pack, on, parent_id, officer)
        hand = _in_hand(tx, found, pack, _latest(case, pack, parent_id))
    return Looked(pack, hand.rule.title, hand.wanted, checked(hand))


def prepare(
    inst: Installation,
    by: By,
    case_ref: str,
    pack: str,
    parent_id: str = "",
    read_at: datetime | None = None,
) -> Prepared:
    """Make a pack's files and fix them. One that lacks something is made as it is, and says what it lacks.

    Raises:
        NoConverter: Letters in Word go in, and the program that turns them into PDF is not installed.
        CannotBind: A file received cannot be opened.
        CaseChanged: Somebody wrote meanwhile.
    """
    require(by.officer, Act.WRITE_CASES)
    with inst.act(by.officer) as tx:
        case = cases.load(tx, case_ref)
        found = _gathered(inst, tx, case, pack, by.on, parent_id, by.officer, read_at)
        hand = _in_hand(tx, found, pack, None)
    pack_id = f"{case_ref}-E{len(case.of(e.EvidencePackPrepared)) + 1}"
    made = make_files(found, hand, pack_id, by)

    def record(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        kept = [files.keep(tx, file.content, media_type_of(file.name)) for file in made.files]
        listed = files.keep(tx, made.manifest, MANIFEST)
        return (
            e.EvidencePackPrepared(
                **header,
                pack_id=pack_id,
                pack=pack,
                parent_id=parent_id,
                la_code=found.situation.school.la_code,
                seal=manifest.read(made.manifest)["seal"],
                manifest=listed,
                files=tuple(kept),
                register=hand.register_now,
                lacking=tuple(item.name for item in hand.wanted if item.missing),
            ),
        )

    seen = By(by.officer, by.on, by.role, case.sequence, by.key, by.flow_run)
    write(inst, seen, case_ref, record)
    return packs_of(inst, by.officer, case_ref)[-1]


def answer(
    inst: Installation, by: By, case_ref: str, pack_id: str, *, check: str, answer: str, because: str
) -> Case:
    """A named person answers what only a person can say about a pack: yes or no, and why.

    Raises:
        NotFound: No such pack, or nothing of that name is asked about it.
    """
    require(by.officer, Act.WRITE_CASES)
    word = one_of(answer, ANSWERS, "The answer")
    why = given(because, "The reason")

    def make(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        prepared = prepared_pack(case, pack_id)
        found = _gathered(inst, tx, case, prepared.pack, by.on, prepared.parent_id, by.officer)
        hand = _in_hand(tx, found, prepared.pack, prepared)
        asked = {c.check for c in checked(hand) if c.question} | set(hand.answers)
        if check not in asked:
            raise NotFound("question", check, f"Asked are: {', '.join(sorted(asked)) or 'none'}.")
        return (
            e.EvidencePackAnswered(
                **_in_role(header, by.officer, check),
                pack_id=pack_id,
                check=check,
                answer=word,
                because=why,
            ),
        )

    return write(inst, by, case_ref, make)


def submit(
    inst: Installation, by: By, case_ref: str, pack_id: str, *, method: str, receipt: str = ""
) -> Case:
    """Record that a pack goes to the authority, after every check again. One with a stop cannot go.

    Raises:
        PackStopped: Naming everything that keeps it back.
        Unclear: It went already.
    """
    require(by.officer, Act.ISSUE_LETTERS)
    how = given(method, "How it goes")

    def make(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        prepared = prepared_pack(case, pack_id)
        if any(x.pack_id == pack_id for x in case.of(e.EvidencePackSubmitted)):
            raise Unclear(f"Pack {pack_id} went already.", "Prepare another if it is to go again.")
        found = _gathered(inst, tx, case, prepared.pack, by.on, prepared.parent_id, by.officer)
        hand = _in_hand(tx, found, prepared.pack, prepared)
        checks = checked(hand)
        if stops := [c for c in checks if c.stops]:
            raise PackStopped(pack_id, stops)
        return (
            e.EvidencePackSubmitted(
                **header,
                pack_id=pack_id,
                pack=prepared.pack,
                parent_id=prepared.parent_id,
                la_code=prepared.la_code,
                method=how,
                receipt=receipt,
                checks=tuple(_as_record(c) for c in checks),
            ),
        )

    return write(inst, by, case_ref, make)


def returned(
    inst: Installation,
    by: By,
    case_ref: str,
    pack_id: str,
    *,
    reasons: Sequence[str],
    checks: Sequence[str] = (),
) -> Case:
    """Record that the authority sent a pack back, where its own officers do not use this program.

    Args:
        reasons: In words, for this school alone.
        checks: What was lacking, in the policy's words: from now on every school of the authority is asked.
    """
    require(by.officer, Act.WRITE_CASES)
    said = tuple(given(reason, "The reason") for reason in reasons)
    if not said:
        raise Unclear("No reason was given.", "Say why it came back.")

    def make(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        prepared = _waiting(case, pack_id)
        now = situation_of(tx, case, by.on)
        known = tuple(item.check for item in now.value("contents.request_checks").checks)
        lacking = tuple(one_of(check, known, "The check") for check in checks)
        stage = now.value(f"evidence.{prepared.pack}").get("stage", "") or prepared.pack
        return (
            e.ReferralReturned(
                **header, stage=stage, parent_id=prepared.parent_id, reasons=said, checks=lacking
            ),
            e.TaskAdded(
                **header,
                task_id=next_id(case, "T", 1),
                title=f"Mend what the LA returned: {'; '.join(said)}",
                due_on=by.on,
                for_officer=case.owner_id,
            ),
        )

    return write(inst, by, case_ref, make)


def release(inst: Installation, by: By, case_ref: str, *, material: str, pack: str, reason: str) -> Case:
    """The DSL lets one sealed thing go in one kind of pack: a letter or item by its id, or an event."""
    require(by.officer, Act.WRITE_SEALED)
    why = given(reason, "The reason")

    def make(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        situation_of(tx, case, by.on).value(f"evidence.{one_word(pack)}")
        return (e.MaterialReleased(**header, material=material, pack=pack, reason=why),)

    return write(inst, by, case_ref, make)


def packs_of(inst: Installation, officer: Officer, case_ref: str) -> tuple[Prepared, ...]:
    """A case's packs, oldest first."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        made = [
            p
            for p in case.of(e.EvidencePackPrepared)
            if _may_see(officer, case, p) and (officer.holds(Role.DSL) or not _dsl_only(tx, case, p))
        ]
        served = {p.pack_id: _files_made(tx, p)[0].name for p in made}
    return tuple(
        Prepared(p.pack_id, p.pack, p.parent_id, p.on, _state(case, p), p.lacking, p.seal, served[p.pack_id])
        for p in made
    )


def files_of(inst: Installation, officer: Officer, case_ref: str, pack_id: str) -> tuple[PackFile, ...]:
    """A pack's files as they were made: its PDFs, its editable parts, its copy sheet and its manifest."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        prepared = readable_pack(tx, case, officer, pack_id)
        content = files.read(tx, prepared.manifest)
        said = manifest.read(content)
        listed = [*said["files"], *said["editable"]]
        found = [PackFile(item["name"], files.read(tx, item["sha256"])) for item in listed]
    return (*found, PackFile(f"{said['files'][0]['name']}.manifest.json", content))


def every(inst: Installation) -> Iterator[tuple[str, tuple[PackFile, ...]]]:
    """Every pack by its id with its files, those of the DSL's own channel left out."""
    with inst.act(ENGINE) as tx:
        made = agenda.packs_prepared(tx)
    for case_ref, pack_id in made:
        try:
            yield pack_id, files_of(inst, ENGINE, case_ref, pack_id)
        except NotAllowed:
            continue


def can_be_made() -> bool:
    """Whether letters in Word can be turned into PDF on this machine."""
    return pdf.available()


def verify(path: Path, manifest_path: Path | None = None) -> manifest.Verified:
    """Check a saved file against the manifest beside it, or another; no database is asked.

    Raises:
        NotFound: The file or its manifest is not there.
        NotAManifest: The manifest is none.
    """
    listed = manifest_path or _beside(path)
    for wanted_file in (path, listed):
        if not wanted_file.is_file():
            raise NotFound("file", wanted_file.name, "Give the file and, with --manifest, its manifest.")
    return manifest.verify(listed.read_bytes(), path.read_bytes(), path.name)


def _beside(path: Path) -> Path:
    """The manifest beside a file: its own, or the only one in the folder."""
    own = path.with_name(f"{path.name}.manifest.json")
    others = sorted(path.parent.glob("*.manifest.json"))
    return others[0] if not own.is_file() and len(others) == 1 else own


def one_word(pack: str) -> str:
    """A kind of pack as the policy names it.

    Raises:
        Unclear: It is no name.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", pack):
        raise Unclear(f"{pack!r} is no kind of pack.", "Give one such as penalty_notice_request.")
    return pack


# -- looking -------------------------------------------------------------------------------------------------


def _gathered(
    inst: Installation,
    tx: Connection,
    case: Case,
    pack: str,
    on: date,
    parent_id: str,
    officer: Officer,
    read_at: datetime | None = None,
) -> Gathered:
    now = situation_of(tx, case, on)
    rule = (
        now.policy.maybe(f"evidence.{one_word(pack)}", on)
        if f"evidence.{pack}" in now.policy.timelines
        else None
    )
    if rule is None:
        known = ", ".join(sorted(now.policy.under("evidence", on)))
        raise NotFound("kind of pack", pack, f"Kinds: {known}.")
    if rule.get("dsl_only") and not officer.holds(Role.DSL):
        raise NotAllowed("make or send a pack of the DSL's channel", "the DSL")
    if rule.about == "school":
        raise Unclear(
            f"{rule.title} is about a school, not about one case.", "Make it from the school's lists."
        )
    if rule.about == "parent" and not parent_id:
        contacts = ", ".join(p.contact_id for p in now.parents) or "none"
        raise Unclear(f"{rule.title} is always about one parent.", f"Say which, by contact: {contacts}.")
    parent = next((p for p in now.parents if p.contact_id == parent_id), None)
    if parent_id and parent is None:
        contacts = ", ".join(p.contact_id for p in now.parents) or "none"
        raise NotFound("parent", parent_id, f"Contacts of this pupil: {contacts}.")
    return gather(inst, tx, now.about(parent), officer, read_at)


def _in_hand(
    tx: Connection, found: Gathered, pack: str, prepared: e.EvidencePackPrepared | None
) -> PackInHand:
    situation = found.situation
    there = wanted(situation, pack, found.held)
    documents = [h for item in there for h in item.held if h.media_type == WORD]
    answers = {
        a.check: a
        for a in situation.case.of(e.EvidencePackAnswered)
        if prepared is not None and a.pack_id == prepared.pack_id
    }
    statement = found.statement
    return PackInHand(
        situation=situation,
        pack=pack,
        wanted=there,
        forms={h.kind: found.form(h.kind) for h in documents},
        texts={h.title: words_of(found.content[h.sha256]) for h in documents},
        files=_files_made(tx, prepared) if prepared is not None else (),
        answers=answers,
        returned=_returned(tx, situation),
        register_then=prepared.register if prepared is not None else "",
        register_now=gathering.register_digest(situation, _rests_until(tx, situation, pack, prepared)),
        paragraphs=statement.confirmed if statement is not None else None,
    )


def _returned(tx: Connection, situation: Situation) -> tuple[SentBack, ...]:
    words = {item.check: item.says for item in situation.value("contents.request_checks").checks}
    return tuple(
        SentBack(check, words.get(check, check), times, last)
        for check, times, last in agenda.returned_for(tx, situation.school.la_code, situation.on)
    )


def _files_made(tx: Connection, prepared: e.EvidencePackPrepared) -> tuple[FileMade, ...]:
    said = manifest.read(files.read(tx, prepared.manifest))
    return tuple(
        FileMade(item["name"], Part(item["part"]), item["size"], len(item["pages"])) for item in said["files"]
    )


def _rests_until(
    tx: Connection, situation: Situation, pack: str, prepared: e.EvidencePackPrepared | None
) -> date:
    """The last day that a pack rests on: of one that was made, the day it says."""
    if prepared is None:
        return period_of(situation, pack)[1]
    said = manifest.read(files.read(tx, prepared.manifest))
    return date.fromisoformat(said["register"]["period_to"])


def _latest(case: Case, pack: str, parent_id: str) -> e.EvidencePackPrepared | None:
    found = [p for p in case.of(e.EvidencePackPrepared) if (p.pack, p.parent_id) == (pack, parent_id)]
    waiting = [p for p in found if _state(case, p) == "prepared"]
    return waiting[-1] if waiting else None


def readable_pack(tx: Connection, case: Case, officer: Officer, pack_id: str) -> e.EvidencePackPrepared:
    """One of a case's packs, where this officer may read it.

    Raises:
        NotFound: There is no such pack, or it was not sent to the officer's authority.
        NotAllowed: It is of the DSL's own channel.
    """
    prepared = prepared_pack(case, pack_id)
    if not _may_see(officer, case, prepared):
        raise NotFound("pack", pack_id, "Look at what was put to your authority.")
    if _dsl_only(tx, case, prepared) and not officer.holds(Role.DSL):
        raise NotAllowed("read a pack of the DSL's channel", "the DSL")
    return prepared


def prepared_pack(case: Case, pack_id: str) -> e.EvidencePackPrepared:
    """One of a case's packs.

    Raises:
        NotFound: There is no such pack.
    """
    for prepared in case.of(e.EvidencePackPrepared):
        if prepared.pack_id == pack_id:
            return prepared
    raise NotFound("pack", pack_id, "Look at the case's packs.")


def _waiting(case: Case, pack_id: str) -> e.EvidencePackPrepared:
    prepared = prepared_pack(case, pack_id)
    if _state(case, prepared) != "submitted":
        raise Unclear(f"Pack {pack_id} is {_state(case, prepared)}.", "Only one that was sent can come back.")
    return prepared


def _state(case: Case, prepared: e.EvidencePackPrepared) -> str:
    state = "prepared"
    for item in case.recorded:
        match item.event:
            case e.EvidencePackSubmitted(pack_id=pack_id) if pack_id == prepared.pack_id:
                state = "submitted"
            case e.ReferralReturned(parent_id=parent_id) if state == "submitted":
                state = "returned" if parent_id == prepared.parent_id else state
            case e.ReferralAccepted(parent_id=parent_id) if state == "submitted":
                state = "accepted" if parent_id == prepared.parent_id else state
    return state


def _may_see(officer: Officer, case: Case, prepared: e.EvidencePackPrepared) -> bool:
    """The authority's own officers see what was sent to them, and nothing before."""
    return not acts_for_la_alone(officer) or _state(case, prepared) != "prepared"


def _dsl_only(tx: Connection, case: Case, prepared: e.EvidencePackPrepared) -> bool:
    return bool(situation_of(tx, case, prepared.on).value(f"evidence.{prepared.pack}").get("dsl_only"))


def _as_record(found: Checked) -> FindingRecord:
    source = found.source
    return FindingRecord(
        rule=found.check,
        answer=found.outcome.value,
        says=found.says,
        evidence=found.evidence,
        source=source.title if source else "",
        force=source.force.value if source else "",
        verified=source.verified if source else True,
    )


def _in_role(header: Header, officer: Officer, check: str) -> Header:
    """The answer in the role it is given in: the head answers as the head."""
    if officer.holds(Role.HEADTEACHER):
        return Header(**{**header, "role": Role.HEADTEACHER.value})
    return header
