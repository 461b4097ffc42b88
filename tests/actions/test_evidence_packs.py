"""Packs on a real database: a real file, its twin, its statement, and who may do what with them."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from casework.actions import cases, evidence_packs, redactions, safeguarding, statements
from casework.actions.evidence_packs import PackStopped
from casework.actions.recording import Unclear
from casework.actions.redactions import ToTakeOut
from casework.cli import command_line
from casework.documents import pdf
from casework.documents.evidence import manifest
from casework.documents.evidence.errors import CannotBind, NotFoundToRedact
from casework.documents.pdf import NoConverter
from casework.domain import NotAllowed, NotFound
from casework.domain import events as e
from casework.domain.evidence import Outcome
from tests.journeys.packs_made import a_scan, letterhead, post, printed
from tests.journeys.test_s2 import (
    EMILIJA,
    NOTICE,
    asked_for,
    helped,
    noticed,
    opened,
)
from tests.journeys.test_s2 import world as s2_world
from tests.journeys.world import DSL, HEAD, NORTH, OTHER_HEAD, PASTORAL, World

REQUEST, COURT = "penalty_notice_request", "prosecution"
pytestmark = pytest.mark.xdist_group("evidence_packs")
world = s2_world


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters printed by ourselves: only one test here needs the real converter."""
    monkeypatch.setattr(pdf, "to_pdf", printed)


def with_letters(world: World) -> str:
    """A case in its improvement period, with letters issued to each parent."""
    letterhead(world, HEAD, NORTH)
    ref = opened(world).ref
    helped(world, ref)
    noticed(world, ref)
    post(world, HEAD, ref, NOTICE, "notice_to_improve", "attendance_contract")
    return ref


def bytes_of(world: World, ref: str, pack_id: str) -> dict[str, bytes]:
    return {f.name: f.content for f in evidence_packs.files_of(world.inst, HEAD, ref, pack_id)}


@pytest.mark.soffice
def test_a_real_pack_is_one_pdf_with_every_letter_in_it(world: World) -> None:
    ref = with_letters(world)

    made = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, "notice_to_improve", "A")

    files = bytes_of(world, ref, made.pack_id)
    assert sorted(files) == [
        "01-notice-to-improve.docx",
        "02-attendance-contract.docx",
        f"{made.pack_id}.pdf",
        f"{made.pack_id}.pdf.manifest.json",
    ]
    reader = PdfReader(BytesIO(files[f"{made.pack_id}.pdf"]))
    titles = [str(item.title) for item in reader.outline]
    assert titles[:2] == ["Index", "Notice to improve to Mrs Rasa Petrauskas"]
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "This is a last chance to accept help" in text
    assert "Jonas" not in text, "nothing of the other parent"
    assert f"Page 1 of {len(reader.pages)}" in text


def test_without_the_converter_the_check_works_and_the_rest_says_how_to_install_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = with_letters(world)
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)

    assert evidence_packs.check(world.inst, HEAD, ref, "notice_to_improve", world.day, "A").checks
    with pytest.raises(NoConverter, match="apt-get install"):
        evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, "notice_to_improve", "A")
    assert evidence_packs.packs_of(world.inst, HEAD, ref) == ()


@pytest.mark.usefixtures("quick")
def test_a_pack_of_one_parent_holds_nothing_of_another(world: World) -> None:
    ref = with_letters(world)

    made = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, "notice_to_improve", "B")

    text = "\n".join(
        p.extract_text()
        for p in PdfReader(BytesIO(bytes_of(world, ref, made.pack_id)[f"{made.pack_id}.pdf"])).pages
    )
    assert "Mr Jonas" in text
    assert "Rasa" not in text


@pytest.mark.usefixtures("quick")
def test_the_same_day_gives_the_same_seal(world: World) -> None:
    ref = with_letters(world)
    one, two = (
        evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, "stage_letter", "A") for _ in range(2)
    )
    first, second = (
        manifest.read(bytes_of(world, ref, p.pack_id)[f"{p.pack_id}.pdf.manifest.json"]) for p in (one, two)
    )

    assert first["register"] == second["register"]
    assert manifest.seal_of(first) == first["seal"] == one.seal
    assert first["extracted_at"] != second["extracted_at"]


@pytest.mark.usefixtures("quick")
def test_a_redacted_twin_is_kept_logged_and_verifies_and_the_words_are_gone(world: World) -> None:
    ref = with_letters(world)
    made = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, "notice_to_improve", "A")
    asked = [
        ToTakeOut("the family's address", "not needed", words="1 Invented Lane"),
        ToTakeOut("the register", "not needed", page=3),
    ]

    twin, files = redactions.redact(world.inst, world.by(DSL), ref, made.pack_id, asked)

    content, listed = files[0].content, files[1].content
    assert "Invented Lane" not in "".join(p.extract_text() for p in PdfReader(BytesIO(content)).pages)
    assert manifest.verify(listed, content, files[0].name).problems == ()
    said = manifest.read(listed)
    assert {entry["what"] for entry in said["redactions"]} == {"the family's address", "the register"}
    assert {entry["by"] for entry in said["redactions"]} == {"dsl"}
    assert "Invented Lane" not in listed.decode()
    assert "Petrauskas" not in listed.decode(), "the twin's manifest repeats no name"
    case = world.about(HEAD, ref).case
    assert case.of(e.EvidencePackRedacted)[-1].redactions == len(twin.log)
    with pytest.raises(NotFoundToRedact, match="a lane"):
        redactions.redact(
            world.inst, world.by(DSL), ref, made.pack_id, [ToTakeOut("a lane", "x", words="Elm Lane")]
        )


@pytest.mark.usefixtures("quick")
def test_a_statement_is_the_witnesss_own_and_has_no_place_to_sign_until_all_is_confirmed(
    world: World,
) -> None:
    ref = with_letters(world)
    statements.begin(
        world.inst, world.by(HEAD), ref, witness_id="pastoral", parent_id="A",
        period_from=date(2026, 9, 1), period_to=date(2026, 9, 30),
    )  # fmt: skip
    draft = statements.shown(world.inst, PASTORAL, ref, world.day, "A")
    assert draft is not None
    texts = "\n".join(p.draft for p in draft.paragraphs)
    assert "I am Bea Thorn. I am the pastoral lead" in texts
    assert "I offered Mrs Rasa Petrauskas help: a bus pass" in texts
    assert "Jonas" not in texts, "an offer to another parent is not told"
    assert "notice to improve go to" not in texts, "what the head decided is not this witness's act"
    assert "BT/1, attendance contract of 2 October 2026" in texts

    with pytest.raises(NotAllowed, match="another person's statement"):
        statements.confirm(
            world.inst,
            world.by(HEAD),
            ref,
            statement_id=draft.statement_id,
            paragraph=draft.paragraphs[0].key,
        )
    for paragraph in draft.paragraphs[1:]:
        statements.confirm(
            world.inst, world.by(PASTORAL), ref, statement_id=draft.statement_id, paragraph=paragraph.key
        )
    own = "I am Bea Thorn, pastoral lead since 2019."
    assert "There is no place to sign" in statement_pages(world, ref)

    statements.confirm(
        world.inst, world.by(PASTORAL), ref, statement_id=draft.statement_id,
        paragraph=draft.paragraphs[0].key, text=own,
    )  # fmt: skip

    printed_now = statement_pages(world, ref)
    assert own in printed_now
    assert "I am Bea Thorn. I am the pastoral lead" not in printed_now, "the witness's words win"
    assert "consisting of 1 page each signed by me" in printed_now
    assert "There is no place to sign" not in printed_now

    world.register(
        EMILIJA,
        "2026-09-30",
        "2026-09-30",
        "2026-09-30 O",
        by="A Clerk",
        reason="Late note",
        position="office",
    )
    assert "1 of " in statement_pages(world, ref), "figures that changed wait to be confirmed again"


def statement_pages(world: World, ref: str) -> str:
    """What the statement says in a pack for court made now."""
    made = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, COURT, "A")
    files = bytes_of(world, ref, made.pack_id)
    said = manifest.read(files[f"{made.pack_id}.pdf.manifest.json"])
    (item,) = [i for i in said["files"][0]["items"] if i.get("enclosure") == "statement"]
    reader = PdfReader(BytesIO(files[f"{made.pack_id}.pdf"]))
    return " ".join(
        " ".join(reader.pages[n - 1].extract_text().split()) for n in range(item["first"], item["last"] + 1)
    )


@pytest.mark.usefixtures("quick")
def test_sealed_unserved_and_served_are_files_of_their_own(world: World) -> None:
    ref = with_letters(world)
    scan = a_scan("Letter of the hospital")
    cases.receive(world.inst, world.by(PASTORAL), ref, item="medical evidence", content=scan)
    cases.receive(world.inst, world.by(DSL), ref, item="DSL appraisal", content=a_scan("Sealed words"))

    made = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, COURT, "A")
    files = bytes_of(world, ref, made.pack_id)
    texts = {
        name: "".join(p.extract_text() for p in PdfReader(BytesIO(content)).pages)
        for name, content in files.items()
        if name.startswith(made.pack_id) and name.endswith(".pdf")
    }

    assert sorted(texts) == [f"{made.pack_id}{end}.pdf" for end in ("-apart", "-sealed", "")]
    assert "Letter of the hospital" in texts[f"{made.pack_id}-sealed.pdf"]
    assert "Never" not in texts[f"{made.pack_id}.pdf"]
    assert "Not to be served on anybody" in texts[f"{made.pack_id}-apart.pdf"]
    assert not any("Sealed words" in text for text in texts.values())
    assert "Sealed words" not in str(evidence_packs.check(world.inst, HEAD, ref, COURT, world.day, "A"))


@pytest.mark.usefixtures("quick")
def test_dsl_material_goes_only_where_the_dsl_let_it(world: World) -> None:
    ref = opened(world).ref
    case = cases.receive(world.inst, world.by(DSL), ref, item="DSL appraisal", content=a_scan("Sealed words"))
    item = case.of(e.ItemReceived)[-1].item_id
    with pytest.raises(NotAllowed):
        evidence_packs.release(
            world.inst, world.by(HEAD), ref, material=item, pack="missing_child", reason="I want it."
        )
    before = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, "missing_child")
    evidence_packs.release(
        world.inst, world.by(DSL), ref, material=item, pack="missing_child", reason="The LA must know."
    )
    after = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, "missing_child")

    assert not [n for n in bytes_of(world, ref, before.pack_id) if "sealed" in n]
    assert [n for n in bytes_of(world, ref, after.pack_id) if "sealed" in n]
    assert "The LA must know" not in str(case.recorded)


def test_what_does_not_make_sense_is_said_in_a_sentence(world: World) -> None:
    ref = opened(world).ref
    who, on = world.by(PASTORAL), world.day
    with pytest.raises(Unclear, match=r"always about one parent. Say which, by contact: A, B"):
        evidence_packs.check(world.inst, HEAD, ref, REQUEST, on)
    with pytest.raises(NotFound, match="Contacts of this pupil: A, B"):
        evidence_packs.check(world.inst, HEAD, ref, REQUEST, on, "Z")
    with pytest.raises(NotFound, match="Kinds: attendance_contract"):
        evidence_packs.check(world.inst, HEAD, ref, "no_such_pack", on, "A")
    with pytest.raises(Unclear, match="is about a school"):
        evidence_packs.check(world.inst, HEAD, ref, "targeting_support_meeting", on)
    with pytest.raises(NotFound, match="pack"):
        evidence_packs.submit(world.inst, world.by(HEAD), ref, "E9", method="portal")
    with pytest.raises(NotFound):
        evidence_packs.check(world.inst, OTHER_HEAD, ref, REQUEST, on, "A")
    cases.receive(world.inst, who, ref, item="Policy extract", content=b"no file that a pack can show")
    with pytest.raises(CannotBind, match="Policy extract cannot go in the pack"):
        evidence_packs.prepare(world.inst, who, ref, REQUEST, "A")


@pytest.mark.usefixtures("quick")
def test_an_la_that_is_not_here_answers_through_the_school_and_everybody_learns(world: World) -> None:
    ref = asked_for(world)
    cases.receive(
        world.inst, world.by(PASTORAL), ref, item="previous year printout", content=a_scan("2025/26")
    )
    made = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, REQUEST, "A")
    with pytest.raises(Unclear, match="Only one that was sent"):
        evidence_packs.returned(world.inst, world.by(PASTORAL), ref, made.pack_id, reasons=["No date."])
    for check in ("V7", "V12", "V22"):
        evidence_packs.answer(
            world.inst, world.by(HEAD), ref, made.pack_id, check=check, answer="yes", because="Looked at."
        )
    with pytest.raises(NotFound, match="Asked are"):
        evidence_packs.answer(
            world.inst, world.by(HEAD), ref, made.pack_id, check="V1", answer="yes", because="I say so."
        )
    wrong = {"by": "A Clerk", "reason": "Entered late", "position": "office"}
    world.register(EMILIJA, "2026-11-04", "2026-11-04", "2026-11-04 O", **wrong)
    with pytest.raises(PackStopped, match="The register changed after the pack was prepared"):
        evidence_packs.submit(world.inst, world.by(HEAD), ref, made.pack_id, method="secure_email")
    world.register(EMILIJA, "2026-11-04", "2026-11-04", **wrong)
    world.register(EMILIJA, "2026-11-23", "2026-11-23", "2026-11-23 O")  # A later day changes no pack.
    for changed in world.about(HEAD, ref).case.unreviewed_mark_changes:
        cases.review_mark_change(
            world.inst, world.by(HEAD), ref, session=changed.session, outcome="Looked at."
        )
    evidence_packs.submit(world.inst, world.by(HEAD), ref, made.pack_id, method="secure_email")

    evidence_packs.returned(
        world.inst, world.by(PASTORAL), ref, made.pack_id, reasons=["No date."], checks=["form_whole"]
    )

    assert evidence_packs.packs_of(world.inst, HEAD, ref)[-1].state == "returned"
    again = evidence_packs.check(world.inst, HEAD, ref, REQUEST, world.day, "A")
    assert [c.outcome for c in again.checks if c.check == "returned.form_whole"] == [Outcome.NEEDS_A_PERSON]
    with pytest.raises(Unclear, match="went already"):
        evidence_packs.submit(world.inst, world.by(HEAD), ref, made.pack_id, method="portal")


@pytest.mark.usefixtures("quick")
def test_verify_needs_no_installation(world: World, tmp_path: Path) -> None:
    ref = with_letters(world)
    made = evidence_packs.prepare(world.inst, world.by(PASTORAL), ref, "stage_letter", "A")
    for name, content in bytes_of(world, ref, made.pack_id).items():
        (tmp_path / name).write_bytes(content)
    file = tmp_path / f"{made.pack_id}.pdf"

    whole = CliRunner().invoke(command_line("pack"), ["pack", "verify", str(file)])
    file.write_bytes(file.read_bytes() + b" ")
    changed = CliRunner().invoke(command_line("pack"), ["pack", "verify", str(file), "--json"])
    other = CliRunner().invoke(command_line("pack"), ["pack", "verify", str(tmp_path / "none.pdf")])

    assert (whole.exit_code, "is as it was made" in whole.output) == (0, True)
    assert (changed.exit_code, "every page shows the same" in changed.output) == (1, True)
    assert isinstance(other.exception, NotFound)


def test_the_dsls_own_channel_is_the_dsls(world: World) -> None:
    ref = opened(world).ref
    safeguarding.flag(world.inst, world.by(DSL), ref, "neglect", "Sealed.")
    made = evidence_packs.prepare(world.inst, world.by(DSL), ref, "social_care")
    with pytest.raises(NotAllowed, match="DSL"):
        evidence_packs.files_of(world.inst, HEAD, ref, made.pack_id)
    with pytest.raises(NotAllowed):
        evidence_packs.submit(world.inst, world.by(HEAD), ref, made.pack_id, method="portal")
    with pytest.raises(NotAllowed, match="DSL"):
        evidence_packs.prepare(world.inst, world.by(HEAD), ref, "social_care")
    with pytest.raises(NotAllowed, match="DSL"):
        redactions.redact(world.inst, world.by(HEAD), ref, made.pack_id, [ToTakeOut("it", "why", page=1)])
    for who, shown in ((HEAD, False), (DSL, True)):
        assert ("social_care" in evidence_packs.kinds(world.inst, who, ref, world.day)) is shown
        assert bool(evidence_packs.packs_of(world.inst, who, ref)) is shown
    assert evidence_packs.files_of(world.inst, DSL, ref, made.pack_id)
