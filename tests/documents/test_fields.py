"""From a case to a letter's fields: one parent, one pupil, sums that add up."""

from dataclasses import replace
from datetime import date

import pytest

from casework.documents import Letters, contents, fields, missing
from casework.documents.errors import CannotAddress, DoesNotReconcile, NamesAnotherParent
from casework.documents.fields import Attendance
from tests.documents import samples, word
from tests.documents.samples import ATTENDANCE, ON, OTHER, PARENT, PUPIL, TO
from tests.documents.test_letters import FOLDER

LETTERS = Letters(FOLDER)


def concern(to: fields.To = TO, **said: object) -> fields.Fields:
    given = {"offers": ["A talk"], "review_on": ON, **said}
    return fields.concern_letter(to, ATTENDANCE, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parent", "says"),
    [
        pytest.param(
            replace(PARENT, contact_allowed=False), "Contact with them is not allowed", id="not allowed"
        ),
        pytest.param(replace(PARENT, postcode=""), "They have not got a postcode", id="no postcode"),
        pytest.param(
            replace(PARENT, address_1=" ", town=""),
            "a first line of address and a town",
            id="no street, no town",
        ),
        pytest.param(replace(PARENT, surname=""), "a name", id="no name"),
    ],
)
def test_a_letter_that_cannot_be_addressed(parent, says):
    with pytest.raises(CannotAddress, match=says) as refused:
        concern(replace(TO, parent=parent))
    assert "Amira" not in str(refused.value)


def test_contact_that_nobody_has_ruled_on_is_allowed():
    assert (
        concern(replace(TO, parent=replace(PARENT, contact_allowed=None)))["parent_name"] == "Ms Amira Okafor"
    )


@pytest.mark.parametrize(
    ("typed", "detail"),
    [
        pytest.param("Call his father on 01632960222.", "telephone number", id="telephone, closed up"),
        pytest.param("Post goes to EH98zz now.", "postcode", id="postcode"),
        pytest.param("She sleeps at FLAT 2 77 Quay Road.", "address", id="address, other commas"),
        pytest.param("Daniel  Brandt said the bus was late.", "name", id="name"),
        pytest.param("Write to D.Brandt@example.org", "email address", id="email"),
    ],
)
@pytest.mark.parametrize("where", ["noticed", "offers"])
def test_another_parents_details_are_refused_wherever_they_stand(typed, detail, where):
    with pytest.raises(NamesAnotherParent) as refused:
        concern(**{where: [typed] if where == "offers" else typed})
    assert (refused.value.field, refused.value.detail) == (where, detail)
    assert "Brandt" not in str(refused.value)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(OTHER, address_1=PARENT.address_1, postcode=PARENT.postcode), id="one home"),
        pytest.param(replace(OTHER, phone=PARENT.phone), id="one telephone"),
        pytest.param(replace(OTHER, forename="Zoë", surname="Okafor"), id="the pupil's own name"),
        pytest.param(replace(OTHER, forename="Rob", surname="Inson"), id="part of another word"),
    ],
)
def test_what_both_share_may_stand(other):
    to = replace(TO, others=(other,))
    assert concern(to, noticed="Mrs Robinson asked.")["noticed"] == "Mrs Robinson asked."


def test_each_parent_has_a_letter_of_their_own():
    hers = word.text(LETTERS.render("concern_letter", concern()).content)
    his = word.text(
        LETTERS.render("concern_letter", concern(replace(TO, parent=OTHER, others=(PARENT,)))).content
    )

    assert "Dear Ms Okafor" in hers
    assert "Dear Mr Brandt" in his
    for own, other in ((hers, OTHER), (his, PARENT)):
        assert not [
            d for d in (other.address_1, other.postcode, other.phone, other.email, other.name) if d in own
        ]


@pytest.mark.parametrize(
    ("pupil", "first"),
    [
        pytest.param(replace(PUPIL, known_as="Zo"), "Zo", id="known as"),
        pytest.param(PUPIL, "Zoë", id="forename"),
        pytest.param(replace(PUPIL, forename=""), "Okafor", id="no known forename"),
    ],
)
def test_the_pupil_is_called_what_they_are_called(pupil, first):
    assert concern(replace(TO, pupil=pupil))["pupil_first"] == first


@pytest.mark.parametrize(
    ("language", "noted"),
    [("", ""), ("English", ""), ("ENG", ""), ("Polish", "Polish")],
    ids=["not known", "english", "english by code", "polish"],
)
def test_only_another_language_is_noted(language, noted):
    assert concern(replace(TO, parent=replace(PARENT, language=language)))["language"] == noted


@pytest.mark.parametrize(
    ("year_group", "words"), [("9", "Year 9"), ("R", "Reception"), ("N2", "Nursery"), ("", "")], ids=repr
)
def test_year_groups(year_group, words):
    assert fields.year_in_words(year_group) == words


def test_sessions_must_add_up():
    with pytest.raises(DoesNotReconcile, match="84 attended, 4 authorised and 11 not make 99, not 100"):
        Attendance(date(2026, 9, 7), date(2026, 11, 20), 100, 84, 4, 11)


NOTICE = samples.letters()["notice_to_improve"]


def test_a_notice_lists_as_many_sessions_as_it_counts():
    with pytest.raises(DoesNotReconcile, match="12 are counted as unauthorised and 11 are listed"):
        _notice(samples.sessions(11))
    outside = [
        *samples.sessions(11),
        replace(samples.sessions(1)[0], session=samples.Session(ON, samples.Half.AM)),
    ]
    with pytest.raises(DoesNotReconcile, match="lies outside the period"):
        _notice(outside)


@pytest.mark.parametrize(
    ("previous", "amount", "reduced"),
    [
        pytest.param(0, 16000, 8000, id="a first notice"),
        pytest.param(1, 16000, None, id="a second has no reduction"),
    ],
)
def test_the_amounts_are_those_of_the_parents_next_notice(previous, amount, reduced):
    made = _notice(samples.sessions(12), previous)

    assert (made["amount"], made["reduced_amount"]) == (amount, reduced)
    said = word.text(LETTERS.render("notice_to_improve", made).content)
    assert ("£80" in said) == (reduced is not None)
    assert ("you have been sent 1 penalty notice" in said) == (previous == 1)


def _notice(sessions, previous=0):
    return fields.notice_to_improve(
        TO, ATTENDANCE, sessions, [fields.Offer(ON, "A talk", "Mrs Nair", "Declined")], ["A talk"], ON,
        date(2027, 1, 15), 25, "No more.", "If 3 are missed.", 10, 10, samples.AMOUNTS,
        "Larkshire Council", (), previous,
    )  # fmt: skip


def test_a_notice_to_improve_says_all_eight_things():
    assert [said for _, said in contents("notice_to_improve", NOTICE)] == [True] * 8


@pytest.mark.parametrize(
    ("left_out", "part"),
    [
        ("sessions", 0),
        ("support", 2),
        ("further_support", 3),
        ("amount", 4),
        ("improve_to", 5),
        ("improvement_test", 6),
        ("early_grounds", 7),
    ],
)
def test_a_notice_that_leaves_one_out_is_incomplete(left_out, part):
    less = {key: value for key, value in NOTICE.items() if key != left_out}

    assert [n for n, (_, said) in enumerate(contents("notice_to_improve", less)) if not said] == [part]
    assert [gap.field for gap in missing("notice_to_improve", less)] == [left_out]


def test_a_warning_about_leave_says_all_it_must():
    assert all(said for _, said in contents("leave_warning", samples.letters()["leave_warning"]))
