"""One pack as its page shows it: what it holds and lacks, its checks and files; what the DSL may let go.

Everything here is read; nothing is made or recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casework.actions import evidence_packs, redactions
from casework.actions.access import Act, require
from casework.actions.evidence_gathering import gather
from casework.actions.evidence_packs import Looked, Prepared
from casework.actions.installation import Installation
from casework.actions.redactions import Kept
from casework.actions.referrals import acts_for_la_alone
from casework.actions.situations import situation_of
from casework.domain import NotFound, Officer
from casework.domain import events as e
from casework.domain.evidence import Held
from casework.rules.preflight.pack import released
from casework.storage import cases


@dataclass(frozen=True, slots=True)
class PackView:
    """A pack that was made. `looked` is None once it went, and for the authority's own officers.

    `newer` names a pack of the same kind made after this one, which is the one to send. `can_lack` is what an
    authority may say a pack lacked; `sequence` the case's latest event.
    """

    made: Prepared
    looked: Looked | None
    newer: str
    answered: tuple[e.EvidencePackAnswered, ...]
    files: tuple[str, ...]
    twins: tuple[Kept, ...]
    can_lack: Mapping[str, str]
    sequence: int


def pack_view(inst: Installation, officer: Officer, case_ref: str, pack_id: str, on: date) -> PackView:
    """One pack of a case.

    Raises:
        NotFound: There is none of that id that this officer may know of.
        NotAllowed: It is of the DSL's own channel.
    """
    names = tuple(file.name for file in evidence_packs.files_of(inst, officer, case_ref, pack_id))
    made = evidence_packs.packs_of(inst, officer, case_ref)
    this = next(pack for pack in made if pack.pack_id == pack_id)
    same = [p for p in made if (p.pack, p.parent_id, p.state) == (this.pack, this.parent_id, "prepared")]
    newest = same[-1].pack_id if same else pack_id
    looked = None
    if this.state == "prepared" and newest == pack_id and not acts_for_la_alone(officer):
        looked = evidence_packs.check(inst, officer, case_ref, this.pack, on, this.parent_id)
    with inst.act(officer) as tx:
        case = cases.load(tx, case_ref)
        lacks = situation_of(tx, case, on).value("contents.request_checks").checks
    return PackView(
        made=this,
        looked=looked,
        newer=newest if this.state == "prepared" and newest != pack_id else "",
        answered=tuple(a for a in case.of(e.EvidencePackAnswered) if a.pack_id == pack_id),
        files=names,
        twins=redactions.twins_of(inst, officer, case_ref, pack_id),
        can_lack={item.check: item.says for item in lacks},
        sequence=case.sequence,
    )


def file_of(inst: Installation, officer: Officer, case_ref: str, pack_id: str, name: str) -> bytes:
    """One file of a pack or of its twins, by the name it was made with.

    Raises:
        NotFound: It has no such file.
    """
    own = evidence_packs.files_of(inst, officer, case_ref, pack_id)
    redacted = [file for twin in redactions.twins_of(inst, officer, case_ref, pack_id) for file in twin.files]
    for file in (*own, *redacted):
        if file.name == name:
            return file.content
    raise NotFound("file of the pack", name, "Look at the pack's files again.")


def sealed_waiting(
    inst: Installation, officer: Officer, case_ref: str, pack: str, on: date
) -> tuple[Held, ...]:
    """As the DSL: what of the case is sealed and not let go in this kind of pack."""
    require(officer, Act.WRITE_SEALED)
    with inst.act(officer) as tx:
        now = situation_of(tx, cases.load(tx, case_ref), on)
        held = gather(inst, tx, now, officer).held
    return tuple(item for item in held if item.sealed and not released(now, pack, item))
