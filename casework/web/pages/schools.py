"""One school's lists: the first triage, the day's calls, and how its letters begin."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from casework.actions import absence, messages, schools, support, triage, views
from casework.actions.recording import By, Unclear
from casework.actions.schools import KeptLetterhead
from casework.domain import CaseworkError, NotFound
from casework.web import forms, wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.visit import Visit

ACCEPT, MERGE, ASIDE = "accept", "merge", "aside"
SETTLING = (
    Field(
        "answer",
        "What is to be done with the pupils you ticked?",
        Kind.RADIOS,
        choices=(
            Choice(ACCEPT, "Open a case for each", "You carry each case until you hand it over."),
            Choice(MERGE, "Add what was found to the case each has already"),
            Choice(ASIDE, "Set aside until a day", "Nobody is asked about them before that day."),
        ),
    ),
    Field("reason", "Why are they set aside?", Kind.LONG, "Only when you set them aside.", False, lines=2),
    Field("until", "Until when?", Kind.DAY, "Only when you set them aside.", False),
)
LETTERHEAD = (
    Field("address", "Address", Kind.LONG, "One line of the address on each line."),
    Field("phone", "Telephone"),
    Field("email", "E-mail address", required=False),
    Field("reachable", "When can a parent reach you?", hint="For example: Monday to Friday, 8:30am to 4pm."),
    Field("headteacher", "Headteacher's name"),
)
CALL_METHODS = ("call", "message", "visit", "in_person")
STANDS = (
    Choice("explained", "A reason was given"),
    Choice("safe", "The child is accounted for", "Somebody has seen or spoken to them."),
    Choice("not_reached", "Nobody was reached"),
)


def triage_list(visit: Visit) -> Response:
    """The first list of a new school: severe absence first, nothing opened by itself."""
    urn = visit.part("urn")
    if not visit.is_post:
        return _triage_page(visit, forms.empty(SETTLING), ())
    chosen = _chosen(visit, [w.item.upn for w in triage.waiting(visit.inst, visit.officer, urn)])
    form = forms.fill(SETTLING, visit.form)
    if not chosen:
        form.faults["pupils"] = "Tick at least one pupil"
    if form.text("answer") == ASIDE:
        if not form.text("reason"):
            form.faults["reason"] = "Say why they are set aside"
        if not form.day_if_given("until"):
            form.faults["until"] = "Enter the day until which they are set aside"
    if not form.good:
        return _triage_page(visit, form, chosen, status=422)
    refusals = []
    for upn in chosen:
        by = By(visit.officer, visit.on, key=f"form:{visit.sent('key')}:{mark_of(visit, upn)}")
        try:
            if form.text("answer") == ACCEPT:
                triage.accept(visit.inst, by, urn, upn)
            elif form.text("answer") == MERGE:
                ref = views.open_case_ref(visit.inst, visit.officer, upn, urn)
                triage.merge(visit.inst, by, urn, upn, ref, form.text("reason") or "From the first list")
            else:
                triage.set_aside(visit.inst, by, urn, upn, form.text("reason"), form.day("until"))
        except Unclear as unclear:
            form.faults["until"] = str(unclear)
            return _triage_page(visit, form, chosen, status=422)
        except CaseworkError as error:
            refusals.append(str(error))
    done = len(chosen) - len(refusals)
    said = {
        ACCEPT: f"{wording.how_many(done, 'case')} opened.",
        MERGE: f"{wording.how_many(done, 'pupil')} added to a case.",
        ASIDE: f"{wording.how_many(done, 'pupil')} set aside.",
    }[form.text("answer")]
    for refusal in refusals:
        visit.say(refusal)
    return visit.go(f"/schools/{urn}/triage", said)


def calls(visit: Visit) -> Response:
    """The calls of today, by year group; no list is made for a register that has not come in."""
    found = views.calls(visit.inst, visit.officer, visit.part("urn"), visit.on)
    marks = {call.upn: mark_of(visit, call.upn) for call in found.calls}
    at = visit.site.clock()
    may_message = messages.may_ask(visit.inst, visit.officer, found.school.urn, visit.on, at) and any(
        call.state in messages.UNREACHED for call in found.calls
    )
    return visit.show("schools/calls.html", found=found, marks=marks, may_message=may_message)


def call(visit: Visit) -> Response:
    """Record one call about today's absence."""
    urn = visit.part("urn")
    found = views.calls(visit.inst, visit.officer, urn, visit.on)
    about = next((c for c in found.calls if mark_of(visit, c.upn) == visit.part("mark")), None)
    if about is None:
        raise NotFound("call", visit.part("mark"), "Look at today's list again.")
    fields = _call_fields(found.contacts.get(about.upn, ()))
    if not visit.is_post:
        return visit.show("schools/call.html", found=found, about=about, form=forms.empty(fields))
    form = forms.fill(fields, visit.form)
    if not form.good:
        return visit.show("schools/call.html", 422, found=found, about=about, form=form)
    absence.record_call(
        visit.inst,
        visit.by(),
        urn,
        about.upn,
        visit.on,
        contact_id=form.text("contact_id"),
        method=form.text("method"),
        outcome=form.text("outcome"),
        state=form.text("state"),
        child_seen=form.yes_no("child_seen"),
        says=form.text("says"),
    )
    return visit.go(f"/schools/{urn}/calls", "The call is recorded.")


def letterhead(visit: Visit) -> Response:
    """How the school's letters begin, and how a parent reaches it."""
    urn = visit.part("urn")
    school, kept = schools.letterhead_of(visit.inst, visit.officer, urn)
    if not visit.is_post:
        given = _as_given(kept)
        return visit.show("schools/letterhead.html", school=school, form=forms.empty(LETTERHEAD, given))
    form = forms.fill(LETTERHEAD, visit.form)
    if not form.good:
        return visit.show("schools/letterhead.html", 422, school=school, form=form)
    entered = KeptLetterhead(
        address=tuple(line.strip() for line in form.text("address").splitlines() if line.strip()),
        phone=form.text("phone"),
        reachable=form.text("reachable"),
        email=form.text("email"),
        headteacher=form.text("headteacher"),
    )
    schools.set_letterhead(visit.inst, visit.officer, urn, entered)
    return visit.go(f"/schools/{urn}/letterhead", "The school's details are kept. New letters use them.")


def _triage_page(visit: Visit, form: Filled, chosen: Sequence[str], status: int = 200) -> Response:
    urn = visit.part("urn")
    waiting = triage.waiting(visit.inst, visit.officer, urn)
    school = next((s for s in schools.every(visit.inst, visit.officer) if s.urn == urn), None)
    if school is None:
        raise NotFound("school", urn, "Choose one of your own schools.")
    marks = {w.item.upn: mark_of(visit, w.item.upn) for w in waiting}
    return visit.show(
        "schools/triage.html", status, waiting=waiting, school=school, form=form, chosen=chosen, marks=marks
    )


def _chosen(visit: Visit, upns: Sequence[str]) -> tuple[str, ...]:
    ticked = set(visit.form.get("pupil", ()))
    return tuple(upn for upn in upns if mark_of(visit, upn) in ticked)


def mark_of(visit: Visit, upn: str) -> str:
    """A word that stands for a pupil in addresses and forms of this browser, and says nothing of them."""
    key = visit.site.cookies.form_token(visit.cookie).encode()
    return hmac.new(key, upn.encode(), hashlib.sha256).hexdigest()[:20]


def _call_fields(contacts: Sequence[views.Reach]) -> tuple[Field, ...]:
    people = tuple(
        Choice(c.contact_id, c.name, ", ".join(filter(None, (c.relationship, c.phone))))
        for c in contacts
        if c.allowed
    )
    outcomes = tuple(Choice(o, wording.plain(o)) for o in support.OUTCOMES)
    methods = tuple(Choice(m, wording.plain(m)) for m in CALL_METHODS)
    return (
        Field("contact_id", "Whom did you try?", Kind.RADIOS, choices=people),
        Field("method", "How?", Kind.RADIOS, choices=methods),
        Field("outcome", "What came of it?", Kind.RADIOS, choices=outcomes),
        Field("state", "Where does it stand now?", Kind.RADIOS, choices=STANDS),
        Field(
            "child_seen",
            "Did anybody see the child?",
            Kind.RADIOS,
            required=False,
            choices=(Choice("yes", "Yes"), Choice("no", "No")),
        ),
        Field("says", "The reason given, in their words", Kind.LONG, required=False, lines=3),
    )


def _as_given(kept: KeptLetterhead | None) -> Mapping[str, str]:
    if kept is None:
        return {}
    return {
        "address": "\n".join(kept.address),
        "phone": kept.phone,
        "email": kept.email,
        "reachable": kept.reachable,
        "headteacher": kept.headteacher,
    }
