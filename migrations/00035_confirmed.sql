-- +goose Up

-- Who gave the answers about a project last, and who confirmed them.
alter table project
    add column answered_by     bigint references person (id),
    add column confirmed_by    bigint references person (id),
    add column confirmed_at    timestamptz,
    add column answers_changed boolean not null default false,
    add constraint project_confirmed_by_and_at check ((confirmed_by is null) = (confirmed_at is null)),
    add constraint project_confirmed_by_another check (confirmed_by is null or answers_changed or confirmed_by <> answered_by);

update project p
   set answered_by = (
        select t.actor_id from trail t
         where t.stream_id = p.id
           and (t.kind = 'ProjectCreated'
                or t.kind = 'ProjectEdited' and (t.body::jsonb->'changes' @> '[{"field": "profile"}]' or t.body::jsonb->'changes' @> '[{"field": "unanswered"}]'))
         order by t.seq desc limit 1);

-- +goose Down
alter table project drop column answers_changed, drop column confirmed_at, drop column confirmed_by, drop column answered_by;
