-- +goose Up

-- Each page and change of a project reads who is on it and who has which part. Read
-- from their tables with each, they cost more than all the rest of the project.
-- The project's row has them too now; the tables are what lists ask.
alter table project
    add column members          bigint[] not null default '{}',
    add column duties           text[]   not null default '{}',
    add column responsibilities jsonb,
    add constraint project_duties check (cardinality(members) = cardinality(duties));

update project p
   set members = array(select person_id from project_member where project_id = p.id order by person_id),
       duties = array(select duty from project_member where project_id = p.id order by person_id),
       responsibilities = (select jsonb_agg(jsonb_build_object('person', coalesce(person_id, 0), 'team', team, 'parts', parts) order by coalesce(person_id, 0), team collate "C")
                             from responsibility where project_id = p.id);

create index person_away on person (id) where blocked_at is not null or erased_at is not null;

-- +goose Down

drop index person_away;
alter table project drop column responsibilities, drop column duties, drop column members;
