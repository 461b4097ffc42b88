"""Clocks and reviews that fall due: two workers at once fire each once, and one that dies loses none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from casework.actions import cases as cases_done
from casework.actions import runs, timing, triage
from casework.actions.installation import Installation
from casework.domain import ENGINE, Case
from casework.domain import events as e
from casework.storage import cases
from tests.actions.ladder import given_notice, loaded
from tests.actions.world import AYLA, FIRST_SWEEP, PASTORAL, URN, by

LATER = date(2027, 3, 1)
RUN = f"reviews-{LATER}"


@pytest.fixture
def notice(inst: Installation) -> Case:
    """Robin's case with a notice to improve, whose period runs out; Ayla's case, with a review due."""
    case = given_notice(inst)
    triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, AYLA)
    return case


def effects(inst: Installation) -> list[str]:
    """The key of every firing and every task that a clock or a review brought about."""
    with inst.act(ENGINE) as tx:
        refs = [f"C-2026-{URN}-{number:04}" for number in (1, 2)]
        found = [item.event for ref in refs for item in cases.load(tx, ref).recorded]
    fired = [event.firing_key for event in found if isinstance(event, e.ClockFired)]
    asked = [event.effect_key for event in found if isinstance(event, e.TaskAdded) if event.by == "engine"]
    return sorted([f"fired {key}" for key in fired] + [f"asked {key}" for key in asked if key])


def test_two_workers_at_once_fire_each_clock_and_ask_for_each_review_once(inst, notice):
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: timing.fire(inst, LATER, RUN, batch=1), range(2)))

    found = effects(inst)
    assert len(found) == len(set(found))
    assert sum(one.fired for one in done) == len([key for key in found if key.startswith("fired")]) > 0
    assert sum(one.reviews for one in done) == 2
    runs.finished(inst, RUN, LATER)
    assert runs.last(inst)["reviews"].counts == {"fired": sum(one.fired for one in done), "reviews": 2}


def test_fired_again_nothing_more_happens(inst, notice):
    timing.fire(inst, LATER, RUN)
    once = effects(inst)

    again = timing.fire(inst, LATER, RUN)

    assert (again.fired, again.reviews) == (0, 0)
    assert effects(inst) == once


def test_a_worker_that_dies_in_a_batch_leaves_it_to_the_next(inst, notice, monkeypatch):
    class Died(Exception):
        pass

    def dies(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(timing.runs, "did", dies)
        with pytest.raises(Died):
            timing.fire(inst, LATER, RUN)
    before = effects(inst)
    done = timing.fire(inst, LATER, RUN)

    assert not [key for key in before if key.startswith("fired")], "half a batch was kept"
    assert done.fired > 0


def test_what_a_fired_clock_asks_is_a_sentence_with_its_last_day(inst, notice):
    timing.fire(inst, LATER, RUN)

    asked = [task.title for task in loaded(inst, notice).of(e.TaskAdded)]
    period_to = notice.of(e.NoticeToImproveIssued)[-1].period_to
    ended = f"The improvement period ended on {period_to.day} {period_to:%B %Y}"
    assert f"{ended}: decide whether attendance improved." in asked


def test_a_review_that_is_held_is_no_longer_asked_for(inst, notice):
    timing.fire(inst, LATER, RUN)
    asked = [task.title for task in loaded(inst, notice).open_tasks]

    held = cases_done.hold_review(inst, by(PASTORAL, LATER), notice.ref, outcome="Better mornings.")

    assert [title for title in asked if title.startswith("Review due")]
    assert not [task for task in held.open_tasks if task.title.startswith("Review due")]
    assert held.last(e.ReviewHeld) is not None
