"""Proof that nothing recorded has been altered: every case's chain, every kept file, every sealed note."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from casework.storage import codec

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Break:
    """The first thing wrong in one case or file: `what` is case, file, sealed note or case numbers."""

    what: str
    ref: str
    says: str

    def __str__(self) -> str:
        return f"{self.what.capitalize()} {self.ref}: {self.says}"


def verify(tx: Connection) -> tuple[Break, ...]:
    """Check all that this transaction's officer may see; no break means that all of it is as it was recorded.

    An event altered, missing, out of place or added past the chain is found, a case cut short or gone, a file
    or a sealed note with another content. Breaks of cases come first, in order of reference.
    """
    return (*_chains(tx), *_missing_cases(tx), *_files(tx), *_sealed_notes(tx))


def _chains(tx: Connection) -> Iterator[Break]:
    heads = {
        row["case_ref"]: dict(row)
        for row in tx.execute(
            text("""
                select case_ref, head_sequence, head_hash, head_time_hash from case_file order by case_ref
            """)
        ).mappings()
    }
    stored = tx.execute(
        text("select * from event order by case_ref, sequence"), execution_options={"yield_per": BATCH}
    )
    events = (dict(row) for row in stored.mappings())
    unseen = dict.fromkeys(heads)
    found: list[Break] = []
    for case_ref, rows in groupby(events, key=lambda row: row["case_ref"]):
        unseen.pop(case_ref, None)
        if says := _first_break(case_ref, rows, heads[case_ref]):
            found.append(Break("case", case_ref, says))
    found += [Break("case", case_ref, "all its events are gone.") for case_ref in unseen]
    yield from sorted(found, key=lambda broken: broken.ref)


def _first_break(case_ref: str, rows: Iterator[Mapping[str, Any]], head: Mapping[str, Any]) -> str:
    place, previous = 0, codec.first_hash(case_ref)
    time_hash = previous
    for row in rows:
        place += 1
        if row["sequence"] != place:
            return f"event #{place} is missing."
        if row["previous_hash"] != previous or codec.content_hash(previous, row) != row["hash"]:
            return f"event #{place} is not as it was recorded."
        previous = row["hash"]
        time_hash = codec.time_hash(time_hash, previous, row["recorded_at"], row["flow_run"])
        if row["time_hash"] != time_hash:
            return f"the time or the run of event #{place} is not as it was recorded."
    if place < head["head_sequence"]:
        return f"event #{place + 1} and all after it are missing."
    if (place, previous, time_hash) != (head["head_sequence"], head["head_hash"], head["head_time_hash"]):
        return f"its end is not as it was recorded: event #{place} does not match."
    return ""


def _missing_cases(tx: Connection) -> Iterator[Break]:
    rows = tx.execute(
        text("""
            select urn, year, last, count(case_ref) as kept
            from case_number join school using (school_id)
                left join case_file on case_file.school_id = case_number.school_id
                    and extract(year from opened_on) = case_number.year
            group by urn, year, last having count(case_ref) <> last order by urn, year
        """)
    )
    for row in rows:
        yield Break(
            "case numbers",
            f"{row.year} of school {row.urn}",
            f"{row.last} were given, {row.kept} cases are kept.",
        )


def _files(tx: Connection) -> Iterator[Break]:
    altered = tx.execute(
        text("""
            select sha256 from stored_file where encode(sha256(content), 'hex') <> sha256 order by sha256
        """)
    ).scalars()
    for sha256 in altered:
        yield Break("file", sha256, "its bytes are not those that were kept.")
    gone = tx.execute(
        text("""
            select case_ref, sequence, body ->> 'sha256' as sha256 from event
            where kind in ('document_issued', 'item_received') and body ->> 'sha256' <> ''
                and not exists (select from stored_file where sha256 = body ->> 'sha256')
            order by case_ref, sequence
        """)
    )
    for row in gone:
        yield Break(
            "file", row.sha256, f"it is missing, and event #{row.sequence} of {row.case_ref} names it."
        )


def _sealed_notes(tx: Connection) -> Iterator[Break]:
    for sealed_id in tx.execute(text("select * from sealed_notes_altered()")).scalars():
        yield Break("sealed note", sealed_id, "its words are not those that were sealed.")
