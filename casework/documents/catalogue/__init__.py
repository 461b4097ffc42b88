"""Every document, with the fields it prints, declared once; a test holds the Word files to it.

Source: documents reference, sections 1 to 14 and 16.
"""

from collections.abc import Mapping

from casework.documents import printing
from casework.documents.catalogue import (
    care,
    court,
    leave,
    meetings,
    missing_children,
    notices,
    of_school,
    plans,
    staged,
    visits,
)
from casework.documents.declared import Missing, Template
from casework.domain.errors import NotFound

_EVERY = (staged, meetings, leave, visits, notices, plans, court, missing_children, care, of_school)

CATALOGUE: Mapping[str, Template] = {
    template.name: template for part in _EVERY for template in part.DOCUMENTS
}
"""Every document by its name, which is also its file's name without `.docx`."""


def template_named(name: str) -> Template:
    """A document by its name or its file's name.

    Raises:
        NotFound: There is no such document.
    """
    template = CATALOGUE.get(name.removesuffix(".docx"))
    if template is None:
        raise NotFound("document", name, "Choose one that the catalogue lists.")
    return template


def missing(template_name: str, fields: Mapping[str, object]) -> tuple[Missing, ...]:
    """What a document still needs before it can be made, each with where to enter it."""
    return printing.missing(template_named(template_name), fields)


def contents(template_name: str, fields: Mapping[str, object]) -> tuple[tuple[str, bool], ...]:
    """Each thing the document is expected to say, and whether these fields say it.

    What the template's own words say counts as said: a test holds the template to them.
    """
    template = template_named(template_name)
    lacking = {gap.field.partition(".")[0] for gap in missing(template_name, fields)}
    return tuple((part.says, lacking.isdisjoint(part.fields)) for part in template.contents)
