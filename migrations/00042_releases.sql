-- +goose Up

-- How all gates stood when a record came where that is kept, such as when a release
-- went out.
alter table record add column gates jsonb;

-- +goose Down
alter table record drop column gates;
