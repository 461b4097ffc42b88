"""The invented registers beside the published tables, on a population large enough to tell them apart."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pytest

from casework.demo import published
from casework.demo.budgets import Roll
from casework.demo.calendars import DEFAULT_UNTIL
from casework.demo.days import Days, days_of
from casework.demo.marks import draw
from casework.demo.schools import PRIMARY, SECONDARY
from casework.domain.register import byte_of

PUPILS = {"primary": 2500, "secondary": 2500, "special": 1000}
YEARS = {"primary": (0, 6), "secondary": (7, 11), "special": (0, 11)}
ABSENT = [byte_of(code) for code in published.ABSENCE["primary"]]
PHASES = [pytest.param(phase, id=phase) for phase in published.PHASES]
MAINSTREAM = [pytest.param(phase, id=phase) for phase in ("primary", "secondary")]


@dataclass(frozen=True)
class Drawn:
    """A phase's registers, cut to one academic year where asked."""

    days: Days
    sheet: np.ndarray

    def year(self, begins: int) -> "Drawn":
        here = self.days.year == begins
        dates = tuple(day for day, kept in zip(self.days.dates, here, strict=True) if kept)
        days = Days(dates, self.days.year[here], self.days.half_term[here], self.days.place[here])
        return Drawn(days, self.sheet[:, np.repeat(here, 2)])

    def share(self, *codes: str) -> float:
        """Percent of possible sessions with any of the codes."""
        return 100 * float(np.isin(self.sheet, [byte_of(code) for code in codes]).mean())

    @property
    def absent(self) -> np.ndarray:
        return np.isin(self.sheet, ABSENT)

    def by_day(self, codes: list[int]) -> np.ndarray:
        """Percent absent on each day."""
        return 100 * np.isin(self.sheet, codes).reshape(len(self.sheet), -1, 2).mean(axis=(0, 2))


@cache
def drawn(phase: str) -> Drawn:
    rng = np.random.default_rng(5)
    count, (low, high) = PUPILS[phase], YEARS[phase]
    days = days_of(PRIMARY if phase == "primary" else SECONDARY, DEFAULT_UNTIL)
    roll = Roll(
        rates=phase,
        first=np.zeros(count, dtype=np.int64),
        last=np.full(count, len(days.dates) - 1),
        cohort=2025 - rng.integers(low, high + 1, count),
        latent=rng.normal(0, 1.2, count),
        observes=rng.random(count) < 0.13,
        traveller=rng.random(count) < 0.004,
        drawn=np.ones(count, dtype=np.bool_),
    )
    return Drawn(days, draw(roll, days, "calibration").sheet)


@pytest.mark.parametrize("phase", PHASES)
def test_overall_authorised_and_unauthorised_within_a_twentieth(phase):
    year = drawn(phase).year(2025)
    unauthorised = year.share("G", "N", "O", "U")
    overall = 100 * year.absent.mean()

    assert overall == pytest.approx(published.OVERALL[phase], rel=0.05)
    assert unauthorised == pytest.approx(published.UNAUTHORISED[phase], rel=0.06)
    assert overall - unauthorised == pytest.approx(published.AUTHORISED[phase], rel=0.05)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("code", ["I", "M", "C", "C2", "G", "U", "E"])
def test_each_common_code_within_a_tenth(phase, code):
    """Rare codes hang on a handful of pupils and are held to a third instead, below."""
    assert drawn(phase).year(2025).share(code) == pytest.approx(published.ABSENCE[phase][code], rel=0.1)


@pytest.mark.parametrize("phase", PHASES)
def test_unauthorised_other_and_not_yet_known_together(phase):
    table = published.ABSENCE[phase]
    assert drawn(phase).year(2025).share("O", "N") == pytest.approx(table["O"] + table["N"], rel=0.07)


@pytest.mark.parametrize("phase", MAINSTREAM)
@pytest.mark.parametrize("code", ["R", "S", "J1"])
def test_rare_codes_within_a_third(phase, code):
    expected = published.ABSENCE[phase][code]
    assert drawn(phase).year(2025).share(code) == pytest.approx(expected, rel=0.34, abs=0.005)


@pytest.mark.parametrize("phase", PHASES)
def test_attendance_elsewhere_and_lateness(phase):
    table, year = published.ATTENDED_ELSEWHERE[phase], drawn(phase).year(2025)
    assert year.share("L") == pytest.approx(table["L"], rel=0.1)
    for code in ("B", "V", "P", "W", "K"):
        assert year.share(code) == pytest.approx(table[code], rel=0.4, abs=0.05), code


@pytest.mark.parametrize("phase", PHASES)
def test_persistent_and_severe_absence(phase):
    missed = drawn(phase).year(2025).absent.mean(axis=1)
    assert 100 * (missed >= 0.1).mean() == pytest.approx(published.PERSISTENT[phase], abs=1.8)
    assert 100 * (missed >= 0.5).mean() == pytest.approx(published.SEVERE[phase], abs=0.6)


def test_persistent_absence_of_autumn_2026_goes_on_in_much_the_same_children():
    both = drawn("secondary")
    before = both.year(2025).absent.mean(axis=1)
    after = both.year(2026).absent.mean(axis=1)
    assert 0.5 < np.corrcoef(before, after)[0, 1] < 0.97


@pytest.mark.parametrize(
    ("code", "within"),
    [
        pytest.param("M", 12, id="medical"),
        pytest.param("C", 8, id="other leave"),
        pytest.param("O", 8, id="other unauthorised"),
        pytest.param("G", 6, id="holiday"),
        pytest.param("U", 6, id="after the register"),
        pytest.param("I", 13, id="illness"),
        pytest.param("C2", 1.5, id="part-time timetable"),
    ],
)
def test_share_of_pupils_who_ever_have_a_code(code, within):
    years = [drawn(phase).year(2025) for phase in ("primary", "secondary")]
    ever = np.concatenate([(year.sheet == byte_of(code)).any(axis=1) for year in years])
    assert 100 * ever.mean() == pytest.approx(published.EVER[code], abs=within)


@pytest.mark.parametrize("phase", MAINSTREAM)
def test_fridays_a_fifth_above_wednesdays_and_other_days_near_them(phase):
    year = drawn(phase).year(2025)
    by_day = year.by_day(ABSENT)
    monday, tuesday, wednesday, thursday, friday = (by_day[year.days.weekday == n].mean() for n in range(5))

    assert 1.1 < friday / wednesday < 1.32
    assert 0.94 < monday / wednesday < 1.12
    assert 0.94 < tuesday / wednesday < 1.08
    assert 0.94 < thursday / wednesday < 1.1


def test_unauthorised_absence_raised_on_mondays():
    year = drawn("primary").year(2025)
    by_day = year.by_day([ord(code) for code in "GOUN"])
    assert by_day[year.days.weekday == 0].mean() > by_day[year.days.weekday == 2].mean()


@pytest.mark.parametrize("begins", [pytest.param(2025, id="2025"), pytest.param(2026, id="2026")])
def test_autumn_week_by_week(begins):
    """Primary and secondary together, as two thirds of the weight each way, against all phases."""
    seen = []
    for phase in ("primary", "secondary"):
        year = drawn(phase).year(begins)
        by_day, week = year.by_day(ABSENT), year.days.week
        autumn = np.array([day < date(begins, 12, 5) for day in year.days.dates])
        weeks = list(dict.fromkeys(week[autumn].tolist()))[1:]
        seen.append([by_day[week == number].mean() for number in weeks])
    together = np.mean(seen, axis=0)
    expected = np.array(published.AUTUMN_BY_WEEK[: len(together)])

    assert np.corrcoef(together, expected)[0, 1] > 0.7
    assert together[0] < together.mean() * 0.92, "the first full week of September is the lowest"
    assert np.abs(together / expected - 1).max() < 0.25


def test_last_week_before_a_break_raised():
    year = drawn("primary").year(2025)
    by_day = year.by_day(ABSENT)
    last, middle = by_day[year.days.place == 1].mean(), by_day[np.abs(year.days.place - 0.5) < 0.2].mean()
    assert last > 1.1 * middle


@pytest.mark.parametrize("phase", MAINSTREAM)
def test_absence_comes_in_spells_and_not_by_coin(phase):
    """The chance of being absent a day after an absent day, for pupils who are mostly there."""
    year = drawn(phase).year(2025)
    days = year.absent[:, ::2]
    usual = days[(days.mean(axis=1) > 0.02) & (days.mean(axis=1) < 0.15)]
    after_absence = usual[:, 1:][usual[:, :-1]].mean()
    assert 0.25 < after_absence < 0.65
    assert after_absence > 4 * usual.mean()


def test_most_illness_lasts_one_to_three_days():
    year = drawn("primary").year(2025)
    ill = np.pad((year.sheet == ord("I")).astype(np.int8), ((0, 0), (1, 1)))
    change = np.diff(ill, axis=1)
    starts, ends = np.nonzero(change == 1)[1], np.nonzero(change == -1)[1]
    lengths = ends - starts

    assert (lengths <= 6).mean() > 0.7
    assert 2.0 < lengths.mean() < 6.0


def test_half_of_holidays_adjoin_a_break_or_fill_a_week():
    year = drawn("primary").year(2025)
    away = year.sheet[:, ::2] == ord("G")
    rows = np.flatnonzero(away.sum(axis=1) >= 5)
    edges = np.flatnonzero(np.diff(year.days.half_term, append=-1))
    beside = [away[row, edges].any() or away[row, edges[:-1] + 1].any() for row in rows]
    assert len(rows) > 100
    assert np.mean(beside) > 0.25


def test_lateness_mostly_in_the_morning():
    year = drawn("secondary").year(2025)
    late = year.sheet == ord("L")
    assert late[:, ::2].sum() / late.sum() == pytest.approx(published.LATE_IN_THE_MORNING, abs=0.03)


def test_no_reason_yet_only_in_the_last_days():
    """About 0.15 to 0.24 per cent two weeks on, and hardly any in older weeks."""
    sheet = drawn("secondary").sheet
    unexplained = sheet == ord("N")
    assert 0.1 < 100 * unexplained[:, -20:].mean() < 0.35
    assert 100 * unexplained[:, :-24].mean() < 0.01


@pytest.mark.parametrize("phase", MAINSTREAM)
def test_part_time_timetables_repeat_each_week(phase):
    """On the weekdays and halves of the pattern, and hardly on others."""
    year = drawn(phase).year(2025)
    part_time = year.sheet == byte_of("C2")
    rows = np.flatnonzero(part_time.sum(axis=1) >= 15)
    slot = np.repeat(year.days.weekday, 2) * 2 + np.tile([0, 1], len(year.days.dates))
    most = [np.bincount(slot[part_time[row]], minlength=10) for row in rows]
    assert len(rows) > 5
    assert np.mean([(counts > 0).sum() for counts in most]) < 7
