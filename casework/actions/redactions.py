"""The redacted twin of a pack: made from its own file, logged, kept beside it under a manifest of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.evidence_making import PackFile, file_name
from casework.actions.evidence_packs import MANIFEST, readable_pack
from casework.actions.installation import Installation
from casework.actions.recording import By, Header, Unclear, given, write
from casework.actions.situations import situation_of
from casework.documents.evidence import binding, manifest, redaction
from casework.documents.evidence.binding import PDF, Look, Placed
from casework.documents.evidence.redaction import Redaction, Twin
from casework.domain import Case, CaseworkError, Event, Officer
from casework.domain import events as e
from casework.domain.evidence import Part
from casework.storage import cases, files


class TwinsDiffer(CaseworkError):
    """A redacted twin differs from its pack where its log does not say so; it is not kept."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"The redacted twin was not kept. {' '.join(problems)} Withhold the pages instead.")


@dataclass(frozen=True, slots=True)
class ToTakeOut:
    """Something to take out of a pack: words wherever they stand, or one whole page; what to call it; why."""

    what: str
    why: str
    words: str = ""
    page: int = 0


def redact(
    inst: Installation, by: By, case_ref: str, pack_id: str, wanted: Sequence[ToTakeOut]
) -> tuple[Twin, tuple[PackFile, ...]]:
    """Make the redacted twin of what a pack serves, and keep it.

    Returns:
        The twin with its log and the pages that are pictures, which only eyes can check; its file, manifest.

    Raises:
        NotFoundToRedact, CannotRedact, StillThere: Nothing is made, for the reason each gives.
        TwinsDiffer: The twin differs where the log does not say so.
    """
    require(by.officer, Act.WRITE_CASES)
    if not wanted:
        raise Unclear("Nothing was named to take out.", "Give words or a page, and why.")
    asked = [
        Redaction(
            given(r.what, "What is taken out"), given(r.why, "Why"), by.officer.officer_id, r.words, r.page
        )
        for r in wanted
    ]
    with inst.act(by.officer) as tx:
        case = cases.load(tx, case_ref)
        prepared = readable_pack(tx, case, by.officer, pack_id)
        said = manifest.read(files.read(tx, prepared.manifest))
        served = next(file for file in said["files"] if file["part"] == Part.SERVED.value)
        content = files.read(tx, served["sha256"])
        number = sum(x.pack_id == pack_id for x in case.of(e.EvidencePackRedacted)) + 1
        twin_id = f"{pack_id}-R{number}"
        name = file_name(situation_of(tx, case, by.on), pack_id, Part.SERVED, f"R{number}")
    twin = redaction.redact(content, asked, _blanks(said, served, asked, pack_id))
    if problems := redaction.unlogged(content, twin.content, twin.log):
        raise TwinsDiffer(problems)
    listed = _listed(said, served, twin, twin_id, name)

    def record(tx: Connection, case: Case, header: Header) -> Sequence[Event]:
        kept = files.keep(tx, twin.content, PDF)
        return (
            e.EvidencePackRedacted(
                **header,
                pack_id=pack_id,
                twin_id=twin_id,
                seal=manifest.read(listed)["seal"],
                manifest=files.keep(tx, listed, MANIFEST),
                files=(kept,),
                redactions=len(twin.log),
            ),
        )

    write(inst, by, case_ref, record)
    return twin, (PackFile(name, twin.content), PackFile(f"{name}.manifest.json", listed))


@dataclass(frozen=True, slots=True)
class Kept:
    """A twin that was kept: its file and manifest, its log, and the pages that only eyes can check."""

    twin_id: str
    made_on: date
    by: str
    files: tuple[PackFile, ...]
    log: tuple[Mapping[str, Any], ...]
    look_at: tuple[int, ...]


def twins_of(inst: Installation, officer: Officer, case_ref: str, pack_id: str) -> tuple[Kept, ...]:
    """The redacted twins of a pack, oldest first.

    Raises:
        NotFound, NotAllowed: The pack is not there for this officer.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        readable_pack(tx, case, officer, pack_id)
        made = [twin for twin in case.of(e.EvidencePackRedacted) if twin.pack_id == pack_id]
        return tuple(_kept(tx, twin) for twin in made)


def _kept(tx: Connection, twin: e.EvidencePackRedacted) -> Kept:
    listed = files.read(tx, twin.manifest)
    said = manifest.read(listed)
    name = said["files"][0]["name"]
    both = (PackFile(name, files.read(tx, twin.files[0])), PackFile(f"{name}.manifest.json", listed))
    return Kept(
        twin.twin_id, twin.on, twin.by, both, tuple(said["redactions"]), tuple(said["pictures_to_look_at"])
    )


def _blanks(
    said: manifest.Content, served: manifest.Content, asked: Sequence[Redaction], pack_id: str
) -> dict[int, bytes]:
    look = Look(said["marking"], pack_id)
    placed = [Placed(i["title"], i["label"], i["first"], i["last"]) for i in served["items"]]
    pages = len(served["pages"])
    return {
        r.page: binding.blank(look, placed, r.page, pages, f"This page is withheld: {r.why.rstrip('.')}.")
        for r in asked
        if 0 < r.page <= pages
    }


_SAME = ("pack_id", "pack", "case_ref", "school_urn", "la_code", "marking", "extracted_at")


def _listed(said: manifest.Content, served: manifest.Content, twin: Twin, twin_id: str, name: str) -> bytes:
    """The twin's manifest: its own pages, the items without their titles, and the log."""
    items = [
        {**item, "title": item.get("enclosure", "index").replace("_", " ").capitalize(), "sha256": ""}
        for item in served["items"]
    ]
    return manifest.sealed(
        {
            **{name: said[name] for name in _SAME},
            "twin_id": twin_id,
            "twin_of": served["sha256"],
            "editable": [],
            "files": [
                {
                    "name": name,
                    "part": Part.SERVED.value,
                    "sha256": manifest.digest_of(twin.content),
                    "size": len(twin.content),
                    "pages": manifest.page_digests(twin.content),
                    "items": items,
                }
            ],
            "redactions": [asdict(entry) for entry in twin.log],
            "pictures_to_look_at": list(twin.look_at),
        }
    )
