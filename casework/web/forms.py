"""Forms: what is asked, what was answered, and every fault at once, beside its field.

A form declares its fields; one template draws them; `fill` reads what a browser sent into typed values.
Nothing is chosen for the person: a question has no answer until one is given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from casework.web.uploads import Upload, UploadRefused, checked

LONGEST_LINE, LONGEST_TEXT = 300, 10_000


class Kind(StrEnum):
    """How a field is drawn and read."""

    LINE = "line"
    LONG = "long"
    DAY = "day"
    MOMENT = "moment"
    RADIOS = "radios"
    SELECT = "select"
    TICKS = "ticks"
    FILE = "file"
    PASSWORD = "password"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that a field offers."""

    value: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""
    required: bool = True
    choices: tuple[Choice, ...] = ()
    missing: str = ""
    lines: int = 4
    autocomplete: str = ""

    @property
    def fault_if_empty(self) -> str:
        """What is said when nothing was given."""
        if self.missing:
            return self.missing
        verb = "Choose" if self.kind in (Kind.RADIOS, Kind.SELECT, Kind.TICKS, Kind.FILE) else "Enter"
        return f"{verb} {self.label[0].lower()}{self.label[1:].rstrip('?')}"


@dataclass
class Filled:
    """A form as it was sent: the texts to show again, the typed values, the faults by field."""

    fields: tuple[Field, ...]
    raw: dict[str, str] = field(default_factory=dict)
    ticked: dict[str, tuple[str, ...]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def text(self, name: str) -> str:
        """A field's text or chosen answer; empty if none was given."""
        return str(self.values.get(name) or "")

    def day(self, name: str) -> date:
        """A required day."""
        value = self.values[name]
        assert isinstance(value, date)
        return value

    def day_if_given(self, name: str) -> date | None:
        """A day that may be left out."""
        value = self.values.get(name)
        assert value is None or isinstance(value, date)
        return value

    def moment(self, name: str) -> datetime:
        """A required day and time of day."""
        value = self.values[name]
        assert isinstance(value, datetime)
        return value

    def ticks(self, name: str) -> tuple[str, ...]:
        """The chosen answers of a field that takes several."""
        return self.ticked.get(name, ())

    def upload(self, name: str) -> Upload | None:
        """A file, if one was sent."""
        value = self.values.get(name)
        assert value is None or isinstance(value, Upload)
        return value

    def yes_no(self, name: str) -> bool | None:
        """True for yes, False for no, None if nobody said."""
        return {"yes": True, "no": False}.get(self.text(name))


Sent = Mapping[str, Sequence[str | Upload]]


def empty(fields: Iterable[Field], given: Mapping[str, str] | None = None) -> Filled:
    """A form nobody has filled in yet, with what an address already says."""
    return Filled(tuple(fields), raw=dict(given or {}))


def again(fields: Iterable[Field], raw: Mapping[str, str], ticked: Mapping[str, Sequence[str]]) -> Filled:
    """A form as far as somebody filled it in before; an answer that is no longer offered is left out."""
    asked = tuple(fields)
    offered = {f.name: {choice.value for choice in f.choices} for f in asked if f.choices}
    kept = {
        name: text for name, text in raw.items() if name not in offered or text in offered[name] or not text
    }
    chosen = {
        name: tuple(value for value in values if value in offered.get(name, ()))
        for name, values in ticked.items()
    }
    return Filled(asked, raw=kept, ticked=chosen)


def fill(fields: Iterable[Field], sent: Sent, zone: str = "Europe/London") -> Filled:
    """Read what a browser sent; every fault is named, none stops the reading."""
    form = Filled(tuple(fields))
    for asked in form.fields:
        _READERS.get(asked.kind, _read_text)(form, asked, sent, zone)
        if asked.required and asked.name not in form.faults and not _answered(form, asked):
            form.faults[asked.name] = asked.fault_if_empty
    return form


def first(sent: Sent, name: str) -> str:
    """The first text sent under a name, without spaces around it."""
    for value in sent.get(name, ()):
        if isinstance(value, str):
            return value.replace("\r\n", "\n").replace("\x00", "").strip()
    return ""


def _answered(form: Filled, asked: Field) -> bool:
    return bool(form.ticked.get(asked.name)) or form.values.get(asked.name) not in (None, "")


def _read_text(form: Filled, asked: Field, sent: Sent, zone: str) -> None:
    text = first(sent, asked.name)
    form.raw[asked.name] = form.values[asked.name] = text
    longest = LONGEST_TEXT if asked.kind is Kind.LONG else LONGEST_LINE
    if len(text) > longest:
        form.faults[asked.name] = f"{asked.label} must be {longest:,} characters or fewer"


def _read_choice(form: Filled, asked: Field, sent: Sent, zone: str) -> None:
    text = first(sent, asked.name)
    known = {choice.value for choice in asked.choices}
    form.raw[asked.name] = text if text in known else ""
    form.values[asked.name] = form.raw[asked.name]


def _read_ticks(form: Filled, asked: Field, sent: Sent, zone: str) -> None:
    known = {choice.value for choice in asked.choices}
    chosen = tuple(v for v in sent.get(asked.name, ()) if isinstance(v, str) and v in known)
    form.ticked[asked.name] = chosen


def _read_day(form: Filled, asked: Field, sent: Sent, zone: str) -> None:
    parts = [first(sent, f"{asked.name}-{part}") for part in ("day", "month", "year")]
    for part, text in zip(("day", "month", "year"), parts, strict=True):
        form.raw[f"{asked.name}-{part}"] = text
    form.values[asked.name] = None
    if not any(parts):
        return
    try:
        day, month, year = (int(part) for part in parts)
        form.values[asked.name] = date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        form.faults[asked.name] = f"{asked.label} must be a real date, such as 5 10 2026"


def _read_moment(form: Filled, asked: Field, sent: Sent, zone: str) -> None:
    _read_day(form, asked, sent, zone)
    text = first(sent, f"{asked.name}-time")
    form.raw[f"{asked.name}-time"] = text
    when = _time(text)
    day = form.values[asked.name]
    if asked.name in form.faults or (day is None and not text):
        return
    if when is None or day is None:
        form.values[asked.name] = None
        form.faults[asked.name] = "Enter a day and a time, such as 9:30 or 2:15pm"
        return
    form.values[asked.name] = datetime.combine(day, when, ZoneInfo(zone))


def _time(text: str) -> time | None:
    lowered = text.lower().replace(".", ":").strip()
    later = lowered.endswith("pm")
    digits = lowered.removesuffix("am").removesuffix("pm").strip()
    hour, _, minute = digits.partition(":")
    if not hour.isdigit() or (minute and not minute.isdigit()):
        return None
    number = int(hour) + (12 if later and int(hour) < 12 else 0)
    return time(number, int(minute or 0)) if number < 24 and int(minute or 0) < 60 else None


def _read_file(form: Filled, asked: Field, sent: Sent, zone: str) -> None:
    for value in sent.get(asked.name, ()):
        if isinstance(value, Upload) and value.content:
            try:
                form.values[asked.name] = checked(value)
            except UploadRefused as refused:
                form.faults[asked.name] = str(refused)


_READERS = {
    Kind.RADIOS: _read_choice,
    Kind.SELECT: _read_choice,
    Kind.TICKS: _read_ticks,
    Kind.DAY: _read_day,
    Kind.MOMENT: _read_moment,
    Kind.FILE: _read_file,
}
