"""Why a document cannot be made, and what to do about it."""

from collections.abc import Sequence

from casework.documents.declared import Missing
from casework.domain.errors import CaseworkError


class MissingFields(CaseworkError):
    """A document lacks something it must say: nothing is made, and everything missing is named at once."""

    def __init__(self, title: str, missing: Sequence[Missing]) -> None:
        self.title, self.missing = title, tuple(missing)
        things = "1 thing is" if len(self.missing) == 1 else f"{len(self.missing)} things are"
        listed = " ".join(map(str, self.missing))
        super().__init__(f"The {title} cannot be made yet: {things} missing. {listed}")


class WrongFields(CaseworkError):
    """A document was given something it does not declare, or a value of another kind."""

    def __init__(self, title: str, faults: Sequence[str]) -> None:
        self.title, self.faults = title, tuple(faults)
        super().__init__(f"The {title} was given values it cannot print. {' '.join(self.faults)}")


class TemplateFault(CaseworkError):
    """A Word template cannot be used: what stands in it, and what to change in Word."""

    def __init__(self, name: str, says: str) -> None:
        self.name, self.says = name, says
        super().__init__(f"The template {name} cannot be used. {says}")


class CannotAddress(CaseworkError):
    """A letter may not, or cannot, be addressed to this parent."""

    def __init__(self, contact_id: str, says: str) -> None:
        self.contact_id = contact_id
        super().__init__(f"A letter to contact {contact_id} cannot be addressed. {says}")


class NamesAnotherParent(CaseworkError):
    """A letter to one parent holds a detail of another: it is never made."""

    def __init__(self, field: str, detail: str) -> None:
        self.field, self.detail = field, detail
        super().__init__(
            f"The letter would show another parent's {detail}, in '{field.replace('_', ' ')}'. "
            "Take it out of that text, then make the letter again."
        )


class DoesNotReconcile(CaseworkError):
    """The sessions of a document do not add up."""

    def __init__(self, says: str) -> None:
        super().__init__(f"The sessions do not add up: {says}. Count them again from the register.")
