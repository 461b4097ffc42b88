"""A school's own wording of a document, every version kept; letters made for many pupils in one run."""

from casework.storage.tables import append_only, run, secure

revision = "0009_wordings_and_runs"
down_revision = "0008_rolls_by_pupil"
branch_labels = None
depends_on = None

WORDINGS = """
    create table own_wording (
        school_id integer not null references school,
        template text not null,
        version integer not null check (version > 0),
        content bytea,
        sha256 text not null,
        put_on date not null,
        by text not null,
        recorded_at timestamptz not null default clock_timestamp(),
        primary key (school_id, template, version),
        check ((content is null) = (sha256 = ''))
    )
"""

RUNS = """
    create table letter_run (
        run_id text primary key,
        school_id integer not null references school,
        template text not null,
        given jsonb not null,
        state text not null default 'prepared' check (state in ('prepared', 'running', 'stopped', 'done')),
        prepared_on date not null,
        by text not null,
        recorded_at timestamptz not null default clock_timestamp()
    );
    create index letter_run_of_school on letter_run (school_id, prepared_on);

    create table letter_run_item (
        run_id text not null references letter_run,
        school_id integer not null references school,
        position integer not null,
        case_ref text not null references case_file,
        parent_id text not null,
        look_first text[] not null,
        ticked_by text not null default '',
        state text not null default 'waiting' check (state in ('waiting', 'drafted', 'issued', 'stopped')),
        document_id text not null default '',
        why text not null default '',
        primary key (run_id, case_ref, parent_id),
        unique (run_id, position)
    )
"""


def upgrade() -> None:
    """Make the tables; a wording once put in is never altered."""
    run((WORDINGS, RUNS))
    secure("own_wording", "select, insert")
    append_only("own_wording")
    secure("letter_run", "select, insert, update (state)")
    secure("letter_run_item", "select, insert, update (ticked_by, state, document_id, why)")
