"""Every event comes back from its JSON as it went in."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from types import UnionType
from typing import get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain import events as e
from casework.storage import codec

ORDINARY = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
NASTY = st.sampled_from(
    ["👩‍👧 seen", "حاضر", "\u202ereversed", 'O\'Neill & "Sons" <b>', "line\nline\ttab", ""]
)


def any_of(hint):
    """Any value of an annotated type, with the texts people paste."""
    if hint is str:
        return ORDINARY | NASTY
    if hint is datetime:
        return st.datetimes(timezones=st.just(UTC))
    if get_origin(hint) is tuple:
        return st.lists(any_of(get_args(hint)[0]), max_size=3).map(tuple)
    if isinstance(hint, UnionType):
        return st.one_of(*[any_of(option) for option in get_args(hint)])
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: any_of(hints[field.name]) for field in fields(hint)})
    return st.from_type(hint)


def envelope_of(event):
    return {name: getattr(event, name) for name in codec.ENVELOPE}


@pytest.mark.parametrize("event_class", e.EVENTS.values(), ids=list(e.EVENTS))
def test_round_trip(event_class):
    @given(any_of(event_class))
    def check(event):
        stored = json.loads(json.dumps(codec.encode(event)))

        assert codec.decode(event.kind, event.version, stored, envelope_of(event)) == event

    check()


PLACE = {"case_ref": "C-2026-100001-0001", "on": date(2026, 10, 5), "by": "o-1"}


@pytest.mark.parametrize(
    ("event", "field"),
    [
        pytest.param(e.NoteAdded(**PLACE, text="a\x00b"), "text", id="NUL in a note"),
        pytest.param(e.NoteAdded(**PLACE, text="half \ud83d"), "text", id="half an emoji"),
        pytest.param(
            e.MeetingHeld(**PLACE, meeting_id="m", attended=("P1", "P\x00")),
            "attended",
            id="NUL inside a list",
        ),
        pytest.param(
            e.StepDeclined(**PLACE, reasons="", stage="x", findings=(e.FindingRecord("r", "holds", "\x00"),)),
            "findings",
            id="NUL inside a finding",
        ),
        pytest.param(e.NoteAdded(**{**PLACE, "by": "\x00"}, text=""), "by", id="NUL in the envelope"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(event, field):
    with pytest.raises(codec.NotStorable) as refused:
        codec.encode(event)

    assert refused.value.field == field
    assert "Delete it and type the text again" in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "version", "body", "why"),
    [
        pytest.param("crystal_ball_read", 1, {}, "no such kind", id="unknown kind"),
        pytest.param("note_added", 99, {"text": ""}, "versions up to 1", id="from a later release"),
        pytest.param("note_added", 1, {"source": ""}, "another shape at text", id="a field is missing"),
    ],
)
def test_a_stored_event_that_cannot_be_read_says_why(kind, version, body, why):
    with pytest.raises(codec.NotReadable, match=why):
        codec.decode(kind, version, body, PLACE)


def test_an_old_body_is_brought_up_to_date(monkeypatch):
    monkeypatch.setattr(e.NoteAdded, "version", 2)
    monkeypatch.setitem(codec.UPGRADES, ("note_added", 1), lambda body: {"text": body["words"]})

    assert codec.decode("note_added", 1, {"words": "old"}, PLACE) == e.NoteAdded(**PLACE, text="old")


def test_hash_covers_everything_but_time_and_run():
    first = codec.first_hash(PLACE["case_ref"])

    def hashed(previous=first, sequence=1, at=datetime(2026, 10, 5, tzinfo=UTC), **fields):
        event = e.NoteAdded(**{**PLACE, "text": "seen", **fields})
        return codec.content_hash(previous, codec.row_of(event, sequence, at))

    same = hashed()
    assert same == hashed(flow_run="nightly-2", at=datetime(2026, 10, 6, tzinfo=UTC))
    changed = [{"text": "no"}, {"by": "o-2"}, {"role": "dsl"}, {"on": date(2026, 1, 1)}, {"source": "a file"}]
    others = [hashed(**change) for change in changed]
    others += [hashed(sequence=2), hashed(previous="")]
    assert same not in others
    assert len(set(others)) == len(others)
