"""The native folder: ten files by their tables, and marks by the quick way and the careful way alike."""

import csv
import io
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.domain.register import Half, Session
from casework.registers import Reading, read
from casework.registers.native import FILES
from casework.registers.reading import KeyKind, PupilKey
from tests.registers.book import BOOK, upn

ADA, BO, CY = upn(1), upn(2), upn(3)
HEAD = "upn,urn,date,session,code,minutes_late,comment\n"


def one(name: str, text: str | bytes, **options: object) -> Reading:
    data = text if isinstance(text, bytes) else text.encode()
    return read([(name, data)], codes=BOOK, **options)  # type: ignore[arg-type]


def told(reading: Reading) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in reading.problems]


def marks(reading: Reading) -> list[tuple[str, str, str]]:
    return [(mark.pupil.value, str(mark.session), mark.code) for mark in reading.marks]


def test_every_file_of_the_contract_is_read():
    files = {
        "schools.csv": "urn,name,la_code,dfe_number,phase,policy,trust,setting,timezone\n"
        "100001,Low School,352,3522000,primary,national,Low Trust,academy,Europe/London\n",
        "terms.csv": "urn,academic_year,term,half,starts_on,ends_on\n"
        "100001,2026/27,autumn,1,2026-09-02,2026-10-23\n",
        "sessions.csv": "urn,date,session,open,half_term\n"
        "100001,2026-09-07,AM,,0\n100001,2026-09-07,PM,false,0\n",
        "pupils.csv": "upn,urn,surname,forename,class,dob,on_roll_from,fsm,sen,looked_after,year_group\n"
        f"{ADA},100001,Moss,Ada,7A,2015-10-29,2026-09-01,true,K,,7\n",
        "contacts.csv": "upn,contact_id,surname,parental_responsibility,lives_with_pupil,priority\n"
        f"{ADA},c1,Moss,true,false,1\n{ADA},c2,Fen,,,\n",
        "marks.csv": HEAD + f"{ADA},100001,2026-09-07,AM,L,7,bus\n",
        "amendments.csv": "upn,urn,date,session,original_code,amended_code,reason,amended_at,amended_by\n"
        f"{ADA},100001,2026-09-07,AM,N,I,Mum rang,2026-09-08T09:30:00Z,A Fern\n",
        "notices.csv": "upn,contact_id,kind,la_code,issued_on,period_from,period_to,status\n"
        f"{ADA},c1,pn,352,2026-05-01,2026-03-02,2026-03-13,paid\n",
        "history.csv": "upn,date,kind,contact_id,by,outcome,detail,review_on\n"
        f"{ADA},2026-09-10,meeting,c1,A Fern,plan agreed,,2026-10-10\n",
        "professionals.csv": "upn,role,name,from,to,last_checked\n"
        f"{ADA},social_worker,R Hill,2026-01-05,,2026-09-01\n",
    }

    reading = read([(name, text.encode()) for name, text in files.items()], codes=BOOK)

    assert (reading.problems, reading.warnings, reading.format) == ((), (), "native")
    assert set(files) == set(FILES)
    assert [count.used for count in reading.counts] == [1, 1, 2, 1, 2, 1, 1, 1, 1, 1]
    assert reading.terms[0].academic_year == 2026
    assert [(row.session, row.open) for row in reading.sessions] == [
        (Session(date(2026, 9, 7), Half.AM), True),
        (Session(date(2026, 9, 7), Half.PM), False),
    ]
    pupil = reading.pupils[0]
    assert (pupil.fsm, pupil.looked_after, pupil.sen, pupil.class_name) == (True, None, "K", "7A")
    assert [contact.parental_responsibility for contact in reading.contacts] == [True, None]
    assert reading.amendments[0].amended_at == datetime(2026, 9, 8, 9, 30, tzinfo=UTC)
    assert reading.history[0].on == date(2026, 9, 10)
    assert reading.professionals[0].held_to is None
    mark = next(iter(reading.marks))
    assert (mark.code, mark.minutes_late, mark.comment, mark.row) == ("L", 7, "bus", 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(HEAD, [], id="a file with only its header is valid"),
        pytest.param("\ufeff" + HEAD + f"{ADA},100001,2026-09-07,AM,/,,\n", ["/"], id="byte order mark"),
        pytest.param(
            f"code,session,date,urn,upn\nI,PM,2026-09-07,100001,{ADA}\n", ["I"], id="columns in any order"
        ),
        pytest.param(HEAD + f"{ADA},100001,2026-09-07,PM,\\,,\r\n", ["\\"], id="a backslash is a mark"),
        pytest.param(HEAD + f"{ADA},100001,2026-09-07,AM,,,\n", [""], id="an empty code is no mark taken"),
        pytest.param(HEAD + f"{ADA},100001,2026-09-07,AM,Y1,,", ["Y1"], id="no line end at the end"),
        pytest.param(HEAD + f"{ADA},100001,2026-09-07,AM,c2,,\n", ["C2"], id="small letters"),
        pytest.param(HEAD + f"{ADA},100001,2024-07-01,AM,H,,\n", ["H"], id="an old code on an old day"),
        pytest.param(HEAD + f"{ADA},100001,2026-09-07,AM,\u00a0I\u00a0,,\n", ["I"], id="non-breaking spaces"),
        pytest.param(HEAD + f'{ADA},100001,2026-09-07,AM,I,,"ill, ""bad"""\n', ["I"], id="quoted comment"),
    ],
)
def test_marks_as_files_write_them(text, expected):
    reading = one("marks.csv", text)

    assert (reading.problems, [mark.code for mark in reading.marks]) == ((), expected)


def test_a_broken_file_lists_every_problem():
    text = (
        HEAD + f"{ADA},100001,2026-09-07,AM,Q9,,\n"
        "A123,100001,2026-09-07,AM,/,,\n"
        f"{ADA},10001,2026-09-07,PM,/,,\n"
        f"{ADA},100001,07/09/2026,PM,/,,\n"
        f"{ADA},100001,2026-09-08,noon,/,many,\n"
        f",100001,2026-09-08,AM,/,,\n"
        f"{ADA},100001,2026-09-09,AM,H,,\n"
        f"{ADA},100001,2026-09-10,AM,/,,,surplus\n"
        f"{BO},100001,2026-09-10,AM,/,,\n"
    )

    reading = one("marks.csv", text)

    assert told(reading) == [
        (2, "code"), (3, "upn"), (4, "urn"), (5, "date"), (6, "session"), (6, "minutes_late"), (7, "upn"),
        (8, "code"), (9, ""),
    ]  # fmt: skip
    assert all(problem.says and problem.remedy for problem in reading.problems)
    assert marks(reading) == [(BO, "2026-09-10 AM", "/")]
    assert (reading.counts[0].read, reading.counts[0].used, reading.counts[0].refused) == (9, 1, 8)


def test_two_hundred_errors_are_two_hundred_problems():
    rows = "".join(f"{upn(n)},100001,2026-09-07,AM,Q9,,\n" for n in range(200))

    assert len(one("marks.csv", HEAD + rows).problems) == 200


@pytest.mark.parametrize("careful", [pytest.param("", id="quick"), pytest.param("\n", id="careful")])
def test_one_mistake_in_many_rows_stays_bounded_and_exact(careful):
    rows = "".join(f"{upn(n)},100001,2026-09-07,AM,Q9,,\n" for n in range(3000))

    reading = one("marks.csv", HEAD + careful + rows)

    assert len(reading.problems) == 1001
    assert reading.problems[-1].says == "And 2,000 more like it."
    assert (reading.counts[0].problems, reading.counts[0].refused) == (3000, 3000)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        pytest.param("pupils.csv", "upn,urn\n", (1, "on_roll_from"), id="a key column is missing"),
        pytest.param(
            "pupils.csv", f"upn,urn,on_roll_from\n{ADA},100001,\n", (2, "on_roll_from"), id="an empty key"
        ),
        pytest.param(
            "pupils.csv",
            f"upn,urn,on_roll_from,on_roll_to\n{ADA},100001,2026-09-01,2026-08-01\n",
            (2, "on_roll_to"),
            id="left before joining",
        ),
        pytest.param(
            "pupils.csv",
            f"upn,urn,on_roll_from,on_roll_to\n{ADA},100001,2026-01-01,2026-09-01\n{ADA},100001,2026-09-01,\n",
            (3, "on_roll_from"),
            id="twice on one roll on one day",
        ),
        pytest.param(
            "contacts.csv",
            f"upn,contact_id,surname\n{ADA},c1,Moss\n{ADA},c1,Fen\n",
            (3, "upn"),
            id="same key says otherwise",
        ),
        pytest.param(
            "contacts.csv",
            f"upn,contact_id,parental_responsibility\n{ADA},c1,perhaps\n",
            (2, "parental_responsibility"),
            id="neither true nor false",
        ),
        pytest.param("terms.csv", "urn,term,half\n100001,spring,3\n", (2, "half"), id="a third half"),
        pytest.param("schools.csv", "urn,timezone\n100001,Nowhere/Land\n", (2, "timezone"), id="no zone"),
        pytest.param("schools.csv", "urn,urn\n100001,100001\n", (1, "urn"), id="a column twice"),
        pytest.param(
            "marks.csv",
            HEAD + f"{ADA},100001,2026-09-07,AM,I,,\n{ADA},100001,2026-09-07,AM,O,,\n",
            (3, "code"),
            id="two marks for one session",
        ),
        pytest.param("notices.csv", f"upn,contact_id,kind,issued_on\n{ADA},c1,fine,2026-01-01\n", (2, "kind"),
                     id="unknown kind of notice"),
    ],
)  # fmt: skip
def test_what_is_refused(name, text, place):
    reading = one(name, text)

    assert told(reading) == [place]


def test_the_same_row_twice_changes_nothing():
    row = f"{ADA},100001,2026-09-07,AM,I,,\n"

    reading = one("marks.csv", HEAD + row + row)

    assert (reading.problems, marks(reading)) == ((), [(ADA, "2026-09-07 AM", "I")])


def test_a_blank_does_not_contradict_a_mark():
    reading = one("marks.csv", HEAD + f"{ADA},100001,2026-09-07,AM,I,,\n{ADA},100001,2026-09-07,AM,,,\n")

    assert (reading.problems, marks(reading)) == ((), [(ADA, "2026-09-07 AM", "I")])


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param('"never closed', id="a quotation that is never closed"),
        pytest.param('5" by 6"', id="quotation marks inside a plain value"),
        pytest.param('"one" two', id="something after the quotation"),
    ],
)
def test_odd_quotation_loses_no_row_unseen(comment):
    rows = f"{ADA},100001,2026-09-07,AM,I,,\n{BO},100001,2026-09-07,AM,I,,{comment}\n"

    reading = one("marks.csv", HEAD + rows + f"{CY},100001,2026-09-07,AM,I,,\n")

    by_hand = list(csv.reader(io.StringIO(rows + f"{CY},100001,2026-09-07,AM,I,,\n")))
    assert [pupil for pupil, _, _ in marks(reading)] == [cells[0] for cells in by_hand]


def test_unknown_columns_are_named_in_a_warning():
    reading = one("pupils.csv", f"upn,urn,on_roll_from,shoe_size\n{ADA},100001,2026-09-01,5\n")

    assert [(warning.column, reading.problems) for warning in reading.warnings] == [("shoe_size", ())]


@pytest.mark.parametrize("day", ["2079-06-06", "9999-12-31", "1900-01-01"])
def test_days_that_mean_none_are_unknown(day):
    reading = one("pupils.csv", f"upn,urn,on_roll_from,on_roll_to\n{ADA},100001,2026-09-01,{day}\n")

    assert reading.pupils[0].on_roll_to is None


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        pytest.param("/", True, id="present"),
        pytest.param("L", True, id="late"),
        pytest.param("I", False, id="illness may be known before"),
    ],
)
def test_nobody_was_seen_on_a_day_to_come(code, refused):
    text = HEAD + f"{ADA},100001,2026-09-08,AM,{code},,\n"

    assert one("marks.csv", text, today=date(2026, 9, 7)).refused is refused
    assert one("marks.csv", text, today=date(2026, 9, 8)).refused is False


_cells = st.tuples(
    st.integers(0, 30),
    st.sampled_from(["100001", "100002"]),
    st.dates(date(2023, 9, 1), date(2027, 7, 31)),
    st.sampled_from(list(Half)),
    st.sampled_from(["/", "\\", "I", "O", "C2", "Y1", "", "H", "-", "ZZ", "#"]),
    st.sampled_from(["", "5", "120"]),
    st.sampled_from(["", "bus", 'a "word"', "one, two", "two\nlines", "café", "'"]),
)


def _file(rows, *, blank=False):
    out = io.StringIO()
    out.write(HEAD + ("\n" if blank else ""))
    csv.writer(out, lineterminator="\n").writerows((upn(row[0]), *row[1:]) for row in rows)
    return out.getvalue()


@given(st.lists(_cells, max_size=25, unique_by=lambda row: row[:4]))
def test_the_quick_way_and_the_careful_way_agree(rows):
    quick, careful = one("marks.csv", _file(rows)), one("marks.csv", _file(rows, blank=True))

    assert [mark._replace(row=mark.row + 1) for mark in quick.marks] == list(careful.marks)
    assert [(p.row + 1, p.says) for p in quick.problems] == [(p.row, p.says) for p in careful.problems]


@given(st.lists(_cells, max_size=25, unique_by=lambda row: row[:4]))
def test_marks_come_back_as_they_were_written(rows):
    reading = one("marks.csv", _file(rows))

    known = [row for row in rows if row[4] in BOOK.codes(row[2]) or row[4] in ("", "-")]
    found = [(mark.pupil.value, mark.urn, mark.session, mark.code, mark.comment) for mark in reading.marks]
    assert found == [
        (upn(n), urn, Session(day, half), code.replace("-", ""), comment)
        for n, urn, day, half, code, _, comment in known
    ]
    assert reading.counts[0].refused == len(rows) - len(known)


def test_a_large_day_feed_is_parsed_whole_columns_at_once():
    rows = "".join(
        f"{upn(n)},100001,2026-09-07,{half},{code},,\n"
        for n, (half, code) in product(range(20_000), (("AM", "/"), ("PM", "\\")))
    )
    data = (HEAD + rows).encode()
    begun = time.process_time()

    reading = one("marks.csv", data)

    assert (len(reading.marks), reading.problems) == (40_000, ())
    assert time.process_time() - begun < 0.4  # The careful way takes some three times as long.
    # So many are sure to share cells of the table that tells them apart: each keeps its own marks.
    assert [reading.marks.pupils[n].value for n in reading.marks.pupil.tolist()] == [
        upn(n) for n in range(20_000) for _ in Half
    ]


def test_pupils_of_the_quick_way_are_keys_like_any_others():
    rows = "".join(f"{upn(n)},100001,2026-09-07,AM,/,,\n" for n in (1, 2, 3))
    found = one("marks.csv", HEAD + rows).marks

    assert (len(found.pupils), found.pupils[-1], found.pupils[0:2]) == (
        3,
        PupilKey(KeyKind.UPN, upn(3)),
        (PupilKey(KeyKind.UPN, upn(1)), PupilKey(KeyKind.UPN, upn(2))),
    )
    assert list(found.pupils) == [PupilKey(KeyKind.UPN, upn(n)) for n in (1, 2, 3)]
    assert (
        found.upns.decode()
        == replace(found, pupils=tuple(found.pupils)).upns.decode()
        == "".join(upn(n) for n in (1, 2, 3))
    )
    assert replace(found, pupils=(PupilKey(KeyKind.MIS_ID, "11"), *found.pupils[1:])).upns == b""
