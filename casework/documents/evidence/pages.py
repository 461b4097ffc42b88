"""Each page a pack makes itself, as a paper: register, changes, chronology, logs, statement, index."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.documents.errors import DoesNotReconcile
from casework.documents.evidence.binding import Placed
from casework.documents.evidence.narrative import Row
from casework.documents.evidence.paper import Paper
from casework.documents.evidence.statement import Paragraph, Witness, all_confirmed
from casework.documents.printing import count, moment, percent, short_day
from casework.domain import Half, Parent, Session
from casework.domain.calendar import monday_of
from casework.domain.words import day

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands at the head of each page we make: the child, the school, the reference."""

    pupil: str
    born: date | None
    year_group: str
    upn: str
    school: str
    reference: str

    def on(self, paper: Paper, title: str) -> None:
        """The title and the lines below it."""
        paper.heading(title)
        born = day(self.born) if self.born else ""
        paper.pairs(
            [
                ("Pupil", self.pupil),
                ("Date of birth", born),
                ("Year group", self.year_group),
                ("UPN", self.upn),
                ("School", self.school),
                ("Reference", self.reference),
            ]
        )


@dataclass(frozen=True, slots=True)
class Marks:
    """A register of some days: each open session's code, what it counts as, and the counts of all of it."""

    first: date
    last: date
    codes: Mapping[Session, str]
    unauthorised: tuple[Session, ...]
    possible: int
    attended: int
    authorised: int
    other: int
    read_at: datetime

    def __post_init__(self) -> None:
        total = self.attended + self.authorised + len(self.unauthorised) + self.other
        if total != self.possible:
            raise DoesNotReconcile(
                f"{self.attended} attended, {self.authorised} authorised, {len(self.unauthorised)} not and "
                f"{self.other} others make {total}, not {self.possible}"
            )


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the register: from what to what, when, by whom, why."""

    session: Session
    was: str
    now: str
    at: datetime
    by: str
    position: str
    reason: str


def register(heading: Heading, marks: Marks, meanings: Mapping[str, str], title: str) -> Paper:
    """The coded register of a period, week by week, its totals, its unauthorised sessions and its key."""
    paper = Paper(title)
    heading.on(paper, title)
    paper.text(
        f"{day(marks.first)} to {day(marks.last)}, as the register stood at {moment(marks.read_at)}. "
        "Each cell shows morning and afternoon; a dash is a session without a mark or a closed one."
    )
    _totals(paper, marks)
    paper.heading("Week by week", 2)
    weekend = any(session.date.weekday() > 4 for session in marks.codes)
    names = _DAYS if weekend else _DAYS[:5]
    weeks = sorted({monday_of(session.date) for session in marks.codes})
    rows = [[short_day(week), *(_cell(marks, week, n) for n in range(len(names)))] for week in weeks]
    paper.table(("Week of", *names), (3, *(2 for _ in names)), rows)
    paper.heading("Sessions missed without authority", 2)
    paper.table(
        ("Date", "Session", "Code", "What the code means"),
        (3, 2, 1, 6),
        [
            (short_day(s.date), _half(s), marks.codes[s], meanings.get(marks.codes[s], ""))
            for s in marks.unauthorised
        ],
    )
    _key(paper, marks, meanings)
    return paper


def _totals(paper: Paper, marks: Marks) -> None:
    rows = [
        ("Possible sessions", f"{marks.possible:,}"),
        ("Attended", f"{marks.attended:,} ({percent(marks.attended, marks.possible)})"),
        ("Authorised absence", f"{marks.authorised:,}"),
        ("Unauthorised absence", f"{len(marks.unauthorised):,}"),
    ]
    rows += [("Possible, counted as neither", f"{marks.other:,}")] if marks.other else []
    paper.pairs(rows)


def _key(paper: Paper, marks: Marks, meanings: Mapping[str, str]) -> None:
    used = Counter(code for code in marks.codes.values() if code)
    paper.heading("Key to the codes", 2)
    paper.table(
        ("Code", "What it means", "Sessions"),
        (1, 7, 2),
        [
            (code, meanings.get(code, "Not in the key"), f"{number:,}")
            for code, number in sorted(used.items())
        ],
    )


def _cell(marks: Marks, week: date, weekday: int) -> str:
    on = date.fromordinal(week.toordinal() + weekday)
    return "  ".join(marks.codes.get(Session(on, half), "") or "–" for half in Half)


def _half(session: Session) -> str:
    return "morning" if session.half is Half.AM else "afternoon"


def register_with_comments(
    heading: Heading,
    marks: Marks,
    meanings: Mapping[str, str],
    comments: Mapping[Session, str],
    contacts: Sequence[Row],
) -> Paper:
    """Every absence of the year with the reason given and the contact of that day, for information."""
    title = "Register with reasons and contacts: for information, not evidence"
    paper = Paper(title)
    heading.on(paper, title)
    by_day: dict[date, list[str]] = {}
    for row in contacts:
        by_day.setdefault(row.on, []).append(f"{row.what}: {row.outcome}".rstrip(": "))
    rows = [
        (
            f"{short_day(session.date)}, {_half(session)}",
            f"{code}: {meanings.get(code, '')}",
            comments.get(session, ""),
            "; ".join(by_day.get(session.date, [])),
        )
        for session, code in sorted(marks.codes.items())
        if code and code not in ("/", "\\", "#")
    ]
    paper.table(("Session", "Code", "Comment in the register", "Contact that day"), (3, 4, 4, 4), rows)
    return paper


def history_of_change(heading: Heading, changes: Sequence[Change], first: date, last: date) -> Paper:
    """Every change of a mark in a period: was, is, when, by whom and why."""
    title = "Changes of the register"
    paper = Paper(title, wide=True)
    heading.on(paper, title)
    paper.text(f"Every mark from {day(first)} to {day(last)} that was changed after it was first entered.")
    rows = [
        (
            f"{short_day(c.session.date)}, {_half(c.session)}",
            c.was or "no mark",
            c.now or "no mark",
            moment(c.at),
            " ".join(filter(None, [c.by, f"({c.position})" if c.position else ""])),
            c.reason,
        )
        for c in changes
    ]
    paper.table(("Session", "Was", "Became", "When", "By whom", "Why"), (4, 1, 1, 4, 4, 6), rows)
    return paper


def narrative(heading: Heading, title: str, rows: Sequence[Row], what: str, outcome: str) -> Paper:
    """A table of what happened, each line with the event it comes from."""
    paper = Paper(title, wide=True)
    heading.on(paper, title)
    paper.text(
        f"{count(len(rows), 'entry') if len(rows) == 1 else f'{len(rows):,} entries'}, oldest first. "
        "The last column names the entry in the case's record."
    )
    paper.table(
        ("No.", "Date", what, "By", outcome, "Record"),
        (1, 3, 7, 4, 8, 2),
        [
            (str(number), short_day(row.on), row.what, row.by, row.outcome, row.ref)
            for number, row in enumerate(rows, 1)
        ],
    )
    return paper


def meeting_record(heading: Heading, meetings: Sequence[Sequence[tuple[str, str]]]) -> Paper:
    """Each meeting with who came, who did not, and what was said."""
    paper = Paper("Meetings")
    heading.on(paper, "Meetings")
    for number, meeting in enumerate(meetings, 1):
        paper.heading(f"Meeting {number} of {len(meetings)}", 2)
        paper.pairs(list(meeting))
    return paper


def pairs(heading: Heading, title: str, rows: Sequence[tuple[str, str]], note: str = "") -> Paper:
    """Names and values under a title."""
    paper = Paper(title)
    heading.on(paper, title)
    if note:
        paper.notice(note)
    if rows:
        paper.pairs(list(rows))
    else:
        paper.text("None recorded.")
    return paper


def family_sheet(
    heading: Heading,
    parents: Sequence[Parent],
    siblings: Sequence[str],
    professionals: Sequence[tuple[str, str]],
    risks: Sequence[str],
) -> Paper:
    """Who the family are and what a visitor must know: kept apart, never exhibited, never served."""
    title = "Family and risk sheet"
    paper = Paper(title)
    heading.on(paper, title)
    paper.notice("Not an exhibit. Not to be served on anybody. For the authority's officers alone.")
    for parent in parents:
        paper.heading(parent.name or parent.contact_id, 2)
        paper.pairs(
            [
                ("Relationship", parent.relationship),
                ("Parental responsibility", _known(parent.parental_responsibility)),
                ("Lives with the pupil", _known(parent.lives_with_pupil)),
                ("Address", ", ".join(parent.address)),
                ("Telephone", parent.phone),
                ("E-mail", parent.email),
                ("Language", parent.language),
                ("Contact allowed", _known(parent.contact_allowed)),
            ]
        )
    paper.heading("Others in the family", 2)
    paper.table(("Brothers and sisters at our schools",), (1,), [(name,) for name in siblings])
    paper.heading("Professionals", 2)
    paper.table(("Role", "Name and organisation"), (1, 2), list(professionals))
    paper.heading("Known risks for visitors", 2)
    paper.table(("Recorded",), (1,), [(risk,) for risk in risks])
    return paper


def _known(value: bool | None) -> str:
    return {True: "Yes", False: "No", None: ""}[value]


def statement(
    heading: Heading,
    witness: Witness,
    made: Sequence[Paragraph],
    declaration: str,
    pages: int,
) -> Paper:
    """The statement: its declaration with its length, its paragraphs, a place to sign if all stand."""
    title = "Witness statement"
    paper = Paper(title)
    paper.heading(title)
    paper.text("Criminal Procedure Rules, part 16; Criminal Justice Act 1967, section 9")
    paper.pairs(
        [
            ("Statement of", witness.name),
            ("Age", "Over 18"),
            ("Occupation", f"{witness.role}, {witness.school}"),
            ("Reference", heading.reference),
        ]
    )
    whole = all_confirmed(made)
    if whole:
        paper.text(declaration.format(pages=count(pages, "page")))
    else:
        waiting = sum(not paragraph.confirmed for paragraph in made)
        paper.notice(
            f"Draft. {waiting} of {len(made)} paragraphs wait for the witness to confirm them. "
            "There is no place to sign until all are confirmed."
        )
    paper.numbered([p.text if p.confirmed or whole else f"[To be confirmed] {p.text}" for p in made])
    if whole:
        paper.signature("Signed", "Name", "Date")
    return paper


@dataclass(frozen=True, slots=True)
class Cover:
    """What the index says beside the list."""

    title: str
    authority: str
    prepared_on: date
    prepared_by: str
    marking: str
    part: str


def index(
    heading: Heading,
    cover: Cover,
    placed: Sequence[Placed],
    sources: Sequence[tuple[str, str]],
    lacking: Sequence[str],
    apart: Sequence[str],
) -> Paper:
    """The index: what is in the file, on which pages, from where; what is missing; what is kept apart.

    Args:
        sources: (event or register it comes from, first letters of its SHA-256) of each item, in order.
    """
    paper = Paper(cover.title)
    heading.on(paper, cover.title)
    paper.pairs(
        [
            ("To", cover.authority),
            ("Part", cover.part),
            ("Prepared", f"{day(cover.prepared_on)}, by {cover.prepared_by}"),
        ]
    )
    paper.heading("Index", 2)
    items = list(placed)[1:]
    paper.table(
        ("Exhibit", "Item", "Pages", "Comes from", "SHA-256 begins"),
        (2, 7, 2, 3, 3),
        [
            (
                item.label,
                item.title,
                str(item.first) if item.first == item.last else f"{item.first} to {item.last}",
                *source,
            )
            for item, source in zip(items, sources, strict=True)
        ],
    )
    if lacking:
        paper.heading("Not in this file yet", 2)
        paper.numbered(list(lacking))
    if apart:
        paper.heading("Kept apart from this file", 2)
        paper.numbered(list(apart))
    paper.text(
        "Letters and scans are shown a little smaller, so that nothing on them is covered. A manifest goes "
        "with this file: anybody can check with it that no page was changed, moved or exchanged. Where a "
        "page is a picture a screen reader cannot read it; the original is kept beside it."
    )
    return paper
