-- +goose Up

-- Of the projects, few are services that run: a list of those whose review is
-- due finds them without walking through all others.
create index portfolio_live on portfolio (live, lower(name), project_id) where live <> '';

-- +goose Down
drop index portfolio_live;
