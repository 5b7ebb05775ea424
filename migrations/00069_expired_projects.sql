-- +goose Up

-- Few projects have evidence that has expired, and the others cost a change nothing.
create index portfolio_expired on portfolio (project_id) where not expired <@ '{0}'::smallint[];

-- +goose Down

drop index portfolio_expired;
