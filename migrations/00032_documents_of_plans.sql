-- +goose Up

-- Which documents a plan is made of, by key, for lists of the projects that use
-- one. Plans are as many as projects that were tailored.

-- +goose StatementBegin
create function documents_of(origin json) returns text[]
    language sql immutable strict parallel safe
    as $$ select array(select origin->'lifecycle'->>'key' union all select m->>'key' from json_array_elements(origin->'modules') m) $$;
-- +goose StatementEnd

alter table plan add column documents text[] not null generated always as (documents_of(origin)) stored;
create index plan_documents on plan using gin (documents);
create index review_plan on review (plan);
analyze plan, review;

-- +goose Down
drop index review_plan;
alter table plan drop column documents;
drop function documents_of(json);
