-- +goose Up

-- What was read of a record from time to time: of an objective the share that was
-- good, of a measure its value.
create table record_reading (
    project_id bigint         not null,
    record_no  int            not null,
    no         int            not null check (no > 0),
    value      numeric(18, 6) not null,
    at         timestamp      not null, -- the moment of which it is true, in UTC
    note       text           not null default '',
    url        text           not null default '',
    noted_by   bigint         not null references person,
    noted_at   timestamptz    not null,
    struck_by  bigint         references person,
    struck_at  timestamptz,
    why        text           not null default '',
    primary key (project_id, record_no, no),
    foreign key (project_id, record_no) references record
);

-- The latest of them that counts, so that a gate is read without the others.
alter table record add column latest jsonb;

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update on record_reading to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
alter table record drop column latest;
drop table record_reading;
