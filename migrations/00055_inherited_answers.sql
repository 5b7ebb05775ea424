-- +goose Up

-- That other projects may take an item's answer over, and of which other project's
-- item it is; null for nearly all.
alter table item add column offer jsonb, add column inherited jsonb;
create index item_offered on item (item) where offer is not null;
create index item_inherited on item (((inherited ->> 'from')::bigint)) where inherited is not null;

-- The project with whose answer evidence was taken over; 0: it was linked here.
alter table evidence add column from_project bigint not null default 0;

-- Projects from which something was taken over, and up to which of their entries
-- those who did have followed. Whoever takes something over asks once more, since it
-- may have changed meanwhile.
create table offering (
    project_id bigint primary key,
    seen       bigint not null default 0, -- their entry
    asked      bigint not null default 1,
    answered   bigint not null default 0
);

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update on offering to slipway_app;
    end if;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop table offering;
alter table evidence drop column from_project;
alter table item drop column inherited, drop column offer;
