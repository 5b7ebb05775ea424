-- +goose Up

-- For whom a stand-in decided, as sign-offs have said it from the start.
alter table waiver
    add column granted_for bigint references person (id),
    add column denied_for  bigint references person (id),
    add column revoked_for bigint references person (id),
    add check (granted_for is null or granted_by is not null),
    add check (denied_for is null or denied_by is not null),
    add check (revoked_for is null or revoked_by is not null);
alter table round
    add column reviewed_for bigint references person (id),
    add check (reviewed_for is null or reviewed_by is not null);
alter table finding
    add column accepted_for bigint references person (id),
    add check (accepted_for is null or accepted_by is not null);

-- A condition belongs to a seat, outlives its round and its review, and can be
-- taken back. set_in is the review in which it was set.
alter table condition
    add column seat          text,
    add column set_in        int,
    add column confirmed_for bigint references person (id),
    add column dropped_by    bigint references person (id),
    add column dropped_for   bigint references person (id),
    add column dropped_why   text not null default '';
update condition c
   set set_in = c.review_no,
       seat = (select o.seat from sign_off o
                where o.project_id = c.project_id and o.review_no = c.review_no and o.stage = c.stage and o.round = c.round
                  and o.person_id = c.set_by and o.at <= c.set_at
                order by o.no desc limit 1);
alter table condition
    alter column seat set not null,
    alter column set_in set not null,
    drop constraint condition_project_id_review_no_stage_round_fkey,
    add foreign key (project_id, review_no) references review (project_id, no),
    add foreign key (project_id, set_in, stage, round) references round (project_id, review_no, stage, no),
    add check (set_in <= review_no),
    add check (confirmed_for is null or confirmed_by is not null),
    add check ((dropped_by is null) = (dropped_why = '') and (dropped_by is null or dropped_at is not null)),
    add check (dropped_for is null or dropped_by is not null),
    add constraint condition_dropped_by_another check (dropped_by <> owner_id);

-- Open conditions bind their gates whatever rounds have followed: the sweep
-- works out anew how those stand.
update portfolio f
   set next_change_at = now()
 where exists (select from condition c
                where c.project_id = f.project_id and c.review_no = f.review_no and c.confirmed_at is null and c.dropped_at is null);

-- +goose Down

-- The tables before had no room for what stand-ins decided, for conditions that
-- outlived their review, or for those that were taken back. Going down with any
-- of these would lose them, and coming up again would find other signatures than
-- the trail: that is refused, and changes nothing.
-- +goose StatementBegin
do $$
begin
    if exists (select from waiver where granted_for is not null or denied_for is not null or revoked_for is not null)
       or exists (select from round where reviewed_for is not null)
       or exists (select from finding where accepted_for is not null)
       or exists (select from condition where set_in <> review_no or confirmed_for is not null or dropped_by is not null) then
        raise exception 'schema 1 cannot hold what stand-ins decided or which conditions were carried over or released; nothing was changed'
            using hint = 'Stay at schema 2 or above, or restore a backup from before the update.';
    end if;
end
$$;
-- +goose StatementEnd
alter table condition
    drop column seat, drop column set_in, drop column confirmed_for, drop column dropped_by, drop column dropped_for, drop column dropped_why,
    drop constraint condition_project_id_review_no_fkey,
    add constraint condition_project_id_review_no_stage_round_fkey
        foreign key (project_id, review_no, stage, round) references round (project_id, review_no, stage, no);
alter table finding drop column accepted_for;
alter table round drop column reviewed_for;
alter table waiver drop column granted_for, drop column denied_for, drop column revoked_for;
update portfolio set next_change_at = now();
