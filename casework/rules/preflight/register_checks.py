"""V1 to V5, V9, V10, V13 and V14: the register, the codes, the time, and what else was done about it."""

from datetime import date

from casework.domain import NoticeKind
from casework.domain import events as e
from casework.domain.calendar import add_months
from casework.domain.evidence import Checked, Outcome
from casework.domain.words import number_of
from casework.policy import Value
from casework.rules import age, local_code, notices, proceedings, register, threshold
from casework.rules.preflight.pack import LEAVE, PROSECUTION, PackInHand
from casework.rules.preflight.saying import asked, of_finding, said, worst
from casework.rules.situation import Situation


def marks_final(pack: PackInHand, rule: Value) -> Checked:
    """V1: no N, blank or unmatched mark lies in the period relied on."""
    found = of_finding(pack, rule, register.final_over(pack.situation, pack.relied))
    if found.outcome is not Outcome.PASSES or not pack.relied:
        return found
    first, last = pack.relied[0].session.date, pack.relied[-1].session.date
    entries = pack.situation.facts.entries(last, pack.situation.school.urn)
    no_reason = tuple(str(x.session) for x in entries if x.session.date >= first and x.code == "N")
    codes = pack.situation.value("penalty_notice.evidence_codes")
    if no_reason and "N" not in codes.codes:
        says = f"{len(no_reason)} with code N inside the period; the authority takes none."
        return said(rule, False, says, evidence=no_reason, source=codes)
    if no_reason:
        says = f"{len(no_reason)} with code N inside the period: many authorities send that back."
        return said(rule, False, says, evidence=no_reason, warn=True)
    return found


def rows_total(pack: PackInHand, rule: Value) -> Checked:
    """V2: the form's rows are its totals, they are the register's, and the threshold shows."""
    if pack.register_then and pack.register_then != pack.register_now:
        return said(rule, False, "The register changed after the pack was prepared.")
    relied = tuple(str(item.session) for item in pack.relied)
    problems = list(_form_problems(pack, len(relied)))
    if pack.pack != PROSECUTION:
        reached = threshold.reached(pack.situation)
        if not reached.holds:
            problems.append(reached.missing or reached.says.rstrip("."))
    if problems:
        return said(rule, False, f"{'; '.join(problems)}.".capitalize(), evidence=relied)
    return said(
        rule, True, f"{number_of(len(relied), 'session')}, in the form as in the register.", evidence=relied
    )


def _form_problems(pack: PackInHand, relied: int) -> list[str]:
    found = []
    for title, fields in pack.forms.items():
        rows, total = fields.get("sessions"), fields.get("unauthorised")
        if isinstance(rows, list | tuple) and isinstance(total, int) and len(rows) != total:
            named = title.replace("_", " ")
            found.append(
                f"the {named} lists {number_of(len(rows), 'session')} and counts {total} as unauthorised"
            )
        counted = fields.get("counted") if title.startswith("penalty_notice_request") else None
        if isinstance(counted, int) and counted != relied:
            found.append(f"the form counts {number_of(counted, 'session')}, the register {relied}")
    return found


def code_fits(pack: PackInHand, rule: Value) -> Checked:
    """V3: leave is coded as leave and takes its own route; everything else takes the other."""
    codes = sorted({item.code for item in pack.relied})
    leave = pack.situation.value("penalty_notice.leave").codes
    is_leave = [item for item in pack.relied if item.code in leave]
    others = [item for item in pack.relied if item.code not in leave]
    named = ", ".join(codes) or "none"
    if pack.pack == LEAVE:
        evidence = tuple(str(item.session) for item in others)
        says = f"Codes relied on: {named}. Leave in term time is coded {' or '.join(leave)}."
        return said(rule, bool(is_leave) and not others, says, evidence=evidence)
    if pack.relied and not others:
        says = f"Every session relied on is coded {named}: this is leave, and takes the other route."
        return said(rule, False, says, evidence=tuple(str(item.session) for item in is_leave))
    if is_leave:
        switch = pack.situation.policy.maybe("la.leave_route", pack.situation.on)
        says = f"{len(is_leave)} of the sessions relied on are term-time leave."
        evidence = tuple(str(item.session) for item in is_leave)
        if switch is not None and switch.get("separate"):
            says = f"{says} {switch.says}"
            return said(rule, False, says, evidence=evidence, source=switch)
        return asked(pack, rule, says, question=f"{says} Do they belong in this request?", evidence=evidence)
    return said(rule, True, f"Codes relied on: {named}.")


def compulsory_age(pack: PackInHand, rule: Value) -> Checked:
    """V4: the pupil is of compulsory school age on every session relied on."""
    return of_finding(pack, rule, age.on_every_session(pack.situation))


def in_time(pack: PackInHand, rule: Value) -> Checked:
    """V5: inside the authority's time for a request, and inside the six months of the court."""
    situation = pack.situation
    looks = []
    if pack.rule.get("stage") == "penalty_notice":
        looks.append(of_finding(pack, rule, local_code.request_in_time(situation)))
    relied = pack.relied
    if relied:
        late = proceedings.by_time_limit(situation, relied).out_of_time
        first = relied[0].session.date
        until = proceedings.last_day_to_charge(situation, first)
        if len(late) == len(relied):
            looks.append(said(rule, False, "Every session relied on is older than six months."))
        elif late:
            says = (
                f"Older than six months, background only: {len(late)} of {number_of(len(relied), 'session')}."
            )
            looks.append(said(rule, False, says, evidence=tuple(str(i.session) for i in late), warn=True))
        elif situation.on >= add_months(first, rule.warn_months):
            says = f"The oldest session can be charged until {until:%-d %B %Y} only."
            looks.append(said(rule, False, says, warn=True))
        else:
            looks.append(said(rule, True, f"The oldest session can be charged until {until:%-d %B %Y}."))
    return worst(*looks) if looks else said(rule, True, "No time runs against it.")


def absence_after(pack: PackInHand, rule: Value) -> Checked:
    """V9: further unauthorised absence after each step, as the authority's code asks."""
    situation = pack.situation
    switch = situation.policy.maybe("la.further_absence", situation.on)
    steps = _steps(situation)
    if not steps:
        return said(rule, True, "No warning step stands before this pack.")
    days = [item.session.date for item in register.unauthorised(situation)]
    without = []
    for place, (name, on) in enumerate(steps):
        until = steps[place + 1][1] if place + 1 < len(steps) else situation.on
        if not any(on < day <= until for day in days):
            without.append(f"{name} of {on:%-d %B %Y}")
    if not without:
        return said(rule, True, "There was further unauthorised absence after each step.")
    says = f"No unauthorised absence is recorded after the {' and the '.join(without)}."
    if switch is None:
        return said(rule, False, says, warn="notice to improve" not in " ".join(without))
    return said(rule, False, f"{says} {switch.says}", source=switch)


def _steps(situation: Situation) -> list[tuple[str, date]]:
    """The last meeting and the last notice to improve, in the order of their days."""
    notices_given = situation.case.of(e.NoticeToImproveIssued, parent_id=situation.parent_id)[-1:]
    return sorted(
        [("notice to improve", notice.issued_on) for notice in notices_given]
        + [("meeting", held.on) for held in situation.case.of(e.MeetingHeld)[-1:]],
        key=lambda step: step[1],
    )


def printouts(pack: PackInHand, rule: Value) -> Checked:
    """V10: the printouts of the years the authority asks for are there."""
    wanted = [i for i in pack.wanted if i.name in ("current_printout", "previous_printout") and i.needed]
    missing = [item for item in wanted if item.missing]
    if missing:
        named = " and ".join(item.says for item in missing)
        why = missing[0].lacking
        return said(rule, False, f"Missing: {named} ({why}).", item=missing[0].name)
    return said(rule, True, f"{len(wanted)} printout{'s' if len(wanted) != 1 else ''} there.")


def not_a_third(pack: PackInHand, rule: Value) -> Checked:
    """V13: not a third notice in the look-back, and every amount in the pack is today's."""
    situation = pack.situation
    limit = of_finding(pack, rule, notices.two_in_three_years(situation))
    if pack.rule.get("stage") == PROSECUTION or pack.pack == PROSECUTION:
        limit = said(rule, True, "A prosecution is not a notice.")
    price = notices.price(situation)
    wrong = [
        title
        for title, fields in pack.forms.items()
        if isinstance(fields.get("amount"), int) and fields["amount"] != price.amount_pence
    ]
    if wrong:
        return worst(limit, said(rule, False, f"Another amount than today's stands in {', '.join(wrong)}."))
    return limit


def no_clash(pack: PackInHand, rule: Value) -> Checked:
    """V14: no proceedings run, and no earlier notice is for the same days."""
    situation = pack.situation
    started = proceedings.under_way(situation)
    if started:
        says = f"A prosecution of {situation.parent_name} is already under way."
        return said(rule, False, says, evidence=(started,))
    if not pack.relied:
        return said(rule, True, "No session is relied on.")
    first, last = pack.relied[0].session.date, pack.relied[-1].session.date
    same = [
        n
        for n in situation.ledger
        if n.kind is not NoticeKind.NOTICE_TO_IMPROVE
        and not n.withdrawn
        and n.period_from is not None
        and n.period_to is not None
        and n.period_from <= last
        and n.period_to >= first
    ]
    if same and pack.pack != PROSECUTION:
        listed = ", ".join(f"{n.issued_on:%-d %B %Y}" for n in same)
        says = f"An earlier notice or prosecution is for some of the same days ({listed})."
        return said(rule, False, says)
    return said(rule, True, "No other action is about these days.")
