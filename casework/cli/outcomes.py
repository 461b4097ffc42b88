"""case verdict, contract-ended, step-down, before-la, stop, clear, tell, told, enquiry, not-appropriate, ...:
how steps ended, and what comes before the next one.
"""

from typing import Annotated

import typer

from casework.actions import cases, decide, outcomes, referrals, stops, support
from casework.cli.cases import Day, Parent, Ref, Says, case, recorded
from casework.cli.options import As, On, by, installation
from casework.cli.recording import app

__all__ = ["app"]

Reason = Annotated[str, typer.Option(help="Why.")]


@case.command()
def verdict(
    ref: Ref,
    verdict: Annotated[str, typer.Argument(help=", ".join(outcomes.VERDICTS))],
    reason: Reason,
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Sign the verdict on a parent's improvement period.

    Example:

      casework case verdict C-2026-990004-0012 not_improved --parent C1 --reason "U on day 3" --as head
    """
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(outcomes.end_notice_to_improve(inst, who, ref, parent_id=parent, verdict=verdict, says=reason))


@case.command("contract-ended")
def contract_ended(
    ref: Ref,
    outcome: Annotated[str, typer.Argument(help=", ".join(outcomes.CONTRACT_ENDINGS))],
    says: Says = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Say how the attendance contract ended."""
    inst = installation()
    recorded(outcomes.end_contract(inst, by(inst, as_, on, case=ref), ref, outcome=outcome, says=says))


@case.command("before-la")
def before_la(
    ref: Ref,
    listed_for: Annotated[str, typer.Option("--for", help=", ".join(referrals.LISTED_FOR))],
    reason: Reason,
    meeting: Day = None,
    on: On = None,
    as_: As = "",
) -> None:
    """Put a case before the LA, whose officers see it from then on: none is seen that was not put to them.

    Example:

      casework case before-la C-2026-990004-0012 --for advice --reason "Two schools, one bus" --as pat
    """
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(referrals.list_for_la(inst, who, ref, listed_for=listed_for, meeting_on=meeting, why=reason))


@case.command("step-down")
def step_down(
    ref: Ref,
    to: Annotated[str, typer.Argument(help="An earlier stage, such as supportive_actions.")],
    reason: Reason,
    on: On = None,
    as_: As = "",
) -> None:
    """Go back to an earlier stage because things are better."""
    inst = installation()
    recorded(outcomes.step_down(inst, by(inst, as_, on, case=ref), ref, to_stage=to, reason=reason))


@case.command()
def stop(
    ref: Ref,
    condition: Annotated[str, typer.Argument(help=", ".join(stops.CONDITIONS))],
    parent: Parent = "",
    says: Says = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Stop letters and formal steps until a person has looked."""
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(stops.note(inst, who, ref, condition=condition, parent_id=parent, says=says))


@case.command()
def clear(
    ref: Ref,
    stop_id: Annotated[str, typer.Argument(metavar="STOP", help="Such as X9.")],
    reason: Reason,
    on: On = None,
    as_: As = "",
) -> None:
    """Say why the work may go on after a stop."""
    inst = installation()
    recorded(stops.clear(inst, by(inst, as_, on, case=ref), ref, stop_id=stop_id, reason=reason))


@case.command()
def tell(
    ref: Ref,
    of: Annotated[str, typer.Argument(help="penalty_notice_referral, early_penalty_notice, ...")],
    parent: Parent = "",
    method: Annotated[str, typer.Option(help="How, such as call or letter.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record that a parent was told first."""
    inst = installation()
    recorded(
        support.told_parent(inst, by(inst, as_, on, case=ref), ref, parent_id=parent, of=of, method=method)
    )


@case.command()
def told(
    ref: Ref,
    professional: Annotated[str, typer.Argument(help="social_worker, youth_justice, virtual_school, ...")],
    why: Annotated[str, typer.Option(help="What they were told.")],
    name: Annotated[str, typer.Option(help="Who they are.")] = "",
    method: Annotated[str, typer.Option(help="How.")] = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record that a named professional was told."""
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(
        support.told_professional(
            inst, who, ref, professional_role=professional, why=why, method=method, name=name
        )
    )


@case.command()
def enquiry(
    ref: Ref,
    enquiry: Annotated[str, typer.Argument(help="home_visit, payment_and_correspondence, ...")],
    answer: Annotated[str, typer.Option(help="What came of it.")] = "",
    asked_of: Annotated[str, typer.Option("--of", help="Whom it was asked of.")] = "",
    with_la: Annotated[bool, typer.Option("--with-la", help="Made together with the LA.")] = False,
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Record an enquiry and its answer."""
    inst = installation()
    recorded(
        support.enquiry(
            inst,
            by(inst, as_, on, case=ref),
            ref,
            enquiry=enquiry,
            asked_of=asked_of,
            answer=answer,
            parent_id=parent,
            joint_with_la=with_la,
        )
    )


@case.command("not-appropriate")
def not_appropriate(ref: Ref, reason: Reason, parent: Parent = "", on: On = None, as_: As = "") -> None:
    """Record the decision that support is not appropriate here, as for a holiday in term time."""
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(decide.support_not_appropriate(inst, who, ref, reasons=reason, parent_id=parent))


@case.command("mark-reviewed")
def mark_reviewed(
    ref: Ref,
    session: Annotated[str, typer.Argument(help='Such as "2026-10-05 AM".')],
    outcome: Annotated[str, typer.Argument(help="What follows.")],
    on: On = None,
    as_: As = "",
) -> None:
    """Say what follows from a mark that changed under a step already taken."""
    inst = installation()
    recorded(
        cases.review_mark_change(inst, by(inst, as_, on, case=ref), ref, session=session, outcome=outcome)
    )
