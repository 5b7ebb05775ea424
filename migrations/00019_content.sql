-- +goose Up

-- How the content was written down that a round's digests are taken over: 0 names
-- the template's version, 2 has what the stage itself asks for.
alter table round
    add column format int not null default 0 check (format in (0, 2));
update round o
   set format = 2
  from trail t
 where t.stream_id = o.project_id and t.stage = o.stage and t.at = o.requested_at
   and t.kind in ('SignOffRequested', 'GateForced') and t.body::jsonb ->> 'format' = '2';

-- +goose Down
alter table round drop column format;
