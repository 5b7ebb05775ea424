-- +goose Up

-- The wishes that an item weigh less which somebody can approve, each with the stage
-- at whose gate that is decided: what it is by the plan of now, which rows alone do
-- not say.
create table wish (
    project_id bigint      not null references project (id),
    item       text        not null,
    stage      text        not null,
    asked_by   bigint      not null references person (id),
    asked_at   timestamptz not null,
    primary key (project_id, item)
);

-- What kind of project it is, as was said when it was started or later; empty where
-- nobody said.
alter table project add column origination text not null default '';

update project p
   set origination = t.body::jsonb->>'origination'
  from trail t
 where t.stream_id = p.id and t.kind = 'ProjectCreated' and t.body::jsonb ? 'origination';

-- The sweep fills in the wishes that there are, and since when what an upgrade asks
-- again is waited for.
update portfolio f
   set next_change_at = now()
  from review r
 where r.project_id = f.project_id and r.no = f.review_no and r.planning is not null;

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select, insert, update, delete on wish to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
alter table project drop column origination;
drop table wish;
