"""The shape of a declaration: one field, one part that must be said, one template."""

from dataclasses import dataclass
from enum import StrEnum

from casework.domain.words import in_words


class Kind(StrEnum):
    """What a field holds, which decides how it is printed."""

    TEXT = "text"  # a sentence or more; line breaks are kept
    LINES = "lines"  # several texts, one under the other
    DAY = "day"  # a date: Monday 5 October 2026
    BIRTHDAY = "birthday"  # a date of birth: 9 March 2012
    MOMENT = "moment"  # a date and time of day: Monday 5 October 2026 at 9:30am
    COUNT = "count"  # a whole number of `unit`: 1 session, 2 sessions
    MONEY = "money"  # pence: £160
    ROWS = "rows"  # a table: one mapping for each row, with `columns`


class Origin(StrEnum):
    """Who knows the value."""

    REGISTER = "register"
    CASE = "case"
    PERSON = "person"
    LA = "la"


class Audience(StrEnum):
    """Who reads it. What a parent reads is kept plain, and never holds another parent's details."""

    PARENT = "parent"
    LA = "la"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Field:
    """One value that a template prints; `where` tells an officer where to enter it.

    A template prints an optional field only inside a condition on that field, so that no gap is left.
    """

    name: str
    kind: Kind
    origin: Origin
    where: str
    required: bool = True
    unit: str = ""
    columns: tuple["Field", ...] = ()

    @property
    def title(self) -> str:
        """The field in words."""
        words = in_words(self.name)
        return words[0].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a document must say: the fields that say it, and the fixed words that do."""

    says: str
    fields: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """One document. `approval_key` is the policy key that says whether a draft needs approving first.

    `goes_always` marks a form about a child who may be in danger: what is not known is printed as not known
    at the time it was completed, once the phone call that came first is recorded. `sealed` marks what the
    designated safeguarding lead alone reads; `by_authority`, what an authority's own officers send.
    """

    name: str
    title: str
    audience: Audience
    fields: tuple[Field, ...]
    contents: tuple[Part, ...] = ()
    goes_always: bool = False
    sealed: bool = False
    by_authority: bool = False

    @property
    def file(self) -> str:
        """The name of its Word file."""
        return f"{self.name}.docx"

    @property
    def approval_key(self) -> str:
        """The policy key that says whether a draft needs approval, and by whom."""
        return f"documents.approval_{self.name}"

    def field(self, name: str) -> Field | None:
        """The declared field of that name, if there is one."""
        return next((field for field in self.fields if field.name == name), None)


@dataclass(frozen=True, slots=True)
class Missing:
    """A required value that nobody has entered, and where to enter it."""

    field: str
    title: str
    where: str

    def __str__(self) -> str:
        return f"{self.title}: enter it in {self.where}."
