"""Access by role and place: who sees which school's people, whose cases, and what was put to which LA.

A transaction carries where its officer holds which role. Names of schools are known to everyone who has a
post there; registers and people to those who work there; cases to those who work on them, never to an
administrator or a governor. An LA's officer sees the cases that were put to their LA, and nothing besides.
"""

from casework.storage.tables import EVERYTHING, SCOPE, append_only, replace_policy, run, secure

revision = "0010_access"
down_revision = "0009_wordings_and_runs"
branch_labels = None
depends_on = None

WORKING = "array['pastoral_lead', 'attendance_officer', 'dsl', 'headteacher', 'authorised_officer']"
LA_ROLES = "array['ewo', 'authorised_officer']"

# It looks past row security, to find the schools. An empty place is no place: only an administrator's post
# is everywhere.
ENTER = f"""
drop function casework_enter(text, text, boolean, text[], text[], text[], text);

create function casework_enter(officer text, engine boolean, posts jsonb, run text) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
    with post as (
        select * from jsonb_to_recordset(posts) as held (role text, urn text, trust text, la_code text)
    ), held as (
        select post.role, school.school_id from post join school on post.urn <> '' and school.urn = post.urn
        union
        select post.role, school.school_id from post
            join school on post.trust <> '' and school.trust = post.trust
            where post.role = 'trust_attendance_lead'
    ), la as (
        select distinct la_code from post where la_code <> '' and role = any ({LA_ROLES})
    ), said as (
        select exists (select from post where role = 'administrator') as administers,
            (select string_agg(distinct school_id::text, ',') from held
                where role = any ({WORKING} || array['trust_attendance_lead'])) as works_at,
            (select string_agg(school_id::text, ',') from (
                select school_id from held union
                select school_id from school where la_code in (select la_code from la)) as every) as knows,
            (select string_agg(la_code, ',') from la) as las,
            (select string_agg(distinct school_id || '=' || role, ',') from held) as held_at
    )
    select set_config('casework.officer', officer, true),
        set_config('casework.flow_run', run, true),
        set_config('casework.known',
            case when engine or administers then '*' else coalesce(knows, '') end, true),
        set_config('casework.schools',
            case when engine or administers then '*' else coalesce(works_at, '') end, true),
        set_config('casework.cases', case when engine then '*' else coalesce(works_at, '') end, true),
        set_config('casework.las', coalesce(las, ''), true),
        set_config('casework.posts', coalesce(held_at, ''), true)
    from said
$$;
"""

KNOWN = """((select current_setting('casework.known', true)) = '*' or school_id = any (
    (select string_to_array(nullif(current_setting('casework.known', true), '*'), ',')::int[])::int[]))"""
CASES = """((select current_setting('casework.cases', true)) = '*' or school_id = any (
    (select string_to_array(nullif(current_setting('casework.cases', true), '*'), ',')::int[])::int[]))"""
EVERY_CASE = "(select current_setting('casework.cases', true)) = '*'"
MY_LAS = "(select string_to_array(current_setting('casework.las', true), ','))::text[]"

SHARED = """
create table shared_with_la (
    shared_id bigint generated always as identity primary key,
    la_code text not null,
    school_id integer not null references school,
    pupil_id integer not null references pupil,
    case_ref text references case_file,
    why text not null,
    since date not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index shared_by_la on shared_with_la (la_code, case_ref);
create unique index shared_once on shared_with_la (la_code, school_id, pupil_id, coalesce(case_ref, ''), why);

-- What is put to an LA is shared with it by the database itself, whoever records it.
create function share_with_la() returns trigger
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    if tg_table_name = 'event' then
        insert into shared_with_la (la_code, school_id, pupil_id, case_ref, why, since)
            select s.la_code, f.school_id, f.pupil_id, f.case_ref, new.kind, new.on_date
            from case_file f join school s using (school_id)
            where f.case_ref = new.case_ref and s.la_code <> ''
            on conflict do nothing;
    else
        insert into shared_with_la (la_code, school_id, pupil_id, case_ref, why, since)
            values (new.la_code, new.school_id, new.pupil_id, null, new.made || '_return', new.made_on)
            on conflict do nothing;
    end if;
    return null;
end $$;
create trigger shared_with_la after insert on event for each row
    when (new.kind in ('penalty_notice_requested', 'prosecution_referred', 'cme_reported',
        'education_supervision_order_referred', 'case_listed'))
    execute function share_with_la();
create trigger shared_with_la after insert on return_made for each row execute function share_with_la();

insert into shared_with_la (la_code, school_id, pupil_id, case_ref, why, since)
    select s.la_code, f.school_id, f.pupil_id, f.case_ref, e.kind, min(e.on_date)
    from event e join case_file f using (case_ref) join school s using (school_id)
    where s.la_code <> '' and e.kind in ('penalty_notice_requested', 'prosecution_referred', 'cme_reported',
        'education_supervision_order_referred')
    group by 1, 2, 3, 4, 5;
insert into shared_with_la (la_code, school_id, pupil_id, case_ref, why, since)
    select la_code, school_id, pupil_id, null, made || '_return', min(made_on) from return_made
    group by 1, 2, 3, made;
"""

CASE_SHARED = (
    f"(case_ref in (select shared.case_ref from shared_with_la shared where shared.la_code = any ({MY_LAS})))"
)
PUPIL_SHARED = (
    "((school_id, pupil_id) in (select shared.school_id, shared.pupil_id from shared_with_la shared"
    f" where shared.la_code = any ({MY_LAS})))"
)
OF_CASES = ("case_file", "case_summary", "case_task", "clock", "clock_firing", "document")
OF_CASEWORK = (
    *("case_number", "trigger_state", "trigger_snooze", "triage", "absence_call", "absence_contact"),
    *("letter_run", "letter_run_item"),
)
OF_SCHOOLS = ("school", "school_term", "school_session", "calendar_change", "letterhead")


def of_visible_case(table: str) -> str:
    """The condition that shows a row by its case, whose own row security says who sees it."""
    return f"({EVERY_CASE} or exists (select from case_file f where f.case_ref = {table}.case_ref))"


# A sealed note is for whoever holds its role at its own school.
SEALED = f"""
create or replace function seal_note(of_case text, written_for text, words text, about_on date) returns text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    school integer;
    new_id text;
    my_posts text := current_setting('casework.posts', true);
begin
    select school_id into school from case_file where case_ref = of_case and {CASES} for update;
    if school is null then
        return null;
    end if;
    perform set_config('casework.posts', school || '=dsl,' || school || '=headteacher', true);
    select of_case || '-S' || count(*) + 1 into new_id from sealed_note where case_ref = of_case;
    insert into sealed_note (sealed_id, case_ref, school_id, for_role, text, text_sha256, by, on_date)
        values (new_id, of_case, school, written_for, words,
            encode(sha256(convert_to(words, 'utf8')), 'hex'), current_setting('casework.officer'), about_on);
    perform set_config('casework.posts', my_posts, true);
    return new_id;
end $$;

create or replace function read_sealed_notes(of_case text) returns setof sealed_note
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    insert into sealed_read (sealed_id, case_ref, school_id, for_role, read_by)
        select sealed_id, case_ref, school_id, for_role, current_setting('casework.officer')
        from sealed_note where case_ref = of_case and READABLE order by sealed_id;
    return query select * from sealed_note where case_ref = of_case and READABLE
        order by recorded_at, sealed_id;
end $$;

create or replace function sealed_notes_altered() returns setof text
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    my_posts text := current_setting('casework.posts', true);
begin
    perform set_config('casework.posts', (
        select string_agg(school_id || '=dsl,' || school_id || '=headteacher', ',') from school), true);
    return query select sealed_id from sealed_note
        where text_sha256 <> encode(sha256(convert_to(text, 'utf8')), 'hex') order by sealed_id;
    perform set_config('casework.posts', my_posts, true);
end $$;
"""
READABLE = (
    "(school_id || '=' || for_role = any ("
    "(select string_to_array(current_setting('casework.posts', true), ','))::text[]))"
)

SEARCH = f"""
create or replace function pupils_like(sought text, part text) returns setof integer
language sql stable security definer set search_path = public, pg_temp as $$
    select pupil_id from (
        select pupil_id, lower(surname || ' ' || forename || ' ' || known_as || ' ' || upn) as words
        from pupil
    ) p
    where (words like part or sought <% words) and ({EVERYTHING} or exists (
        select from enrolment where enrolment.pupil_id = p.pupil_id and school_id = any ({SCOPE})
    ) or exists (
        select from shared_with_la s where s.pupil_id = p.pupil_id and s.la_code = any ({MY_LAS})
    ))
    order by word_similarity(sought, words) desc, pupil_id limit 500
$$;
"""


def upgrade() -> None:
    """Make the tables, and show each row to those it is for."""
    run((ENTER, SHARED, SEARCH, SEALED.replace("READABLE", READABLE)))
    secure("shared_with_la", "select", f"({CASES} or la_code = any ({MY_LAS}))")
    append_only("shared_with_la")
    for table in OF_SCHOOLS:
        run((f"create policy known on {table} for select using {KNOWN}",))
    run((f"create policy shared on enrolment for select using {PUPIL_SHARED}",))
    for table in OF_CASES:
        replace_policy(table, f"({CASES} or {CASE_SHARED})")
    for table in OF_CASEWORK:
        replace_policy(table, CASES)
    replace_policy("return_made", f"({CASES} or la_code = any ({MY_LAS}))")
    for table in ("event", "case_holds_file"):
        replace_policy(table, of_visible_case(table))
    replace_policy("effect", f"(case_ref is null or {of_visible_case('effect')})")
    for table in ("sealed_note", "sealed_read"):
        replace_policy(table, READABLE)
    held = f"({EVERY_CASE} or exists (select from case_holds_file h where h.sha256 = stored_file.sha256))"
    run(
        (
            "drop policy held_by_case on stored_file",
            f"create policy held_by_case on stored_file for select using {held}",
        )
    )
