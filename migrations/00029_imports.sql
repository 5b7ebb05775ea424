-- +goose Up

-- Files that somebody uploaded to make a document of, until they did or a day has
-- passed. Each is its owner's alone. "choices" is how it is to be read; "made" is the
-- key of the draft that it became, and then the file is gone.
create table import (
    id        text        primary key check (id ~ '^[0-9a-z]{26}$'),
    person_id bigint      not null references person (id) on delete cascade,
    name      text        not null check (length(name) <= 200),
    body      bytea       not null check (octet_length(body) <= 5 * 1024 * 1024),
    choices   jsonb       not null default '{}' check (pg_column_size(choices) <= 65536),
    made      text        not null default '',
    made_at   timestamptz not null default now()
);
create index import_person on import (person_id, made_at);
create index import_age on import (made_at);

-- What somebody said that the columns of a table hold, by a digest of its headings,
-- so that they need not say it again.
create table import_columns (
    person_id bigint      not null references person (id) on delete cascade,
    headings  text        not null check (length(headings) = 64),
    columns   jsonb       not null check (pg_column_size(columns) <= 8192),
    used_at   timestamptz not null default now(),
    primary key (person_id, headings)
);

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update, delete on import, import_columns to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop table import_columns, import;
