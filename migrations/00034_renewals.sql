-- +goose Up

-- The round whose signatures stayed in force when evidence was linked after it;
-- 0 for evidence that was a change, or that came before its gate had passed.
alter table evidence add column renews int not null default 0 check (renews >= 0);

-- +goose Down
alter table evidence drop column renews;
