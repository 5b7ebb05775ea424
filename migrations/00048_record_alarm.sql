-- +goose Up

-- Why a record asks for attention wherever its project is listed, as the program
-- works it out: an incident goes on, a high risk is undecided, a figure misses its
-- target.
alter table record add column alarm text not null default '';
create index record_alarm on record (alarm, project_id) where alarm <> '';
-- The portfolio lists projects with documents that nobody has looked at in time.
create index record_document on record (due, project_id) where kind = 'document' and not closed;

update record set alarm = 'going-on' where kind = 'incident' and state in ('open', 'mitigated');
update record set alarm = 'high-risk'
 where kind = 'risk' and state = 'open' and (fields ->> 'likelihood')::int * (fields ->> 'impact')::int >= 15;
update record set alarm = 'off-target'
 where kind = 'objective' and state = 'agreed' and (latest ->> 'value')::numeric < (fields ->> 'objective')::numeric
    or kind = 'measure' and state = 'followed'
   and case when fields ->> 'better' = 'less' then (latest ->> 'value')::numeric > (fields ->> 'target')::numeric
            else (latest ->> 'value')::numeric < (fields ->> 'target')::numeric end;

-- +goose Down
drop index record_document;
alter table record drop column alarm;
