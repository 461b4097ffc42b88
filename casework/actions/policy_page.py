"""A pack as a page its own staff can read: the ladder, every clock and letter, and what the law replaced.

The page tells the daily ladder and then what happens when, in the order in which staff meet it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

from casework.actions import policy_words
from casework.domain import CaseworkError, NotFound, StageName
from casework.domain.words import in_words
from casework.policy import Policy, Value
from casework.policy.load import PACKS, load, manifest, names

Rows = tuple[tuple[str, ...], ...]


class PackNotStarted(CaseworkError):
    """A new pack could not be started under that name."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__(f"The pack {name} was not started. {why}")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: a heading, what its columns are, and its rows."""

    title: str
    columns: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page, before it is printed as text or HTML."""

    title: str
    layers: tuple[str, ...]
    sections: tuple[Section, ...]


def page(pack: str, la_code: str, on: date) -> Page:
    """A pack as it stands on a day, section by section; empty sections are left out.

    Raises:
        NotFound, PolicyRefused: There is no such pack, or it cannot be used.
    """
    policy = load(pack, la_code or None)
    found = (Section(title, columns, tuple(make(policy, on))) for title, columns, make in _SECTIONS)
    title = manifest(PACKS / "school" / pack).title or pack
    return Page(title, policy.layers, tuple(section for section in found if section.rows))


def as_text(made: Page) -> str:
    """The page in plain text."""
    lines = [made.title, "=" * len(made.title), "", _UNDER.format(", then ".join(made.layers))]
    for section in made.sections:
        lines += ["", section.title, "-" * len(section.title)]
        for row in section.rows:
            cells = [cell for cell in row if cell]
            lines.append(f"* {cells[0]}")
            lines += [f"    {cell}" for cell in cells[1:]]
    return "\n".join(lines) + "\n"


def as_html(made: Page) -> str:
    """The page as one HTML file that needs nothing else."""
    body = [f"<h1>{escape(made.title)}</h1>", f"<p>{escape(_UNDER.format(', then '.join(made.layers)))}</p>"]
    for section in made.sections:
        head = "".join(f'<th scope="col">{escape(column)}</th>' for column in section.columns)
        rows = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in section.rows
        )
        body.append(f"<h2>{escape(section.title)}</h2>")
        body.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f"<title>{escape(made.title)}</title><style>{_STYLE}</style></head>\n"
        f"<body>{''.join(body)}</body></html>\n"
    )


def new(name: str, base: str, folder: Path = PACKS / "school") -> Path:
    """Start a school's pack from another: a folder with its manifest and one entry to copy.

    Raises:
        NotFound: There is no pack of that name to start from.
        PackNotStarted: The name is no name for a pack, or there is a pack of that name already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        says = "A pack's name is small letters, digits and hyphens, such as st-osyths."
        raise PackNotStarted(name, says)
    if base not in names(PACKS / "school"):
        known = ", ".join(names(PACKS / "school"))
        raise NotFound("school pack", base, f"Start from one of: {known}.")
    made = folder / name
    if made.exists():
        raise PackNotStarted(name, "There is a pack of that name already; choose another, or edit that one.")
    made.mkdir(parents=True)
    (made / "pack.toml").write_text(f'title = "{name}"\nbase = "{base}"\n\n[versions]\n', "utf-8")
    (made / "roles.toml").write_text(_FIRST_ENTRY, "utf-8")
    return made


_FIRST_ENTRY = """# Who does what in this school: what each entry says, the rows it runs, its days.

[source]
title = "The school's own attendance policy"
href = ""
force = "school policy"
verified = true

[attendance_lead]
says = "The senior leader named to lead attendance."
from.2024-08-19 = { holds = ["headteacher"], appointed = true }
"""

_UNDER = "Read from the floor up: {}."

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#0b0c0c}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;"
    "border-bottom:1px solid #b1b4b6}h2{margin-top:2rem}"
)


def _rows_of(value: Value) -> str:
    return " ".join(value.rows)


def _said(names_: Iterable[str]) -> str:
    return ", ".join(in_words(name) for name in names_)


def _roles(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    for name, value in policy.under("roles", on).items():
        named = "somebody must be named for it" if value.get("appointed") else ""
        filled = f"filled here by: {_said(value.holds)}"
        yield in_words(name).capitalize(), value.says, filled, named


def _bands(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    for name, value in sorted(policy.under("bands", on).items(), key=lambda item: _least(item[1])):
        edges = (
            f"{in_words(field).replace('missed percent', 'missed at least')} {number}%"
            for field, number in value.fields.items()
            if field != "label"
        )
        yield value.get("label") or in_words(name).capitalize(), value.says, ", ".join(edges)


def _least(value: Value) -> int:
    fields = ("missed_at_least", "missed_more_than", "missed_percent")
    return max(int(value.get(field) or 0) for field in fields)


def _triggers(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    found = sorted(policy.under("triggers", on).items(), key=lambda item: item[1].severity)
    for name, value in found:
        after = (
            f"after it has stood {value.settles_after_school_days} school days"
            if value.settles_after_school_days
            else ""
        )
        once = f"told once in {_ONCE[value.once_per]}"
        opens = "opens a case" if value.get("opens", True) else "told on an open case only"
        said_by = f"said by {policy_words.layer(value.layer)}"
        yield in_words(name), value.says, policy_words.limit(value), once, after, opens, said_by


_ONCE = {
    "episode": "a run",
    "half_term": "a half term",
    "term": "a term",
    "academic_year": "a school year",
    "always": "a day",
}


def _contacts(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    found = sorted(
        policy.under("contacts", on).items(), key=lambda item: (item[1].get("day", 1), item[1].order)
    )
    for name, value in found:
        day = f"day {value.get('day', 1)}{' and every day after' if value.get('and_after') else ''}"
        until = f"until {_UNTIL[value.get('until', 'spoken')]}"
        yield (
            in_words(name),
            value.says,
            day,
            f"{value.method}: {in_words(value.whom)}",
            until,
            _rows_of(value),
        )


_UNTIL = {"spoken": "somebody was spoken to", "seen": "the child was seen"}


def _duties(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    found = policy.under("duties", on).values()
    for value in sorted(
        found, key=lambda value: (*policy_words.place(value, policy), policy_words.haste(value), value.key)
    ):
        who = f"{in_words(value.by)}, {policy_words.due(value)}"
        letter = f"letter: {policy.value(f'letters.{value.letter}', on).title}" if value.get("letter") else ""
        tells = f"told: {_said(value.tells)}" if value.get("tells") else ""
        chosen = f"to choose or answer: {_said(value.asks)}" if value.get("asks") else ""
        yield policy_words.when(value, policy), value.says, who, letter, tells, chosen, _rows_of(value)


def _ladder(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    """What the policy does at each stage, mildest first: its own names for the steps are in what it says."""
    found = [value for value in policy.under("duties", on).values() if value.get("stage")]
    order = list(StageName)
    for value in sorted(found, key=lambda v: (order.index(v.stage), _chained(policy, v), *_soonest(v))):
        letter = f"letter: {policy.value(f'letters.{value.letter}', on).title}" if value.get("letter") else ""
        who = f"{in_words(value.by)}, {policy_words.due(value)}"
        stage = in_words(value.stage)
        yield stage[:1].upper() + stage[1:], value.says, policy_words.when(value, policy), letter, who


def _soonest(value: Value) -> tuple[int, str]:
    return policy_words.haste(value), value.key


def _chained(policy: Policy, value: Value) -> tuple[int, tuple[int, int, str]]:
    """How many duties stand before this one, each after another; then where it stands among its like."""
    before = [policy.value(f"duties.{name}", value.since) for name in value.get("after") or ()]
    depth = max((_chained(policy, earlier)[0] + 1 for earlier in before), default=0)
    return depth, policy_words.place(value, policy)


def _letters(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    for value in policy.under("letters", on).values():
        never = f"never for {', '.join(value.never_for)} alone" if value.get("never_for") else ""
        yield (
            value.title,
            value.says,
            value.get("noticed") or "",
            f"signed by {in_words(value.signed_by)}",
            never,
        )


def _clocks(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    for name, value in policy.under("clocks", on).items():
        if value.get("length") is not None and value.unit != "none":
            yield in_words(name), value.says, f"{value.length} {in_words(value.unit)}", value.source.title


def _reports(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    for name, value in policy.under("reports", on).items():
        yield (
            in_words(name),
            value.says,
            f"every {in_words(value.every)}",
            f"to {_said(value.to)}",
            _rows_of(value),
        )


def _simple(subject: str) -> Callable[[Policy, date], Iterator[tuple[str, ...]]]:
    def made(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
        for name, value in policy.under(subject, on).items():
            yield in_words(name), value.says, _rows_of(value)

    return made


def _unrun(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    for key in (key for key in policy.keys("unrun.") if policy.maybe(key, on)):
        value = policy.value(key, on)
        name = in_words(key.partition(".")[2]).capitalize()
        held = policy.maybe(value.instead, on) if value.get("instead") else None
        instead = (
            held.says if held else (policy.declarations[value.instead].says if value.get("instead") else "")
        )
        status = f"{in_words(value.status)}: {value.because}"
        yield name, status, f"instead: {instead}" if instead else "", _rows_of(value)


def _contradictions(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    for value in policy.under("contradictions", on).values():
        yield ", ".join(value.between), value.says, value.settled, "for the school to confirm"


def _not_known(policy: Policy, on: date) -> Iterator[tuple[str, ...]]:
    for key in policy.keys("la."):
        if policy.maybe(key, on) is None:
            yield (
                in_words(key.partition(".")[2]),
                policy.declarations[key].says,
                "not known: ask the authority",
            )


_SECTIONS: tuple[tuple[str, tuple[str, ...], Callable[[Policy, date], Iterator[tuple[str, ...]]]], ...] = (
    ("Who does what", ("Role", "Says", "Filled by", ""), _roles),
    ("Bands of absence", ("Band", "Says", "Edges"), _bands),
    (
        "The ladder, stage by stage",
        ("Stage", "What is done", "When", "Letter", "Who, and by when"),
        _ladder,
    ),
    (
        "What is watched, most severe first",
        ("Line", "Says", "How much", "Told", "Settles", "Case", "Said by"),
        _triggers,
    ),
    (
        "An absence without a reason, day by day",
        ("Rung", "Says", "When", "Whom", "Ends", "Rows"),
        _contacts,
    ),
    (
        "What happens when: day by day, then by line crossed, by what happens, by the calendar",
        ("When", "What is asked", "Who, and by when", "Letter", "Told", "Choices", "Rows"),
        _duties,
    ),
    ("Letters", ("Letter", "What it is", "Opens with", "Signed", "Not sent"), _letters),
    ("Time limits", ("Clock", "Says", "Length", "Source"), _clocks),
    ("Times of the register", ("Session", "Says", "Rows"), _simple("times")),
    ("Reasons for absence", ("Reason", "Says", "Rows"), _simple("reasons")),
    ("Requests for leave", ("Request", "Says", "Rows"), _simple("requests")),
    ("What stands on the case before a step", ("Gate", "Says", "Rows"), _simple("gates")),
    ("What staff record", ("Record", "Says", "Rows"), _simple("records")),
    ("Reports", ("Report", "Says", "When", "For", "Rows"), _reports),
    ("What the law runs as it stands", ("Rule", "Says", "Rows"), _simple("follows")),
    ("What does not run as printed, and why", ("Rule", "Why", "Instead", "Rows"), _unrun),
    ("Where the policy says two things", ("Rows", "Says", "Settled", ""), _contradictions),
    ("What is not known", ("Switch", "Says", ""), _not_known),
)
