"""What truly stops a step: by the force of the rule, by who answered, and by whose step it is."""

from datetime import date

import pytest

from casework.domain import Answer, Consideration, Finding, Force, Role, Source, StageName
from casework.domain import events as e
from casework.rules.situation import Situation
from casework.stages import STAGES, STEPS
from casework.stages.force import blocking, may_decide, why_not_overridden
from casework.stages.penalty_notice import ISSUE
from casework.stages.penalty_notice import STAGE as REQUEST
from tests.situations import head_of, situation

HOLDS, FAILS, UNKNOWN, ASKS = Answer.HOLDS, Answer.FAILS, Answer.UNKNOWN, Answer.FOR_A_PERSON
NOTICING = STAGES[StageName.NOTICING]


def source(force: Force, *, verified: bool = True) -> Source:
    return Source("A rule", "https://www.gov.uk/", force, verified)


def a_finding(answer: Answer, rule_source: Source | None, by: str = "school") -> Finding:
    return Finding("some.rule", answer, "Something was found.", source=rule_source, answerable_by=by)


def consideration(answer: str = "yes", because: str = "It was looked at.") -> Consideration:
    return Consideration("some.rule", answer, because)


def override(role: str = "headteacher", expires_on: str = "2026-10-20", **changes: str) -> e.GateOverridden:
    kept = {"gate": "some.rule", "stage": "penalty_notice", "reason": "The family asked for it."} | changes
    return e.GateOverridden(
        **(head_of("2026-10-01") | {"role": role}), expires_on=date.fromisoformat(expires_on), **kept
    )


LAW, GUIDANCE, CODE = source(Force.ACT), source(Force.STATUTORY_GUIDANCE), source(Force.LOCAL_CODE)
UNVERIFIED_LAW = source(Force.REGULATIONS, verified=False)
UNVERIFIED_GUIDANCE = source(Force.STATUTORY_GUIDANCE, verified=False)
YES, NO = (consideration(),), (consideration("no"),)


@pytest.mark.parametrize(
    ("answer", "rule_source", "events", "considered", "passes"),
    [
        pytest.param(HOLDS, LAW, (), (), True, id="verified law holds"),
        pytest.param(FAILS, LAW, (), (), False, id="verified law fails"),
        pytest.param(FAILS, LAW, (override(),), YES, False, id="nobody overrides verified law"),
        pytest.param(HOLDS, UNVERIFIED_LAW, (), (), False, id="unverified law waits for a person"),
        pytest.param(HOLDS, UNVERIFIED_LAW, (), YES, True, id="a person confirmed unverified law"),
        pytest.param(FAILS, UNVERIFIED_LAW, (), YES, True, id="a person set unverified law aside"),
        pytest.param(FAILS, UNVERIFIED_LAW, (), NO, False, id="a person did not"),
        pytest.param(HOLDS, UNVERIFIED_GUIDANCE, (), (), False, id="unverified guidance waits too"),
        pytest.param(FAILS, GUIDANCE, (), (), False, id="guidance fails"),
        pytest.param(FAILS, GUIDANCE, (), YES, False, id="an answer is no override"),
        pytest.param(FAILS, GUIDANCE, (override(),), (), True, id="the head overrode guidance"),
        pytest.param(FAILS, CODE, (override(),), (), True, id="the head overrode the local code"),
        pytest.param(FAILS, GUIDANCE, (override("pastoral_lead"),), (), False, id="too low a rank"),
        pytest.param(
            FAILS, GUIDANCE, (override(expires_on="2026-10-15"),), (), False, id="expired the day before"
        ),
        pytest.param(FAILS, GUIDANCE, (override(expires_on="2026-10-16"),), (), True, id="on its last day"),
        pytest.param(
            FAILS, GUIDANCE, (override(stage="notice_to_improve"),), (), False, id="for another step"
        ),
        pytest.param(FAILS, GUIDANCE, (override(parent_id="B"),), (), False, id="for the other parent"),
        pytest.param(FAILS, GUIDANCE, (override(gate="other.rule"),), (), False, id="of another gate"),
        pytest.param(FAILS, None, (override(),), YES, False, id="a hold or a stop has its own way out"),
        pytest.param(UNKNOWN, GUIDANCE, (override(),), YES, False, id="not known never passes"),
        pytest.param(ASKS, GUIDANCE, (), (), False, id="a question without an answer"),
        pytest.param(ASKS, GUIDANCE, (), YES, True, id="a question answered"),
        pytest.param(ASKS, GUIDANCE, (), NO, False, id="answered no"),
        pytest.param(
            ASKS, GUIDANCE, (), (consideration(because=" "),), False, id="answered without a reason"
        ),
        pytest.param(ASKS, GUIDANCE, (), YES + NO, False, id="the last answer counts"),
    ],
)
def test_force(
    answer: Answer,
    rule_source: Source | None,
    events: tuple[e.Event, ...],
    considered: tuple[Consideration, ...],
    passes: bool,
) -> None:
    s = situation("2026-10-16", "", *events)

    stopped = blocking(s, REQUEST, (a_finding(answer, rule_source),), considered)

    assert bool(stopped) is not passes


@pytest.mark.parametrize("answer", [UNKNOWN, ASKS])
def test_what_only_the_authority_knows_stops_its_own_step_alone(answer: Answer) -> None:
    s = situation("2026-10-16")
    finding = a_finding(answer, GUIDANCE, by="la")

    assert blocking(s, REQUEST, (finding,)) == ()
    assert blocking(s, ISSUE, (finding,)) == (finding,)


def test_what_the_authority_knows_to_fail_stops_the_school_too() -> None:
    assert blocking(situation("2026-10-16"), REQUEST, (a_finding(FAILS, LAW, by="la"),))


def test_an_informal_step_needs_no_confirmation_of_unverified_law() -> None:
    assert blocking(situation("2026-10-16"), NOTICING, (a_finding(HOLDS, UNVERIFIED_LAW),)) == ()


ILL_HEALTH = "considerations.formal_step.medical"


@pytest.mark.parametrize(
    ("answer", "evidence", "passes"),
    [
        pytest.param("no", ("#1",), True, id="ill health is no part of it"),
        pytest.param("yes", ("#1",), False, id="ill health goes to the right route first"),
        pytest.param("no", (), False, id="said without evidence"),
    ],
)
def test_the_right_route_first(answer: str, evidence: tuple[str, ...], passes: bool) -> None:
    s = situation("2026-10-16", "2026-10-05..2026-10-09 O")
    asked = tuple(f for f in REQUEST.findings(s) if f.rule == ILL_HEALTH)
    considered = (Consideration(ILL_HEALTH, answer, "The school nurse was asked.", evidence),)

    assert len(asked) == 1
    assert (blocking(s, REQUEST, asked, considered) == ()) is passes


@pytest.mark.parametrize("scope", ["letters", "enforcement", "visits", "all_contact"])
def test_no_hold_stops_a_report_for_safety(scope: str) -> None:
    s = held(scope)
    stage = STAGES[StageName.CME_REPORT]

    assert blocking(s, stage, stage.findings(s)) == ()


def test_a_hold_that_names_it_stops_a_report() -> None:
    s = held("cme_report")
    stage = STAGES[StageName.CME_REPORT]

    assert [f.rule for f in blocking(s, stage, stage.findings(s))] == ["safeguarding.hold"]


def held(scope: str, parent_id: str = "", review_on: str = "2026-10-23") -> Situation:
    hold = e.HoldPlaced(
        **head_of("2026-10-12", "dsl"),
        hold_id="H1",
        scope=scope,
        review_on=date.fromisoformat(review_on),
        parent_id=parent_id,
    )
    return situation("2026-10-16", "2026-10-12..2026-10-16 O", hold)


@pytest.mark.parametrize(
    ("step", "scope", "stops"),
    [
        pytest.param("penalty_notice", "enforcement", True, id="enforcement holds a request"),
        pytest.param("penalty_notice", "letters", True, id="a notice is a letter too"),
        pytest.param("penalty_notice", "visits", False, id="visits hold no request"),
        pytest.param("noticing", "enforcement", False, id="enforcement holds no first letter"),
        pytest.param("noticing", "letters", True, id="letters hold a first letter"),
        pytest.param("supportive_actions", "letters", False, id="help goes on without letters"),
        pytest.param("supportive_actions", "all_contact", True, id="all contact holds help"),
    ],
)
def test_a_hold_stops_what_it_covers(step: str, scope: str, stops: bool) -> None:
    s = held(scope)
    stage = STEPS[step]

    rules = {f.rule for f in blocking(s, stage, stage.findings(s))}

    assert ("safeguarding.hold" in rules) is stops


def test_a_hold_on_one_parent_leaves_the_other() -> None:
    s = held("enforcement", parent_id="B")

    assert "safeguarding.hold" not in {f.rule for f in blocking(s, REQUEST, REQUEST.findings(s))}
    other = s.about(s.parents[1])
    assert "safeguarding.hold" in {f.rule for f in blocking(other, REQUEST, REQUEST.findings(other))}


def test_a_hold_past_its_review_stays_on_and_names_no_reason() -> None:
    s = held("enforcement", review_on="2026-10-13")

    (hold,) = [f for f in REQUEST.findings(s) if f.rule == "safeguarding.hold"]

    assert (
        hold.says
        == "Held by the DSL (enforcement), review 13 October 2026 (past its review date; it stays on)."
    )


def test_who_decides() -> None:
    assert may_decide(ISSUE, frozenset({Role.EWO}))
    assert not may_decide(ISSUE, frozenset({Role.HEADTEACHER, Role.AUTHORISED_OFFICER}))
    assert not may_decide(REQUEST, frozenset({Role.EWO, Role.PASTORAL_LEAD}))


@pytest.mark.parametrize(
    ("answer", "rule_source", "role", "until", "says"),
    [
        pytest.param(FAILS, GUIDANCE, "headteacher", "2026-11-20", "", id="the twentieth school day"),
        pytest.param(FAILS, GUIDANCE, "headteacher", "2026-11-22", "", id="a weekend adds no school day"),
        pytest.param(FAILS, GUIDANCE, "headteacher", "2026-11-23", "21 school days", id="one day too many"),
        pytest.param(FAILS, GUIDANCE, "headteacher", "2026-10-16", "", id="for today alone"),
        pytest.param(FAILS, GUIDANCE, "headteacher", "2026-10-15", "already past", id="a day gone by"),
        pytest.param(ASKS, CODE, "headteacher", "2026-10-20", "", id="a question of the local code"),
        pytest.param(FAILS, LAW, "headteacher", "2026-10-20", "which nobody sets aside", id="an Act"),
        pytest.param(
            FAILS, UNVERIFIED_LAW, "headteacher", "2026-10-20", "nobody sets aside", id="unread regulations"
        ),
        pytest.param(
            FAILS, GUIDANCE, "pastoral_lead", "2026-10-20", "only the headteacher may", id="too low a rank"
        ),
        pytest.param(FAILS, GUIDANCE, "", "2026-10-20", "only the headteacher may", id="no rank at all"),
        pytest.param(FAILS, None, "headteacher", "2026-10-20", "a way out of its own", id="a hold, a stop"),
        pytest.param(HOLDS, GUIDANCE, "headteacher", "2026-10-20", "nothing to set aside", id="it holds"),
        pytest.param(UNKNOWN, GUIDANCE, "headteacher", "2026-10-20", "is not known", id="not known"),
    ],
)
def test_what_may_be_set_aside_by_whom_and_how_long(
    answer: Answer, rule_source: Source | None, role: str, until: str, says: str
) -> None:
    found = why_not_overridden(
        situation("2026-10-16"), a_finding(answer, rule_source), role, date.fromisoformat(until)
    )

    assert (says in found, bool(found)) == (True, bool(says))


@pytest.mark.parametrize(("until", "fits"), [("2027-04-06", True), ("2027-04-07", False)])
def test_days_the_calendar_does_not_know_count_as_one_each(until: str, fits: bool) -> None:
    """The calendar ends on 25 March 2027, eight school days after the 15th."""
    s = situation("2027-03-15")

    found = why_not_overridden(s, a_finding(FAILS, GUIDANCE), "headteacher", date.fromisoformat(until))

    assert (found == "") is fits
