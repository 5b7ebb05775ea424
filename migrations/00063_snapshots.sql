-- +goose Up

-- Where all projects stood on past days: what the portfolio showed when the first server
-- that ran on a day got to it. No trail tells it, so it is kept out of what verify checks.
create table snapshot (
    day      date        primary key, -- of the organisation
    taken_at timestamptz not null
);
create table snapshot_project (
    project_id   bigint   not null references project (id),
    review_no    int      not null,
    day          date     not null references snapshot (day),
    due          date,              -- the day that the portfolio showed: the target, or the next review of a running service
    place        smallint not null, -- of the stage that it was in, from 0
    gate         smallint not null, -- the state of that stage's gate
    tier         smallint not null,
    ready        smallint not null, -- required items done, in percent, rounded down
    items        smallint not null, -- required and recommended
    done         smallint not null, -- of these
    blockers     smallint not null,
    waivers      smallint not null, -- in force
    ending       smallint not null, -- of these, within 14 days
    conditions   smallint not null, -- open
    overdue      smallint not null, -- of these
    requestable  boolean  not null, -- a gate could be requested
    at_risk      boolean  not null,
    late         boolean  not null,
    lapsed       boolean  not null,
    status       text     not null,
    live         text     not null,
    stage        text     not null,
    team         text     not null,
    primary key (day, project_id)
);
-- Trends add these up over many days; most projects have neither.
create index snapshot_promises on snapshot_project (day, project_id) include (waivers, ending, conditions, overdue)
    where waivers > 0 or conditions > 0;
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, delete on snapshot, snapshot_project to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop table snapshot_project;
drop table snapshot;
