-- +goose Up

-- The oldest schema whose programs still work with this one. Replicas of the
-- version before stay ready while the next is rolled out, unless a migration
-- that they cannot live with writes its own number here.
create table schema_range (
    one    boolean primary key default true check (one),
    oldest bigint  not null
);
insert into schema_range (oldest) values (5);

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select on schema_range to slipway_app;
    end if;
end
$$;
-- +goose StatementEnd

-- +goose Down
drop table schema_range;
