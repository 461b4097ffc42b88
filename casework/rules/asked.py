"""Requests for leave and reasons for absence, as the school's policy weighs them; a person decides each."""

from dataclasses import dataclass
from datetime import date, timedelta

from casework.domain import Answer, Finding, SchoolCalendar
from casework.policy import Policy


@dataclass(frozen=True, slots=True)
class LeaveAsked:
    """A request for leave: when it came, and the days it is for."""

    asked_on: date
    first_day: date
    last_day: date


def leave(
    policy: Policy, asked: LeaveAsked, calendar: SchoolCalendar, on: date, name: str = "leave"
) -> tuple[Finding, ...]:
    """What to know before a request for leave is decided: whether it came beforehand, and in good time.

    Late notice is told and never refuses by itself; leave asked for afterwards cannot be granted.

    Source: requests, leave.exceptional
    """
    asks, law = f"requests.{name}", policy.value("leave.exceptional", on)
    rule = policy.maybe(asks, on) if asks in policy.timelines else None  # not every school asks for notice
    beforehand = asked.asked_on < asked.first_day
    found = [
        Finding(
            rule="leave.exceptional",
            answer=Answer.HOLDS if beforehand else Answer.FAILS,
            says="The request came before the leave." if beforehand else "The request came after the leave.",
            source=law.source,
            missing="" if beforehand else "leave cannot be granted afterwards",
            on=on,
        )
    ]
    if rule is not None and rule.get("notice"):
        last = latest_day_to_ask(policy, asked.first_day, calendar, on, name)
        in_time = asked.asked_on <= last
        says = f"Asked for on {asked.asked_on:%d %B %Y}; the policy asks for it by {last:%d %B %Y}."
        answer = Answer.HOLDS if in_time else Answer.FOR_A_PERSON
        found.append(Finding(rule.key, answer, says, source=rule.source, on=on))
    return tuple(found)


def latest_day_to_ask(
    policy: Policy, first_day: date, calendar: SchoolCalendar, on: date, name: str = "leave"
) -> date:
    """The last day on which leave is asked for in good time.

    School weeks are counted back over weeks with a session; holidays do not shorten them.
    """
    rule = policy.value(f"requests.{name}", on)
    count: int = rule.notice
    if rule.get("unit", "weeks") == "weeks":
        return first_day - timedelta(weeks=count)
    if rule.unit == "school_weeks":
        weeks = [week for week in calendar.weeks if week <= first_day - timedelta(days=first_day.weekday())]
        if len(weeks) > count:
            return weeks[-1 - count] + timedelta(days=first_day.weekday())
        return first_day - timedelta(weeks=count)
    days = [day for day in calendar.days if day < first_day]
    return days[-count] if len(days) >= count else first_day - timedelta(days=count)


def reason(policy: Policy, given: str, on: date, shown: tuple[str, ...] = ()) -> Finding:
    """How a reason for absence stands under the policy: accepted, not accepted, or for a person to weigh.

    Args:
        given: The reason, as one of the names the policy lists.
        shown: What was shown with it, such as an appointment card.

    Source: reasons, register.authorises
    """
    for name, value in policy.under("reasons", on).items():
        if given not in value.reasons:
            continue
        lacking = [item for item in value.get("needs") or () if item not in shown]
        stands = value.stands if not lacking else "for_a_person"
        answer = {"authorised": Answer.HOLDS, "unauthorised": Answer.FAILS}.get(stands, Answer.FOR_A_PERSON)
        code = f" The register's keeper is asked for {value.code}." if value.get("code") else ""
        return Finding(
            rule=f"reasons.{name}",
            answer=answer,
            says=f"{value.says}{code}",
            source=value.source,
            missing=", ".join(lacking).replace("_", " "),
            on=on,
        )
    says = "The policy does not name this reason: the head, or whom the head authorises, decides."
    return Finding(
        "register.authorises",
        Answer.FOR_A_PERSON,
        says,
        source=policy.value("register.authorises", on).source,
        on=on,
    )
