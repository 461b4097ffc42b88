"""What an arrival's time says of the mark, by the school's own register times; a person enters it."""

from datetime import date, time

from casework.domain import Half
from casework.policy import Policy, Value


def times(policy: Policy, half: Half, on: date) -> Value | None:
    """The times of one session's register; None where the policy gives none.

    Source: times
    """
    found = [v for v in policy.under("times", on).values() if v.half == half.value]
    return found[0] if found else None


def code_for(policy: Policy, half: Half, arrived: time, on: date) -> str:
    """The mark an arrival asks for: present, late, or late after the register closed; empty if not known.

    The close of the law caps the school's own: a register is open for so many minutes and no longer.

    Source: times, register.open_for
    """
    held = times(policy, half, on)
    if held is None:
        return ""
    open_for = policy.value("register.open_for", on)
    if arrived <= time.fromisoformat(held.late_from):
        return "/" if half is Half.AM else "\\"
    return str(open_for.late if arrived <= closes(policy, half, on) else open_for.after)


def closes(policy: Policy, half: Half, on: date) -> time:
    """When a session's register closes: as the policy says, and never later than the law lets it.

    Raises:
        NotInForce: The policy gives no times for that session.

    Source: times, register.open_for
    """
    held = times(policy, half, on) or policy.value(f"times.{half.value.lower()}", on)
    own, starts = time.fromisoformat(held.closes), time.fromisoformat(held.starts)
    last = starts.hour * 60 + starts.minute + policy.value("register.open_for", on).minutes
    return min(own, time(last // 60 % 24, last % 60))
