"""The case page beyond today: as it stood on a day, what would follow, brothers and sisters."""

import pytest

from tests.web.conftest import SignIn
from tests.web.world import World


def test_a_past_day_shows_what_was_known_then_and_takes_no_entry(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")
    case = f"/cases/{still.case_ref}"

    then = browser.get(f"{case}?on=2026-11-16")

    assert "As it stood and was known on Monday 16 November 2026" in then.main
    assert "He is afraid of the bus" not in then.main
    assert "No letter has been drafted" in then.main
    assert not [link for link in then.links() if "/record/" in link]
    now = browser.get(case)
    assert "He is afraid of the bus" in now.main
    assert [link for link in now.links() if "/record/" in link]


@pytest.mark.parametrize(
    "on", ["2026-11-15", "2027-01-01", "yesterday"], ids=["before it was opened", "to come", "no day"]
)
def test_a_day_without_a_case_is_not_there_and_one_to_come_is_today(
    still: World, browse: SignIn, on: str
) -> None:
    page = browse(still, "pastoral").get(f"/cases/{still.case_ref}?on={on}")

    assert page.status == (404 if on == "2026-11-15" else 200)
    assert "As it stood" not in page.main


def test_what_if_says_when_the_number_is_reached_and_records_nothing(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")
    path = f"/cases/{still.sibling_ref}/what-if"
    before = browser.get(f"/cases/{still.sibling_ref}").main.count("#")
    until = {"until-day": "27", "until-month": "11", "until-year": "2026"}

    absent = browser.send(browser.get(path), {"suppose": "absent", **until}, action=path)
    present = browser.send(browser.get(path), {"suppose": "present", **until}, action=path)
    past = browser.send(browser.get(path), {"suppose": "absent", **until, "until-day": "2"}, action=path)

    assert "10 further sessions missed" in absent.main
    assert "0 further sessions missed" in present.main
    assert past.status == 422
    assert browser.get(f"/cases/{still.sibling_ref}").main.count("#") == before


def test_brothers_and_sisters_are_those_of_schools_one_works_for(still: World, browse: SignIn) -> None:
    page = browse(still, "pastoral").get(f"/cases/{still.case_ref}")

    assert f"/cases/{still.sibling_ref}" in page.links()
    assert "Jory" not in page.main
