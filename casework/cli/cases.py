"""case list, show, decide, override, overrides; why; whatif. The rest of `case` is in `recording`."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import typer

from casework.actions import decide, letters, officers, overrides, reasons, views
from casework.actions.decide import Asked
from casework.actions.installation import Installation
from casework.cli import telling
from casework.cli.options import (
    As,
    Json,
    On,
    Urn,
    a_day,
    a_moment,
    by,
    console,
    installation,
    officer,
    show_json,
    show_pairs,
    show_table,
    the_day,
)
from casework.domain import Answer, Case, Consideration, Decision, Finding, Officer
from casework.domain.errors import StepRefused
from casework.domain.words import describe, in_words
from casework.stages.ladder import proposals

app = typer.Typer()
case = typer.Typer(no_args_is_help=True, help="List, read and write cases.")
app.add_typer(case, name="case")

Ref = Annotated[str, typer.Argument(metavar="CASE", help="The case's reference.")]
Parent = Annotated[str, typer.Option("--parent", metavar="CONTACT", help="The parent, by contact.")]
Says = Annotated[str, typer.Option("--says", help="In words.")]
Seen = Annotated[
    int | None, typer.Option("--seen", help="The last event you saw; refused if there are newer ones.")
]
Day = Annotated[date | None, typer.Option(parser=a_day, metavar="DATE")]
KnownAt = Annotated[
    datetime | None,
    typer.Option("--known-at", parser=a_moment, metavar="TIME", help="Only what was recorded by a time."),
]

WORDS = {
    Answer.HOLDS: "holds",
    Answer.FAILS: "does not hold",
    Answer.UNKNOWN: "not known",
    Answer.FOR_A_PERSON: "for a person",
}


@case.command("list")
def list_(
    school: Urn = "",
    stage: Annotated[str, typer.Option(help="Such as notice_to_improve.")] = "",
    owner: Annotated[str, typer.Option(help="An officer, by reference.")] = "",
    status: Annotated[str, typer.Option(help="open, paused or closed.")] = "",
    due: Annotated[bool, typer.Option("--due", help="With a review or task due by the day.")] = False,
    unowned: Annotated[bool, typer.Option("--unowned", help="Without an owner.")] = False,
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="Without a next review.")] = False,
    untouched: Annotated[int, typer.Option(help="Untouched for so many school days.")] = 0,
    sort: Annotated[str, typer.Option(help="review, task, opened, stage, name, ...")] = "review",
    on: On = None,
    as_: As = "",
    as_json: Json = False,
) -> None:
    """Cases, soonest review first.

    Examples:

      casework case list --school 990004 --as pat

      casework case list --unowned --as pat
    """
    inst = installation()
    who = officer(inst, as_, on, school=school)
    wanted = views.CaseFilter(
        the_day(on),
        urn=school,
        stage=stage,
        owner_id=owner,
        status=status,
        due_before=the_day(on) if due else None,
        without_owner=unowned,
        without_review=unreviewed,
        untouched=untouched,
    )
    lines = list(_all_lines(inst, who, wanted, sort))
    if as_json:
        show_json([asdict(line) for line in lines])
        return
    names = _names(inst, who, the_day(on))
    rows = [
        (
            line.case_ref,
            line.pupil,
            line.year_group,
            in_words(line.stage) or "opened",
            names.get(line.owner_id, line.owner_id) or "nobody",
            line.review_on or "none",
            ", ".join(in_words(t) for t in line.triggers[:2]),
        )
        for line in lines
    ]
    columns = ("Case", "Pupil", "Year", "Stage", "Owner", "Next review", "Because")
    show_table(f"{len(rows)} case{'' if len(rows) == 1 else 's'}", columns, rows, "No cases.")


@case.command()
def show(ref: Ref, on: On = None, known_at: KnownAt = None, as_: As = "", as_json: Json = False) -> None:
    """One case: where it stands, what may come next and what is missing, and everything recorded.

    Of a past day, as it stood and was known on that day.

    Examples:

      casework case show C-2026-990004-0012 --as pat

      casework case show C-2026-990004-0012 --on 2026-11-02 --known-at 2026-11-02T12:00 --as pat
    """
    inst = installation()
    who = officer(inst, as_, on, case=ref)
    situation = decide.situation(inst, who, ref, the_day(on), known_at)
    proposed = proposals(situation)
    found = situation.case
    if as_json:
        show_json(
            {
                "case_ref": ref,
                "upn": found.upn,
                "urn": found.urn,
                "stage": found.stage,
                "status": found.status,
                "owner": found.owner_id,
                "review_on": found.review_on,
                "sequence": found.sequence,
                "holds": [{"scope": h.scope, "until": h.review_on} for h in found.holds],
                "events": [
                    {
                        "sequence": i.sequence,
                        "kind": i.event.kind,
                        "on": i.event.on,
                        "says": describe(i.event),
                    }
                    for i in found.recorded
                ],
                "next": [
                    {
                        "step": p.stage.key,
                        "parent_id": p.parent_id,
                        "may_be_considered": p.may_be_considered,
                        "missing": list(p.missing),
                    }
                    for p in proposed
                ],
            }
        )
        return
    pupil = situation.pupil
    names = _names(inst, who, the_day(on))
    show_pairs(
        {
            "Case": ref,
            "Pupil": f"{pupil.name} ({pupil.upn}), year {pupil.year_group or 'not known'}",
            "School": situation.school.name,
            "Stage": in_words(found.stage.value) if found.stage else "opened",
            "Status": found.status.value,
            "Owner": names.get(found.owner_id, found.owner_id) or "nobody yet",
            "Next review": found.review_on or "none",
            "Last event": found.sequence,
        }
    )
    for hold in found.holds:
        console.print(f"Held by the DSL until {hold.review_on:%d %B %Y}: {in_words(hold.scope)}.")
    console.print()
    rows = [
        (
            p.stage.title,
            p.parent.name if p.parent else "",
            "may be considered" if p.may_be_considered else "; ".join(p.missing),
        )
        for p in proposed
    ]
    show_table("What may come next", ("Step", "For", ""), rows, "Nothing.")
    console.print()
    named = {parent.contact_id: parent.name for parent in situation.parents}
    kept = letters.letters_of(inst, who, ref)
    titles = {
        item.document.document_id: f"{item.title} to {item.parent_name}" if item.parent_name else item.title
        for item in kept
    }
    for line in telling.timeline(found, named, names, titles):
        console.print(line, markup=False)


@case.command("decide")
def decide_(
    ref: Ref,
    step: Annotated[str, typer.Argument(help="Such as notice_to_improve.")],
    parent: Parent = "",
    no: Annotated[bool, typer.Option("--no", help="Record the decision not to take it.")] = False,
    reasons: Annotated[str, typer.Option(help="Why.")] = "",
    role: Annotated[str, typer.Option(help="The role you decide in, if you hold several.")] = "",
    given: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=TEXT", help="What the step asks for.")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="QUESTION=yes|no:BECAUSE[:EVIDENCE]", help="A question answered."),
    ] = None,
    seen: Seen = None,
    on: On = None,
    as_: As = "",
    as_json: Json = False,
) -> None:
    """Decide a step, after every gate is asked again; without --reasons, show the gates and decide nothing.

    Examples:

      casework case decide C-2026-990004-0012 notice_to_improve --parent C1 --as head

      casework case decide C-2026-990004-0012 noticing --reasons "Nine sessions in a month" --as pat
    """
    inst = installation()
    who = officer(inst, as_, on, case=ref)
    stage = decide.step_named(step)
    if not reasons:
        _show_gates(decide.ask(inst, who, ref, step, the_day(on), parent), as_json)
        return
    acting = role or next((r.value for r in stage.decided_by if r in who.roles), "")
    decision = Decision(
        stage=stage.name,
        officer=who,
        role=acting,
        on=the_day(on),
        yes=not no,
        reasons=reasons,
        parent_id=parent,
        considerations=tuple(answers_given(answer)),
        details=_pairs(given),
    )
    try:
        found = decide.decide(inst, ref, step, decision, seen=seen)
    except StepRefused as refused:
        if not as_json:
            for finding in refused.findings:
                if isinstance(finding, Finding):
                    sys.stderr.write(f"- {WORDS[finding.answer]}: {finding.says}\n")
        raise
    recorded(found)


def _all_lines(
    inst: Installation, who: Officer, wanted: views.CaseFilter, sort: str
) -> Iterator[views.CaseLine]:
    after = ""
    while True:
        page = views.caseload(inst, who, wanted, sort, after=after, size=500)
        yield from page.lines
        after = page.after
        if not after:
            return


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in given or []:
        name, equals, text = item.partition("=")
        if not equals:
            raise typer.BadParameter(f"{item} is not of the form NAME=TEXT.")
        pairs[name] = f"{pairs[name]}\n{text}" if name in pairs else text
    return pairs


def answers_given(given: list[str] | None) -> list[Consideration]:
    """Answers of the form QUESTION=yes|no:BECAUSE[:EVIDENCE]."""
    answers = []
    for item in given or []:
        question, equals, rest = item.partition("=")
        answer, colon, because = rest.partition(":")
        if not (equals and colon):
            raise typer.BadParameter(f"{item} is not of the form QUESTION=yes|no:BECAUSE[:EVIDENCE].")
        because, _, evidence = because.partition(":")
        found = tuple(part for part in evidence.split(",") if part)
        answers.append(Consideration(question, answer, because, found))
    return answers


def _show_gates(asked: Asked, as_json: bool) -> None:
    stopped = {finding.rule for finding in asked.stopped_by}
    if as_json:
        show_json(
            {
                "step": asked.stage.key,
                "findings": [{**asdict(f), "stops": f.rule in stopped} for f in asked.findings],
                "asks": [asdict(ask) for ask in asked.stage.asks],
            }
        )
        return
    rows = [(WORDS[f.answer], f.says, f.missing if f.rule in stopped else "", f.rule) for f in asked.findings]
    show_table(asked.stage.title, ("", "Gate", "What is missing", "Rule"), rows, "No gates.")
    console.print()
    asks = [(ask.name, ask.label, "required" if ask.required else "") for ask in asked.stage.asks]
    show_table("What the step asks for", ("Name", "", ""), asks, "Nothing more is asked.")


@case.command()
def override(
    ref: Ref,
    step: Annotated[str, typer.Argument()],
    gate: Annotated[str, typer.Argument(help="The rule, as decide shows it.")],
    reason: Annotated[str, typer.Option()],
    until: Annotated[date, typer.Option(parser=a_day, metavar="DATE")],
    parent: Parent = "",
    on: On = None,
    as_: As = "",
) -> None:
    """Set guidance, a local code or a policy aside for one step until a day; law cannot be.

    Example:

      casework case override 990004-26-0012 penalty_notice support.offered --parent C1 \\
        --reason "They moved away before help could begin" --until 2026-12-04 --as head
    """
    inst = installation()
    who = by(inst, as_, on, case=ref)
    recorded(
        overrides.override(
            inst, who, ref, gate=gate, step=step, reason=reason, expires_on=until, parent_id=parent
        )
    )


@case.command("overrides")
def overrides_(school: Urn = "", on: On = None, as_: As = "", as_json: Json = False) -> None:
    """Every rule set aside in a school's cases, by whom, why and until when; those that have ended too.

    Example:

      casework case overrides --school 990004 --as head
    """
    inst = installation()
    found = overrides.listed(inst, officer(inst, as_, on, school=school), the_day(on), school)
    if as_json:
        show_json([asdict(item) for item in found])
        return
    rows = [
        (
            item.override.case_ref,
            item.pupil,
            in_words(item.override.stage),
            item.override.gate,
            item.override.by,
            f"{item.override.on:%d %B %Y}",
            f"{item.override.expires_on:%d %B %Y}" + ("" if item.in_force else " (ended)"),
            item.override.reason,
        )
        for item in found
    ]
    columns = ("Case", "Pupil", "Step", "Gate", "By", "On", "Until", "Because")
    show_table("Rules set aside", columns, rows, "No rule was set aside.")


@app.command()
def why(ref: Ref, on: On = None, known_at: KnownAt = None, as_: As = "", as_json: Json = False) -> None:
    """Why this case, why now: the sessions that count, the school weeks, gates, clocks and sources.

    Of a past day, as the case stood and the register was known on it, under the rules of that day.

    Example:

      casework why C-2026-990004-0012 --on 2026-11-20 --as pat
    """
    inst = installation()
    who = officer(inst, as_, on, case=ref)
    found = reasons.explained(inst, who, ref, the_day(on), known_at)
    if as_json:
        show_json(found.as_json())
        return
    for line in telling.why_lines(found, _parents(inst, who, ref, the_day(on))):
        console.print(line)


@app.command()
def whatif(
    ref: Ref,
    absent: Annotated[
        list[date] | None,
        typer.Option(parser=a_day, metavar="DATE", help="A day absent; may be repeated."),
    ] = None,
    present_until: Annotated[
        date | None, typer.Option(parser=a_day, metavar="DATE", help="Every session attended until a day.")
    ] = None,
    on: On = None,
    as_: As = "",
    as_json: Json = False,
) -> None:
    """What would follow from further absence, or from attending until a day. Nothing is recorded.

    Example:

      casework whatif C-2026-990004-0012 --absent 2026-11-26 --absent 2026-11-27 --as pat
    """
    inst = installation()
    who = officer(inst, as_, on, case=ref)
    days = tuple(absent or ())
    found = reasons.supposed(inst, who, ref, the_day(on), days, present_until)
    if as_json:
        show_json(found.as_json())
        return
    for line in telling.whatif_lines(found, _parents(inst, who, ref, the_day(on))):
        console.print(line)


def _names(inst: Installation, who: Officer, on: date) -> dict[str, str]:
    return {**officers.colleagues(inst, who, on), "engine": "casework"}


def _parents(inst: Installation, who: Officer, ref: str, on: date) -> dict[str, str]:
    return {p.contact_id: p.name for p in decide.situation(inst, who, ref, on).parents}


def recorded(found: Case) -> None:
    """Say what was recorded last."""
    last = found.recorded[-1]
    console.print(f"{found.ref} {last.ref}: {describe(last.event)}")
