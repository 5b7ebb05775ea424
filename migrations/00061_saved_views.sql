-- +goose Up

-- Lists that people look at again: filters, order and grouping of the portfolio under a
-- name. They are no facts about projects and are on no trail.
create table saved_view (
    id        text        primary key check (id ~ '^[0-9a-z]{26}$'),
    person_id bigint      not null references person (id),
    name      text        not null check (length(name) between 1 and 60),
    query     text        not null check (length(query) <= 2000),
    shared    boolean     not null default false, -- listed for everybody
    start     boolean     not null default false, -- what the person sees after signing in
    saved_at  timestamptz not null default now(),
    unique (person_id, name)
);
create unique index saved_view_start on saved_view (person_id) where start;
create index saved_view_shared on saved_view (lower(name), id) where shared;
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update, delete on saved_view to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down

drop table saved_view;
