"""What passes between a school and its LA on pages: shared, accepted, sent back; and nothing besides."""

from tests.web.browser import Browser
from tests.web.conftest import SignIn
from tests.web.world import World

LISTING = {"listed_for": "targeting_support_meeting", "why": "To agree a lead practitioner."}


def list_case(browser: Browser, ref: str) -> None:
    path = f"/cases/{ref}/record/list"
    sent = browser.send(browser.get(path), LISTING, action=path)
    assert sent.location == f"/cases/{ref}"


def test_a_case_is_not_there_for_the_la_until_it_is_put_before_it(world: World, browse: SignIn) -> None:
    school, ewo, other = (browse(world, who) for who in ("pastoral", "ewo", "other-ewo"))
    case = f"/cases/{world.case_ref}"
    assert ewo.client.get(case).status_code == 404
    assert "No case is on a list" in ewo.get("/").main

    list_case(school, world.case_ref)

    assert "To agree a lead practitioner" in ewo.get("/").main
    assert ewo.get(case).heading == "Robin Fennimore"
    assert other.client.get(case).status_code == 404
    assert ewo.client.get(f"/cases/{world.sibling_ref}").status_code == 404
    assert "Fennimore" not in other.get("/").main


def test_the_la_is_not_shown_what_the_school_writes_for_itself(world: World, browse: SignIn) -> None:
    school, ewo = browse(world, "pastoral"), browse(world, "ewo")
    path = f"/cases/{world.sibling_ref}/record/note"
    school.send(school.get(path), {"text": "Mother was tearful in the corridor."}, action=path)
    list_case(school, world.sibling_ref)

    page = ewo.get(f"/cases/{world.sibling_ref}").main

    assert "tearful" not in page
    assert "safeguarding flag" not in page.lower()
    assert ewo.client.get(f"/cases/{world.sibling_ref}/sealed").status_code == 403
    assert ewo.client.get(path).status_code == 403


def test_an_la_with_nothing_to_answer_is_told_so(world: World, browse: SignIn) -> None:
    school, ewo = browse(world, "pastoral"), browse(world, "ewo")
    list_case(school, world.case_ref)
    for act in ("accept", "return", "posted", "paid", "withdraw-notice"):
        page = ewo.get(f"/cases/{world.case_ref}/record/{act}")

        assert page.status == 422
        assert "this case has none to choose from" in page.main


def put_missing(world: World, browse: SignIn) -> None:
    """A missing child report, which any school officer makes and the LA answers."""
    school = browse(world, "head")
    path = f"/cases/{world.case_ref}/steps/cme_report"
    page = school.get(path)
    answers = {"answer": "take", "reasons": "Nobody has seen him at the address."}
    assert page.tree is not None
    for name in page.tree.xpath("//main//form//input[@type='radio']/@name"):
        if name != "answer":
            answers.setdefault(name, page.tree.xpath(f"//input[@name='{name}']/@value")[0])
    for area in page.tree.xpath("//main//form//textarea/@name | //main//form//input[@type='text']/@name"):
        answers.setdefault(
            area,
            "20"
            if area.endswith("day")
            else "11"
            if area.endswith("month")
            else "2026"
            if area.endswith("year")
            else "asked and not known",
        )
    check = school.send(page, answers, action=path)
    assert check.heading.startswith("Check"), check.main[:600]
    done = school.send(check, {"go": "record"}, action=path)
    assert done.location == f"/cases/{world.case_ref}", done.main[:600]


def test_the_la_sends_a_report_back_with_reasons_and_the_school_sees_them(
    world: World, browse: SignIn
) -> None:
    put_missing(world, browse)
    ewo = browse(world, "ewo")
    page = ewo.get("/")
    assert "Waiting for an answer" in page.main
    path = f"/cases/{world.case_ref}/record/return"
    form = ewo.get(path)
    assert form.tree is not None
    what = form.tree.xpath("//input[@name='what']/@value")[0]

    wrong = ewo.send(form, {"what": what, "reasons": "  "}, action=path)
    assert wrong.status == 422
    sent = ewo.send(
        form, {"what": what, "reasons": "The address is not whole.\nNo last sighting."}, action=path
    )

    assert sent.location == f"/cases/{world.case_ref}"
    today = browse(world, "pastoral").get("/").main
    assert "Returned by the local authority" in today
    assert "The address is not whole." in today
    assert "Waiting for an answer" not in ewo.get("/").main
