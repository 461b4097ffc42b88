"""What each act on a case asks, and the action it calls with the answers."""

from casework.actions import absence, cases, overrides, safeguarding, stops, support
from casework.actions.case_view import Around
from casework.actions.installation import Installation
from casework.actions.recording import By, Unclear
from casework.domain import events as e
from casework.web import wording
from casework.web.forms import Choice, Field, Filled, Kind

Fields = tuple[Field, ...]

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
MEETINGS = ("attendance meeting", "contract meeting", "review meeting", "panel", "targeting support meeting")
BARRIERS = (
    "anxiety or emotional wellbeing",
    "physical illness",
    "special educational need",
    "friendships or bullying",
    "caring for someone at home",
    "transport",
    "housing or money",
    "routines at home",
    "holiday in term time",
    "something else",
)
AGENCIES = (
    "early help",
    "school nurse",
    "mental health support team",
    "CAMHS",
    "family support",
    "housing",
    "police",
    "virtual school",
    "children's social care",
    "other",
)


def worded(words: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(word, wording.plain(word)) for word in words)


def which_parent(around: Around, label: str = "With whom?", required: bool = True, nobody: str = "") -> Field:
    found = tuple(Choice(p.contact_id, p.name, p.relationship) for p in around.parents)
    extra = (Choice("pupil", nobody),) if nobody else ()
    return Field("parent_id", label, Kind.RADIOS, required=required, choices=(*found, *extra))


def whom(form: Filled) -> str:
    given = form.text("parent_id")
    return "" if given == "pupil" else given


def which_officer(around: Around, label: str, required: bool = True) -> Field:
    names = sorted(around.officers.items(), key=lambda item: item[1])
    choices = (Choice("", "Choose a person"), *(Choice(key, name) for key, name in names))
    return Field("officer", label, Kind.SELECT, required=required, choices=choices)


WORDS = Field(
    "says", "What was said", Kind.LONG, "Their words where you can. This stays on the record.", False
)
REASON = Field("reason", "Why?", Kind.LONG)


# -- contact -------------------------------------------------------------------------------------------------


def call_fields(around: Around) -> Fields:
    return (
        which_parent(around, "Who did you contact?", nobody="The pupil"),
        Field("method", "How?", Kind.RADIOS, choices=worded(("call", "message", "email", "in_person"))),
        Field(
            "outcome",
            "What came of it?",
            Kind.RADIOS,
            choices=worded(("spoken", "no_answer", "left_message", "refused")),
        ),
        WORDS,
    )


def record_call(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return support.contact(
        inst,
        by,
        ref,
        method=form.text("method"),
        outcome=form.text("outcome"),
        parent_id=whom(form),
        says=form.text("says"),
    )


def visit_fields(around: Around) -> Fields:
    return (
        Field(
            "risk_note_read",
            "Did you read the risk note before you went?",
            Kind.RADIOS,
            choices=YES_NO,
        ),
        which_officer(around, "Who went with you?"),
        which_parent(around, "Whom did you go to see?", nobody="The pupil"),
        Field(
            "outcome",
            "What came of it?",
            Kind.RADIOS,
            choices=worded(("seen", "spoken", "no_answer", "refused")),
        ),
        Field(
            "child_seen",
            "Did you see the child?",
            Kind.RADIOS,
            "Speaking to a parent is not seeing the child.",
            choices=YES_NO,
        ),
        WORDS,
    )


def record_visit(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return support.contact(
        inst,
        by,
        ref,
        method="visit",
        outcome=form.text("outcome"),
        parent_id=whom(form),
        child_seen=form.yes_no("child_seen"),
        says=form.text("says"),
        second_officer=form.text("officer"),
        risk_note_read=form.yes_no("risk_note_read"),
    )


def meeting_fields(around: Around) -> Fields:
    invited = tuple(Choice(p.contact_id, p.name, p.relationship) for p in around.parents)
    return (
        Field("meeting", "What kind of meeting?", Kind.RADIOS, choices=worded(MEETINGS)),
        Field("at", "When?", Kind.MOMENT),
        Field("place", "Where?"),
        Field("invited", "Who is invited?", Kind.TICKS, choices=(*invited, Choice("pupil", "The pupil"))),
        Field("interpreter", "Interpreter", hint="The language, if one is needed.", required=False),
    )


def arrange_meeting(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return support.arrange_meeting(
        inst,
        by,
        ref,
        meeting=form.text("meeting"),
        at=form.moment("at"),
        place=form.text("place"),
        invited=form.ticks("invited"),
        interpreter=form.text("interpreter"),
    )


def meeting_held_fields(around: Around) -> Fields:
    held = {event.meeting_id for event in around.case.of(e.MeetingHeld)}
    to_come = tuple(
        Choice(m.meeting_id, f"{wording.plain(m.meeting)}, {wording.day(m.at.date())}")
        for m in around.case.of(e.MeetingArranged)
        if m.meeting_id not in held
    )
    people = (
        *(Choice(p.contact_id, p.name, p.relationship) for p in around.parents),
        Choice("pupil", "The pupil"),
    )
    return (
        Field("meeting_id", "Which meeting?", Kind.RADIOS, choices=to_come),
        Field("attended", "Who came?", Kind.TICKS, required=False, choices=people),
        Field("absent", "Who was invited and did not come?", Kind.TICKS, required=False, choices=people),
        Field("interpreter", "Interpreter who was there", required=False),
        Field("says", "What was agreed", Kind.LONG),
        Field("pupil_view", "What the pupil said", Kind.LONG, "In their own words.", False),
    )


def record_meeting(inst: Installation, by: By, ref: str, form: Filled) -> object:
    if both := set(form.ticks("attended")) & set(form.ticks("absent")):
        raise Unclear(f"{len(both)} people are ticked as there and as not there.", "Tick each once.")
    return support.hold_meeting(
        inst,
        by,
        ref,
        meeting_id=form.text("meeting_id"),
        attended=form.ticks("attended"),
        absent=form.ticks("absent"),
        interpreter=form.text("interpreter"),
        says=form.text("says"),
        pupil_view=form.text("pupil_view"),
    )


def told_fields(around: Around) -> Fields:
    roles = (
        "social_worker",
        "virtual_school",
        "youth_justice",
        "ehcp_caseworker",
        "early_help",
        "school_nurse",
        "commissioner",
    )
    tasks = tuple(
        Choice(t.task_id, t.title) for t in around.case.open_tasks if t.title.startswith("Tell the")
    )
    finishes = Field("task", "Which task does this finish?", Kind.RADIOS, required=False, choices=tasks)
    return (
        Field("professional", "Who was told?", Kind.RADIOS, choices=worded((*roles, "other"))),
        Field("method", "How?", Kind.RADIOS, choices=worded(("call", "email", "message", "in_person"))),
        Field("why", "What were they told?", Kind.LONG),
        *((finishes,) if tasks else ()),
    )


def record_told(inst: Installation, by: By, ref: str, form: Filled) -> object:
    if form.text("task"):
        return absence.told(inst, by, ref, form.text("professional"), form.text("method"), form.text("task"))
    return support.told_professional(
        inst,
        by,
        ref,
        professional_role=form.text("professional"),
        why=form.text("why"),
        method=form.text("method"),
    )


# -- support -------------------------------------------------------------------------------------------------


def barrier_fields(around: Around) -> Fields:
    return (
        Field("barrier", "What keeps the pupil from school?", Kind.RADIOS, choices=worded(BARRIERS)),
        Field("says", "In whose words, and what did they say?", Kind.LONG, required=False),
    )


def offer_fields(around: Around) -> Fields:
    found = tuple(dict.fromkeys(b.barrier for b in around.case.of(e.BarrierFound)))
    others = tuple(b for b in BARRIERS if b not in found)
    return (
        Field("barrier", "Against which barrier?", Kind.RADIOS, choices=worded((*found, *others))),
        Field("offer", "What is offered?", Kind.LONG, lines=3),
        which_parent(around, "To whom?", nobody="The pupil"),
        Field("given_by", "Who gives the help?"),
    )


def record_offer(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return support.offer(
        inst,
        by,
        ref,
        barrier=form.text("barrier"),
        offer=form.text("offer"),
        parent_id=whom(form),
        given_by=form.text("given_by"),
    )


def outcome_fields(around: Around) -> Fields:
    offers = tuple(
        Choice(offered.offer_id, offered.offer, f"Offered {wording.day(offered.on)}")
        for offered, _ in around.case.offers
    )
    return (
        Field("offer_id", "Which offer?", Kind.RADIOS, choices=offers),
        Field("outcome", "What became of it?", Kind.RADIOS, choices=worded(support.OFFER_OUTCOMES)),
        Field("says", "How do you know?", Kind.LONG, required=False),
    )


def agency_fields(around: Around) -> Fields:
    return (
        Field("agency", "Which agency?", Kind.RADIOS, choices=worded(AGENCIES)),
        Field("lead_practitioner", "Lead practitioner", required=False),
        Field("plan", "What they will do", Kind.LONG, required=False),
        Field(
            "consent",
            "Has the family agreed that information is shared?",
            Kind.RADIOS,
            choices=(*YES_NO, Choice("not needed", "Not needed, for the child's safety")),
        ),
        Field("outcome", "What came of it so far", Kind.LONG, required=False),
    )


def review_fields(around: Around) -> Fields:
    return (
        Field("outcome", "What did the review find?", Kind.LONG),
        Field("pupil_view", "What the pupil says", Kind.LONG, "In their own words.", False),
        Field("parent_views", "What each parent says", Kind.LONG, "In their own words.", False),
        Field("next_review_on", "When is the next review?", Kind.DAY),
    )


# -- notes, tasks, things received ---------------------------------------------------------------------------


def task_fields(around: Around) -> Fields:
    return (
        Field("title", "What is to be done?"),
        Field("due_on", "By when?", Kind.DAY),
        which_officer(around, "By whom?", required=False),
    )


def task_done_fields(around: Around) -> Fields:
    tasks = tuple(Choice(t.task_id, t.title, f"Due {wording.day(t.due_on)}") for t in around.case.open_tasks)
    return (
        Field("task", "Which task?", Kind.RADIOS, choices=tasks),
        Field("outcome", "What was done, or why is it not needed?", Kind.LONG, lines=3),
    )


def received_fields(around: Around) -> Fields:
    return (
        Field("item", "What was received?", Kind.RADIOS, choices=worded(around.items)),
        Field("from_whom", "From whom?"),
        Field(
            "file",
            "The file",
            Kind.FILE,
            "A PDF, a photo (JPG or PNG) or a Word document, up to 8 MB.",
            False,
        ),
        Field("reply_by", "Reply by", Kind.DAY, "If it needs an answer.", False),
        Field("says", "What it says", Kind.LONG, required=False),
    )


def record_received(inst: Installation, by: By, ref: str, form: Filled) -> object:
    sent = form.upload("file")
    return cases.receive(
        inst,
        by,
        ref,
        item=form.text("item"),
        from_whom=form.text("from_whom"),
        filename=sent.filename if sent else "",
        content=sent.content if sent else b"",
        media_type=sent.media_type if sent else "",
        reply_by=form.day_if_given("reply_by"),
        says=form.text("says"),
    )


# -- the life of the case ------------------------------------------------------------------------------------


def mark_fields(around: Around) -> Fields:
    changes = tuple(
        Choice(c.session, wording.session(c.session), f"From {c.was or 'blank'} to {c.now or 'blank'}")
        for c in around.case.unreviewed_mark_changes
    )
    return (
        Field("session", "Which mark?", Kind.RADIOS, choices=changes),
        Field("outcome", "What follows from the change?", Kind.LONG, lines=3),
    )


def flag_fields(around: Around) -> Fields:
    kinds = ("welfare_concern", "not_seen", "disclosure", "neglect", "going_missing", "other")
    return (
        Field("flag", "What kind of concern?", Kind.RADIOS, choices=worded(kinds)),
        Field(
            "words",
            "What did you see or hear?",
            Kind.LONG,
            "Only the DSL can read this. If a child is in danger now, ring the DSL, or 999, first.",
        ),
    )


def hold_fields(around: Around) -> Fields:
    return (
        Field("scope", "What is held?", Kind.RADIOS, choices=worded(safeguarding.SCOPES)),
        which_parent(around, "For whom?", nobody="Everybody"),
        Field("review_on", "By when will you look at it again?", Kind.DAY),
        Field("words", "Your reasons", Kind.LONG, "Sealed: only you and your deputies can read them."),
    )


def lift_fields(around: Around) -> Fields:
    holds = tuple(
        Choice(h.hold_id, wording.plain(h.scope), f"To be reviewed by {wording.day(h.review_on)}")
        for h in around.case.holds
    )
    return (Field("hold", "Which hold?", Kind.RADIOS, choices=holds),)


def dsl_review_fields(around: Around) -> Fields:
    waiting = tuple(dict.fromkeys(event.flag for event in around.case.of(e.SafeguardingFlagged)))
    outcomes = ("no_further_action", "watching", "early_help", "referred", "decided_not_to_refer")
    return (
        Field("flag", "Which concern?", Kind.RADIOS, choices=worded(waiting)),
        Field("outcome", "What do you decide?", Kind.RADIOS, choices=worded(outcomes)),
        Field("words", "Your reasons", Kind.LONG, "Sealed: only you and your deputies can read them."),
        Field("next_review_on", "When will you look again?", Kind.DAY, required=False),
    )


def stop_fields(around: Around) -> Fields:
    return (
        Field("condition", "What stops the work?", Kind.RADIOS, choices=worded(stops.CONDITIONS)),
        which_parent(around, "For whom?", nobody="Everybody"),
        Field("says", "What is known?", Kind.LONG, required=False),
    )


def note_stop(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return stops.note(
        inst,
        by,
        ref,
        condition=form.text("condition"),
        parent_id=whom(form),
        says=form.text("says"),
    )


def clear_stop_fields(around: Around) -> Fields:
    cleared = {event.stop_id for event in around.case.of(e.StopCleared)}
    standing = tuple(
        Choice(s.stop_id, wording.plain(s.condition), f"Noted on {wording.day(s.on)}")
        for s in around.case.of(e.StopNoted)
        if s.stop_id not in cleared
    )
    return (
        Field("stop", "What was looked at?", Kind.RADIOS, choices=standing),
        Field("reason", "Why may the work go on?", Kind.LONG),
    )


def clear_stop(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return stops.clear(inst, by, ref, stop_id=form.text("stop"), reason=form.text("reason"))


def override_fields(around: Around) -> Fields:
    return (
        Field("gate", "The gate", Kind.HIDDEN, missing="Choose the gate on the page of its step"),
        Field("step", "The step", Kind.HIDDEN, missing="Choose the gate on the page of its step"),
        Field("parent_id", "The parent", Kind.HIDDEN, required=False),
        Field("expires_on", "Until when does it stand aside?", Kind.DAY),
        Field("reason", "Why is it right to set it aside here?", Kind.LONG),
    )


def override(inst: Installation, by: By, ref: str, form: Filled) -> object:
    return overrides.override(
        inst,
        by,
        ref,
        gate=form.text("gate"),
        step=form.text("step"),
        reason=form.text("reason"),
        expires_on=form.day("expires_on"),
        parent_id=form.text("parent_id"),
    )
