"""case note, contact, barrier, offer, outcome, meeting, held, task, done, receive, review, assign, pause,
resume, close, reopen, flag, hold, lift: what staff record on a case.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import cases, safeguarding, support, triage
from casework.cli.cases import Day, Parent, Ref, Says, Seen, app, case, recorded
from casework.cli.options import As, On, a_day, by, console, installation
from casework.domain import events as e

__all__ = ["app"]

Words = Annotated[str, typer.Argument()]


@case.command("open")
def open_(
    upn: Annotated[str, typer.Argument()],
    school: Annotated[str, typer.Option("--school", metavar="URN")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Open a case that no trigger asked for."""
    inst = installation()
    recorded(triage.open_by_hand(inst, by(inst, as_, on, school=school), school, upn, reason))


@case.command()
def note(ref: Ref, text: Words, seen: Seen = None, on: On = None, as_: As = "") -> None:
    """Add a note."""
    inst = installation()
    recorded(cases.note(inst, by(inst, as_, on, seen=seen, case=ref), ref, text))


@case.command()
def contact(
    ref: Ref,
    method: Annotated[str, typer.Option(help=", ".join(support.METHODS))],
    outcome: Annotated[str, typer.Option(help=", ".join(support.OUTCOMES))],
    parent: Parent = "",
    child_seen: Annotated[bool | None, typer.Option("--child-seen/--child-not-seen")] = None,
    says: Says = "",
    second: Annotated[str, typer.Option(help="The second member of staff on a visit.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record a call, visit or message, and whether the child was seen.

    Example:

      casework case contact C-2026-990004-0012 --method visit --outcome spoken --child-not-seen --as pat
    """
    inst = installation()
    recorded(
        support.contact(
            inst,
            by(inst, as_, on, case=ref),
            ref,
            method=method,
            outcome=outcome,
            parent_id=parent,
            child_seen=child_seen,
            says=says,
            second_officer=second,
        )
    )


@case.command()
def barrier(ref: Ref, barrier: Words, says: Says = "", on: On = None, as_: As = "") -> None:
    """Record what keeps the pupil from school."""
    inst = installation()
    recorded(support.barrier(inst, by(inst, as_, on, case=ref), ref, barrier, says))


@case.command()
def offer(
    ref: Ref,
    barrier: Annotated[str, typer.Option(help="The barrier it is against.")],
    offer: Annotated[str, typer.Option(help="What is offered.")],
    parent: Parent = "",
    given_by: Annotated[str, typer.Option(help="Who gives it.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record an offer of support.

    Example:

      casework case offer C-2026-990004-0012 --barrier transport --offer "A bus pass" --parent C1 --as pat
    """
    inst = installation()
    done = support.offer(
        inst,
        by(inst, as_, on, case=ref),
        ref,
        barrier=barrier,
        offer=offer,
        parent_id=parent,
        given_by=given_by,
    )
    last = done.of(e.SupportOffered)[-1]
    console.print(f"Recorded as {last.offer_id}.")


@case.command()
def outcome(
    ref: Ref,
    offer_id: Annotated[str, typer.Argument(metavar="OFFER", help="Such as S7.")],
    outcome: Annotated[str, typer.Argument(help=", ".join(support.OFFER_OUTCOMES))],
    says: Says = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record what became of an offer of support."""
    inst = installation()
    recorded(
        support.offer_outcome(
            inst, by(inst, as_, on, case=ref), ref, offer_id=offer_id, outcome=outcome, says=says
        )
    )


@case.command()
def meeting(
    ref: Ref,
    meeting: Annotated[str, typer.Option(help="What it is for.")],
    at: Annotated[datetime, typer.Option(help="2026-10-05T15:30")],
    place: Annotated[str, typer.Option()] = "",
    invite: Annotated[list[str] | None, typer.Option(help="A contact; may be repeated.")] = None,
    on: On = None,
    as_: As = "",
) -> None:
    """Arrange a meeting."""
    inst = installation()
    done = support.arrange_meeting(
        inst,
        by(inst, as_, on, case=ref),
        ref,
        meeting=meeting,
        at=at,
        place=place,
        invited=tuple(invite or ()),
    )
    console.print(f"Arranged as {done.of(e.MeetingArranged)[-1].meeting_id}.")


@case.command()
def held(
    ref: Ref,
    meeting_id: Annotated[str, typer.Argument(metavar="MEETING", help="Such as M9.")],
    attended: Annotated[list[str] | None, typer.Option(help="Who came; may be repeated.")] = None,
    absent: Annotated[list[str] | None, typer.Option(help="Who did not; may be repeated.")] = None,
    pupil_view: Annotated[str, typer.Option(help="In the child's words.")] = "",
    says: Says = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record who came to a meeting and what was agreed."""
    inst = installation()
    recorded(
        support.hold_meeting(
            inst,
            by(inst, as_, on, case=ref),
            ref,
            meeting_id=meeting_id,
            attended=tuple(attended or ()),
            absent=tuple(absent or ()),
            says=says,
            pupil_view=pupil_view,
        )
    )


@case.command()
def task(
    ref: Ref,
    title: Words,
    due: Annotated[date, typer.Option(parser=a_day, metavar="DATE")],
    for_: Annotated[str, typer.Option("--for", help="An officer, by reference.")] = "",
    role: Annotated[str, typer.Option(help="A role, such as dsl.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Ask for something to be done by a day."""
    inst = installation()
    who = by(inst, as_, on, case=ref)
    done = cases.add_task(inst, who, ref, title=title, due_on=due, for_officer=for_, for_role=role)
    console.print(f"Recorded as {done.of(e.TaskAdded)[-1].task_id}.")


@case.command()
def done(
    ref: Ref,
    task_id: Annotated[str, typer.Argument(metavar="TASK", help="Such as T8.")],
    how: Annotated[str, typer.Argument(help="How it ended.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Say that a task was done, or is no longer needed."""
    inst = installation()
    recorded(cases.finish_task(inst, by(inst, as_, on, case=ref), ref, task_id=task_id, outcome=how))


@case.command()
def receive(
    ref: Ref,
    item: Annotated[str, typer.Argument(help="What was received: signed contract, GP note, ...")],
    file: Annotated[Path | None, typer.Option(help="The file itself.")] = None,
    from_: Annotated[str, typer.Option("--from", help="From whom.")] = "",
    reply_by: Day = None,
    says: Says = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Attach something received."""
    inst = installation()
    content = file.read_bytes() if file else b""
    recorded(
        cases.receive(
            inst,
            by(inst, as_, on, case=ref),
            ref,
            item=item,
            from_whom=from_,
            filename=file.name if file else "",
            content=content,
            reply_by=reply_by,
            says=says,
        )
    )


@case.command()
def review(
    ref: Ref,
    outcome: Words,
    next_on: Annotated[date | None, typer.Option("--next", parser=a_day, metavar="DATE")] = None,
    pupil_view: Annotated[str, typer.Option(help="In the child's words.")] = "",
    parents: Annotated[str, typer.Option(help="In the parents' words.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record a review, with the pupil's voice and the parents' view."""
    inst = installation()
    recorded(
        cases.hold_review(
            inst,
            by(inst, as_, on, case=ref),
            ref,
            outcome=outcome,
            pupil_view=pupil_view,
            parent_views=parents,
            next_review_on=next_on,
        )
    )


@case.command()
def assign(ref: Ref, to: Words, reason: Says = "", on: On = None, as_: As = "") -> None:
    """Give the case to the one officer who carries it."""
    inst = installation()
    recorded(cases.assign(inst, by(inst, as_, on, case=ref), ref, to, reason))


@case.command()
def pause(
    ref: Ref,
    until: Annotated[date, typer.Option(parser=a_day, metavar="DATE")],
    reason: Annotated[str, typer.Option()],
    on: On = None,
    as_: As = "",
) -> None:
    """Ask nothing of the family until a day; no statutory clock stops for it."""
    inst = installation()
    recorded(cases.pause(inst, by(inst, as_, on, case=ref), ref, until, reason))


@case.command()
def resume(ref: Ref, reason: Says = "", on: On = None, as_: As = "") -> None:
    """End a pause."""
    inst = installation()
    recorded(cases.resume(inst, by(inst, as_, on, case=ref), ref, reason))


@case.command()
def close(
    ref: Ref,
    outcome: Annotated[str, typer.Option(help=", ".join(cases.CLOSINGS))],
    reason: Annotated[str, typer.Option()],
    on: On = None,
    as_: As = "",
) -> None:
    """Close a case; what was still open is listed on it."""
    inst = installation()
    found = cases.close(inst, by(inst, as_, on, case=ref), ref, outcome=outcome, reason=reason)
    last = found.of(e.CaseClosed)[-1]
    for item in last.left_open:
        console.print(f"Was still open: {item}")
    recorded(found)


@case.command()
def reopen(ref: Ref, reason: Annotated[str, typer.Option()], on: On = None, as_: As = "") -> None:
    """Open a closed case again."""
    inst = installation()
    recorded(cases.reopen(inst, by(inst, as_, on, case=ref), ref, reason))


@case.command()
def flag(ref: Ref, flag: Words, says: Says = "", on: On = None, as_: As = "") -> None:
    """Put a concern to the DSL; what was seen is sealed."""
    inst = installation()
    recorded(safeguarding.flag(inst, by(inst, as_, on, case=ref), ref, flag, says))


@case.command()
def hold(
    ref: Ref,
    scope: Annotated[str, typer.Argument(help=", ".join(safeguarding.SCOPES))],
    review_on: Annotated[date, typer.Option("--review", parser=a_day, metavar="DATE")],
    reason: Annotated[str, typer.Option(help="Sealed.")],
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Hold part of the work, as the DSL."""
    inst = installation()
    who = by(inst, as_, on, role="dsl", case=ref)
    recorded(
        safeguarding.hold(inst, who, ref, scope=scope, review_on=review_on, words=reason, parent_id=parent)
    )


@case.command()
def lift(
    ref: Ref, hold_id: Annotated[str, typer.Argument(metavar="HOLD")], on: On = None, as_: As = ""
) -> None:
    """Lift a hold, as the DSL."""
    inst = installation()
    recorded(safeguarding.lift(inst, by(inst, as_, on, role="dsl", case=ref), ref, hold_id))
