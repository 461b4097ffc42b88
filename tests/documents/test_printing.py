"""How values are printed."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.documents import Kind, printing
from casework.documents.declared import Audience, Field, Origin, Template
from tests.documents.samples import LONDON


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        pytest.param(0, "session", "0 sessions", id="none"),
        pytest.param(1, "session", "1 session", id="one is not plural"),
        pytest.param(2, "session", "2 sessions", id="two"),
        pytest.param(1, "school week", "1 school week", id="one week"),
        pytest.param(1000, "session", "1,000 sessions", id="a thousand"),
    ],
)
def test_counts(number: int, unit: str, words: str):
    assert printing.count(number, unit) == words


@pytest.mark.parametrize(
    ("sessions", "words"),
    [
        pytest.param(0, "0 school days", id="none"),
        pytest.param(1, "half a school day", id="one session"),
        pytest.param(2, "1 school day", id="one day"),
        pytest.param(3, "1 and a half school days", id="one and a half"),
        pytest.param(12, "6 school days", id="six days"),
    ],
)
def test_sessions_as_days(sessions: int, words: str):
    assert printing.school_days(sessions) == words


@pytest.mark.parametrize(
    ("attended", "possible", "words"),
    [
        pytest.param(84, 100, "84%", id="whole"),
        pytest.param(2249, 2500, "89.9%", id="89.96 is not printed as 90"),
        pytest.param(9, 10, "90%", id="ninety"),
        pytest.param(1, 3, "33.3%", id="a third"),
        pytest.param(0, 0, "0%", id="nothing possible"),
        pytest.param(7, 7, "100%", id="all"),
    ],
)
def test_percentages_never_round_up(attended: int, possible: int, words: str):
    assert printing.percent(attended, possible) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        pytest.param(
            datetime(2026, 10, 5, 9, 30, tzinfo=LONDON), "Monday 5 October 2026 at 9:30am", id="morning"
        ),
        pytest.param(
            datetime(2026, 10, 5, 12, 0, tzinfo=LONDON), "Monday 5 October 2026 at midday", id="midday"
        ),
        pytest.param(
            datetime(2026, 10, 5, 12, 5, tzinfo=LONDON), "Monday 5 October 2026 at 12:05pm", id="after"
        ),
        pytest.param(
            datetime(2026, 10, 5, 0, 5, tzinfo=LONDON), "Monday 5 October 2026 at 12:05am", id="night"
        ),
        pytest.param(
            datetime(2026, 10, 5, 15, 0, tzinfo=LONDON), "Monday 5 October 2026 at 3pm", id="on the hour"
        ),
    ],
)
def test_moments(at: datetime, words: str):
    assert printing.moment(at) == words


def test_days_and_money():
    assert printing.day(date(2026, 10, 5)) == "Monday 5 October 2026"
    assert printing.short_day(date(2026, 10, 5)) == "Mon 5 Oct 2026"
    assert [printing.money(pence) for pence in (16000, 8050, 250000)] == ["£160", "£80.50", "£2,500"]
    assert printing.listed(["a town"]) == "a town"
    assert printing.listed(["a name", "a town", "a postcode"]) == "a name, a town and a postcode"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("a\x00b\x07c\x1bd", "abcd", id="control characters"),
        pytest.param("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour", id="every line break"),
        pytest.param("a\tb", "a    b", id="a tab"),
        pytest.param("  spaced \n", "spaced", id="edges"),
        pytest.param("a\ud83d b\ufffe", "a b", id="half a character"),
        pytest.param("O’Brien, Zoë, 李, שלום, 😀", "O’Brien, Zoë, 李, שלום, 😀", id="names of all kinds"),
    ],
)
def test_what_is_typed_is_kept_and_what_cannot_be_printed_is_not(typed: str, kept: str):
    assert printing.clean(typed) == kept


@given(st.text())
def test_cleaned_text_is_clean(typed: str):
    once = printing.clean(typed)
    assert printing.clean(once) == once
    assert all(char == "\n" or ord(char) >= 32 for char in once)


def _one_field(kind: Kind, **more: object) -> Template:
    field = Field("thing", kind, Origin.PERSON, "the form", **more)  # type: ignore[arg-type]
    return Template("test", "Test letter", Audience.INTERNAL, (field,))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(Kind.TEXT, 7, id="a number for a text"),
        pytest.param(Kind.DAY, "2026-10-05", id="a text for a date"),
        pytest.param(Kind.DAY, datetime(2026, 10, 5, tzinfo=LONDON), id="a time for a date"),
        pytest.param(Kind.COUNT, True, id="yes for a count"),
        pytest.param(Kind.COUNT, -1, id="less than none"),
        pytest.param(Kind.COUNT, 1.5, id="a part of a session"),
        pytest.param(Kind.LINES, "one text", id="one text for several"),
        pytest.param(Kind.LINES, [1], id="numbers for texts"),
        pytest.param(Kind.ROWS, ["row"], id="texts for rows"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Kind, value: object):
    with pytest.raises(printing.WrongFields, match="'Thing' should be"):
        printing.printed(_one_field(kind), {"thing": value})


@pytest.mark.parametrize("blank", [None, "", " \n", "\x00", [], [""]], ids=repr)
def test_blank_is_missing(blank: object):
    kind = Kind.LINES if isinstance(blank, list) else Kind.TEXT
    with pytest.raises(printing.MissingFields, match="Thing: enter it in the form"):
        printing.printed(_one_field(kind), {"thing": blank})


def test_nothing_counted_is_not_missing():
    assert printing.printed(_one_field(Kind.COUNT, unit="session"), {"thing": 0}) == {"thing": "0 sessions"}
