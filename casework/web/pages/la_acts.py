"""What goes between a school and its LA: putting a case before it, and everything the LA answers and does.

A school whose LA does not sign in records the LA's answers with the letter attached: see "Attach something
received".
"""

from casework.actions import la_answers, la_desk, notices, referrals
from casework.actions.access import MAY, Act
from casework.actions.case_view import Around
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear
from casework.domain import Case
from casework.domain import events as e
from casework.domain.notices import GROUNDS
from casework.web import wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.asked import Fields, worded
from casework.web.pages.recording import Recording

_EWO, _WRITE = MAY[Act.ANSWER_REFERRALS], MAY[Act.WRITE_CASES]
_LA = "For the authority"


def _names(around: Around) -> dict[str, str]:
    return {parent.contact_id: parent.name for parent in around.parents}


def list_fields(around: Around) -> Fields:
    return (
        Field("listed_for", "What for?", Kind.RADIOS, choices=worded(referrals.LISTED_FOR)),
        Field("meeting_on", "When is the meeting?", Kind.DAY, required=False),
        Field(
            "why",
            "Why is it shared?",
            Kind.LONG,
            "The authority's officers see the whole case from now on. Say why they need to.",
        ),
    )


def _waiting_field(around: Around) -> Field:
    names = _names(around)
    choices = tuple(
        Choice(
            f"{item.stage} {item.parent_id}".strip(),
            ", ".join(filter(None, (wording.stage(item.stage), names.get(item.parent_id, item.parent_id)))),
            f"Put to you on {wording.day(item.since)}",
        )
        for item in referrals.waiting(around.case)
    )
    return Field("what", "What do you answer?", Kind.RADIOS, choices=choices)


def _stage_and_parent(form: Filled) -> tuple[str, str]:
    stage, _, parent_id = form.text("what").partition(" ")
    return stage, parent_id


def accept_fields(around: Around) -> Fields:
    return (_waiting_field(around),)


def accept(inst: Installation, by: By, ref: str, form: Filled) -> object:
    stage, parent_id = _stage_and_parent(form)
    return la_answers.accept_referral(inst, by, ref, stage=stage, parent_id=parent_id)


def return_fields(around: Around) -> Fields:
    checks = tuple(Choice(name, wording.upper_first(says)) for name, says in around.request_checks.items())
    return (
        _waiting_field(around),
        Field(
            "reasons",
            "Why does it go back?",
            Kind.LONG,
            "One reason on each line. The school sees them as you write them.",
        ),
        Field(
            "checks",
            "What was lacking?",
            Kind.TICKS,
            "Every school of your authority is reminded of these before its next request, and of no family.",
            required=False,
            choices=checks,
        ),
    )


def send_back(inst: Installation, by: By, ref: str, form: Filled) -> object:
    stage, parent_id = _stage_and_parent(form)
    reasons = tuple(line.strip() for line in form.text("reasons").splitlines() if line.strip())
    return la_answers.return_referral(
        inst, by, ref, stage=stage, parent_id=parent_id, reasons=reasons, checks=form.ticks("checks")
    )


def _notice_field(around: Around) -> Field:
    names = _names(around)
    withdrawn = {event.notice_id for event in around.case.of(e.PenaltyNoticeWithdrawn)}
    choices = tuple(
        Choice(
            notice.notice_id,
            f"{names.get(notice.parent_id, notice.parent_id)}, issued {wording.day(notice.issued_on)}",
        )
        for notice in around.case.of(e.PenaltyNoticeIssued)
        if notice.notice_id not in withdrawn
    )
    return Field("notice_id", "Which penalty notice?", Kind.RADIOS, choices=choices)


def posted_fields(around: Around) -> Fields:
    return (
        _notice_field(around),
        Field("method", "How did it go?", Kind.RADIOS, choices=worded(notices.METHODS)),
        Field("posted_on", "When was it posted or handed over?", Kind.DAY),
    )


def posted(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return notices.serve_notice(
        inst,
        by,
        ref,
        notice_id=form.text("notice_id"),
        method=form.text("method"),
        posted_on=form.day("posted_on"),
    )


def paid_fields(around: Around) -> Fields:
    return (
        _notice_field(around),
        Field("pounds", "How much was paid, in pounds?", hint="For example, 80."),
        Field("paid_on", "On which day?", Kind.DAY),
    )


def paid(inst: Installation, by: By, ref: str, form: Filled) -> object:
    text = form.text("pounds").removeprefix("£").strip()
    pounds, _, pence = text.partition(".")
    if not pounds.isdigit() or (pence and not (pence.isdigit() and len(pence) == 2)):
        raise Unclear(f"{text!r} is not a sum of money.", "Enter pounds, such as 80 or 80.00.")
    amount = int(pounds) * 100 + int(pence or 0)
    return notices.pay_notice(
        inst, by, ref, notice_id=form.text("notice_id"), amount_pence=amount, paid_on=form.day("paid_on")
    )


def withdrawn_fields(around: Around) -> Fields:
    return (
        _notice_field(around),
        Field("ground", "On which ground?", Kind.RADIOS, choices=worded(GROUNDS)),
        Field("says", "Your reasons", Kind.LONG),
    )


def withdrawn(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return notices.withdraw_notice(
        inst, by, ref, notice_id=form.text("notice_id"), ground=form.text("ground"), says=form.text("says")
    )


def court_fields(around: Around) -> Fields:
    parents = tuple(Choice(p.contact_id, p.name, p.relationship) for p in around.parents)
    return (
        Field("parent_id", "Against whom?", Kind.RADIOS, choices=parents),
        Field("outcome", "How did it end?", Kind.RADIOS, choices=worded(la_answers.COURT_ENDINGS)),
        Field("reasons", "What the court said", Kind.LONG),
    )


def court(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return la_answers.end_prosecution(
        inst,
        by,
        ref,
        parent_id=form.text("parent_id"),
        outcome=form.text("outcome"),
        reasons=form.text("reasons"),
    )


def order_fields(around: Around) -> Fields:
    return (
        Field("outcome", "What was decided?", Kind.RADIOS, choices=worded(la_answers.ORDER_ENDINGS)),
        Field("reasons", "Why?", Kind.LONG),
    )


def order(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return la_answers.decide_order(inst, by, ref, outcome=form.text("outcome"), reasons=form.text("reasons"))


def list_it(inst: Installation, by: By, ref: str, form: Filled) -> Case:
    return referrals.list_for_la(
        inst,
        by,
        ref,
        listed_for=form.text("listed_for"),
        meeting_on=form.day_if_given("meeting_on"),
        why=form.text("why"),
    )


def agreed_fields(around: Around) -> Fields:
    return (
        Field("meeting_on", "When was the meeting?", Kind.DAY),
        Field("agreed", "What was agreed?", Kind.LONG, "For this case. The school and the authority see it."),
        Field("lead", "Who leads?", hint="The lead practitioner, and where they work."),
        Field("by_when", "By when?", Kind.DAY, "The case's owner is asked to see to it by then."),
    )


def agree(inst: Installation, by: By, ref: str, form: Filled) -> Case:
    return la_desk.agree(
        inst,
        by,
        ref,
        agreed=form.text("agreed"),
        lead=form.text("lead"),
        by_when=form.day("by_when"),
        meeting_on=form.day("meeting_on"),
    )


LISTED = (
    Recording(
        "agreed",
        "Record what was agreed with the authority",
        "Record it",
        "What was agreed is on the case, and its owner is asked to see to it.",
        _WRITE | _EWO,
        agreed_fields,
        agree,
        "The case",
        "After a targeting support meeting at which this case was talked about.",
    ),
    Recording(
        "list",
        "Put it before the authority",
        "Share it",
        "The authority's officers see this case from now on.",
        _WRITE,
        list_fields,
        list_it,
        "The case",
        "For a targeting support meeting, for advice, or for what the authority does without a request.",
    ),
    Recording(
        "accept",
        "Accept a request",
        "Accept it",
        "The request is accepted. The school sees it.",
        _EWO,
        accept_fields,
        accept,
        _LA,
        "Complete and in order: you decide about it next, among the steps of the case.",
    ),
    Recording(
        "return",
        "Send a request back",
        "Send it back",
        "It went back to the school, with your reasons.",
        _EWO,
        return_fields,
        send_back,
        _LA,
    ),
    Recording(
        "posted",
        "Record that a notice was served",
        "Record it",
        "Service is recorded; the time to pay runs.",
        _EWO,
        posted_fields,
        posted,
        _LA,
    ),
    Recording(
        "paid",
        "Record a payment",
        "Record it",
        "The payment is recorded: these sessions cannot be prosecuted.",
        _EWO,
        paid_fields,
        paid,
        _LA,
    ),
    Recording(
        "withdraw-notice",
        "Withdraw a penalty notice",
        "Withdraw it",
        "The notice is withdrawn. It counts for nothing.",
        _EWO,
        withdrawn_fields,
        withdrawn,
        _LA,
    ),
    Recording(
        "court-end",
        "Record how court ended",
        "Record it",
        "How the proceedings ended is recorded.",
        _EWO,
        court_fields,
        court,
        _LA,
    ),
    Recording(
        "order",
        "Decide about a supervision order",
        "Record it",
        "What was decided about the order is recorded.",
        _EWO,
        order_fields,
        order,
        _LA,
    ),
)
