"""A school's own wording of a document: checked against what the document must say, every version kept."""

from casework.actions.access import MAY, Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.documents import CATALOGUE, faults, template_named
from casework.domain import CaseworkError, NotAllowed, NotFound, Officer
from casework.domain.words import inside
from casework.storage import schools, wordings
from casework.storage.wordings import Wording


class WordingRefused(CaseworkError):
    """A school's own wording of a document cannot be used as it is; every fault is named."""

    def __init__(self, title: str, found: tuple[str, ...]) -> None:
        self.faults = found
        super().__init__(f"This wording of the {title.lower()} cannot be used. {' '.join(found)}")


def put(inst: Installation, by: By, urn: str, template: str, content: bytes) -> int:
    """Use a school's own wording from now on; gives its version. Letters made before keep theirs.

    Raises:
        WordingRefused: It prints what is not declared, leaves out what must be said, or leaves gaps.
        TemplateFault: It is no Word document, or holds more than fields and conditions.
        NotFound: No such document, or the school is not one of this officer's.
        NotAllowed: The paper is an authority's own, or this officer may not.
    """
    require(by.officer, Act.SET_WORDING)
    declared = template_named(template)
    if declared.by_authority:
        raise NotAllowed(f"word a {inside(declared.title)}", "the authority")
    found = faults(declared, content)
    if found:
        raise WordingRefused(declared.title, found)
    with inst.act(by.officer) as tx:
        return wordings.put(tx, urn, declared.name, content, by.on, by.officer.officer_id)


def back_to_ours(inst: Installation, by: By, urn: str, template: str) -> None:
    """Use our wording again; the school's versions stay on file.

    Raises:
        NotFound: The school has no wording of its own in use for this document.
    """
    require(by.officer, Act.SET_WORDING)
    declared = template_named(template)
    with inst.act(by.officer) as tx:
        if wordings.current(tx, urn, declared.name) is None:
            raise NotFound("own wording", declared.name, "Ours is in use already.")
        wordings.put(tx, urn, declared.name, None, by.on, by.officer.officer_id)


def versions(inst: Installation, officer: Officer, urn: str, template: str = "") -> tuple[Wording, ...]:
    """Every version a school has put in, oldest first.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    _require_reader(officer)
    with inst.act(officer) as tx:
        schools.school(tx, urn)
        return wordings.versions(tx, urn, template)


def in_use(inst: Installation, officer: Officer, urn: str, template: str) -> bytes:
    """The Word file a document is made from now: the school's own, else ours, to edit and put in."""
    _require_reader(officer)
    declared = template_named(template)
    with inst.act(officer) as tx:
        own = wordings.current(tx, urn, declared.name)
    return own.content if own and own.content is not None else inst.letters.compiled(declared).file


def every(inst: Installation, officer: Officer, urn: str) -> tuple[tuple[str, str, int], ...]:
    """Each document a school may word itself: its name, its title, and the version in use, 0 for ours."""
    used = {w.template: w.version if w.content is not None else 0 for w in versions(inst, officer, urn)}
    return tuple((t.name, t.title, used.get(t.name, 0)) for t in CATALOGUE.values() if not t.by_authority)


def _require_reader(officer: Officer) -> None:
    if not officer.holds(*MAY[Act.SET_WORDING]):
        require(officer, Act.READ_CASES)
