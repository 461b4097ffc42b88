"""Attendance over time as the points of a line, for an SVG that needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.actions.case_view import DrawnWeek

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 30
LINES = (0, 25, 50, 75, 90, 100)


@dataclass(frozen=True, slots=True)
class Point:
    """One week: where it stands, and what it says."""

    x: float
    y: float
    week: DrawnWeek
    percent: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of weekly attendance, (x, name) of the months below it, and (x, width) of the window counted."""

    points: tuple[Point, ...]
    grid: tuple[tuple[float, int], ...]
    months: tuple[tuple[float, str], ...]
    window: tuple[float, float] | None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def line(self) -> str:
        """The points as an SVG polyline takes them."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


def chart_of(weeks: Sequence[DrawnWeek]) -> Chart | None:
    """The chart of the weeks in which a session was possible; None if there are fewer than two."""
    held = [week for week in weeks if week.possible]
    if len(held) < 2:
        return None
    step = (WIDTH - LEFT - RIGHT) / (len(held) - 1)
    points = tuple(
        Point(LEFT + place * step, _y(week.attended * 100 / week.possible), week, _percent(week))
        for place, week in enumerate(held)
    )
    months: list[tuple[float, str]] = []
    for point in points:
        name = f"{point.week.monday:%b}"
        far = not months or point.x - months[-1][0] > 36
        if far and (not months or months[-1][1] != name):
            months.append((point.x, name))
    inside = [point.x for point in points if point.week.in_window]
    window = (inside[0] - step / 2, inside[-1] - inside[0] + step) if inside else None
    if window:
        first = max(window[0], LEFT)
        window = (first, min(window[0] + window[1], WIDTH - RIGHT) - first)
    return Chart(points, tuple((_y(value), value) for value in LINES), tuple(months), window)


def _percent(week: DrawnWeek) -> int:
    return week.attended * 100 // week.possible


def _y(percent: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - percent / 100)
