-- +goose Up

-- That somebody took the pass back with which a round had ended: who, who else
-- authorised it, why, and what it was expected to mean.
alter table round
    add column reopened_by     bigint references person (id),
    add column reopened_for    bigint references person (id),
    add column reopened_at     timestamptz,
    add column reopened_why    text not null default '',
    add column reopened_impact text not null default '',
    add constraint round_reopened check (
        reopened_at is null and reopened_by is null and reopened_for is null and reopened_why = '' and reopened_impact = ''
        or reopened_at is not null and reopened_by is not null and reopened_why <> '' and reopened_impact <> ''
           and changed_at is null and outcome in ('passed', 'passed with conditions', 'break-glass'));

alter table gate drop constraint gate_state_check, add constraint gate_state_check check (state between 0 and 10);

-- +goose Down
update gate set state = 4 where state = 10;
alter table gate drop constraint gate_state_check, add constraint gate_state_check check (state between 0 and 9);
alter table round
    drop constraint round_reopened,
    drop column reopened_impact, drop column reopened_why, drop column reopened_at, drop column reopened_for, drop column reopened_by;
