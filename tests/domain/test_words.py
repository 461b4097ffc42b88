"""Every kind of event has its sentence, and no sentence gives sealed matter away."""

from datetime import date

import pytest

from casework.domain import events as e
from casework.domain import words

ON = date(2026, 10, 5)
PLACE = {"case_ref": "C-2026-100001-0001", "on": ON, "by": "o-1"}

STEPS_AND_BASES = {e.Step}


@pytest.mark.parametrize("event_class", [c for c in e.EVENTS.values() if c not in STEPS_AND_BASES])
def test_every_class_has_a_sentence(event_class):
    assert event_class in words._SENTENCES


def test_no_sentence_is_left_for_a_class_that_is_gone():
    assert set(words._SENTENCES) <= set(e.EVENTS.values())


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        pytest.param(
            e.ContactRecorded(**PLACE, method="visit", outcome="seen", parent_id="P1", child_seen=False),
            "Visit with parent P1: seen, child not seen.",
            id="a visit that met only a parent",
        ),
        pytest.param(
            e.ContactRecorded(**PLACE, method="call", outcome="no_answer"),
            "Call: no answer.",
            id="a call nobody took",
        ),
        pytest.param(
            e.SupportOffered(**PLACE, offer_id="s1", barrier="transport", offer="bus_pass", parent_id="P1"),
            "Support offered to parent P1: bus pass against transport.",
            id="support",
        ),
        pytest.param(
            e.NoticeToImproveIssued(
                **PLACE,
                parent_id="P1",
                reasons="",
                issued_on=ON,
                period_from=ON,
                period_to=date(2026, 11, 15),
            ),
            "Notice to improve issued on 5 October 2026 for parent P1, "
            "improvement period 5 October 2026 to 15 November 2026.",
            id="a notice to improve",
        ),
        pytest.param(
            e.PenaltyNoticePaid(**PLACE, notice_id="N1", amount_pence=8050, paid_on=ON),
            "Penalty notice N1 paid on 5 October 2026: £80.50.",
            id="pounds and pence",
        ),
        pytest.param(
            e.HoldPlaced(**PLACE, hold_id="h1", scope="letters", review_on=ON, parent_id="P2"),
            "Held by the DSL for parent P2: letters, to be reviewed by 5 October 2026.",
            id="a hold shows its scope and its day",
        ),
    ],
)
def test_sentences(event, sentence):
    assert words.describe(event) == sentence


def test_safeguarding_sentences_hold_no_detail():
    flag = e.SafeguardingFlagged(**PLACE, flag="going_missing", sealed_id="S-1")
    review = e.DslReviewed(**PLACE, flag="going_missing", outcome="a plan of help", sealed_id="S-2")

    shown = [text for event in (flag, review) for text in (words.describe(event), *words.said(event))]

    assert not [text for text in shown if "missing" in text or "S-" in text or "plan" in text]


def test_free_text_is_kept_out_of_the_sentence_and_given_apart():
    note = e.NoteAdded(**PLACE, text="Grandmother collects on Fridays")

    assert words.describe(note) == "Note added."
    assert words.said(note) == ("Grandmother collects on Fridays",)
