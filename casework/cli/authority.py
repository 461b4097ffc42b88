"""What the LA does, time limits, what is reported: case clocks, clock, notices, accept, return, posted, paid,
withdraw, court, order, earlier, enquiries, delete; returns.
"""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import cases, clocks, deletion, la_answers, notices, returns
from casework.actions.clocks import ClockShown
from casework.actions.deletion import Deletion
from casework.cli.cases import Day, KnownAt, Parent, Ref, Says, Seen, answers_given, case, recorded
from casework.cli.options import (
    As,
    Json,
    On,
    a_day,
    by,
    console,
    fields,
    installation,
    officer,
    show_json,
    show_table,
    the_day,
)
from casework.cli.outcomes import app
from casework.domain import Notice, NoticeKind, NoticeStatus
from casework.domain.notices import GROUNDS
from casework.domain.words import in_words, number_of

__all__ = ["app"]

clock = typer.Typer(no_args_is_help=True, help="Start, pause, resume and end the clocks of a case.")
case.add_typer(clock, name="clock")

NoticeId = Annotated[str, typer.Argument(metavar="NOTICE", help="Such as PN1.")]
ClockId = Annotated[str, typer.Argument(metavar="CLOCK", help="Such as K14.")]
_NAMED_FORM = "LA,ISSUED,FROM,TO,STATUS[,GROUND]"
Reason = Annotated[str, typer.Option(help="Why.")]
OF_KINDS = ", ".join(returns.KINDS)
STAGES = ", ".join(stage.value for stage in la_answers.REFERRED)


# -- clocks --------------------------------------------------------------------------------------------------


@case.command("clocks")
def clocks_(ref: Ref, on: On = None, known_at: KnownAt = None, as_: As = "", as_json: Json = False) -> None:
    """Every clock of a case: when it ends, whether anything may pause it, and the six-month countdown.

    Example:

      casework case clocks C-2026-990004-0012 --on 2026-11-20 --as pat
    """
    inst = installation()
    found = clocks.shown(inst, officer(inst, as_, on, case=ref), ref, the_day(on), known_at)
    if as_json:
        show_json(asdict(found))
        return
    heads = ("Clock", "Row", "What", "For", "From", "Last day", "Acts on", "State", "May pause")
    show_table(f"Clocks on {found.on:%d %B %Y}", heads, map(_clock_row, found.clocks), "No clocks.")
    for item in found.countdowns:
        console.print(
            f"Parent {item.parent_id}: {number_of(item.sessions, 'session')} can still be charged, the "
            f"earliest until {item.earliest_limit:%d %B %Y}. Latest safe day for a notice "
            f"{item.notice_by:%d %B %Y}, to refer {item.refer_by:%d %B %Y}."
        )
    for scope, review_on in found.holds:
        held = f"Held by the DSL ({in_words(scope)}) until {review_on:%d %B %Y}"
        console.print(f"{held}: no clock stops for it.")
    if found.paused_until:
        console.print(f"The case is paused until {found.paused_until:%d %B %Y}: no statutory clock stops.")


def _clock_row(item: ClockShown) -> tuple[object, ...]:
    return (
        item.clock_id,
        item.number,
        item.says,
        item.parent_id,
        item.started_on,
        item.last_day or item.why_not,
        item.fires_on,
        item.state,
        "yes" if item.may_pause else "no",
    )


@clock.command()
def start(
    ref: Ref,
    rule: Annotated[str, typer.Argument(help="Such as K36, or clocks.social_care_response.")],
    from_: Annotated[date, typer.Option("--from", parser=a_day, metavar="DATE")],
    agreed: Day = None,
    about: Annotated[str, typer.Option(help="What it is about.")] = "",
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Start a clock that no step starts by itself.

    Example:

      casework case clock start C-2026-990004-0012 K36 --from 2026-11-19 --as dsl
    """
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(
        clocks.start(
            inst, who, ref, rule=rule, started_on=from_, agreed_on=agreed, about=about, parent_id=parent
        )
    )


@clock.command()
def pause(ref: Ref, which: ClockId, reason: Reason, on: On = None, as_: As = "") -> None:
    """Pause a clock, where its rule lets somebody."""
    inst = installation()
    recorded(clocks.pause(inst, by(inst, as_, on, case=ref), ref, clock_id=which, reason=reason))


@clock.command()
def resume(ref: Ref, which: ClockId, on: On = None, as_: As = "") -> None:
    """End the pause of a clock."""
    inst = installation()
    recorded(clocks.resume(inst, by(inst, as_, on, case=ref), ref, clock_id=which))


@clock.command()
def stop(
    ref: Ref,
    which: ClockId,
    outcome: Annotated[str, typer.Option(help="What happened.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Say that what a clock waited for has happened."""
    inst = installation()
    recorded(clocks.stop(inst, by(inst, as_, on, case=ref), ref, clock_id=which, outcome=outcome))


# -- what the LA does ----------------------------------------------------------------------------------------


@case.command()
def accept(
    ref: Ref,
    stage: Annotated[str, typer.Argument(help=STAGES)],
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Take a referral as complete, as an officer of the school's LA."""
    inst = installation()
    recorded(
        la_answers.accept_referral(inst, by(inst, as_, on, case=ref), ref, stage=stage, parent_id=parent)
    )


@case.command("return")
def return_(
    ref: Ref,
    stage: Annotated[str, typer.Argument(help=STAGES)],
    reason: Annotated[list[str], typer.Option(help="Why, for this school; may be repeated.")],
    check: Annotated[
        list[str] | None, typer.Option(help="What was lacking, for every school: parent_address, ...")
    ] = None,
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Send a referral back, as an officer of the school's LA.

    Example:

      casework case return C-2026-990004-0012 penalty_notice --parent C1 --reason "No flat number" --as ewo
    """
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(
        la_answers.return_referral(
            inst, who, ref, stage=stage, reasons=reason, checks=check or (), parent_id=parent
        )
    )


@case.command("notices")
def notices_(ref: Ref, on: On = None, as_: As = "", as_json: Json = False) -> None:
    """The penalty notices of a case as they stand: served, payable, paid, withdrawn, unpaid, prosecuted."""
    inst = installation()
    found = notices.notices_of(inst, officer(inst, as_, on, case=ref), ref, the_day(on))
    if as_json:
        show_json([asdict(item) for item in found])
        return
    rows = [
        (
            item.notice_id,
            item.parent_id,
            in_words(item.state),
            f"£{item.due_pence / 100:.2f}" if item.due_pence else "",
            item.served_on,
            item.reduced_until,
            item.payable_until,
            item.proceedings_from,
        )
        for item in found
    ]
    heads = ("Notice", "Parent", "State", "Due", "Served", "Reduced until", "Payable until", "Court from")
    show_table("Penalty notices", heads, rows, "No notices.")


@case.command()
def posted(
    ref: Ref,
    notice: NoticeId,
    method: Annotated[str, typer.Option(help=", ".join(notices.METHODS))],
    sent: Annotated[date, typer.Option("--sent", parser=a_day, metavar="DATE")],
    served: Day = None,
    on: On = None,
    as_: As = "",
) -> None:
    """Record how and when a notice went; the time to pay runs from the day it is received."""
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(
        notices.serve_notice(
            inst, who, ref, notice_id=notice, method=method, posted_on=sent, served_on=served
        )
    )


@case.command()
def paid(
    ref: Ref,
    notice: NoticeId,
    pounds: Annotated[float, typer.Argument(help="Such as 80.")],
    came: Annotated[date, typer.Option("--came", parser=a_day, metavar="DATE")],
    on: On = None,
    as_: As = "",
) -> None:
    """Record a payment that settles a notice; a part of the sum settles nothing and is refused."""
    inst = installation()
    who, pence = by(inst, as_, on, case=ref), round(pounds * 100)
    recorded(notices.pay_notice(inst, who, ref, notice_id=notice, amount_pence=pence, paid_on=came))


@case.command()
def withdraw(
    ref: Ref,
    notice: NoticeId,
    ground: Annotated[str, typer.Option(help="ought_not, wrong_person, material_error, not_contemplated")],
    reason: Reason,
    on: On = None,
    as_: As = "",
) -> None:
    """Withdraw a notice on one of the grounds of the law."""
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(notices.withdraw_notice(inst, who, ref, notice_id=notice, ground=ground, says=reason))


@case.command()
def court(
    ref: Ref,
    outcome: Annotated[str, typer.Argument(help=", ".join(la_answers.COURT_ENDINGS))],
    reason: Reason,
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record how the proceedings against a parent ended."""
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(la_answers.end_prosecution(inst, who, ref, parent_id=parent, outcome=outcome, reasons=reason))


@case.command()
def order(
    ref: Ref,
    outcome: Annotated[str, typer.Argument(help=", ".join(la_answers.ORDER_ENDINGS))],
    reason: Reason,
    on: On = None,
    as_: As = "",
) -> None:
    """Record what was decided about an education supervision order."""
    inst = installation()
    recorded(la_answers.decide_order(inst, by(inst, as_, on, case=ref), ref, outcome=outcome, reasons=reason))


@case.command()
def earlier(
    ref: Ref,
    asked_of: Annotated[str, typer.Option("--of", help="The authority asked, such as LA 352.")],
    reply_by: Day = None,
    answer: Annotated[str, typer.Option(help="What it answered: none, or in words.")] = "",
    notice: Annotated[
        list[str] | None,
        typer.Option(metavar=_NAMED_FORM, help="A notice it named; may be repeated."),
    ] = None,
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Ask another authority about earlier notices (--reply-by), or record its answer (--answer).

    `none` and the notices it named settle the question; other words leave it unknown. A withdrawn notice
    frees its sessions only where its ground is named and is one that does.

    Examples:

      casework case earlier C-2026-990004-0012 --parent C1 --of "LA 352" --reply-by 2026-12-04 --as ewo

      casework case earlier C-2026-990004-0012 --parent C1 --of "LA 352" --answer "one notice" \\
        --notice 352,2026-03-02,2026-02-01,2026-02-12,paid --as ewo
    """
    inst = installation()
    who = by(inst, as_, on, case=ref)
    if bool(answer) == bool(reply_by):
        raise typer.BadParameter("Give --reply-by to ask, or --answer to record what was answered.")
    if reply_by:
        found = la_answers.ask_about_earlier_notices(
            inst, who, ref, parent_id=parent, asked_of=asked_of, reply_by=reply_by
        )
    else:
        upn = cases.load(inst, who.officer, ref).upn
        named = [_named(text, upn, parent) for text in notice or []]
        found = la_answers.answer_about_earlier_notices(
            inst, who, ref, parent_id=parent, asked_of=asked_of, answer=answer, found=tuple(named)
        )
    recorded(found)


def _named(given: str, upn: str, parent_id: str) -> Notice:
    """A notice of the form of `_NAMED_FORM`; FROM, TO, STATUS and GROUND may be empty."""
    parts = [part.strip() for part in given.split(",")]
    if len(parts) not in (5, 6) or not parts[1]:
        raise typer.BadParameter(f"{given} is not of the form {_NAMED_FORM}.")
    la_code, issued, first, last, status = parts[:5]
    ground = "".join(parts[5:])
    if status not in ("", *NoticeStatus):
        raise typer.BadParameter(f"{status} is not one of {', '.join(NoticeStatus)}.")
    if ground and (status != NoticeStatus.WITHDRAWN or ground not in GROUNDS):
        raise typer.BadParameter(f"{ground}: give one of {', '.join(GROUNDS)}, with the status withdrawn.")
    return Notice(
        upn,
        parent_id,
        NoticeKind.PENALTY_NOTICE,
        la_code,
        a_day(issued),
        a_day(first) if first else None,
        a_day(last) if last else None,
        NoticeStatus(status) if status else None,
        withdrawal_ground=ground,
    )


# -- missing children, and the roll --------------------------------------------------------------------------


@case.command()
def enquiries(ref: Ref, on: On = None, as_: As = "", as_json: Json = False) -> None:
    """The enquiries about a missing child, with their outcomes and those still open."""
    inst = installation()
    found = deletion.checklist(inst, officer(inst, as_, on, case=ref), ref, the_day(on))
    if as_json:
        show_json([asdict(item) for item in found])
        return
    rows = [
        (item.says, item.answer or "open", item.on, item.by, "with the LA" if item.with_la else "")
        for item in found
    ]
    show_table("Enquiries", ("Enquiry", "Outcome", "On", "By", ""), rows, "None.")


@case.command()
def delete(
    ref: Ref,
    ground: Annotated[str, typer.Argument(help="A to I of the Regulations, or death, ...")],
    deleted: Annotated[date, typer.Option("--deleted", parser=a_day, metavar="DATE")],
    reason: Reason,
    leave_ended: Day = None,
    from_day: Day = None,
    in_writing: Annotated[bool, typer.Option("--in-writing")] = False,
    answer: Annotated[
        list[str] | None, typer.Option("--answer", metavar="QUESTION=yes|no:BECAUSE[:EVIDENCE]")
    ] = None,
    seen: Seen = None,
    on: On = None,
    as_: As = "",
) -> None:
    """Decide that a name is deleted from the roll, as the head, on a ground that holds."""
    inst = installation()
    who = by(inst, as_, on, seen=seen, case=ref)
    asked = Deletion(ground, deleted, leave_ended, from_day, in_writing)
    recorded(deletion.decide(inst, who, ref, asked, reasons=reason, considerations=answers_given(answer)))


# -- returns -------------------------------------------------------------------------------------------------


@app.command("returns")
def returns_(
    school: Annotated[str, typer.Option("--school", metavar="URN")],
    make: Annotated[str, typer.Option(help=", ".join(returns.KINDS))] = "",
    pupil: Annotated[str, typer.Option(metavar="UPN", help="The pupil it is about.")] = "",
    expected: Annotated[int, typer.Option(help="Further school days of illness foretold.")] = 0,
    because: Says = "",
    sign: Annotated[bool, typer.Option("--sign", help="Sign the month's list.")] = False,
    leave_out: Annotated[list[str] | None, typer.Option(metavar="UPN")] = None,
    form: Annotated[
        str, typer.Option(help="The form of a return made about a pupil without a case: " + OF_KINDS)
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="The Word file to write the form to.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=TEXT", help="A field of the form.")
    ] = None,
    on: On = None,
    as_: As = "",
    as_json: Json = False,
) -> None:
    """Returns to the LA that are due; --make one about a pupil, or --sign the month's list.

    Making one drafts its form on the pupil's case; --form writes it for a pupil who has none.

    Examples:

      casework returns --school 990004 --on 2026-11-20 --as pat

      casework returns --school 990004 --make attendance --pupil A990004124001 --as pat

      casework returns --school 990004 --sign --as head
    """
    inst = installation()
    before = True
    if sign:
        who = by(inst, as_, on, school=school)
        before = bool(returns.monthly_list(inst, who.officer, school, who.on).signed_by)
        made = returns.sign_monthly_list(inst, who, school, left_out=leave_out or (), reason=because)
    elif make:
        who = by(inst, as_, on, school=school)
        made = returns.make(inst, who, school, pupil, make, expected_sick_days=expected, because=because)
    elif form:
        target = out or Path(f"{form}_return.docx")
        who = by(inst, as_, on, school=school)
        target.write_bytes(returns.form(inst, who, school, pupil, form, fields(set_)))
        console.print(f"Written to {target}.")
        return
    else:
        _show_returns(school, on, as_, as_json)
        return
    for item in made:
        console.print(f"{in_words(item.made).capitalize()} return about {item.upn} to LA {item.la_code}.")
        if item.case_ref:
            console.print(f"  Its form is drafted on case {item.case_ref}.")
    if not made:
        console.print(_nothing_made(before))


def _nothing_made(before: bool) -> str:
    if before:
        return "Made before; nothing more was recorded."
    return "No pupil stands on this month's list, so no return was made."


def _show_returns(school: str, on: date | None, as_: str, as_json: bool) -> None:
    inst = installation()
    who = officer(inst, as_, on, school=school)
    found = returns.due(inst, who, school, the_day(on))
    listed = returns.monthly_list(inst, who, school, the_day(on))
    if as_json:
        show_json({"due": [asdict(item) for item in found], "monthly_list": asdict(listed)})
        return
    rows = [
        (
            in_words(item.due.made),
            item.pupil,
            item.upn,
            f"LA {item.due.la_code}",
            item.due.due_on or "now",
            "overdue" if item.overdue else "",
            item.due.why,
        )
        for item in found
    ]
    show_table("Returns due", ("Return", "Pupil", "UPN", "To", "By", "", "Why"), rows, "No return is due.")
    console.print()
    if listed.signed_by:
        console.print(f"The list of {listed.month:%B %Y} was signed by {listed.signed_by}.")
        return
    pupils = [(item.pupil, item.upn, item.due.why) for item in listed.pupils]
    title = f"To be signed by {listed.due_on:%d %B %Y}: who fails to attend regularly"
    show_table(title, ("Pupil", "UPN", "Why"), pupils, "Nobody is proposed for this month's list.")
