-- +goose Up

-- A plan can name a readiness definition, too. No plan that is there names one, so
-- what is stored of them stays right.

-- +goose StatementBegin
create or replace function documents_of(origin json) returns text[]
    language sql immutable strict parallel safe
    as $$ select array(select origin->'lifecycle'->>'key' union all select m->>'key' from json_array_elements(origin->'modules') m
                       union all select origin->'definition'->>'key' where origin->'definition' is not null) $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
create or replace function documents_of(origin json) returns text[]
    language sql immutable strict parallel safe
    as $$ select array(select origin->'lifecycle'->>'key' union all select m->>'key' from json_array_elements(origin->'modules') m) $$;
-- +goose StatementEnd
