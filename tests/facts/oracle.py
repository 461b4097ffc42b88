"""What the contract says, word for word and by brute force; and the same with one plausible bug in it.

It shares no code with the package: not its calendar, not its code table, not its way of counting.
"""

from datetime import date, timedelta

from tests.facts.nasty import PupilHeld, SchoolHeld, Slot, World, year_of

ATTENDING = {"/", "\\", "L", "K", "V", "P", "W", "B"}
AUTHORISED = {"C1", "M", "J1", "S", "C2", "C", "T", "R", "I", "E"}
UNAUTHORISED = {"G", "N", "O", "U"}
NOT_POSSIBLE = {"D", "X", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7"}
ABSENT = ("authorised", "unauthorised")
OLD_ATTENDING = {"/", "\\", "L", "B", "J", "P", "V", "W"}
OLD_AUTHORISED = {"C", "E", "F", "H", "I", "M", "R", "S", "T"}

BUGS = (
    "nine school weeks",
    "eleven school weeks",
    "calendar weeks, not school weeks",
    "school weeks from the pupil's own marks",
    "weeks begin on Sunday",
    "nine sessions are enough",
    "eleven sessions are needed",
    "the whole current week counts at first met",
    "U does not count to the threshold",
    "N does not count to the threshold",
    "U counts in the unauthorised run",
    "U breaks the run of the return",
    "one session makes a day of a run",
    "a day without a possible session breaks a run",
    "a day without a possible session counts in a run",
    "runs begin afresh each year",
    "unmarked sessions up to today",
    "blanks inside a run are not said",
    "N overdue after four school days",
    "N overdue after six school days",
    "N overdue by calendar days",
    "X is possible",
    "old codes classed as today",
    "a blank is an unauthorised absence",
    "marks after the day are looked at",
    "marks off the roll are looked at",
    "marks of closed sessions are looked at",
    "illness episodes cut by a hole",
    "illness episodes cut by the half term",
    "U is not late",
    "broken weeks by unauthorised absence alone",
    "broken weeks by calendar year",
    "the year is that of the day asked about",
    "the half term of the pupil's last mark",
    "Saturday counted as Friday",
    "spent sessions count",
    "spent for one parent is enough",
    "any withdrawal frees its sessions",
    "later notices spend too",
)


def class_of(code: str, day: date, bug: str) -> str:
    if bug == "X is possible" and code == "X":
        return "attended"
    if day >= date(2024, 8, 19) or bug == "old codes classed as today":
        attending, authorised = ATTENDING, AUTHORISED
    else:
        attending, authorised = OLD_ATTENDING, OLD_AUTHORISED
    if code == "X" and date(2020, 9, 1) <= day < date(2022, 4, 1):
        return "possible only"
    if code in attending:
        return "attended"
    if code in authorised:
        return "authorised"
    return "unauthorised" if code in UNAUTHORISED else ""


def oracle(school: SchoolHeld, pupil: PupilHeld, held: World, bug: str = "") -> dict[str, object]:
    """Every field of the contract for one line, as JSON would show it."""
    on, limits = held.on, held.limits
    opened = sorted(slot for slot, (is_open, _) in school.sessions.items() if is_open)
    if bug == "marks of closed sessions are looked at":
        opened = sorted(school.sessions)
    if bug != "marks after the day are looked at":
        opened = [slot for slot in opened if slot[0] <= on]
    on_roll = {
        slot
        for slot in opened
        for first, last in pupil.spells
        if first <= slot[0] <= (last or date.max) or bug == "marks off the roll are looked at"
    }
    marks = {slot: pupil.marks[slot] for slot in opened if slot in on_roll and pupil.marks.get(slot)}
    if bug == "a blank is an unauthorised absence":
        marks |= {slot: "O" for slot in on_roll if not marks.get(slot)}
    kinds = {slot: class_of(code, slot[0], bug) for slot, code in marks.items()}
    possible = [slot for slot in opened if kinds.get(slot)]

    periods = {slot: (year_of(slot[0]), school.sessions[slot][1]) for slot in opened}
    now = periods[opened[-1]] if opened else None
    if bug == "the year is that of the day asked about" and now:
        now = (year_of(on), now[1])
    if bug == "the half term of the pupil's last mark" and marks:
        now = periods[max(marks)]
    year = [slot for slot in opened if now and periods[slot][0] == now[0]]
    term = [slot for slot in year if now and periods[slot][1] // 2 == now[1] // 2]
    half_term = [slot for slot in term if now and periods[slot][1] == now[1]]

    def counts(slots: list[Slot]) -> dict[str, int]:
        found = {"possible": sum(bool(kinds.get(slot)) for slot in slots)}
        for kind in ("attended", "authorised", "unauthorised"):
            found[kind] = sum(kinds.get(slot) == kind for slot in slots)
        return found

    def has(slot: Slot, codes: str) -> bool:
        return bool(kinds.get(slot)) and marks[slot] in set(codes)

    def run(codes: str) -> dict[str, object]:
        return _run(codes, opened, marks, kinds, on, bug)

    late = "L" if bug == "U is not late" else "LU"
    return {
        "urn": school.urn,
        "upn": pupil.upn,
        "on": on.isoformat(),
        "year": counts(year),
        "term": counts(term),
        "half_term": counts(half_term),
        "late_half_term": sum(has(slot, late) for slot in half_term),
        "illness_episodes_half_term": sum(
            _starts(slot, possible, opened, marks, half_term, bug) for slot in half_term if has(slot, "I")
        ),
        "illness_sessions_year": sum(has(slot, "I") for slot in year),
        "unauthorised_run": run("OGNU" if bug.startswith("U counts in") else "OGN"),
        "return_run": _without(run("OGN" if bug.startswith("U breaks") else "OGNU"), "longest"),
        "illness_run": _without(run("I"), "started_on", "unmarked"),
        "overdue_n_sessions": sum(
            _later_days(slot[0], opened, on, bug) > limits.unexplained_school_days
            for slot in opened
            if has(slot, "N")
        ),
        "broken_weeks_year": _broken_weeks(opened if "calendar year" in bug else year, kinds, bug, on),
        "absent_by_weekday": [
            sum(kinds.get(slot) in ABSENT and slot[0].weekday() in falls for slot in year)
            for falls in ((0,), (1,), (2,), (3,), (4, 5) if bug.startswith("Saturday") else (4,))
        ],
        "threshold": _threshold(pupil, opened, marks, kinds, held, bug),
    }


def _without(run: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in run.items() if name not in names}


def _starts(
    slot: Slot,
    possible: list[Slot],
    opened: list[Slot],
    marks: dict[Slot, str],
    half_term: list[Slot],
    bug: str,
) -> bool:
    among = opened if bug == "illness episodes cut by a hole" else possible
    before = [earlier for earlier in among if earlier < slot]
    if bug == "illness episodes cut by the half term":
        before = [earlier for earlier in before if earlier in half_term]
    return not before or marks.get(before[-1]) != "I"


def _run(
    codes: str, opened: list[Slot], marks: dict[Slot, str], kinds: dict[Slot, str], on: date, bug: str
) -> dict[str, object]:
    days = sorted({day for day, _ in opened})
    verdicts = {}
    for day in days:
        held = [marks[day, half] for half in ("AM", "PM") if kinds.get((day, half))]
        matches = [code in codes for code in held]
        verdicts[day] = "none" if not held else "in" if all(matches) else "out"
        if bug == "one session makes a day of a run" and any(matches):
            verdicts[day] = "in"
        if not held and bug == "a day without a possible session breaks a run":
            verdicts[day] = "out"
        if not held and bug == "a day without a possible session counts in a run":
            verdicts[day] = "in"

    def run_from(first: int) -> list[date]:
        found = []
        for day in days[first:]:
            if verdicts[day] == "out" or (
                bug.startswith("runs begin afresh") and year_of(day) != year_of(days[first])
            ):
                break
            if verdicts[day] == "in":
                found.append(day)
        return found

    longest = max((len(run_from(first)) for first in range(len(days))), default=0)
    still: list[date] = []
    for first in range(len(days)):
        reaches = all(verdicts[day] != "out" for day in days[first:])
        if bug.startswith("runs begin afresh"):
            reaches = reaches and year_of(days[first]) == year_of(days[-1])
        if reaches:
            still = run_from(first)
            break
    last = on if bug == "unmarked sessions up to today" else still[-1] if still else on
    unmarked = sum(bool(still) and still[0] <= slot[0] <= last and slot not in marks for slot in opened)
    return {
        "days": len(still),
        "longest": longest,
        "started_on": still[0].isoformat() if still else None,
        "unmarked": 0 if bug == "blanks inside a run are not said" else unmarked,
    }


def _later_days(day: date, opened: list[Slot], on: date, bug: str) -> int:
    if bug == "N overdue by calendar days":
        return (on - day).days
    shift = {"N overdue after four school days": 1, "N overdue after six school days": -1}.get(bug, 0)
    return len({later for later, _ in opened if day < later <= on}) + shift


def _broken_weeks(year: list[Slot], kinds: dict[Slot, str], bug: str, on: date) -> int:
    absent = ABSENT[1:] if "unauthorised absence alone" in bug else ABSENT
    year = [slot for slot in year if "calendar year" not in bug or slot[0].year == on.year]
    return len({_week(slot[0], "") for slot in year if kinds.get(slot) in absent})


def _week(day: date, bug: str) -> date:
    if bug == "weeks begin on Sunday":
        return day - timedelta(days=day.isoweekday() % 7)
    return day - timedelta(days=day.isoweekday() - 1)


def _is_spent(slot: Slot, pupil: PupilHeld, on: date, bug: str) -> bool:
    if bug == "spent sessions count" or not pupil.responsible:
        return False
    spent = []
    for parent in pupil.responsible:
        covered = False
        for notice in pupil.notices:
            freed = notice.status == "withdrawn" and (
                notice.withdrawal_ground == "material_error" or bug == "any withdrawal frees its sessions"
            )
            covered |= (
                notice.parent_id == parent
                and notice.kind in ("pn", "prosecution")
                and (notice.issued_on <= on or bug == "later notices spend too")
                and not freed
                and notice.period_from <= slot[0] <= notice.period_to
            )
        spent.append(covered)
    return any(spent) if bug == "spent for one parent is enough" else all(spent)


def _threshold(
    pupil: PupilHeld,
    opened: list[Slot],
    marks: dict[Slot, str],
    kinds: dict[Slot, str],
    held: World,
    bug: str,
) -> dict[str, object]:
    codes = {"G", "N", "O", "U"} - {bug[0] if bug.endswith("does not count to the threshold") else ""}
    length = held.limits.threshold_school_weeks
    length += {"nine school weeks": -1, "eleven school weeks": 1}.get(bug, 0)
    enough = held.limits.threshold_sessions
    enough += {"nine sessions are enough": -1, "eleven sessions are needed": 1}.get(bug, 0)
    counting = [
        slot
        for slot in opened
        if kinds.get(slot) and marks[slot] in codes and not _is_spent(slot, pupil, held.on, bug)
    ]
    among = list(marks) if bug == "school weeks from the pupil's own marks" else opened
    weeks = sorted({_week(day, bug) for day, _ in among})
    if bug == "calendar weeks, not school weeks" and weeks:
        weeks = [
            weeks[0] + timedelta(days=7 * n) for n in range((_week(held.on, bug) - weeks[0]).days // 7 + 1)
        ]

    def window_of(week: date) -> list[date]:
        return [w for w in weeks if w <= week][-length:]

    def inside(week: date) -> list[Slot]:
        window = window_of(week)
        return [slot for slot in counting if _week(slot[0], bug) in window]

    now = inside(weeks[-1]) if weeks else []
    most = max((len(inside(week)) for week in weeks), default=0)
    met: list[Slot] = []
    for slot in opened:
        so_far = inside(_week(slot[0], bug))
        if bug != "the whole current week counts at first met":
            so_far = [earlier for earlier in so_far if earlier <= slot]
        if len(so_far) >= enough:
            met = [earlier for earlier in so_far if earlier <= slot]
            break
    return {
        "sessions": len(now),
        "most": most,
        "first_met": _text(met[-1]) if met else None,
        "counted": [_text(slot) for slot in now] if len(now) >= enough else [],
        "first_counted": [_text(slot) for slot in met],
    }


def _text(slot: Slot) -> str:
    return f"{slot[0].isoformat()} {slot[1]}"
