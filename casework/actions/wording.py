"""A school's own wording of a document: checked against what the document must say, every version kept."""

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.documents import faults, template_named
from casework.domain import CaseworkError, NotFound, Officer
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
    """
    require(by.officer, Act.APPROVE_LETTERS)
    declared = template_named(template)
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
    require(by.officer, Act.APPROVE_LETTERS)
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
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        schools.school(tx, urn)
        return wordings.versions(tx, urn, template)


def in_use(inst: Installation, officer: Officer, urn: str, template: str) -> bytes:
    """The Word file a document is made from now: the school's own, else ours, to edit and put in."""
    require(officer, Act.READ_CASES)
    declared = template_named(template)
    with inst.act(officer) as tx:
        own = wordings.current(tx, urn, declared.name)
    return own.content if own and own.content is not None else inst.letters.compiled(declared).file
