"""How the answers of `why` and `whatif` read on a screen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from casework.domain import Case
from casework.domain.words import in_words, number_of, said
from casework.stages.why import Counted, ForParent, NextStep, Told, WhatIf, Why
from casework.web.wording import happened

SHOWN = 4
"""Sessions listed for each reason on a screen."""


def timeline(
    case: Case, parents: Mapping[str, str], names: Mapping[str, str], letters: Mapping[str, str]
) -> Iterator[str]:
    """Everything recorded, newest first, a line at a time: people by their names, letters by what they are.

    Args:
        letters: What each letter is and to whom, by its id.
    """
    for item in reversed(case.recorded):
        words = happened(item.event, parents, names)
        document_id = getattr(item.event, "document_id", "")
        if document_id in letters:
            words = words.replace(f"Document {document_id}", f"{letters[document_id]} ({document_id})")
        who = names.get(item.event.by, item.event.by)
        yield f"{item.event.on:%d %b %Y}  {item.ref:>4}  {words}  [{who}]"
        for text in said(item.event):
            yield f"                   {text}"


def why_lines(why: Why, parents: dict[str, str]) -> Iterator[str]:
    """An explanation, a line at a time; `parents` are names by contact."""
    yield f"Case {why.case_ref} on {why.on:%d %B %Y}: {in_words(why.stage) or 'opened'}, {why.status}."
    yield f"Opened because: {why.opened_for}"
    for more in why.also:
        yield f"  and since: {more}"
    yield ""
    yield why.threshold.says
    yield f"  Source: {why.threshold.source} ({why.threshold.force})"
    yield f"  Sessions that count ({len(why.counts)}):"
    yield from _in_lines(_sessions(why.counts))
    yield f"  School weeks ({len(why.school_weeks)}), by their Mondays:"
    yield from _in_lines(f"{week:%d %b %Y}" for week in why.school_weeks)
    if why.does_not_count:
        yield f"  Absences that do not count ({len(why.does_not_count)}):"
        yield from _by_reason(why.does_not_count)
    for parent in why.parents:
        yield ""
        yield from _parent(parent, parents, why.on)
    if why.clocks:
        yield ""
        yield "Clocks:"
        for rule, due_on, parent_id in why.clocks:
            whose = f", {parents.get(parent_id, parent_id)}" if parent_id else ""
            yield f"  {in_words(rule.partition('.')[2])}{whose}: {due_on:%d %B %Y}"
    for owed in why.returns:
        yield f"Return to the LA: {owed.why}"
    yield ""
    yield "What may come next:"
    yield from _steps(why.next_steps, parents)
    yield ""
    yield "Sources:"
    for source in why.sources:
        yield f"  {source.title} ({source.force.value}{'' if source.verified else ', not verified'})"


def whatif_lines(found: WhatIf, parents: dict[str, str]) -> Iterator[str]:
    """A supposition and what would follow, a line at a time."""
    yield f"Supposing, up to {found.on:%d %B %Y}: {len(found.supposed)} further sessions missed."
    met = f"; the threshold would be met at {found.threshold_met_at}" if found.threshold_met_at else ""
    yield f"Sessions towards the threshold then: {found.threshold_sessions}{met}."
    for owed in found.returns:
        yield f"Return to the LA: {owed.why}"
    yield "What could come next then:"
    yield from _steps(found.next_steps, parents)


def _by_reason(uncounted: Sequence[Counted]) -> Iterator[str]:
    """Reasons with how many sessions each, and the latest of them; `--json` lists every one."""
    reasons: dict[str, list[Counted]] = {}
    for item in uncounted:
        reasons.setdefault(item.why_not, []).append(item)
    for says, items in reasons.items():
        latest = ", ".join(f"{item.session} {item.code}" for item in items[-SHOWN:])
        yield f"    {len(items)}: {says}"
        yield f"       {'latest ' if len(items) > SHOWN else ''}{latest}"


def _parent(parent: ForParent, names: dict[str, str], on: date) -> Iterator[str]:
    yield f"{names.get(parent.parent_id, parent.parent_id)}:"
    earlier = number_of(parent.earlier_notices, "earlier notice")
    yield f"  {number_of(len(parent.counts), 'session')} and {earlier} count."
    if parent.next_notice_possible_on > on:
        yield f"  No notice before {parent.next_notice_possible_on:%d %B %Y}: two in three years."
    if parent.threshold_met_at:
        yield f"  Threshold met at {parent.threshold_met_at}."
    days: tuple[tuple[str, date | None], ...] = (
        ("Latest safe day for a notice", parent.latest_notice_on),
        ("Latest safe day to refer", parent.latest_referral_on),
        ("Six-month limit of the earliest session", parent.limit_on),
    )
    for says, day in days:
        if day is not None:
            yield f"  {says}: {day:%d %B %Y}"


def _steps(steps: Iterable[NextStep], names: dict[str, str]) -> Iterator[str]:
    """Each step with what it lacks; then each question a person answers, once however often asked."""
    questions: dict[str, list[str]] = {}
    for step in steps:
        whose = f" ({names.get(step.parent_id, step.parent_id)})" if step.parent_id else ""
        can = "may be considered" if step.may_be_considered else "not yet"
        yield f"  {step.title}{whose}: {can}"
        for missing in step.missing:
            yield f"    missing: {missing}"
        for asked in step.asks:
            before = questions.setdefault(_told(asked), [])
            if step.title not in before:
                before.append(step.title)
    if questions:
        yield ""
        yield "What a person answers first:"
    for question, before in questions.items():
        yield f"  {question}"
        yield f"    before: {'; '.join(before)}"


def _told(told: Told) -> str:
    return told.says if told.answer == "for_a_person" else f"{told.says} (not verified: confirm it)"


def _sessions(counted: Iterable[Counted]) -> Iterator[str]:
    for item in counted:
        yield f"{item.session} {item.code}"


def _in_lines(items: Iterable[str], each: int = 4) -> Iterator[str]:
    held = list(items)
    for start in range(0, len(held), each):
        yield "    " + "   ".join(item.ljust(18) for item in held[start : start + each]).rstrip()
