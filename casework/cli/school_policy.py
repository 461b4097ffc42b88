"""school-policy day, report, record, kinds, reason, leave, arrival: a school's own policy in daily use."""

from dataclasses import asdict
from datetime import date, time
from typing import Annotated

import typer

from casework.actions import absence, duties, pack_use, reports
from casework.cli.options import (
    As,
    Json,
    On,
    a_day,
    by,
    console,
    installation,
    reader,
    show_json,
    show_table,
    the_day,
)
from casework.domain import Finding, Half
from casework.domain.words import in_words

app = typer.Typer()
own = typer.Typer(no_args_is_help=True, help="A school's own policy in daily use.")
app.add_typer(own, name="school-policy")

School = Annotated[str, typer.Option("--school", metavar="URN", help="The school, by URN.")]


@own.command()
def day(school: School, on: On = None, acting: As = "", as_json: Json = False) -> None:
    """What the policy asks of the school that day, whom to try next about each absence, and reports due.

    Examples:

      casework school-policy day --school 990005 --on 2026-11-20
    """
    inst, when = installation(), the_day(on)
    who = reader(inst, acting, on, school=school)
    plan = duties.day_plan(inst, who, school, when)
    calls = absence.next_contacts(inst, who, school, when)
    due = reports.due(inst, who, school, when)
    missing = pack_use.roles_nobody_holds(inst, who, school, when)
    nowhere = duties.attached_to_none(inst, who, school, when)
    if as_json:
        show_json(
            {
                "plan": [asdict(item) for item in plan],
                "next": [
                    {"upn": c.call.upn, "day": c.day, "to_try": [step.rung for step in c.to_try]}
                    for c in calls
                ],
                "reports": due,
                "roles_nobody_holds": list(missing),
                "attached_to_no_centre": list(nowhere),
            }
        )
        return
    rows = [(d.by_time, d.says, d.centre, ", ".join(in_words(role) for role in d.roles)) for d in plan]
    show_table("The day", ("By", "What", "Centre", "Who"), rows, "The policy asks nothing of this day.")
    tries = [
        (c.call.pupil, f"day {c.day}", s.says, s.method, in_words(s.whom))
        for c in calls
        for s in c.to_try[:1]
    ]
    show_table("Whom to try next", ("Pupil", "Absent", "What", "How", "Whom"), tries, "Nobody to try.")
    show_table("Reports due", ("Report", "What"), list(due.items()), "No report is due.")
    if nowhere:
        console.print(f"Attached to no centre on the roll: {', '.join(nowhere)}. Give each a class.")
    if missing:
        console.print(f"Nobody is named for: {', '.join(in_words(name) for name in missing)}.")


@own.command()
def report(
    name: Annotated[str, typer.Argument(help="The report, by its name in the policy.")],
    school: School,
    on: On = None,
    acting: As = "",
    as_json: Json = False,
) -> None:
    """One of the policy's reports, made from the register; small groups are kept back.

    Examples:

      casework school-policy report half_termly --school 990001 --on 2026-12-18
    """
    inst = installation()
    made = reports.report(inst, reader(inst, acting, on, school=school), school, name, the_day(on))
    if as_json:
        show_json(asdict(made))
        return
    rows = [
        (line.cut, line.value, "kept back" if line.pupils is None and line.counts is None else line.pupils)
        + ((line.counts.possible, line.counts.attended, line.counts.absent) if line.counts else ("", "", ""))
        for line in made.lines
    ]
    show_table(made.says, ("By", "", "Pupils", "Possible", "Attended", "Absent"), rows, "Nobody is in it.")


@own.command()
def kinds(school: School, on: On = None, acting: As = "", as_json: Json = False) -> None:
    """The kinds of record the school's policy asks for."""
    inst = installation()
    found = pack_use.kinds(inst, reader(inst, acting, on, school=school), school, the_day(on))
    if as_json:
        show_json(found)
        return
    show_table("Records", ("Kind", "What it is"), list(found.items()), "The policy names none.")


@own.command()
def record(
    case_ref: Annotated[str, typer.Argument(help="The case.")],
    kind: Annotated[str, typer.Argument(help="The kind of record, by its name in the policy.")],
    given: Annotated[list[str] | None, typer.Argument(help="What it holds, as FIELD=VALUE.")] = None,
    on: On = None,
    acting: As = "",
) -> None:
    """Keep one of the policy's kinds of record on a case.

    Examples:

      casework school-policy record ABC-2026-00001 visit_made outcome=seen child_seen=yes says="All well"
    """
    inst = installation()
    pairs = [text.partition("=") for text in given or ()]
    case = pack_use.record(
        inst, by(inst, acting, on, case=case_ref), case_ref, kind, {name: text for name, _, text in pairs}
    )
    console.print(f"Kept as #{case.sequence}.")


@own.command()
def reason(
    given: Annotated[str, typer.Argument(help="The reason, by its name in the policy.")],
    school: School,
    shown: Annotated[list[str] | None, typer.Option("--shown", help="What was shown with it.")] = None,
    on: On = None,
    acting: As = "",
) -> None:
    """How a reason for absence stands under the policy; a person decides."""
    inst = installation()
    _tell(
        pack_use.reason(
            inst, reader(inst, acting, on, school=school), school, given, the_day(on), tuple(shown or ())
        )
    )


@own.command()
def leave(
    school: School,
    first: Annotated[date, typer.Option("--from", parser=a_day, metavar="DATE", help="The first day.")],
    last: Annotated[date, typer.Option("--to", parser=a_day, metavar="DATE", help="The last day.")],
    asked: Annotated[date, typer.Option("--asked", parser=a_day, metavar="DATE", help="When it was asked.")],
    on: On = None,
    acting: As = "",
) -> None:
    """What to know before a request for leave is decided."""
    inst = installation()
    days = (asked, first, last)
    for finding in pack_use.leave(inst, reader(inst, acting, on, school=school), school, *days, the_day(on)):
        _tell(finding)


@own.command()
def arrival(
    half: Annotated[Half, typer.Argument(help="AM or PM.")],
    at: Annotated[str, typer.Argument(help="The time, such as 09:12.")],
    school: School,
    on: On = None,
    acting: As = "",
) -> None:
    """The mark that an arrival at a time asks for."""
    inst = installation()
    try:
        arrived = time.fromisoformat(at)
    except ValueError:
        raise typer.BadParameter(f"{at} is not a time such as 09:12.") from None
    code = pack_use.code_for_arrival(
        inst, reader(inst, acting, on, school=school), school, half, arrived, the_day(on)
    )
    console.print(code or "The policy gives no times for that session.")


def _tell(finding: Finding) -> None:
    console.print(f"{in_words(finding.answer.value)}: {finding.says}")
    if finding.missing:
        console.print(f"  Missing: {finding.missing}.")
