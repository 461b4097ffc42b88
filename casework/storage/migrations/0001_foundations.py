"""Schools, people, the calendar, the register with its history, notices, imports and policy versions."""

from casework.storage.tables import EVERYTHING, SCOPE, append_only, grant, pupils_in_scope, run, secure

revision = "0001_foundations"
down_revision = None

RECORDED = "recorded_at timestamptz not null default clock_timestamp()"
HALF = "half smallint not null check (half in (0, 1))"

FOUNDATION = (
    "create table app_right (table_name text primary key, rights text not null)",
    """
    create function refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception 'rows of % are never changed or removed', tg_table_name
            using errcode = 'insufficient_privilege';
    end $$
    """,
)

SCHOOLS = (
    f"""
    create table school (
        school_id integer generated always as identity primary key,
        urn text not null unique,
        name text not null,
        la_code text not null,
        dfe_number text not null default '',
        phase text not null default '',
        policy text not null default 'national',
        trust text not null default '',
        setting text not null default 'maintained'
            check (setting in ('maintained', 'academy', 'independent', 'ap', 'special')),
        timezone text not null default 'Europe/London',
        {RECORDED}
    )
    """,
    # Who acts, and which of their schools a transaction shows. It looks past row security, to find them.
    """
    create function casework_enter(
        officer text, roles text, everything boolean, urns text[], trusts text[], las text[], flow_run text
    ) returns void language sql volatile security definer set search_path = public, pg_temp as $$
        select set_config('casework.officer', officer, true),
            set_config('casework.roles', roles, true),
            set_config('casework.flow_run', flow_run, true),
            set_config('casework.schools', case when everything then '*' else coalesce((
                select string_agg(school_id::text, ',') from school
                where urn = any (urns) or (trust <> '' and trust = any (trusts)) or la_code = any (las)
            ), '') end, true)
    $$
    """,
    f"""
    create table school_term (
        school_id integer not null references school,
        academic_year smallint not null,
        term text not null check (term in ('autumn', 'spring', 'summer')),
        half smallint not null check (half in (1, 2)),
        starts_on date not null,
        ends_on date not null,
        {RECORDED},
        primary key (school_id, academic_year, term, half),
        check (starts_on <= ends_on),
        constraint school_terms_do_not_overlap
            exclude using gist (school_id with =, daterange(starts_on, ends_on, '[]') with &&)
    )
    """,
    # day_no and week_no count the open sessions' days and weeks from 0; -1 on a closed session.
    f"""
    create table school_session (
        school_id integer not null references school,
        session_date date not null,
        {HALF},
        open boolean not null,
        half_term smallint not null check (half_term between 0 and 5),
        academic_year smallint not null,
        day_no integer not null default -1,
        week_no integer not null default -1,
        {RECORDED},
        primary key (school_id, session_date, half)
    )
    """,
    f"""
    create table calendar_change (
        change_id bigint generated always as identity primary key,
        school_id integer not null references school,
        session_date date not null,
        {HALF},
        was_open boolean,
        now_open boolean not null,
        was_half_term smallint,
        now_half_term smallint not null,
        import_id integer,
        {RECORDED}
    )
    """,
    "create index on calendar_change (school_id, session_date, half, recorded_at)",
)

PEOPLE = (
    f"""
    create table officer (
        officer_id text primary key check (officer_id <> ''),
        name text not null,
        email text not null default '',
        password_hash text,
        totp_secret text,
        active boolean not null default true,
        {RECORDED}
    )
    """,
    "create unique index on officer (lower(email)) where email <> ''",
    # One role at one school, for one trust or for one LA; with none of the three it holds everywhere.
    f"""
    create table officer_role (
        officer_role_id integer generated always as identity primary key,
        officer_id text not null references officer,
        role text not null,
        school_id integer references school,
        trust text not null default '',
        la_code text not null default '',
        from_date date not null,
        to_date date,
        {RECORDED},
        check (to_date is null or from_date <= to_date),
        check ((school_id is not null)::int + (trust <> '')::int + (la_code <> '')::int <= 1),
        constraint one_role_at_a_time exclude using gist (
            officer_id with =, role with =, coalesce(school_id, 0) with =, trust with =, la_code with =,
            daterange(from_date, to_date, '[]') with &&
        )
    )
    """,
    f"""
    create table pupil (
        pupil_id integer generated always as identity primary key,
        upn text not null unique check (upn <> ''),
        surname text not null default '',
        forename text not null default '',
        known_as text not null default '',
        dob date,
        sex text not null default '',
        fsm boolean,
        sen text not null default '',
        looked_after boolean,
        social_worker boolean,
        youth_justice boolean,
        young_carer boolean,
        eal_language text not null default '',
        traveller boolean,
        part_time_timetable boolean,
        {RECORDED}
    )
    """,
    f"""
    create table enrolment (
        enrolment_id integer generated always as identity primary key,
        pupil_id integer not null references pupil,
        school_id integer not null references school,
        on_roll_from date not null,
        on_roll_to date,
        year_group text not null default '',
        class_name text not null default '',
        mis_id text not null default '',
        wonde_id text not null default '',
        {RECORDED},
        unique (school_id, pupil_id, on_roll_from),
        check (on_roll_to is null or on_roll_from <= on_roll_to),
        constraint times_on_one_roll_do_not_overlap exclude using gist (
            pupil_id with =, school_id with =, daterange(on_roll_from, on_roll_to, '[]') with &&
        )
    )
    """,
    "create index on enrolment (pupil_id)",
    f"""
    create table contact (
        pupil_id integer not null references pupil,
        contact_id text not null check (contact_id <> ''),
        title text not null default '',
        forename text not null default '',
        surname text not null default '',
        relationship text not null default '',
        parental_responsibility boolean,
        lives_with_pupil boolean,
        priority integer,
        address_1 text not null default '',
        address_2 text not null default '',
        town text not null default '',
        postcode text not null default '',
        phone text not null default '',
        email text not null default '',
        language text not null default '',
        contact_allowed boolean,
        {RECORDED},
        primary key (pupil_id, contact_id)
    )
    """,
    f"""
    create table professional (
        pupil_id integer not null references pupil,
        role text not null,
        name text not null default '',
        organisation text not null default '',
        phone text not null default '',
        email text not null default '',
        from_date date,
        to_date date,
        last_checked date,
        {RECORDED},
        primary key (pupil_id, role)
    )
    """,
    # Every version of a notice stands; the latest one counts (view current_notice).
    f"""
    create table notice (
        notice_version_id bigint generated always as identity primary key,
        pupil_id integer not null references pupil,
        contact_id text not null,
        kind text not null check (kind in ('nti', 'pn', 'prosecution')),
        issued_on date not null,
        la_code text not null default '',
        period_from date,
        period_to date,
        status text check (status in ('unpaid', 'paid', 'withdrawn', 'convicted', 'acquitted')),
        paid_on date,
        withdrawal_ground text not null default '',
        public_place boolean not null default false,
        import_id integer,
        {RECORDED},
        check (period_from is null or period_to is null or period_from <= period_to)
    )
    """,
    "create index on notice (pupil_id, contact_id, kind, issued_on, notice_version_id)",
    """
    create view current_notice with (security_invoker = true) as
        select distinct on (pupil_id, contact_id, kind, issued_on) * from notice
        order by pupil_id, contact_id, kind, issued_on, notice_version_id desc
    """,
)

REGISTER = (
    f"""
    create table import_run (
        import_id integer generated always as identity primary key,
        files jsonb not null,
        format text not null,
        schools integer[] not null,
        imported_by text not null,
        position text not null default '',
        reason text not null default '',
        flow_run text not null default '',
        {RECORDED}
    )
    """,
    """
    create table import_result (
        import_id integer primary key references import_run,
        result jsonb not null
    )
    """,
    """
    create table import_problem (
        import_id integer not null references import_run,
        place integer not null,
        refused boolean not null,
        file text not null,
        file_row integer not null,
        column_name text not null,
        value text not null,
        says text not null,
        remedy text not null,
        primary key (import_id, place)
    )
    """,
    # One row for each session of a school; one byte for each slot of its roll. Fixed columns come first,
    # widest first, so that nothing is lost to padding.
    f"""
    create table register_sheet (
        {RECORDED},
        school_id integer not null references school,
        session_date date not null,
        import_id integer,
        {HALF},
        marks bytea not null,
        primary key (school_id, session_date, half)
    )
    """,
    "alter table register_sheet alter column marks set storage external",
    # Who has which slot of a school's sheets in an academic year: a place in the list, from 0, for good.
    f"""
    create table roll_year (
        school_id integer not null references school,
        academic_year smallint not null,
        pupil_ids integer[] not null check (cardinality(pupil_ids) < 32768),
        {RECORDED},
        primary key (school_id, academic_year)
    )
    """,
    "create index on roll_year using gin (pupil_ids)",
    """
    create function refuse_moved_slot() returns trigger language plpgsql as $$
    begin
        if new.pupil_ids[1:cardinality(old.pupil_ids)] is distinct from old.pupil_ids
            or (new.school_id, new.academic_year) is distinct from (old.school_id, old.academic_year) then
            raise exception 'a slot of the roll is never given to another pupil'
                using errcode = 'insufficient_privilege';
        end if;
        return new;
    end $$
    """,
    "create trigger slots_stay before update on roll_year for each row execute function refuse_moved_slot()",
    # Blanks of a filed sheet that were filled later: which slots, when, by which import.
    f"""
    create table sheet_filling (
        {RECORDED},
        school_id integer not null references school,
        session_date date not null,
        import_id integer,
        {HALF},
        slots smallint[] not null
    )
    """,
    "create index on sheet_filling (school_id, session_date, half)",
    """
    create table amendment_reason (
        reason_id integer generated always as identity primary key,
        reason text not null unique
    )
    """,
    """
    create table amender (
        amender_id integer generated always as identity primary key,
        name text not null,
        position text not null,
        unique (name, position)
    )
    """,
    # told: the school's own system told of the change; applied: it changed the sheet when it was recorded.
    f"""
    create table mark_amendment (
        {RECORDED},
        amended_at timestamptz not null,
        school_id integer not null references school,
        session_date date not null,
        reason_id integer not null references amendment_reason,
        amender_id integer not null references amender,
        import_id integer,
        slot smallint not null,
        {HALF},
        was "char" not null,
        now "char" not null,
        told boolean not null,
        applied boolean not null
    )
    """,
    "create index on mark_amendment (school_id, session_date, half, slot)",
    """
    create unique index one_told_amendment_a_moment
        on mark_amendment (school_id, session_date, half, slot, amended_at) where told
    """,
    f"""
    create table mark_detail (
        school_id integer not null references school,
        session_date date not null,
        {HALF},
        slot smallint not null,
        minutes_late smallint,
        comment text not null default '',
        {RECORDED},
        primary key (school_id, session_date, half, slot)
    )
    """,
    f"""
    create table policy_version (
        policy_version_id integer generated always as identity primary key,
        layer text not null,
        version text not null,
        effective_from date not null,
        {RECORDED},
        unique (layer, version)
    )
    """,
    """
    create function academic_year_of(day date) returns smallint language sql immutable parallel safe as $$
        select (extract(year from day) - (extract(month from day) < 9)::int)::smallint
    $$
    """,
    # The words behind a sheet's bytes, as casework.domain.register has them.
    """
    create function code_of(mark integer) returns text language sql immutable parallel safe as $$
        select case chr(mark) when '.' then '' when '?' then '' when 'c' then 'C1' when 'd' then 'C2'
            when 'j' then 'J1' when '1' then 'Y1' when '2' then 'Y2' when '3' then 'Y3' when '4' then 'Y4'
            when '5' then 'Y5' when '6' then 'Y6' when '7' then 'Y7' else chr(mark) end
    $$
    """,
    """
    create view mark with (security_invoker = true) as
        select school.school_id, school.urn, pupil.pupil_id, pupil.upn, sheet.session_date, sheet.half,
            case sheet.half when 0 then 'AM' else 'PM' end as session,
            code_of(get_byte(sheet.marks, place.number::integer - 1)) as code,
            place.number::integer - 1 as slot, sheet.recorded_at as filed_at
        from register_sheet sheet
            join roll_year on roll_year.school_id = sheet.school_id
                and roll_year.academic_year = academic_year_of(sheet.session_date)
            cross join lateral unnest(roll_year.pupil_ids) with ordinality as place (pupil_id, number)
            join pupil on pupil.pupil_id = place.pupil_id
            join school on school.school_id = sheet.school_id
        where place.number <= length(sheet.marks)
            and get_byte(sheet.marks, place.number::integer - 1) not in (46, 63)
    """,
    # As it was known: sheets filed by then, without the blanks filled later, with later changes undone.
    """
    create function mark_as_known(at timestamptz) returns table (
        school_id integer, urn text, pupil_id integer, upn text,
        session_date date, half smallint, session text, code text
    ) language sql stable as $$
        select mark.school_id, mark.urn, mark.pupil_id, mark.upn, mark.session_date, mark.half, mark.session,
            coalesce((
                select code_of(ascii(amendment.was::text)) from mark_amendment amendment
                where amendment.school_id = mark.school_id and amendment.session_date = mark.session_date
                    and amendment.half = mark.half and amendment.slot = mark.slot
                    and amendment.applied and amendment.recorded_at > at
                order by amendment.recorded_at, amendment.ctid limit 1
            ), mark.code)
        from mark
        where mark.filed_at <= at and not exists (
            select from sheet_filling filling
            where filling.school_id = mark.school_id and filling.session_date = mark.session_date
                and filling.half = mark.half and filling.recorded_at > at and mark.slot = any (filling.slots)
        )
    $$
    """,
)

APPEND_ONLY = (
    *("calendar_change", "notice", "import_run", "import_result", "import_problem", "sheet_filling"),
    *("amendment_reason", "amender", "mark_amendment", "policy_version"),
)

CHANGING = "select, insert, update"
ADDING = "select, insert"


def upgrade() -> None:
    """Make the tables."""
    run(FOUNDATION)
    grant("app_right", "select")
    run(SCHOOLS)
    for table in ("school", "school_term", "school_session"):
        secure(table, CHANGING)
    secure("calendar_change", ADDING)
    run(PEOPLE)
    grant("officer", CHANGING)
    grant("officer_role", CHANGING)
    secure("enrolment", CHANGING)
    for table in ("pupil", "contact", "professional"):
        secure(table, CHANGING, pupils_in_scope(table))
    secure("notice", ADDING, pupils_in_scope("notice"))
    grant("current_notice", "select")
    run(REGISTER)
    secure("import_run", ADDING, f"({EVERYTHING} or (schools <> '{{}}' and schools <@ {SCOPE}))")
    secure("import_result", ADDING, "(import_id in (select import_id from import_run))")
    secure("import_problem", ADDING, "(import_id in (select import_id from import_run))")
    for table in ("register_sheet", "roll_year", "mark_detail"):
        secure(table, CHANGING)
    for table in ("sheet_filling", "mark_amendment"):
        secure(table, ADDING)
    for table in ("amendment_reason", "amender", "policy_version"):
        grant(table, ADDING)
    grant("mark", "select")
    append_only(*APPEND_ONLY)
