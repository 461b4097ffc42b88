"""Cases: events, their summary, clocks, letters, triggers and sealed notes.

What is recorded (case files, events, files, firings, effects, sealed notes and who read them) can only be
added to: a trigger refuses UPDATE, DELETE and TRUNCATE whoever asks, the tables' owner included. What is
worked out from the events (summary, tasks, clocks, documents) can be written again at any time.
"""

from casework.storage.tables import EVERYTHING, SCOPE, append_only, grant, run, schools_in_scope, secure

revision = "0002_cases"
down_revision = "0001_foundations"

CASES = """
create table case_number (
    school_id integer not null references school,
    year smallint not null,
    last integer not null check (last > 0),
    primary key (school_id, year)
);

create table case_file (
    case_ref text primary key,
    school_id integer not null references school,
    pupil_id integer not null references pupil,
    opened_on date not null,
    recorded_at timestamptz not null,
    head_sequence integer not null default 0,
    head_hash text not null,
    head_time_hash text not null
);
create index case_file_of_pupil on case_file (pupil_id);
create index case_file_of_school on case_file (school_id);

create table event (
    case_ref text not null references case_file,
    sequence integer not null check (sequence > 0),
    kind text not null,
    version smallint not null,
    on_date date not null,
    recorded_at timestamptz not null,
    by text not null,
    role text not null,
    flow_run text not null,
    body jsonb not null,
    previous_hash text not null,
    hash text not null,
    time_hash text not null,
    primary key (case_ref, sequence)
);
create index event_of_kind on event (kind, on_date);

create function event_follows_the_last() returns trigger language plpgsql as $$
begin
    update case_file
       set head_sequence = new.sequence, head_hash = new.hash, head_time_hash = new.time_hash
     where case_ref = new.case_ref and head_sequence = new.sequence - 1 and head_hash = new.previous_hash;
    if not found then
        raise exception 'event % of case % does not follow the last one', new.sequence, new.case_ref
              using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger follows_the_last before insert on event
    for each row execute function event_follows_the_last();

create function case_file_moves_with_its_events() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() < 2 or (new.case_ref, new.school_id, new.pupil_id, new.opened_on, new.recorded_at)
       is distinct from (old.case_ref, old.school_id, old.pupil_id, old.opened_on, old.recorded_at) then
        raise exception 'case file % moves only when an event is added', old.case_ref
              using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger moves_with_its_events before update on case_file
    for each row execute function case_file_moves_with_its_events();
"""

LISTS = """
create table case_summary (
    case_ref text primary key references case_file,
    school_id integer not null references school,
    pupil_id integer not null references pupil,
    status text not null,
    stage text not null,
    stage_rank smallint not null,
    beside text[] not null,
    owner_id text not null,
    review_on date,
    task_due_on date,
    tasks integer not null,
    triggers text[] not null,
    flags text[] not null,
    hold_until date,
    paused_until date,
    opened_on date not null,
    touched_on date not null,
    last_sequence integer not null,
    last_on date not null,
    last_says text not null,
    contacts integer not null,
    offers integer not null,
    letters integer not null,
    policy text not null
);
create unique index one_open_case on case_summary (school_id, pupil_id) where status <> 'closed';
create index summary_by_review on case_summary (school_id, review_on) where status <> 'closed';
create index summary_by_owner on case_summary (owner_id, review_on) where status <> 'closed';
create index summary_of_pupil on case_summary (pupil_id);
create index summary_by_ref on case_summary using gin (case_ref gin_trgm_ops);

create table case_task (
    case_ref text not null references case_file,
    task_id text not null,
    school_id integer not null references school,
    title text not null,
    due_on date not null,
    for_role text not null,
    for_officer text not null,
    added_on date not null,
    primary key (case_ref, task_id)
);
create index task_by_day on case_task (due_on, case_ref, task_id);
create index task_of_officer on case_task (for_officer, due_on) where for_officer <> '';
"""

# Row security keeps the planner from an index whose operator might tell of a hidden row, and likeness is such
# an operator. So the search runs as the owner, with the same condition as the policy of `pupil`, and gives
# nothing but ids, which the caller joins to rows it may see.
SEARCH = f"""
create index pupil_by_words on pupil using gin (
    lower(surname || ' ' || forename || ' ' || known_as || ' ' || upn) gin_trgm_ops
);

create function pupils_like(sought text, part text) returns setof integer
language sql stable security definer set search_path = public, pg_temp as $$
    select pupil_id from (
        select pupil_id, lower(surname || ' ' || forename || ' ' || known_as || ' ' || upn) as words
        from pupil
    ) p
    where (words like part or sought <% words) and ({EVERYTHING} or exists (
        select from enrolment where enrolment.pupil_id = p.pupil_id and school_id = any ({SCOPE})
    ))
    order by word_similarity(sought, words) desc, pupil_id limit 500
$$;
"""

CLOCKS = """
create table clock (
    case_ref text not null references case_file,
    clock_id text not null,
    school_id integer not null references school,
    rule text not null,
    parent_id text not null default '',
    started_on date not null,
    due_on date,
    paused_on date,
    state text not null default 'running' check (state in ('running', 'paused', 'stopped', 'fired')),
    primary key (case_ref, clock_id),
    check ((state = 'paused') = (paused_on is not null))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index clock_due on clock (due_on, case_ref, clock_id) where state = 'running';
create index clock_of_school on clock (school_id) where state in ('running', 'paused');

-- Written from rows of clock alone, so it does not check its case and school again.
create table clock_firing (
    firing_key text primary key,
    case_ref text not null,
    school_id integer not null,
    clock_id text not null,
    due_on date not null,
    fired_on date not null,
    flow_run text not null,
    recorded_at timestamptz not null default now()
);

create table effect (
    effect_key text primary key,
    kind text not null,
    case_ref text references case_file,
    flow_run text not null,
    recorded_at timestamptz not null default now()
);
create index effect_of_case on effect (case_ref);
"""

FILES = """
create table stored_file (
    sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    content bytea not null,
    size integer not null,
    media_type text not null,
    recorded_at timestamptz not null default now()
);
alter table stored_file alter column content set storage external;

create table case_holds_file (
    case_ref text not null references case_file,
    sha256 text not null references stored_file,
    recorded_at timestamptz not null default now(),
    primary key (case_ref, sha256)
);
create index cases_that_hold_file on case_holds_file (sha256);

create table document (
    document_id text primary key,
    case_ref text not null references case_file,
    school_id integer not null references school,
    template text not null,
    template_sha256 text not null,
    parent_id text not null,
    state text not null default 'draft'
        check (state in ('draft', 'approved', 'issued', 'served', 'withdrawn')),
    snapshot jsonb not null,
    draft_sha256 text references stored_file,
    issued_sha256 text references stored_file,
    drafted_on date not null,
    approved_by text not null default '',
    issued_on date,
    served_on date,
    effect_key text unique,
    flow_run text not null,
    recorded_at timestamptz not null default now(),
    check (state not in ('issued', 'served') or issued_sha256 is not null)
);
create index document_of_case on document (case_ref, document_id);
create index document_waiting on document (school_id, drafted_on) where state in ('draft', 'approved');

create function issued_bytes_stay() returns trigger language plpgsql as $$
begin
    if old.issued_sha256 is not null and new.issued_sha256 is distinct from old.issued_sha256 then
        raise exception 'document % has been issued and its bytes stay', old.document_id
              using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger issued_bytes_stay before update on document
    for each row execute function issued_bytes_stay();
"""

TRIGGERS = """
create table sweep_state (
    school_id integer primary key references school,
    policy_version text not null,
    as_of date not null,
    masks bytea not null,
    recorded_at timestamptz not null default now()
);

create table trigger_state (
    school_id integer not null references school,
    pupil_id integer not null references pupil,
    trigger text not null,
    period text not null,
    raised_on date not null,
    cleared_on date,
    says text not null,
    evidence jsonb not null,
    recorded_at timestamptz not null default now(),
    primary key (school_id, pupil_id, trigger, period),
    check (cleared_on is null or cleared_on >= raised_on)
);

create table trigger_snooze (
    snooze_id bigint generated always as identity primary key,
    school_id integer not null references school,
    pupil_id integer not null references pupil,
    trigger text not null,
    from_on date not null,
    until date not null,
    reason text not null check (reason <> ''),
    by text not null,
    recorded_at timestamptz not null default now(),
    check (until > from_on)
);
create index snooze_of_school on trigger_snooze (school_id, until);

create table triage (
    school_id integer not null references school,
    pupil_id integer not null references pupil,
    rank smallint not null,
    triggers text[] not null,
    says text not null,
    found_on date not null,
    state text not null default 'waiting' check (state in ('waiting', 'accepted', 'merged', 'set_aside')),
    reason text not null default '',
    until date,
    by text not null default '',
    settled_on date,
    case_ref text references case_file,
    recorded_at timestamptz not null default now(),
    primary key (school_id, pupil_id),
    check (state = 'waiting' or (by <> '' and settled_on is not null)),
    check (state not in ('accepted', 'merged') or case_ref is not null),
    check (state <> 'set_aside' or reason <> '')
);
create index triage_waiting on triage (school_id, rank) where state = 'waiting';
"""

# -- sealed notes --------------------------------------------------------------------------------------------

MY_ROLES = "string_to_array(current_setting('casework.roles', true), ',')"
READABLE = f"({schools_in_scope('school_id')} and for_role = any ({MY_ROLES}))"

# Notes are written and read through two functions alone. Reading records itself first; writing needs no right
# to read. Both run as the tables' owner, whom FORCE binds to the policies; the conditions stand in the
# functions as well, for an owner who is a superuser.
SEALED = f"""
create table sealed_note (
    sealed_id text primary key,
    case_ref text not null references case_file,
    school_id integer not null references school,
    for_role text not null check (for_role in ('dsl', 'headteacher')),
    text text not null check (text <> ''),
    text_sha256 text not null,
    by text not null,
    on_date date not null,
    recorded_at timestamptz not null default now()
);
create index sealed_note_of_case on sealed_note (case_ref, sealed_id);

create table sealed_read (
    read_id bigint generated always as identity primary key,
    sealed_id text not null references sealed_note,
    case_ref text not null references case_file,
    school_id integer not null references school,
    for_role text not null,
    read_by text not null,
    recorded_at timestamptz not null default now()
);
create index sealed_read_of_case on sealed_read (case_ref, sealed_id);

create function seal_note(of_case text, written_for text, words text, about_on date) returns text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    school integer;
    new_id text;
    my_roles text := current_setting('casework.roles', true);
begin
    select school_id into school from case_file
        where case_ref = of_case and {schools_in_scope("school_id")} for update;
    if school is null then
        return null;
    end if;
    perform set_config('casework.roles', 'dsl,headteacher', true);
    select of_case || '-S' || count(*) + 1 into new_id from sealed_note where case_ref = of_case;
    insert into sealed_note (sealed_id, case_ref, school_id, for_role, text, text_sha256, by, on_date)
        values (new_id, of_case, school, written_for, words,
            encode(sha256(convert_to(words, 'utf8')), 'hex'), current_setting('casework.officer'), about_on);
    perform set_config('casework.roles', my_roles, true);
    return new_id;
end $$;

create function read_sealed_notes(of_case text) returns setof sealed_note
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    insert into sealed_read (sealed_id, case_ref, school_id, for_role, read_by)
        select sealed_id, case_ref, school_id, for_role, current_setting('casework.officer')
        from sealed_note where case_ref = of_case and {READABLE} order by sealed_id;
    return query select * from sealed_note where case_ref = of_case and {READABLE}
        order by recorded_at, sealed_id;
end $$;

create function sealed_notes_altered() returns setof text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    my_roles text := current_setting('casework.roles', true);
begin
    perform set_config('casework.roles', 'dsl,headteacher', true);
    return query select sealed_id from sealed_note
        where text_sha256 <> encode(sha256(convert_to(text, 'utf8')), 'hex') order by sealed_id;
    perform set_config('casework.roles', my_roles, true);
end $$;

alter table sealed_note force row level security;
alter table sealed_read force row level security;
"""

NEVER_REMOVED = (
    """
    create trigger never_removed before delete or truncate on case_file
        for each statement execute function refuse_change()
    """,
)
APPEND_ONLY = (
    *("event", "clock_firing", "effect", "stored_file", "case_holds_file"),
    *("trigger_snooze", "sealed_note", "sealed_read"),
)
ADDING = "select, insert"
CHANGING = "select, insert, update"
PROJECTED = "select, insert, update, delete"


def of_visible_case(table: str) -> str:
    """The condition that shows a row by its case."""
    return f"({EVERYTHING} or exists (select from case_file f where f.case_ref = {table}.case_ref))"


def upgrade() -> None:
    """Make the tables."""
    run((CASES, LISTS, SEARCH, CLOCKS, FILES, TRIGGERS, SEALED))
    secure("case_number", CHANGING)
    secure("case_file", "select, insert, update (head_sequence, head_hash, head_time_hash)")
    secure("event", ADDING, of_visible_case("event"))
    secure("case_summary", PROJECTED)
    secure("case_task", PROJECTED)
    secure("clock", CHANGING)
    secure("clock_firing", ADDING)
    secure("effect", ADDING, f"(case_ref is null or {of_visible_case('effect')})")
    secure("case_holds_file", ADDING, of_visible_case("case_holds_file"))
    secure_files()
    secure("document", CHANGING)
    secure("sweep_state", CHANGING)
    secure("trigger_state", CHANGING)
    secure("trigger_snooze", ADDING)
    secure("triage", CHANGING)
    secure(
        "sealed_note", "select (sealed_id, case_ref, school_id, for_role, by, on_date, recorded_at)", READABLE
    )
    secure("sealed_read", "select", READABLE)
    append_only(*APPEND_ONLY)
    run(NEVER_REMOVED)


def secure_files() -> None:
    """A file can be put in by anyone, and is shown to whoever sees a case that holds it."""
    held = "exists (select from case_holds_file h where h.sha256 = stored_file.sha256)"
    run(
        (
            "alter table stored_file enable row level security",
            f"create policy held_by_case on stored_file for select using ({EVERYTHING} or {held})",
            "create policy put_in on stored_file for insert with check (true)",
        )
    )
    grant("stored_file", ADDING)
