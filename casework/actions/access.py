"""Which roles may do what: one table, asked by every action whichever way it was reached.

Row security decides which schools' cases an officer sees at all; this table, what they may do there.
"""

from enum import StrEnum

from casework.domain import ENGINE, NotAllowed, Officer, Role
from casework.storage.row_access import ROWS as ROWS

PASTORAL = frozenset({Role.PASTORAL_LEAD, Role.ATTENDANCE_OFFICER})
LEADERS = frozenset({Role.HEADTEACHER, Role.AUTHORISED_OFFICER})
SCHOOL = PASTORAL | LEADERS | {Role.DSL}

LA_OFFICERS = frozenset({Role.EWO, Role.AUTHORISED_OFFICER})


class Act(StrEnum):
    """Everything an officer can ask for, in the words of a refusal: "Your roles do not let you ..."."""

    READ_CASES = "read cases"
    WRITE_CASES = "write to cases"
    OWN_CASES = "open, hand over or close cases"
    TRIAGE = "decide the first list of a school"
    APPROVE_LETTERS = "approve letters"
    ISSUE_LETTERS = "issue letters"
    SET_WORDING = "put in a school's own wording"
    OVERRIDE_GATES = "set guidance or policy aside"
    ANSWER_REFERRALS = "answer referrals for the LA"
    READ_SEALED = "read sealed notes"
    WRITE_SEALED = "review safeguarding flags"
    GIVE_COPIES = "give people a copy of their case"
    READ_STAFF_CONCERNS = "read concerns about staff"
    IMPORT_REGISTERS = "import registers"
    READ_FIGURES = "read figures"
    OVERSEE = "oversee the work of others"
    DELEGATE = "hand approvals to a colleague"
    STOP_FAMILY = "stop everything for a family"
    CHECK_SCHOOL = "check a school's register and records"
    DECIDE_LEAVE = "decide leave in term time"
    KEEP_PLANS = "keep leave requests, part-time timetables and destinations"
    ADMINISTER = "administer the installation"


MAY: dict[Act, frozenset[Role]] = {
    Act.READ_CASES: SCHOOL | {Role.EWO, Role.TRUST_ATTENDANCE_LEAD},
    Act.WRITE_CASES: SCHOOL,
    Act.OWN_CASES: PASTORAL | LEADERS | {Role.TRUST_ATTENDANCE_LEAD},
    Act.TRIAGE: PASTORAL | LEADERS,
    Act.APPROVE_LETTERS: LEADERS,
    Act.ISSUE_LETTERS: PASTORAL | LEADERS,
    Act.SET_WORDING: LEADERS | {Role.ADMINISTRATOR},
    Act.OVERRIDE_GATES: LEADERS,
    Act.ANSWER_REFERRALS: frozenset({Role.EWO}),
    Act.READ_SEALED: frozenset({Role.DSL}),
    Act.WRITE_SEALED: frozenset({Role.DSL}),
    Act.GIVE_COPIES: frozenset({Role.HEADTEACHER, Role.DSL}),
    Act.READ_STAFF_CONCERNS: frozenset({Role.HEADTEACHER}),
    Act.IMPORT_REGISTERS: PASTORAL | LEADERS | {Role.ADMINISTRATOR},
    Act.READ_FIGURES: SCHOOL | {Role.TRUST_ATTENDANCE_LEAD, Role.GOVERNOR, Role.EWO},
    Act.OVERSEE: frozenset({Role.HEADTEACHER, Role.TRUST_ATTENDANCE_LEAD}),
    Act.DELEGATE: frozenset({Role.HEADTEACHER}),
    Act.STOP_FAMILY: frozenset({Role.HEADTEACHER}),
    Act.CHECK_SCHOOL: PASTORAL | LEADERS | {Role.TRUST_ATTENDANCE_LEAD},
    Act.DECIDE_LEAVE: LEADERS,
    Act.KEEP_PLANS: PASTORAL | LEADERS,
    Act.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
}
"""No role can do everything, and an administrator reads no cases."""

ENGINE_MAY = frozenset({Act.READ_CASES, Act.READ_FIGURES, Act.IMPORT_REGISTERS})
"""The engine reads, counts and records what it found. It decides, approves and closes nothing."""


def require(officer: Officer, act: Act) -> None:
    """Refuse an officer whose roles do not include the act.

    Raises:
        NotAllowed: Naming the act and the roles that may.
    """
    if officer == ENGINE and act in ENGINE_MAY:
        return
    if not officer.holds(*MAY[act]):
        raise NotAllowed(act.value, in_words(MAY[act]))


def require_la(officer: Officer, la_code: str) -> None:
    """Refuse whoever does not act for this LA: only its own officers answer, issue, withdraw or prosecute.

    Raises:
        NotAllowed: Naming the LA whose officers may.
    """
    if not officer.holds(*LA_OFFICERS) or la_code not in officer.la_codes:
        raise NotAllowed("act for the LA", f"{in_words(LA_OFFICERS)} of LA {la_code or 'not known'}")


def in_words(roles: frozenset[Role]) -> str:
    """Roles as a sentence names them."""
    names = sorted(role.value.replace("_", " ").replace("dsl", "DSL").replace("ewo", "EWO") for role in roles)
    return "the " + " or the ".join(names)
