"""How a value is printed: days, amounts, plurals, and text that anybody may have typed."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from casework.documents.declared import Field, Kind, Missing, Template
from casework.documents.errors import MissingFields, WrongFields

_EXPECTED = {
    Kind.TEXT: "text",
    Kind.LINES: "a list of texts",
    Kind.DAY: "a date",
    Kind.BIRTHDAY: "a date",
    Kind.MOMENT: "a date and time",
    Kind.COUNT: "a whole number, 0 or more",
    Kind.MONEY: "a whole number of pence, 0 or more",
    Kind.ROWS: "a list of rows",
}
# What XML cannot hold and what Word takes for layout: control characters, surrogates, non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip

Printed = str | list[str] | list[dict[str, str]]


class NotKnown(str):
    """Stands for a value of any kind on a form that goes whether or not everything is known."""

    __slots__ = ()


def day(value: date) -> str:
    """Monday 5 October 2026."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """Mon 5 Oct 2026, for tables."""
    return f"{_DAYS[value.weekday()][:3]} {value.day} {_MONTHS[value.month - 1][:3]} {value.year}"


def time_of_day(value: datetime) -> str:
    """9am, 9:30am, midday, 2:05pm."""
    if (value.hour, value.minute) == (12, 0):
        return "midday"
    minutes = f":{value.minute:02d}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{'am' if value.hour < 12 else 'pm'}"


def moment(value: datetime) -> str:
    """Monday 5 October 2026 at 9:30am."""
    return f"{day(value)} at {time_of_day(value)}"


def money(pence: int) -> str:
    """£160, or £160.50."""
    pounds, rest = divmod(pence, 100)
    return f"£{pounds:,}.{rest:02d}" if rest else f"£{pounds:,}"


def count(number: int, unit: str) -> str:
    """1 session, 2 sessions."""
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def school_days(sessions: int) -> str:
    """Sessions as school days, two to a day: half a school day, 6 school days, 2 and a half school days."""
    whole, half = divmod(sessions, 2)
    if not half:
        return count(whole, "school day")
    return f"{whole} and a half school days" if whole else "half a school day"


def percent(attended: int, possible: int) -> str:
    """The share attended with one decimal, rounded down: 89.96% is never printed as 90%."""
    tenths = attended * 1000 // possible if possible else 0
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"


def listed(things: Sequence[str]) -> str:
    """maths; maths and music; maths, music and art."""
    return " and ".join(filter(None, [", ".join(things[:-1]), *things[-1:]]))


def clean(text: str) -> str:
    """Text as typed, without what cannot be printed; every kind of line break becomes one."""
    if text.isprintable():
        return text.strip()
    one_break = re.sub("\r\n?|\x85|\u2028|\u2029", "\n", text).replace("\t", "    ")
    return _UNPRINTABLE.sub("", one_break).strip()


def printed(template: Template, fields: Mapping[str, object]) -> dict[str, Printed]:
    """Every declared field in print, an absent optional one as an empty text.

    Raises:
        MissingFields: Something required is absent or blank; all of it is named.
        WrongFields: A name is not declared, or a value is of another kind; all of them are named.
    """
    unknown = sorted(set(fields) - {field.name for field in template.fields})
    faults = [f"'{name}' is not a field of this document." for name in unknown]
    values = dict(fields)
    lacking = missing(template, fields)
    if template.goes_always and not faults and lacking:
        values = _as_not_known(template, values, lacking)
        lacking = missing(template, values)
    faults += [fault for field in template.fields for fault in _faults(field, values.get(field.name))]
    if faults:
        raise WrongFields(template.title.lower(), faults)
    if lacking:
        raise MissingFields(template.title.lower(), lacking)
    return {field.name: _print(field, values.get(field.name)) for field in template.fields}


def missing(template: Template, fields: Mapping[str, object]) -> tuple[Missing, ...]:
    """What a document still needs, in the order it is printed; rows are looked at one by one."""
    found = []
    for field in template.fields:
        value = fields.get(field.name)
        if field.required and _blank(value):
            found.append(Missing(field.name, field.title, field.where))
        elif field.kind is Kind.ROWS and isinstance(value, Sequence):
            found += [
                Missing(
                    f"{field.name}.{column.name}",
                    f"{field.title}, row {number}, {column.title.lower()}",
                    column.where,
                )
                for number, row in enumerate(value, 1)
                if isinstance(row, Mapping)
                for column in field.columns
                if _blank(row.get(column.name))
            ]
    return tuple(found)


def _blank(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return not clean(value)
    return isinstance(value, Sequence) and all(_blank(item) for item in value)


def fits(field: Field, value: object) -> bool:
    """Whether a value is of the field's kind, its columns the field's own."""
    return not _faults(field, value)


def _faults(field: Field, value: object) -> list[str]:
    if value is None or value == "":
        return []
    if not _fits(field, value):
        return [f"'{field.title}' should be {_EXPECTED[field.kind]}."]
    faults = []
    if field.kind is Kind.ROWS and isinstance(value, Sequence):
        known = {column.name for column in field.columns}
        for number, row in enumerate(value, 1):
            faults += [f"'{name}' is not a column of '{field.title}'." for name in sorted(set(row) - known)]
            faults += [
                f"Row {number}: {fault}"
                for column in field.columns
                for fault in _faults(column, row.get(column.name))
            ]
    return faults


def _fits(field: Field, value: object) -> bool:
    if isinstance(value, NotKnown):
        return True
    match field.kind:
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.DAY | Kind.BIRTHDAY:
            return isinstance(value, date) and not isinstance(value, datetime)
        case Kind.MOMENT:
            return isinstance(value, datetime)
        case Kind.COUNT | Kind.MONEY:
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case Kind.LINES:
            return _listing(value, str)
        case Kind.ROWS:
            return _listing(value, Mapping)


def _listing(value: object, of: type) -> bool:
    return (
        isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(v, of) for v in value)
    )


def _print(field: Field, value: object) -> Printed:
    if field.kind is Kind.ROWS:
        rows = value if isinstance(value, Sequence) else ()
        return [
            {column.name: _one(column, row[column.name], in_table=True) for column in field.columns}
            for row in rows
        ]
    if field.kind is Kind.LINES:
        lines = value if isinstance(value, Sequence) else ()
        return [text for text in map(clean, lines) if text]
    return "" if value is None else _one(field, value)


def _one(field: Field, value: object, in_table: bool = False) -> str:
    match value:
        case str():
            return clean(value)
        case datetime():
            return moment(value)
        case date():
            if field.kind is Kind.BIRTHDAY:
                return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
            return short_day(value) if in_table else day(value)
        case int():
            return money(value) if field.kind is Kind.MONEY else count(value, field.unit)
    raise TypeError(f"{field.name} holds {type(value).__name__}")


def _as_not_known(
    template: Template, fields: dict[str, object], lacking: Sequence[Missing]
) -> dict[str, object]:
    """The same fields, with what is missing said to be not known at the time the form was completed."""
    completed = fields.get("completed_at")
    if not isinstance(completed, datetime):
        return fields
    says = NotKnown(f"Not known at {completed:%H:%M}")
    filled = dict(fields)
    never = {"completed_at", "phone_call"}
    for field in template.fields:
        value = fields.get(field.name)
        if field.name in never or not field.required:
            continue
        if field.kind is Kind.ROWS:
            rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, Sequence) else []
            filled[field.name] = [
                {c.name: says if _blank(row.get(c.name)) else row[c.name] for c in field.columns}
                for row in rows or [{}]
            ]
        elif _blank(value):
            filled[field.name] = [says] if field.kind is Kind.LINES else says
    return filled
