-- +goose Up

-- A plan is made of policies, too. No plan that is there has any.

-- +goose StatementBegin
create or replace function documents_of(origin json) returns text[]
    language sql immutable strict parallel safe
    as $$ select array(select origin->'lifecycle'->>'key' union all select m->>'key' from json_array_elements(origin->'modules') m
                       union all select origin->'definition'->>'key' where origin->'definition' is not null
                       union all select m->>'key' from json_array_elements(origin->'policies') m) $$;
-- +goose StatementEnd

-- +goose Down

-- +goose StatementBegin
create or replace function documents_of(origin json) returns text[]
    language sql immutable strict parallel safe
    as $$ select array(select origin->'lifecycle'->>'key' union all select m->>'key' from json_array_elements(origin->'modules') m
                       union all select origin->'definition'->>'key' where origin->'definition' is not null) $$;
-- +goose StatementEnd
