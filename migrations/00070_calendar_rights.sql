-- +goose Up

-- What groups gave counts in a calendar as in the session that its person began last: up to
-- when, whether the provider did not say in which groups they are, and which role counts
-- all the same.
alter table calendar_feed
    add column suspended text        not null default '',
    add column keeps     text        not null default '',
    add column until     timestamptz not null default now();
update calendar_feed c
   set until = s.expires_at, suspended = s.suspended, keeps = s.keeps
  from (select distinct on (person_id) person_id, expires_at, suspended, keeps from session order by person_id, created_at desc) s
 where s.person_id = c.person_id;

-- +goose Down

alter table calendar_feed
    drop column suspended,
    drop column keeps,
    drop column until;
