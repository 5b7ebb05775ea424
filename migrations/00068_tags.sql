-- +goose Up

-- Words by which people find a project; beside it, for lists.
alter table project add column tags text[] not null default '{}';
alter table portfolio add column tags text[] not null default '{}';
-- Most changes of a project write its row, and with it its places in all indexes: those without
-- a tag have none in this one.
create index portfolio_tags on portfolio using gin (tags) where tags <> '{}';

-- +goose Down

alter table portfolio drop column tags;
alter table project drop column tags;
