-- +goose Up

-- The secret address under which a person's calendar reads their due dates, of which only
-- the hash is kept, as of sessions. It is no fact about a project and on no trail.
create table calendar_feed (
    person_id  bigint      primary key references person (id),
    token_hash bytea       not null unique check (length(token_hash) = 32),
    made_at    timestamptz not null default now()
);
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update, delete on calendar_feed to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down

drop table calendar_feed;
