-- +goose Up

-- Who has which part in a project, beside what follows from its team and from being
-- on it: a team or somebody, once each.
create table responsibility (
    project_id bigint not null references project (id),
    person_id  bigint references person (id),
    team       text   not null default '',
    parts      text[] not null check (parts <> '{}' and parts <@ array['builds', 'runs', 'approves', 'informed']),
    check ((person_id is null) = (team <> '')),
    unique nulls not distinct (project_id, person_id, team)
);
create index responsibility_person on responsibility (person_id, project_id) where person_id is not null;

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update, delete on responsibility to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop table responsibility;
