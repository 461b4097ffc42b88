"""A day's marks put into narrow rows by COPY and set-based SQL; and the same from the text feed."""

import csv
import io
from collections.abc import Mapping
from datetime import date

import numpy as np
from sqlalchemy import Connection

from benchmarks.filling import narrow_image
from benchmarks.population import Ints
from casework.storage.database import Plain, driver

AMENDMENTS = """
create table peer.amendment (
    pupil_id integer not null, session_date date not null, half smallint not null,
    was "char" not null, now "char" not null, reason_id integer not null, who integer not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on peer.amendment (pupil_id, session_date, half);
"""


def load_day(tx: Connection, image: bytes) -> None:
    """COPY into a temporary table, then upsert."""
    copy = _copied(tx, image)
    copy.execute(
        "insert into peer.mark select * from fed on conflict (pupil_id, session_date, half)"
        " do update set code = excluded.code where mark.code <> excluded.code"
    )


def refresh_day(tx: Connection, image: bytes) -> None:
    """COPY into a temporary table; amendments, changed marks and new marks each in one statement."""
    copy = _copied(tx, image)
    copy.execute("analyze fed")
    copy.execute("""
        with amended as (
            insert into peer.amendment (pupil_id, session_date, half, was, now, reason_id, who)
            select pupil_id, session_date, half, m.code, f.code, 1, 1
            from fed f join peer.mark m using (pupil_id, session_date, half) where m.code <> f.code
            returning pupil_id, session_date, half, now
        )
        update peer.mark m set code = a.now from amended a
        where m.pupil_id = a.pupil_id and m.session_date = a.session_date and m.half = a.half
    """)
    copy.execute("insert into peer.mark select * from fed on conflict do nothing")


def image_of(feed: bytes, pupils: Mapping[str, int], codes: frozenset[str]) -> bytes:
    """A COPY image from a marks.csv: rows read, pupils looked up, codes checked.

    Raises:
        KeyError: A pupil is not known.
        ValueError: A code is not known.
    """
    days: dict[str, int] = {}
    columns: tuple[list[int], list[int], list[int], list[int]] = ([], [], [], [])
    for row in csv.DictReader(io.StringIO(feed.decode())):
        said = row["date"]
        if said not in days:
            days[said] = date.fromisoformat(said).toordinal()
        if row["code"] not in codes:
            raise ValueError(row["code"])
        columns[0].append(pupils[row["upn"]])
        columns[1].append(days[said])
        columns[2].append(row["session"] == "PM")
        columns[3].append(ord(row["code"]))
    arrays: list[Ints] = [np.array(column, np.int64) for column in columns]
    return narrow_image(arrays[0], arrays[1], arrays[2], arrays[3])


def _copied(tx: Connection, image: bytes) -> Plain:
    copy = driver(tx)
    copy.execute("create temporary table fed (like peer.mark) on commit drop")
    with copy.cursor().copy("copy fed from stdin (format binary)") as target:
        target.write(image)
    return copy
