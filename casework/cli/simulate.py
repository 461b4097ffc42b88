"""simulate: the policy lab."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casework.actions import simulating
from casework.actions.simulating import KEPT_BACK, Question, Simulated
from casework.cli.options import As, Json, Urn, a_day, console, installation, reader, show_json, show_table
from casework.domain import CaseworkError
from casework.domain.words import in_words

app = typer.Typer()

TOTALS: tuple[tuple[str, str], ...] = (
    ("Letters drafted", "letter"),
    ("Meetings asked for", "meeting"),
    ("Calls and talks asked for", "conversation"),
    ("Tasks asked for, of all kinds", "task"),
    ("Reviews held", "review"),
)
WEEKLY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Cases", ("listed", "opened")),
    ("Letters", ("letter",)),
    ("Meetings", ("meeting",)),
    ("Tasks", ("task",)),
    ("NTI proposed", ("notice_to_improve",)),
    ("PN proposed", ("penalty_notice",)),
)


class CannotDraw(CaseworkError):
    """A chart was asked for in a file that cannot hold it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(
            f"{file} cannot hold the chart. Name a file that ends in .svg, in a folder there is."
        )


@app.command()
def simulate(
    policy: Annotated[str, typer.Option("--policy", metavar="PACK", help="The school pack to try.")],
    first: Annotated[
        date, typer.Option("--from", parser=a_day, metavar="DATE", help="The first day replayed.")
    ],
    last: Annotated[date, typer.Option("--to", parser=a_day, metavar="DATE", help="The last day replayed.")],
    against: Annotated[
        str, typer.Option("--against", metavar="PACK", help="Another pack to compare it with.")
    ] = "",
    school: Urn = "",
    nobody_acts: Annotated[
        bool, typer.Option("--nobody-acts", help="Assume that nobody does what is asked of them.")
    ] = False,
    parents_stay_away: Annotated[
        bool, typer.Option("--parents-stay-away", help="Assume that parents come to no meeting.")
    ] = False,
    chart: Annotated[
        Path | None, typer.Option("--chart", metavar="FILE.svg", help="Draw the weeks as a picture.")
    ] = None,
    acting: As = "",
    as_json: Json = False,
) -> None:
    """The policy lab: replay stored registers as if a pack had been in force. It decides and writes nothing.

    Examples:

      casework simulate --policy nether-stowe --from 2025-09-03 --to 2026-07-21 --school 990004

      casework simulate --policy nether-stowe --against national --from 2026-09-03 --to 2026-11-20

      casework simulate --policy st-chads --from 2026-09-03 --to 2026-11-20 --chart weeks.svg --json
    """
    if chart is not None and (chart.suffix.lower() != ".svg" or not chart.absolute().parent.is_dir()):
        raise CannotDraw(chart)
    inst = installation()
    asked = Question(
        policy, first, last, against, school, acts=not nobody_acts, parents_come=not parents_stay_away
    )
    found = simulating.simulate(inst, reader(inst, acting, last), asked)
    if chart is not None:
        chart.write_text(simulating.drawn(found), "utf-8")
    if as_json:
        show_json(found.as_data())
        return
    _show(found)
    if chart is not None:
        console.print(f"\nThe chart was written to {chart}.")


def _show(found: Simulated) -> None:
    console.print(simulating.title_of(found), style="bold")
    console.print(f"{simulating.says_of(found)} Nothing was decided and nothing was written.\n")
    packs = [side.pack for side in found.sides]
    show_table("What there would have been", ("", *packs), _totals(found), "")
    console.print()
    columns = ("Week of", *(name for name, _ in WEEKLY))
    both = f" ({packs[0]} | {packs[1]})" if len(packs) > 1 else ""
    show_table(f"Week by week{both}", columns, _weeks(found), "")
    console.print()
    loads = list(_loads(found))
    columns = ("Pack", "Role", "Officers", "Tasks", "Letters", "Busiest week", "Tasks each then")
    show_table(
        "Whose work it would have been", columns, loads, "Neither task nor letter was asked of anybody."
    )
    console.print()
    if found.missed is not None:
        for line in _missed(found):
            console.print(line)
        console.print()
    columns = ("Group", "Pupils", "Cases", "Days to support", "Notice proposed")
    columns += (f"Missed by {packs[0]}", f"Missed by {packs[1]}") if len(packs) > 1 else ()
    show_table(f"By group of pupils, under {packs[0]}", columns, _groups(found), "")
    verified = "" if found.below_verified else ", not verified"
    console.print(
        f"{KEPT_BACK}: kept back, for a number below {found.below} stands there or could be worked out "
        f"from it. Source: {found.below_source}{verified}."
    )
    for heading, sentences in (
        ("What is assumed", found.assumed),
        ("What registers alone cannot tell", found.cannot_be_known),
    ):
        console.print(f"\n{heading}:", style="bold")
        for sentence in sentences:
            console.print(f"- {sentence}")


def _totals(found: Simulated) -> Iterator[Sequence[object]]:
    sides = found.sides
    yield "Cases", *(f"{side.cases:,}" for side in sides)
    yield "  on the first list", *(f"{side.counts['listed']:,}" for side in sides)
    yield "  opened since", *(f"{side.counts['opened']:,}" for side in sides)
    yield "School days to first support, median", *(_number(side.support_after) for side in sides)
    yield "  the longest", *(_number(side.slowest) for side in sides)
    for name, kind in TOTALS:
        yield name, *(f"{side.counts[kind]:,}" for side in sides)
    for name, kind in (
        ("Notices to improve proposed", "notice_to_improve"),
        ("Penalty notice requests proposed", "penalty_notice"),
    ):
        yield name, *(f"{side.counts[kind]:,} ({side.noticed[kind]:,} pupils)" for side in sides)


def _weeks(found: Simulated) -> Iterator[Sequence[object]]:
    for weeks in zip(*(side.weeks for side in found.sides), strict=True):
        counts = [[sum(week.counts[kind] for kind in kinds) for week in weeks] for _, kinds in WEEKLY]
        yield f"{weeks[0].monday:%d %b %Y}", *(" | ".join(f"{n:>3,}" for n in each) for each in counts)


def _loads(found: Simulated) -> Iterator[Sequence[object]]:
    for side in found.sides:
        for load in side.loads:
            each = "nobody holds it" if load.each is None else _number(load.each)
            role = in_words(load.role)
            yield (
                side.pack,
                role,
                load.officers,
                f"{load.tasks:,}",
                f"{load.letters:,}",
                f"{load.busiest:%d %b %Y}",
                each,
            )


def _missed(found: Simulated) -> Iterator[str]:
    missed, (one, other) = found.missed, found.sides
    assert missed is not None
    both = missed.sooner + missed.later + missed.same_day
    yield (
        f"{one.pack} would have missed {_pupils(missed.missed)} whom {other.pack} finds; {other.pack} would "
        f"have missed {_pupils(missed.found_alone)} whom {one.pack} finds."
    )
    if missed.by_trigger:
        because = sorted(missed.by_trigger.items(), key=lambda item: (-item[1], item[0]))
        yield f"Of those missed, {other.pack} opens: " + ", ".join(
            f"{number} for {in_words(trigger)}" for trigger, number in because
        )
    yield (
        f"Of the {both:,} whom both find, {one.pack} is sooner for {missed.sooner:,}, later for "
        f"{missed.later:,}, and the same day for {missed.same_day:,}."
    )


def _groups(found: Simulated) -> Iterator[Sequence[object]]:
    compared = len(found.sides) > 1
    for cut in found.cuts:
        if cut.says_nothing:
            yield f"{cut.name}: {KEPT_BACK}", *("" for _ in range(6 if compared else 4))
            continue
        if not cut.groups:
            continue
        yield cut.name, *("" for _ in range(6 if compared else 4))
        for group in cut.groups:
            waits = "-" if group.cases == 0 else _kept(group.support_after)
            figures = [_kept(group.pupils), _kept(group.cases), waits, _kept(group.notices)]
            more = [_kept(group.missed), _kept(group.found_alone)] if compared else []
            yield f"  {group.value}", *figures, *more


def _kept(number: float | None) -> str:
    return KEPT_BACK if number is None else _number(number)


def _number(number: float | None) -> str:
    if number is None:
        return "-"
    return f"{number:,.1f}" if number != int(number) else f"{int(number):,}"


def _pupils(number: int) -> str:
    return f"{number:,} pupil{'' if number == 1 else 's'}"
