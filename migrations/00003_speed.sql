-- +goose Up

-- Of the projects, few are services that run: a list of those whose review is
-- due finds them without walking through all others.
create index portfolio_live on portfolio (live, lower(name), project_id) where live <> '';

-- Gates that were passed by break-glass and wait for review are few at any
-- time: whoever may review them finds them without reading the portfolio.
create index round_to_review on round (review_due) where outcome = 'break-glass' and reviewed_at is null;

-- +goose Down
drop index round_to_review;
drop index portfolio_live;
