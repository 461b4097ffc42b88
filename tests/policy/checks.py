"""What each kind of line in a policy's table of rows proves, by running the engine on it."""

from datetime import date, time

import pytest

from casework.documents import template_named
from casework.domain import Half, Pupil, Role
from casework.domain.events import EVENTS
from casework.facts import MEASURES, Counts
from casework.policy import Fields
from casework.policy.load import load
from casework.rules import centres, triggers
from casework.rules.arrivals import closes, code_for
from casework.rules.asked import LeaveAsked, leave, reason
from casework.rules.bands import band_of
from casework.rules.duties import roles_of, unfilled, with_policy_flags
from casework.rules.first_day import Tried, to_try
from casework.rules.kept import RecordLacks, make
from casework.rules.targets import in_sessions
from casework.stages import STEPS
from tests.policy.written import CALENDAR, ON, fields_hold, policy_of, shown, summary


def trigger_holds(row: str, name: str, when: str, just_short: str) -> None:
    """The trigger is raised at its edge and not just short of it, and carries the row."""
    policy = policy_of(row)

    def raised(text: str) -> bool:
        return f"triggers.{name}" in {f.rule for f in triggers.raised(policy, summary(text), ON)}

    assert (raised(when), raised(just_short)) == (True, False)
    assert row in policy.value(f"triggers.{name}", ON).rows
    assert set(policy.value(f"triggers.{name}", ON).measure) <= set(MEASURES)


def contacts_are(row: str, situation: str, then: str) -> None:
    """`day 3; contacts A B; tried every_number A no_answer; flags x; concern` gives the rungs to try."""
    policy = policy_of(row)
    day, contacts, tried, flags, concern = 1, ["A", "B", "C", "D"], [], [], False
    for part in situation.split(";"):
        word, *said = part.split()
        match word:
            case "day":
                day = int(said[0])
            case "contacts":
                contacts = said
            case "tried":
                who = "" if said[1] == "-" else said[1]
                tried.append(Tried(said[0], who, said[2], "seen" in said[2:]))
            case "flags":
                flags = said
            case "concern":
                concern = True
    found = to_try(policy, day, contacts, tried, ON, flags, concern)
    told = [
        f"{item.rung} {item.method} {item.whom}" + "".join(f" {person}" for person in item.contact_ids)
        for item in found
    ]
    assert "; ".join(told) == ("" if then == "nothing" else then)
    named = {name for name, value in policy.under("contacts", ON).items() if row in value.rows}
    assert named, f"no rung carries {row}"


def record_is(row: str, kind: str, event: str, fixed: str, needs: str) -> None:
    """The kind of record is kept as that event, with what is fixed; leaving out what is needed is refused."""
    policy = policy_of(row)
    wanted = dict(part.split("=") for part in fixed.split(";") if part.strip())
    asked = needs.split()
    given = {name: _sample(event, name) for name in asked}
    header = {"case_ref": "X-1", "on": ON, "by": "officer"}

    made = make(policy, kind, header, given, ON)

    assert made.kind == event
    assert {name.strip(): shown(getattr(made, name.strip())) for name in wanted} == {
        name.strip(): said.strip() for name, said in wanted.items()
    }
    assert {name: getattr(made, name) for name in asked} == given
    assert row in policy.value(f"records.{kind}", ON).rows
    for left_out in asked:
        with pytest.raises(RecordLacks) as lacks:
            make(policy, kind, header, {n: v for n, v in given.items() if n != left_out}, ON)
        assert lacks.value.missing == (left_out,)


def _sample(event: str, name: str) -> object:
    kind = str(EVENTS[event].__dataclass_fields__[name].type)
    if "tuple" in kind:
        return ("one",)
    if "bool" in kind:
        return False
    if "datetime" in kind:
        return ON
    return ON if "date" in kind else "told"


def time_is(row: str, half: str, arrived: str, code: str) -> None:
    """An arrival at that time asks for that code."""
    policy = policy_of(row)
    assert code_for(policy, Half(half), time.fromisoformat(arrived), ON) == code
    assert any(row in v.rows for v in policy.under("times", ON).values() if v.half == half)
    opened = policy.value("register.open_for", ON).minutes
    for value in policy.under("times", ON).values():
        start = time.fromisoformat(value.starts)
        shut = closes(policy, Half(value.half), ON)
        assert (shut.hour - start.hour) * 60 + shut.minute - start.minute <= opened


def reason_stands(row: str, given: str, shown_with: str, answer: str, says: str) -> None:
    """A reason, with what was shown, stands as the policy has it."""
    found = reason(policy_of(row), given, ON, tuple(item for item in shown_with.split() if item != "-"))
    assert found.answer.value == answer
    assert says in f"{found.says} {found.missing}"
    assert row in policy_of(row).value(found.rule, ON).rows


def leave_is(row: str, asked_on: str, first_day: str, answers: str) -> None:
    """A request for leave, asked on a day for a first day, is answered so, law first."""
    first = date.fromisoformat(first_day)
    asked = LeaveAsked(date.fromisoformat(asked_on), first, first)
    found = leave(policy_of(row), asked, CALENDAR, ON)
    assert " ".join(item.answer.value for item in found) == answers
    assert row in policy_of(row).value("requests.leave", ON).rows


def role_is_missed(row: str, name: str) -> None:
    """Where nobody holds the role, it is listed as unfilled; where somebody does, it is not."""
    policy = policy_of(row)
    value = policy.value(f"roles.{name}", ON)
    assert row in value.rows
    assert name in unfilled(policy, (), ON)
    assert name not in unfilled(policy, [Role(held) for held in value.holds], ON)


def law_runs(row: str, key: str, said: str) -> None:
    """The law's own value is what runs, unweakened, and the pack says that this row follows it."""
    fields_hold(row, key, said)
    policy = policy_of(row)
    following = [v for v in policy.under("follows", ON).values() if row in v.rows and key in v.keys]
    assert following, f"no follows entry takes {row} to {key}"
    assert policy.value(key, ON).layer.startswith(("england", "la/"))


def instead_runs(row: str, status: str, key: str, said: str) -> None:
    """A row that does not run as printed: why is said, and what runs in its place holds."""
    policy = policy_of(row)
    own = [v for v in policy.under("unrun", ON).values() if row in v.rows]
    assert [v.status for v in own] == [status]
    assert (own[0].get("instead") or "-") == key
    if key != "-" and said != "-":
        fields_hold(row, key, said)


def code_counts(row: str, code: str, as_what: str) -> None:
    """A code counts so in every sum."""
    policy = policy_of(row)
    classes = policy.value("attendance_codes.classes", ON)
    assert next(name for name in classes if code in classes.fields[name]) == as_what
    assert any(row in v.rows for v in policy.under("follows", ON).values())


def gate_stands(row: str, step: str, rule: str) -> None:
    """A step has that gate among its questions: its name is the rule of a finding."""
    assert step in STEPS
    assert any(row in v.rows for v in policy_of(row).under("gates", ON).values())
    assert step in policy_of(row).value(f"gates.{rule}", ON).before


def report_is(row: str, name: str, said: str) -> None:
    """A report falls due so, by whom, for whom, by which cuts."""
    value = policy_of(row).value(f"reports.{name}", ON)
    assert row in value.rows
    text = f"every {value.every} by {value.by} to {shown(value.to)} cuts {shown(value.cuts)}"
    text += f" of {shown(value.of)}" if value.get("of") else ""
    assert text == said


def flag_is(row: str, name: str, facts: str, holds: str) -> None:
    """What is true of a pupil makes the policy's flag, or does not."""
    policy = policy_of(row)
    assert row in policy.value(f"flags.{name}", ON).rows
    assert ("yes" if name in with_policy_flags(policy, facts.split(), ON) else "no") == holds


def band_is(row: str, counted: str, name: str) -> None:
    """So many sessions attended of those possible lie in that band."""
    attended, _, possible = counted.split()
    counts = Counts(int(possible), int(attended), int(possible) - int(attended), 0)
    assert band_of(policy_of(row), counts, ON) == name
    assert any(row in value.rows for value in policy_of(row).under("bands", ON).values())


def letter_is(row: str, name: str, template: str, signed_by: str, says: str, never: str) -> None:
    """A letter is carried by that document, signed so, says this, and never comes for these codes alone."""
    value = policy_of(row).value(f"letters.{name}", ON)
    assert row in value.rows
    assert template_named(value.template).name == template
    assert value.signed_by == signed_by
    offers, needs = value.get("offers") or (), value.get("needs") or ()
    said = (value.title, value.get("noticed") or "", *offers, *needs)
    assert says in " ".join(said)
    assert " ".join(value.get("never_for") or ()) == never


def target_is(row: str, name: str, target: str, holds: str) -> None:
    """A letter whose target must be in plain numbers takes this one, or does not."""
    value = policy_of(row).value(f"letters.{name}", ON)
    assert row in value.rows
    assert value.target_in_sessions
    assert ("yes" if in_sessions(target) else "no") == holds


def rung_is(row: str, name: str, said: str) -> None:
    """A rung of the ladder is whose, when, in which place, and what ends it."""
    value = policy_of(row).value(f"contacts.{name}", ON)
    assert row in value.rows
    assert rung_written(row, name) == said


def rung_written(row: str, name: str) -> str:
    """A rung as a table writes it."""
    policy = policy_of(row)
    value = policy.value(f"contacts.{name}", ON)
    text = f"day {value.get('day', 1)} place {value.order} by {roles_of(policy, value.by, ON)[0].value}"
    text += f" until {value.get('until', 'spoken')}"
    return text + (f" at {value.by_time}" if value.get("by_time") else "")


def centre_is(row: str, centre: str, said: str, daily: str) -> None:
    """A pupil is attached to the centre on the roll, which tasks, letters and the day's checks name."""
    policy = policy_of(row)
    here = Pupil("A900001000001", "Surname", "Forename", class_name=centre)
    nowhere = Pupil("A900001000002", "Surname", "Other")

    assert centres.said(policy, here, ON) == said
    assert centres.said(policy, nowhere, ON) == ""
    assert centres.centres(policy, (here, nowhere, here), ON) == (centre,)
    assert centres.unattached(policy, (here, nowhere), ON) == (nowhere,)
    assert centres.unattached(load("national", policy.la_code), (here, nowhere), ON) == ()
    rule = centres.rule(policy, ON)
    assert rule is not None
    assert row in rule.rows
    each = {name for name, value in policy.under("duties", ON).items() if value.get("each_centre")}
    assert each == set(daily.split(","))


def entry_says(row: str, key: str, *said: str) -> None:
    """An entry carries the row and says exactly this in these fields."""
    value = policy_of(row).value(key, ON)
    assert row in value.rows
    for part in said:
        name, _, wanted = part.partition(" = ")
        assert in_full(value.get(name)) == wanted, f"{key}.{name} is {in_full(value.get(name))}"


def in_full(value: object) -> str:
    """A field as a table writes it: a list by commas, a table by its names."""
    if isinstance(value, Fields):
        return "; ".join(f"{name}: {in_full(inner)}" for name, inner in value.fields.items())
    if isinstance(value, tuple):
        return ", ".join(in_full(item) for item in value)
    return shown(value)
