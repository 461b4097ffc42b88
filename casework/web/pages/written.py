"""Writing a letter, a form or a record on a case: which of the catalogue, and to whom."""

from collections.abc import Iterator

from casework.actions import letters
from casework.actions.case_view import Around
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear
from casework.domain import CaseworkError
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.asked import which_parent, whom

_READERS = {
    "parent": "To a parent",
    "la": "To another service",
    "internal": "For the record",
}
_OF_A_SCHOOL = ("targeting_support_agenda", "targeting_support_list", "run_cover_list")


def document_fields(around: Around) -> tuple[Field, ...]:
    """Which document, whom it is to or about, and whether in large print."""
    return (
        Field("template", "Which document?", Kind.SELECT, choices=tuple(_documents())),
        which_parent(around, "To or about which parent?", required=False),
        Field(
            "large_print",
            "Large print",
            Kind.TICKS,
            required=False,
            choices=(Choice("yes", "In letters of 16 points or more"),),
        ),
    )


def draft_document(inst: Installation, by: By, case_ref: str, form: Filled) -> object:
    """Draft it; what it lacks is asked on its own page.

    Raises:
        Unclear: It may not be made so: a letter without a parent, or one who may not be written to.
    """
    said = {"large_print": "yes"} if "yes" in form.ticks("large_print") else {}
    try:
        return letters.draft(inst, by, case_ref, form.text("template"), whom(form), said)
    except Unclear:
        raise
    except CaseworkError as refused:
        raise Unclear(str(refused), "") from refused


def _documents() -> Iterator[Choice]:
    for name, title, reader, _ in sorted(letters.catalogue(), key=lambda entry: entry[1]):
        if name not in _OF_A_SCHOOL:
            yield Choice(name, title, _READERS[reader])
