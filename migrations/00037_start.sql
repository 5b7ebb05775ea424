-- +goose Up

-- The stage with which a project begins, as was chosen when it was started; empty
-- for the first one.
alter table project add column start text not null default '';

update project p
   set start = t.body::jsonb->>'start'
  from trail t
 where t.stream_id = p.id and t.kind = 'ProjectCreated' and t.body::jsonb ? 'start';

-- +goose Down
alter table project drop column start;
