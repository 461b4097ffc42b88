"""One letter, one parent: what belongs to another parent of the pupil never appears in it."""

import re
from collections.abc import Iterable, Mapping, Sequence

from casework.documents.errors import NamesAnotherParent
from casework.domain import Parent, Pupil


def refuse_another_parent(
    fields: Mapping[str, object], pupil: Pupil, reader: Parent, others: Iterable[Parent]
) -> None:
    """Refuse a letter in which another parent's name, address, telephone or email appears.

    What the reader shares with the other parent, such as a home or a surname, is theirs to see.

    Raises:
        NamesAnotherParent: It does, in one of these fields.
    """
    own = {_squeezed(detail) for detail in (*_details(reader).values(), pupil.name)}
    for other in others:
        if other.contact_id == reader.contact_id:
            continue
        for what, detail in _details(other).items():
            sought = _squeezed(detail)
            if len(sought) < 4 or sought in own:
                continue
            spelled = _spelled(what, detail)
            for name, value in fields.items():
                if any(spelled.search(text) for text in _texts(value)):
                    raise NamesAnotherParent(name, what)


def _spelled(what: str, detail: str) -> re.Pattern[str]:
    """However a detail may be written: a name word by word, the rest letter by letter."""
    if what == "name":
        letters = r"[\W_]+".join(map(re.escape, detail.split()))
    else:
        letters = r"[\W_]*".join(map(re.escape, _squeezed(detail)))
    return re.compile(rf"(?<![^\W_]){letters}(?![^\W_])", re.IGNORECASE)


def _details(parent: Parent) -> dict[str, str]:
    return {
        "name": f"{parent.forename} {parent.surname}" if parent.forename and parent.surname else "",
        "address": parent.address_1,
        "postcode": parent.postcode,
        "telephone number": parent.phone,
        "email address": parent.email,
    }


def _squeezed(text: str) -> str:
    """Text as compared: its letters and digits alone, in one case."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case Mapping():
            return [text for item in value.values() for text in _texts(item)]
        case Sequence():
            return [text for item in value for text in _texts(item)]
    return []
