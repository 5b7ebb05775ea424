-- +goose Up

-- How many required items of each quality a project's stages ask for, and how many are done:
-- one row of the portfolio tells, packed, since only the program reads it.
alter table portfolio add column qualities bytea not null default '';
update portfolio set next_change_at = now(); -- the sweep counts

-- +goose Down

alter table portfolio drop column qualities;
