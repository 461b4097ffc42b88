"""Every page of the service: its address, its methods, the roles that may come in. One table, tested whole.

Row security decides which schools' cases an officer sees at all; a page of another school's answers as if
there were none. Nothing in an address says anything about a pupil.
"""

from casework.actions.access import MAY, SCHOOL, Act
from casework.domain import Role
from casework.web.guard import SIGNED_IN, Handler, Page
from casework.web.pages import (
    account,
    acts,
    case,
    caseload,
    copies,
    dsl,
    families,
    flows,
    handing_over,
    heads,
    la_desk,
    letters,
    outbox,
    oversight,
    packs,
    plans,
    runs,
    schools,
    signing,
    staff,
    steps,
    today,
    together,
    wordings,
)

ANYBODY = None
EVERYBODY = SIGNED_IN
STAFF = SCHOOL | {Role.TRUST_ATTENDANCE_LEAD}
READERS = MAY[Act.READ_CASES]
GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")


def _recordings() -> tuple[Page, ...]:
    return tuple(
        Page(
            f"record {act.path}", f"/cases/{{case_ref}}/record/{act.path}", BOTH, act.roles, acts.handler(act)
        )
        for act in acts.ACTS.values()
    )


def _letter(name: str, handler: Handler, act: Act) -> Page:
    return Page(f"letter {name}", f"/letters/{{document_id}}/{name}", POST, MAY[act], handler)


def _pack(name: str, handler: Handler, act: Act) -> Page:
    return Page(f"pack {name}", f"/cases/{{case_ref}}/packs/{{pack_id}}/{name}", POST, MAY[act], handler)


def _run(name: str, handler: Handler) -> Page:
    return Page(f"letter run {name}", f"/runs/{{run_id}}/{name}", POST, MAY[Act.ISSUE_LETTERS], handler)


def _person(name: str, handler: Handler) -> Page:
    return Page(f"person {name}", f"/people/{{officer_id}}/{name}", POST, MAY[Act.ADMINISTER], handler)


def _message(name: str, handler: Handler) -> Page:
    return Page(f"message {name}", f"/messages/{{message_id}}/{name}", POST, MAY[Act.ADMINISTER], handler)


PAGES: tuple[Page, ...] = (
    Page("sign in", "/sign-in", BOTH, ANYBODY, signing.sign_in),
    Page("sign in with service", "/sign-in/service", GET, ANYBODY, signing.service),
    Page("service back", "/sign-in/service/back", GET, ANYBODY, signing.service_back),
    Page("sign in code", "/sign-in/code", BOTH, ANYBODY, signing.code),
    Page("sign out", "/sign-out", POST, EVERYBODY, signing.sign_out),
    Page("account", "/account", GET, EVERYBODY, account.account),
    Page("password", "/account/password", BOTH, EVERYBODY, account.password),
    Page("authenticator", "/account/authenticator", BOTH, EVERYBODY, account.authenticator),
    Page("other browsers", "/account/other-browsers", POST, EVERYBODY, account.other_browsers),
    Page("calendar address", "/account/calendar", POST, EVERYBODY, account.calendar_address),
    Page("calendar", "/calendars/{secret}", GET, ANYBODY, account.calendar),
    Page("flows", "/flows", GET, MAY[Act.ADMINISTER], flows.flows),
    Page("messages", "/messages", GET, MAY[Act.ADMINISTER], outbox.listed),
    _message("again", outbox.again),
    _message("give-up", outbox.give_up),
    Page("message families", "/schools/{urn}/messages", POST, MAY[Act.WRITE_CASES], outbox.families),
    Page("import", "/imports/{import_id}", GET, MAY[Act.ADMINISTER], staff.imported),
    Page("people", "/people", GET, MAY[Act.ADMINISTER], staff.listed),
    Page("add person", "/people/add", BOTH, MAY[Act.ADMINISTER], staff.add),
    Page("person", "/people/{officer_id}", GET, MAY[Act.ADMINISTER], staff.person),
    _person("role", staff.role),
    _person("end-role", staff.end_role),
    _person("password", staff.password),
    _person("authenticator", staff.authenticator),
    _person("unlock", staff.unlock),
    _person("bar", staff.bar),
    _person("let-in", staff.let_in),
    Page("today", "/", GET, EVERYBODY, today.today),
    Page("figures", "/figures", GET, MAY[Act.READ_FIGURES] - {Role.EWO}, today.figures),
    Page("referrals", "/referrals", GET, frozenset({Role.EWO}), today.referrals),
    Page("penalty ledger", "/la/ledger", GET, MAY[Act.ANSWER_REFERRALS], la_desk.ledger),
    Page("payments", "/la/payments", BOTH, MAY[Act.ANSWER_REFERRALS], la_desk.payments_file),
    Page("limits", "/la/limits", GET, MAY[Act.ANSWER_REFERRALS], la_desk.limits),
    Page("objections", "/la/objections", GET, MAY[Act.ANSWER_REFERRALS], la_desk.objections),
    Page("support meetings", "/la/meetings", BOTH, MAY[Act.ANSWER_REFERRALS], la_desk.meetings),
    Page("caseload", "/caseload", GET, STAFF, caseload.caseload),
    Page("caseload export", "/caseload.csv", GET, STAFF, caseload.export),
    Page("saved views", "/caseload/views", POST, STAFF, caseload.saved),
    Page("hand over", "/hand-over", BOTH, MAY[Act.OWN_CASES], handing_over.hand_over),
    Page("oversight", "/oversight", GET, MAY[Act.OVERSEE], oversight.oversight),
    Page("draw audit", "/audits", POST, MAY[Act.OVERSEE], oversight.draw),
    Page("audit", "/audits/{audit_id}", GET, MAY[Act.OVERSEE], oversight.audit),
    Page("audit file", "/audits/{audit_id}/{case_ref}", BOTH, MAY[Act.OVERSEE], oversight.audit_file),
    Page("search", "/search", BOTH, STAFF, caseload.search),
    Page("triage", "/schools/{urn}/triage", BOTH, MAY[Act.TRIAGE], schools.triage_list),
    Page("calls", "/schools/{urn}/calls", GET, SCHOOL, schools.calls),
    Page("calls together", "/schools/{urn}/calls/together", BOTH, MAY[Act.WRITE_CASES], together.calls),
    Page("call", "/schools/{urn}/calls/{mark}", BOTH, MAY[Act.WRITE_CASES], schools.call),
    Page("letterhead", "/schools/{urn}/letterhead", BOTH, MAY[Act.APPROVE_LETTERS], schools.letterhead),
    Page("desk", "/desk", GET, MAY[Act.CHECK_SCHOOL], heads.desk),
    Page("delegations", "/schools/{urn}/delegations", BOTH, MAY[Act.DELEGATE], heads.handed_on),
    Page("take back", "/schools/{urn}/delegations/take-back", POST, MAY[Act.DELEGATE], heads.take_back),
    Page("overrides", "/schools/{urn}/overrides", GET, MAY[Act.CHECK_SCHOOL], heads.set_aside),
    Page("coding list", "/schools/{urn}/coding", GET, MAY[Act.CHECK_SCHOOL], heads.coding_list),
    Page("leave", "/schools/{urn}/leave", BOTH, MAY[Act.KEEP_PLANS], plans.leave_list),
    Page("decide leave", "/schools/{urn}/leave/{request}", BOTH, MAY[Act.DECIDE_LEAVE], plans.decide_leave),
    Page("part-time", "/schools/{urn}/part-time", BOTH, MAY[Act.KEEP_PLANS], plans.part_time),
    Page(
        "end part-time",
        "/schools/{urn}/part-time/{timetable}",
        BOTH,
        MAY[Act.KEEP_PLANS],
        plans.end_part_time,
    ),
    Page("leavers", "/schools/{urn}/leavers", GET, MAY[Act.KEEP_PLANS], plans.leaver_list),
    Page("leaver", "/schools/{urn}/leavers/{mark}", BOTH, MAY[Act.KEEP_PLANS], plans.leaver),
    Page("case", "/cases/{case_ref}", GET, READERS, case.case),
    Page("what if", "/cases/{case_ref}/what-if", BOTH, READERS, case.what_if),
    Page("family stop", "/cases/{case_ref}/family", BOTH, MAY[Act.STOP_FAMILY], families.family),
    Page("story", "/cases/{case_ref}/story", GET, MAY[Act.CHECK_SCHOOL], families.story),
    Page("received file", "/cases/{case_ref}/received/{item_id}", GET, READERS, case.received),
    Page("packs", "/cases/{case_ref}/packs", GET, READERS, packs.packs),
    Page("packs make", "/cases/{case_ref}/packs/make", POST, MAY[Act.WRITE_CASES], packs.make),
    Page("packs release", "/cases/{case_ref}/packs/release", POST, MAY[Act.WRITE_SEALED], packs.release),
    Page("pack", "/cases/{case_ref}/packs/{pack_id}", GET, READERS, packs.pack),
    _pack("answer", packs.answer, Act.WRITE_CASES),
    _pack("submit", packs.submit, Act.ISSUE_LETTERS),
    _pack("returned", packs.returned, Act.WRITE_CASES),
    _pack("redact", packs.redact, Act.WRITE_CASES),
    Page("pack file", "/cases/{case_ref}/packs/{pack_id}/{name}", GET, READERS, packs.file),
    Page("copy", "/cases/{case_ref}/copy", BOTH, MAY[Act.GIVE_COPIES], copies.copy),
    Page(
        "DSL file", "/cases/{case_ref}/child-protection", BOTH, MAY[Act.READ_SEALED], copies.child_protection
    ),
    Page(
        "DSL file archive",
        "/cases/{case_ref}/child-protection.zip",
        GET,
        MAY[Act.READ_SEALED],
        copies.child_protection_file,
    ),
    *_recordings(),
    Page("step", "/cases/{case_ref}/steps/{step}", BOTH, READERS, steps.step),
    Page("sealed", "/cases/{case_ref}/sealed", GET, MAY[Act.READ_SEALED], dsl.sealed),
    Page("letters", "/letters", GET, STAFF, letters.letter_list),
    Page("letters together", "/letters/together", POST, MAY[Act.ISSUE_LETTERS], letters.approve_several),
    Page("letters sent", "/letters/sent", POST, MAY[Act.ISSUE_LETTERS], together.sent),
    Page("letter", "/letters/{document_id}", GET, READERS, letters.letter),
    Page("letter file", "/letters/{document_id}/file", GET, READERS, letters.download),
    _letter("fill", letters.fill, Act.READ_CASES),
    _letter("edit", letters.edit, Act.WRITE_CASES),
    _letter("approve", letters.approve, Act.READ_CASES),
    _letter("issue", letters.issue, Act.READ_CASES),
    _letter("serve", letters.serve, Act.READ_CASES),
    _letter("returned", letters.returned, Act.ISSUE_LETTERS),
    _letter("withdraw", letters.withdraw, Act.ISSUE_LETTERS),
    Page("letter runs", "/runs", GET, STAFF, runs.runs),
    Page("letter run begin", "/schools/{urn}/runs", BOTH, MAY[Act.ISSUE_LETTERS], runs.begin),
    Page("letter run", "/runs/{run_id}", GET, STAFF, runs.run),
    _run("tick", runs.tick),
    _run("go", runs.go),
    _run("stop", runs.stop),
    Page("letter run print", "/runs/{run_id}/print", GET, MAY[Act.ISSUE_LETTERS], runs.to_print),
    Page("wordings", "/schools/{urn}/wordings", GET, MAY[Act.SET_WORDING], wordings.every),
    Page("wording", "/schools/{urn}/wordings/{template}", BOTH, MAY[Act.SET_WORDING], wordings.one),
    Page(
        "wording ours", "/schools/{urn}/wordings/{template}/ours", POST, MAY[Act.SET_WORDING], wordings.ours
    ),
    Page("wording file", "/schools/{urn}/wordings/{template}/file", GET, MAY[Act.SET_WORDING], wordings.file),
    Page("concerns", "/concerns", GET, MAY[Act.READ_STAFF_CONCERNS], dsl.concerns),
    Page("concern", "/cases/{case_ref}/concerns", GET, MAY[Act.READ_STAFF_CONCERNS], dsl.concern),
    Page("safeguarding", "/safeguarding", GET, MAY[Act.READ_SEALED], dsl.queue),
)
