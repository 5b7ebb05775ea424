-- +goose Up

-- Whose turn it is, for lists: of each stage the seats and people that it waits
-- for, those who kept it longest first, and since when (seconds since 1970, 0: not
-- known); of the project those of its present stage and of gates that wait for
-- signatures.
alter table portfolio
    add column waits         text[],
    add column waits_since   bigint[],
    add column waited        text[] not null default '{}',
    add column blocked_by    bigint references person (id), -- the first of them, when it is a person
    add column blocked_since timestamptz,
    add column deputy_id     bigint references person (id),
    add column search        text;                          -- the name as searches compare it; null: still to be written
update portfolio f
   set waits = array_fill(''::text, array[cardinality(gates)]),
       waits_since = array_fill(0::bigint, array[cardinality(gates)]),
       deputy_id = (select m.person_id from project_member m where m.project_id = f.project_id and m.duty = 'deputy'),
       next_change_at = now(); -- the sweep fills in the rest
alter table portfolio
    alter column waits set not null,
    alter column waits_since set not null;
drop index portfolio_target;
-- By the day that lists show: of the next review once a service is live, of the target before.
create index portfolio_due     on portfolio (
    (case when status <> 'active' then null when live <> '' then (review_due at time zone 'UTC')::date else target end), lower(name), project_id);
create index portfolio_search  on portfolio (search);
create index portfolio_blocked on portfolio (blocked_since, project_id);
create index portfolio_waited  on portfolio using gin (waited);
create index portfolio_gates   on portfolio using gin (gates);
create index portfolio_alone   on portfolio (lower(name), project_id) where deputy_id is null;
create index portfolio_unread  on portfolio (project_id) where search is null;

-- Names and addresses as searches compare them. Whoever changes a name need not
-- know of it: what is null is written before the next search.
alter table person add column search text;
create index person_unread on person (id) where search is null;
-- +goose StatementBegin
create function forget_search() returns trigger language plpgsql as $$
begin
    new.search := null;
    return new;
end $$;
-- +goose StatementEnd
create trigger person_renamed before update of name, email on person
    for each row when (old.name is distinct from new.name or old.email is distinct from new.email) execute function forget_search();

-- Projects that somebody is about to start: what was typed so far. A draft is
-- its author's alone, and goes with the project or after a month.
create table project_draft (
    id         text        primary key check (id ~ '^[0-9a-z]{26}$'),
    person_id  bigint      not null references person (id) on delete cascade,
    body       jsonb       not null check (pg_column_size(body) <= 65536),
    changed_at timestamptz not null default now()
);
create index project_draft_person on project_draft (person_id, changed_at);
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update, delete on project_draft to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop table project_draft;
drop trigger person_renamed on person;
drop function forget_search;
drop index person_unread;
alter table person drop column search;
alter table portfolio
    drop column search, drop column deputy_id, drop column blocked_since, drop column blocked_by,
    drop column waited, drop column waits_since, drop column waits;
drop index portfolio_due, portfolio_gates;
create index portfolio_target on portfolio (target, project_id);
