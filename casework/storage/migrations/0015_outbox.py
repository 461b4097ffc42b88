"""Messages on their way out: each once by its key, what was tried and what a person did about it."""

from casework.storage.tables import append_only, grant, run, secure

revision = "0015_outbox"
down_revision = "0014_lists"
branch_labels = None
depends_on = None

OUTBOX = (
    """
    create table outbox (
        message_id bigint generated always as identity primary key,
        message_key text not null unique,
        kind text not null check (kind in ('absence', 'agency', 'digest', 'alert')),
        school_id integer references school,
        pupil_id integer references pupil,
        case_ref text not null default '',
        about text not null default '',
        on_date date not null,
        to_whom text not null,
        to_address text not null,
        subject text not null,
        body text not null,
        asked_by text not null,
        flow_run text not null default '',
        state text not null default 'waiting'
            check (state in ('waiting', 'sending', 'sent', 'failed', 'doubtful', 'missed', 'given_up')),
        attempts integer not null default 0,
        next_at timestamptz not null,
        good_until timestamptz,
        claimed_at timestamptz,
        settled boolean not null default false,
        queued_at timestamptz not null
    )
    """,
    "create index outbox_waiting on outbox (next_at, message_id) where state = 'waiting'",
    "create index outbox_sending on outbox (claimed_at) where state = 'sending'",
    "create index outbox_open on outbox (message_id) where state in ('failed', 'doubtful', 'missed')",
    """
    create table outbox_history (
        entry_id bigint generated always as identity primary key,
        message_id bigint not null references outbox,
        school_id integer references school,
        at timestamptz not null,
        what text not null,
        problem text not null default '',
        says text not null default '',
        by text not null,
        flow_run text not null default ''
    )
    """,
    "create index history_of_message on outbox_history (message_id, entry_id)",
)

CHANGES = "state, attempts, next_at, claimed_at, settled"


def upgrade() -> None:
    """Make the tables; a message of no school is shown to who sees every school."""
    run(OUTBOX)
    secure("outbox", f"select, insert, update ({CHANGES})")
    secure("outbox_history", "select, insert")
    append_only("outbox_history")
    grant("alembic_version", "select")  # whether the service is ready depends on it
