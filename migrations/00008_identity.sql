-- +goose Up

-- A blocked person cannot sign in, and their rights are withheld: rows move from
-- "granted" to "withheld" and back. Of an erased person only the number is left.
alter table person
    add column blocked_at timestamptz,
    add column erased_at  timestamptz,
    alter column issuer drop not null,
    alter column subject drop not null,
    add constraint person_erased check (
        case when erased_at is null then issuer is not null and subject is not null
             else issuer is null and subject is null and email = '' and name = 'Former member ' || id and blocked_at is null end);
create index person_email on person (lower(email)) where email <> '';
create table withheld (like granted including defaults including constraints);
alter table withheld
    add foreign key (person_id) references person (id),
    add foreign key (project_id) references project (id),
    add unique nulls not distinct (person_id, role, seat, project_id, source);

-- What people may know of their sessions. Where the provider did not say in
-- which groups the person is, "suspended" says why, and rights from groups do
-- not count in the session but for the role that everybody has. ID tokens are
-- sealed from now on; those of before are dropped.
alter table session
    add column id        bigint generated always as identity unique,
    add column browser   text not null default '' check (length(browser) <= 100),
    add column address   text not null default '' check (length(address) <= 100),
    add column suspended text not null default '' check (length(suspended) <= 40),
    add column keeps     text not null default '';
update session set id_token = '';

create or replace view held (person_id, role, seat, project_id, since, for_id, source) as
    select person_id, role, seat, project_id, granted_at, null::bigint, source
      from granted
    union all
    select d.to_id, '', d.seat, d.project_id, g.since, d.person_id, 'stand-in'
      from delegation d
     cross join lateral (
        select min(granted_at) as since
          from granted
         where person_id = d.person_id and seat = d.seat and project_id is not distinct from d.project_id
     ) g
     where d.starts <= clock_timestamp() and d.ends > clock_timestamp() and d.ended_at is null
       and g.since <= d.at -- a seat that was lost and came back is not lent any more
       and not exists (select from person p where p.id = d.to_id and (p.blocked_at is not null or p.erased_at is not null));

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update, delete on withheld to slipway_app;
        grant usage on all sequences in schema public to slipway_app;
    end if;
end
$$;
-- +goose StatementEnd

-- +goose Down

-- The tables before would let a blocked person in again, and know nobody without
-- an account: going down with any of these is refused, and changes nothing.
-- +goose StatementBegin
do $$
begin
    if exists (select from person where blocked_at is not null or erased_at is not null) then
        raise exception 'the earlier schema cannot hold who is blocked or erased; nothing was changed'
            using hint = 'Unblock everybody first. After somebody was erased, stay at this schema.';
    end if;
end
$$;
-- +goose StatementEnd
drop view held;
create view held (person_id, role, seat, project_id, since, for_id) as
    select person_id, role, seat, project_id, granted_at, null::bigint
      from granted
    union all
    select d.to_id, '', d.seat, d.project_id, g.since, d.person_id
      from delegation d
     cross join lateral (
        select min(granted_at) as since
          from granted
         where person_id = d.person_id and seat = d.seat and project_id is not distinct from d.project_id
     ) g
     where d.starts <= clock_timestamp() and d.ends > clock_timestamp() and d.ended_at is null
       and g.since <= d.at;
-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select on held to slipway_app;
    end if;
end
$$;
-- +goose StatementEnd
-- The sessions in which rights are suspended end: nothing would suspend them.
delete from session where suspended <> '';
alter table session drop column id, drop column browser, drop column address, drop column suspended, drop column keeps;
drop table withheld;
drop index person_email;
alter table person
    drop constraint person_erased,
    alter column issuer set not null,
    alter column subject set not null,
    drop column blocked_at, drop column erased_at;
