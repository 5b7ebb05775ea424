-- +goose Up

-- What is published, retired and given to other owners is on a trail of its own,
-- as rights are. What was published before is entered by the migrate command.
alter table stream drop constraint stream_kind_check,
    add constraint stream_kind_check check (kind in ('directory', 'library', 'project'));
insert into stream (id, kind) values (-1, 'library');
create index trail_library on trail (item, seq) where stream_id = -1;

alter table granted drop constraint granted_role_check,
    add constraint granted_role_check check (role in ('', 'viewer', 'manager', 'admin', 'auditor', 'library'));
alter table withheld drop constraint granted_role_check,
    add constraint granted_role_check check (role in ('', 'viewer', 'manager', 'admin', 'auditor', 'library'));

-- Versions that no new project may pin.
create table retired_version (
    key     text not null,
    version int  not null,
    primary key (key, version),
    foreign key (key, version) references template_version (key, version)
);

-- What somebody is writing: at most one draft a document. It is scratch, and not
-- on the trail. "saved" counts what was saved; "touched" says of each part of the
-- document who changed it last, and when.
create table draft (
    key          text        primary key check (key ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(key) between 2 and 40),
    kind         text        not null check (kind in ('lifecycle', 'module')),
    made_from    int         not null default 0 check (made_from >= 0), -- version of the same document; 0: none
    body         json        not null,
    saved        bigint      not null default 1 check (saved > 0),
    touched      jsonb       not null default '{}',
    started_by   bigint      not null references person (id),
    started_at   timestamptz not null,
    changed_by   bigint      not null references person (id),
    changed_at   timestamptz not null
);

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant insert on template_version to slipway_app;
        grant select, insert on retired_version to slipway_app;
        grant select, insert, update, delete on draft to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop table draft, retired_version;
alter table trail disable trigger user;
alter table checkpoint_head disable trigger user;
delete from checkpoint_head where stream_id = -1;
delete from trail where stream_id = -1;
alter table checkpoint_head enable trigger user;
alter table trail enable trigger user;
delete from stream where id = -1;
drop index trail_library;
alter table stream drop constraint stream_kind_check,
    add constraint stream_kind_check check (kind in ('directory', 'project'));
delete from granted where role = 'library';
delete from withheld where role = 'library';
alter table granted drop constraint granted_role_check,
    add constraint granted_role_check check (role in ('', 'viewer', 'manager', 'admin', 'auditor'));
alter table withheld drop constraint granted_role_check,
    add constraint granted_role_check check (role in ('', 'viewer', 'manager', 'admin', 'auditor'));
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        revoke insert on template_version from slipway_app;
    end if;
end $$;
-- +goose StatementEnd
