-- +goose Up

-- What a project keeps beside its checklists: risks, debts, incidents. The kinds
-- and their states are declared in the program, so no list of them stands here.
create table record (
    project_id bigint      not null references project,
    no         int         not null check (no > 0),
    kind       text        not null,
    title      text        not null,
    text       text        not null default '',
    owner_id   bigint      references person,
    due        date,
    stage      text        not null default '',
    item       text        not null default '',
    fields     jsonb       not null default '{}',
    links      jsonb       not null default '[]',
    state      text        not null,
    version    int         not null,
    opened_by  bigint      not null references person,
    opened_at  timestamptz not null,
    moved_by   bigint      references person,
    moved_at   timestamptz,
    why        text        not null default '',
    comments   int         not null default 0,
    closed     boolean     not null, -- nothing more has to be done
    at_gate    boolean     not null, -- gates decide on it
    primary key (project_id, no)
);

-- Every change of a stage that is under review reads those on which its gate decides.
create index record_at_gate on record (project_id) where at_gate;
-- My work lists what a person has to do something about.
create index record_owner on record (owner_id) where not closed;

create table record_comment (
    project_id bigint      not null,
    record_no  int         not null,
    no         int         not null,
    person_id  bigint      not null references person,
    at         timestamptz not null,
    text       text        not null,
    once       text        not null default '',
    mentions   bigint[]    not null default '{}',
    primary key (project_id, record_no, no),
    foreign key (project_id, record_no) references record
);
create unique index record_comment_once on record_comment (project_id, once) where once <> '';

-- What a gate decided on when it passed, as it was then.
alter table round add column records jsonb;

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update on record, record_comment to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
alter table round drop column records;
drop table record_comment;
drop table record;
