-- +goose Up

-- A project whose only date had gone by already says of it what held while dates
-- ended at the start of their day. The sweep says it anew.
update portfolio set next_change_at = now() where next_change_at is null;

-- +goose Down
select 1;
