"""Packs of a case: what each kind holds and lacks, its checks, what was made of it, and its files."""

from starlette.responses import Response

from casework.actions import evidence_packs
from casework.actions.evidence_making import media_type_of
from casework.domain import NotFound
from casework.domain.evidence import Outcome
from casework.web.pages.case import as_download
from casework.web.visit import Visit

COLOURS = {
    Outcome.PASSES: ("Ok", "green"),
    Outcome.WARNS: ("Look at it", "yellow"),
    Outcome.NEEDS_A_PERSON: ("A person answers", "blue"),
    Outcome.BLOCKS: ("Stops it", "red"),
}


def packs(visit: Visit) -> Response:
    """The kinds of pack a case can have and those made; of one kind, everything found about it."""
    ref, kind, parent = visit.part("case_ref"), visit.query("kind"), visit.query("parent")
    choices, parents = evidence_packs.choices(visit.inst, visit.officer, ref, visit.on)
    found = None
    if kind:
        found = evidence_packs.check(visit.inst, visit.officer, ref, kind, visit.on, parent)
    return visit.show(
        "packs.html",
        case_ref=ref,
        kinds=choices,
        parents=parents,
        made=evidence_packs.packs_of(visit.inst, visit.officer, ref),
        found=found,
        about=parents.get(parent, ""),
        colours=COLOURS,
    )


def file(visit: Visit) -> Response:
    """One file of a pack, saved under the name it was made with."""
    pack_id, name = visit.part("pack_id"), visit.part("name")
    for made in evidence_packs.files_of(visit.inst, visit.officer, visit.part("case_ref"), pack_id):
        if made.name == name:
            kind = "application/json" if name.endswith(".json") else media_type_of(name)
            return as_download(made.content, name, kind)
    raise NotFound("file of the pack", name, "Look at the pack's files again.")
