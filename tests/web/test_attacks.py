"""Attacks on pages: others' cases by any door, script in what people write, tricks in paths and files."""

import pytest

from tests.web.browser import Browser
from tests.web.conftest import SignIn
from tests.web.world import NORTH, World

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def csrf(browser: Browser) -> str:
    cookie = browser.client.cookies["casework"]
    return str(browser.client.app.state.site.cookies.form_token(cookie))  # type: ignore[attr-defined]


def test_what_people_write_is_shown_and_never_run(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    path = f"/cases/{world.case_ref}/record/note"
    browser.send(browser.get(path), {"text": SCRIPT}, action=path)
    task = f"/cases/{world.case_ref}/record/task"
    due = {"due_on-day": "20", "due_on-month": "11", "due_on-year": "2026"}
    browser.send(browser.get(task), {"title": SCRIPT, **due}, action=task)

    for page in (browser.get(f"/cases/{world.case_ref}"), browser.get("/")):
        assert page.tree is not None
        assert not page.tree.xpath("//script[not(@src)] | //img | //@onerror")
        assert "alert(1)" in page.main


@pytest.mark.parametrize("act", ["note", "close", "owner", "list", "staff-concern", "call"])
def test_another_schools_case_takes_no_entry_by_a_form_that_is_ours(
    world: World, browse: SignIn, act: str
) -> None:
    browser = browse(world, "head")
    sent = {"csrf": csrf(browser), "text": "Mine", "reason": "Mine", "officer": "head", "keep": "yes"}

    answer = browser.client.post(f"/cases/{world.other_ref}/record/{act}", data=sent)

    assert answer.status_code == 404
    assert "Penrose" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/letters/..%2f..%2f..%2fetc%2fpasswd/file",
        "/cases/{ref}/received/..%2f..%2fsecret",
        "/static/..%2f..%2fpyproject.toml",
        "/static/%2e%2e/%2e%2e/app.py",
        "/cases/{ref}%00/received/R1",
        "/cases/{ref}'%20or%20'1'='1",
    ],
)
def test_tricks_in_a_path_lead_nowhere(still: World, browse: SignIn, path: str) -> None:
    answer = browse(still, "pastoral").client.get(path.format(ref=still.case_ref))

    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "hatchling" not in answer.text


def test_search_takes_every_sign_as_a_sign(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")
    for words in ("%", "_", "\x00", "' or 1=1 --", "\\", "x" * 5_000):
        page = browser.send(browser.get("/search"), {"words": words}, action="/search")

        assert page.status in (200, 422), words
        assert "Penrose" not in page.main


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("photo.jpg", b"MZ\x90\x00 a program", id="a program called a photo"),
        pytest.param("page.pdf", b"<html><script>alert(1)</script>", id="a page called a PDF"),
        pytest.param("letter.docx", b"PK\x03\x04 broken", id="a broken archive called a letter"),
    ],
)
def test_a_file_is_what_its_bytes_say(still: World, browse: SignIn, name: str, content: bytes) -> None:
    browser = browse(still, "pastoral")
    path = f"/cases/{still.case_ref}/record/received"
    answers = {"item": "other", "from_whom": "Somebody"}

    page = browser.send(
        browser.get(path), answers, action=path, files={"file": (name, content, "image/jpeg")}
    )

    assert page.status == 422
    assert "must be a PDF" in page.main


def test_a_form_without_end_is_refused(still: World, browse: SignIn) -> None:
    browser = browse(still, "pastoral")
    many = {f"field{n}": "x" for n in range(3_000)} | {"csrf": csrf(browser)}

    answer = browser.client.post("/search", data=many)

    assert answer.status_code == 400


def test_a_school_that_is_not_ones_own_lists_nothing_whatever_the_filter_says(
    still: World, browse: SignIn
) -> None:
    browser = browse(still, "pastoral")
    for path in ("/caseload?school=100002", "/caseload.csv?school=100002", "/caseload?owner=elsewhere"):
        assert "Penrose" not in browser.client.get(path).text
    assert browser.client.get("/schools/100002/calls").status_code == 404
    assert browser.client.get(f"/schools/{NORTH}/calls").status_code == 200
