"""The harness: rounds, ratios of rounds, answers compared before anything is timed."""

import numpy as np
import pytest

from benchmarks.facts import COLUMNS, Answer, first_difference
from benchmarks.measuring import (
    Different,
    Measured,
    Peer,
    Ratio,
    Timing,
    Workload,
    measure,
    ratio_of,
    rounds_of,
)


def measured(**timings: Timing) -> Measured:
    return Measured("job", {"items": 1}, 1, timings, {}, (), 0.0, 0.0)


def test_every_round_has_every_peer_and_starts_with_the_next() -> None:
    assert list(rounds_of(["a", "b", "c"], 4)) == [
        ["a", "b", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["a", "b", "c"],
    ]
    assert list(rounds_of([], 2)) == [[], []]


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    # The machine slows down tenfold in the second round: the ratio does not move.
    found = measured(product=Timing((1.0, 10.0, 1.0), 1), peer=Timing((4.0, 40.0, 5.0), 1)).ratio(
        "product", "peer"
    )

    assert found == Ratio("product", "peer", 4.0, 4.0, 5.0)
    assert found.upside_down == Ratio("peer", "product", 0.25, 0.2, 0.25)


def test_ratios_are_for_each_item_so_that_a_slow_peer_may_do_a_sample() -> None:
    found = measured(product=Timing((2.0, 2.0), 4_000), peer=Timing((5.0, 5.0), 100))

    assert found.ratio("product", "peer").median == pytest.approx(100)


def test_a_peer_that_ran_once_stands_for_every_round() -> None:
    found = measured(product=Timing((1.0, 2.0, 4.0), 1), slow=Timing((40.0,), 1, once=True))

    assert found.ratio("product", "slow") == Ratio("product", "slow", 20.0, 10.0, 40.0)


def test_the_spread_is_a_share_of_the_median() -> None:
    assert ratio_of("a", "b", [8.0, 10.0, 12.0]).spread == pytest.approx(0.4)
    assert ratio_of("a", "b", [0.0]).spread == 0.0


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param((3.0,), (3.0, 3.0), id="one run"),
        pytest.param((4.0, 1.0, 2.0, 3.0, 5.0), (2.0, 4.0), id="five runs in any order"),
    ],
)
def test_quartiles(seconds: tuple[float, ...], expected: tuple[float, float]) -> None:
    assert Timing(seconds, 1).quartiles == expected


def test_different_answers_stop_the_run_before_it_is_timed() -> None:
    runs: list[str] = []
    peers = {
        "product": Peer(lambda: runs.append("product") or 7, 1),
        "limit": Peer(lambda: runs.append("limit") or 0, 1, None),
        "peer": Peer(lambda: runs.append("peer") or 8, 1),
    }

    with pytest.raises(Different, match="job: product and peer differ"):
        measure(Workload("job", {"items": 1}, peers), 1)

    assert runs == ["product", "limit", "peer"]


def test_what_a_run_leaves_is_cleared_up_each_time_and_outside_the_clock() -> None:
    cleared: list[int] = []
    peers = {"product": Peer(lambda: 7, 1, after=cleared.append, seconds=lambda raw: raw / 2)}

    found = measure(Workload("job", {"items": 1}, peers, rounds=3), 1)

    assert cleared == [7] * 4
    assert found.timings["product"].seconds == (3.5, 3.5, 3.5)


def test_processor_time_is_taken_around_each_run_but_not_of_processes_of_their_own() -> None:
    used = iter(range(100))
    peers = {"product": Peer(lambda: 7, 1), "crew": Peer(lambda: 7, 1, seconds=lambda raw: raw / 2)}

    found = measure(Workload("job", {"items": 1}, peers, rounds=2), 1, processor=lambda: next(used))

    assert found.timings["product"].processor == (1, 1)
    assert found.timings["crew"].processor == ()
    assert found.ratio_by_processor("product", "crew") is None


def answer(*lines: tuple[str, int], counted: tuple[int, ...] = ()) -> Answer:
    numbers = np.zeros((len(lines), len(COLUMNS)), np.int64)
    numbers[:, 0] = [possible for _, possible in lines]
    keys = [("100001", upn) for upn, _ in lines]
    return Answer(keys, numbers, {keys[0]: counted} if counted else {}, {})


@pytest.mark.parametrize(
    ("other", "says"),
    [
        pytest.param(answer(("B", 2), ("A", 1)), "", id="the same in another order"),
        pytest.param(answer(("B", 2)), "", id="a sample"),
        pytest.param(answer(("A", 1), ("B", 3)), "Pupil B at 100001: year.possible 2 and 3.", id="a sum"),
        pytest.param(answer(("C", 1)), "Pupil C at 100001 is in the second alone.", id="a pupil too many"),
        pytest.param(
            answer(("A", 1), counted=(5,)), "Pupil A at 100001: counted differs.", id="a session counted"
        ),
    ],
)
def test_the_first_pupil_who_differs_is_named(other: Answer, says: str) -> None:
    assert first_difference(answer(("A", 1), ("B", 2)), other) == says
