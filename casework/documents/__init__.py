"""Letters, forms and records: what each must say, the words for it, and the Word file itself."""

from casework.documents.catalogue import CATALOGUE, contents, missing, template_named
from casework.documents.declared import Audience, Field, Kind, Missing, Origin, Template
from casework.documents.errors import MissingFields, TemplateFault, WrongFields
from casework.documents.letters import Letters, Rendered, faults

__all__ = [
    "CATALOGUE",
    "Audience",
    "Field",
    "Kind",
    "Letters",
    "Missing",
    "MissingFields",
    "Origin",
    "Rendered",
    "Template",
    "TemplateFault",
    "WrongFields",
    "contents",
    "faults",
    "missing",
    "template_named",
]
