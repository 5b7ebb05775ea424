-- +goose Up

-- Who owned a condition before it was handed on. None of them takes it back.
alter table condition
    add column former bigint[] not null default '{}';

-- +goose Down
alter table condition drop column former;
