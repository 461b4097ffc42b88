"""What can go wrong, in words a person can act on."""

from dataclasses import dataclass
from datetime import date


class CaseworkError(Exception):
    """One plain sentence that says what happened, to what, and what to do next."""


class NotInForce(CaseworkError):
    """The policy holds no value for a key on a day: missing law stops the step. `ask` is who would know."""

    def __init__(self, key: str, on: date, ask: str = "") -> None:
        self.key, self.on, self.ask = key, on, ask
        known = f"Not known; ask {ask}, then add" if ask else "Add"
        super().__init__(
            f"The policy has no value for {key} on {on:%d %B %Y}. "
            f"{known} a dated entry with its source, or ask about a later day."
        )


class NotFound(CaseworkError):
    """Nothing is kept under that reference, or this officer may not know of it."""

    def __init__(self, what: str, ref: str, remedy: str) -> None:
        self.what, self.ref = what, ref
        super().__init__(f"No {what} is known under {ref}. {remedy}")


class NotAllowed(CaseworkError):
    """This officer does not hold the role that the act needs."""

    def __init__(self, act: str, needs: str) -> None:
        self.act, self.needs = act, needs
        super().__init__(f"Your roles do not let you {act}. Ask {needs}.")


class StepRefused(CaseworkError):
    """A step was asked for whose gates do not all hold.

    `missing` names what is truly missing, one sentence each; `findings` are the gates as they stood.
    """

    def __init__(self, step: str, missing: tuple[str, ...], findings: tuple[object, ...] = ()) -> None:
        self.step, self.missing, self.findings = step, missing, findings
        super().__init__(f"{step} was not recorded: " + "; ".join(missing) + ".")


class CaseChanged(CaseworkError):
    """Somebody else wrote to the case after this officer last saw it.

    `since` lists what was added, oldest first, so that the second writer can look and try again.
    """

    def __init__(self, case_ref: str, seen: int, now: int, since: tuple[str, ...]) -> None:
        self.case_ref, self.seen, self.now, self.since = case_ref, seen, now, since
        super().__init__(
            f"Case {case_ref} has changed since you opened it: {'; '.join(since)}. "
            "Nothing of yours was recorded. Look at what is new, then record it again."
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where, what was found, and what to do about it.

    `row` counts from 1 as a person sees it in the file, header included; 0 is the file as a whole.
    """

    file: str
    row: int
    column: str
    value: str
    says: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}" + (f", row {self.row}" if self.row else "")
        place += f", {self.column}" if self.column else ""
        if self.value and self.value not in self.says:
            place += f' "{self.value}"'
        return f"{place}: {self.says} {self.remedy}".strip()


class FileRefused(CaseworkError):
    """A file cannot be taken in as it is; `problems` lists every one of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        count = len(problems)
        super().__init__(
            f"{count} problem{'' if count == 1 else 's'} found; nothing was stored. "
            "Correct the file, or import the rest with --skip-refused."
        )
