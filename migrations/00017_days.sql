-- +goose Up

-- A date is a whole day, its last one included. When a day is over depends on the
-- organisation's time zone, which sessions bring along.
alter table waiver
    alter column until type date using (until at time zone 'UTC')::date;
comment on column waiver.until is 'the last day on which it counts';
comment on column evidence.expires is 'the last day on which it counts';
-- What lists say of dates that were over at the start of their day.
update portfolio set next_change_at = now() where next_change_at is not null or live <> '';

-- +goose Down
alter table waiver
    alter column until type timestamptz using until::timestamp at time zone 'UTC';
comment on column waiver.until is null;
comment on column evidence.expires is null;
update portfolio set next_change_at = now() where next_change_at is not null or live <> '';
