"""What a policy waits for can happen: nothing hangs on words that nobody is ever asked to write."""

from collections.abc import Iterator

import pytest

from casework.actions import cases, outcomes, support
from casework.domain import StageName
from casework.policy import Value
from casework.policy.check import check
from casework.policy.naming import FREE
from casework.rules.duties import Occasion, owed
from tests.policy.packs import copy_of_packs, entry, school_with
from tests.policy.written import CALENDAR, ON, PACK_OF, policy_of

WORDS = {
    ("contact_recorded", "method"): support.METHODS,
    ("contact_recorded", "outcome"): support.OUTCOMES,
    ("contact_recorded", "child_seen"): ("yes", "no"),
    ("support_outcome", "outcome"): support.OFFER_OUTCOMES,
    ("attendance_contract_ended", "outcome"): outcomes.CONTRACT_ENDINGS,
    ("notice_to_improve_ended", "verdict"): outcomes.VERDICTS,
    ("case_closed", "outcome"): cases.CLOSINGS,
    ("meeting_held", "absent"): ("some", "none"),
    ("step_declined", "stage"): tuple(StageName),
    ("parent_told", "of"): ("prosecution",),
    ("parent_told", "method"): (*support.METHODS, "first_class_post", "by_hand"),
}
"""What the engine itself lets a field of an event be."""


def waited_for() -> Iterator[tuple[str, str, str, str, str]]:
    for policy in PACK_OF:
        folded = policy_of(f"{policy}-01")
        for subject in ("duties", "gates"):
            for name, value in folded.under(subject, ON).items():
                yield from ((policy, name, *asked) for asked in _asked(value))


def _asked(value: Value) -> Iterator[tuple[str, str, str]]:
    wanted = value.get("where") or ()
    for kind in value.get("of") or (value.get("event"),):
        for field in wanted:
            yield from ((kind, field, word) for word in wanted.fields[field])


@pytest.mark.parametrize(
    ("policy", "name", "kind", "field", "word"),
    [pytest.param(*item, id=f"{item[0]} {item[1]} {item[4]}") for item in waited_for()],
)
def test_every_word_a_policy_waits_for_can_be_recorded(policy, name, kind, field, word):
    if FREE.get(kind) == field:
        records = policy_of(f"{policy}-01").under("records", ON).values()
        sets = [r.sets.fields.get(field) for r in records if r.event == kind and r.get("sets")]
        assert word in sets
    else:
        assert word in WORDS[kind, field]


def test_a_duty_on_words_that_no_record_sets_is_refused(tmp_path):
    packs = copy_of_packs(tmp_path)
    value = (
        '{ on = "event", of = ["item_received"], where = { item = ["a form nobody knows"] }, '
        'by = "office", does = "check" }'
    )
    school_with(packs, "duties.toml", entry("look", value))
    school_with(packs, "roles.toml", entry("office", '{ holds = ["attendance_officer"] }'))

    (problem,) = check(packs)

    assert problem.file == "school/invented/duties.toml"
    assert problem.row > 0
    assert "no record of the policy sets it" in problem.says
    assert problem.remedy == "Add a kind of record that sets it."


@pytest.mark.parametrize(
    ("barrier", "is_asked"),
    [
        pytest.param("Anxiety about the start of the day", True, id="the word"),
        pytest.param("She is very ANXIOUS on Mondays", True, id="another form of it, in capitals"),
        pytest.param("No bus before eight", False, id="something else"),
        pytest.param("Panxiety", False, id="only where a word begins so"),
        pytest.param("", False, id="nothing said"),
    ],
)
def test_what_people_write_freely_is_read_for_what_it_speaks_of(barrier, is_asked):
    happened = Occasion("event", ON, ("barrier_found",), {"barrier": barrier})

    asked = [duty.name for duty in owed(policy_of("BLI-96"), happened, CALENDAR)]

    assert ("welcome_message" in asked) is is_asked


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        pytest.param("not allowed", "", id="one of the answers"),
        pytest.param("refused", "waits for the answer refused", id="none of them"),
    ],
)
def test_a_duty_waits_for_no_answer_that_nobody_is_asked_for(tmp_path, answer, fault):
    packs = copy_of_packs(tmp_path)
    asks = '{ on = "school_day", by = "office", does = "decide", asks = ["allowed", "not_allowed"] }'
    tells = (
        f'{{ on = "answer", of = ["look"], mentions = {{ outcome = ["{answer}"] }}, '
        'by = "office", does = "tell" }'
    )
    school_with(packs, "duties.toml", entry("look", asks) + entry("tell", tells))
    school_with(packs, "roles.toml", entry("office", '{ holds = ["attendance_officer"] }'))

    problems = check(packs)

    assert [fault in problem.says for problem in problems] == ([True] if fault else [])
