-- +goose Up

-- Who answers for which stage, and by when it is to be done; null where nothing is
-- said of any. A project has a handful of stages, and they are read with it.
alter table project add column stage_plans jsonb;

-- A stage that has begun has no owner of its own.
alter table portfolio add column unowned boolean not null default false;

-- The sweep fills that in.
update portfolio set next_change_at = now();

-- How long a signer said that deciding took.
alter table sign_off add column effort text not null default '' check (effort in ('', 'under-5', '5-15', '15-60', 'over-60'));

-- +goose Down
alter table sign_off drop column effort;
alter table portfolio drop column unowned;
alter table project drop column stage_plans;
