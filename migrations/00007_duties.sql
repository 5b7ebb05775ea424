-- +goose Up

-- Who owned a condition before it was handed on. None of them takes it back.
alter table condition
    add column former bigint[] not null default '{}';

-- Whom separation of duties keeps from signing a round. Rounds from before the
-- rule became stricter are judged by the one under which they were opened.
alter table round
    add column exclusion text not null default '' check (exclusion in ('', 'all'));
update round o
   set exclusion = 'all'
  from trail t
 where t.stream_id = o.project_id and t.stage = o.stage and t.at = o.requested_at
   and t.kind in ('SignOffRequested', 'GateForced') and t.body::jsonb ->> 'exclusion' = 'all';

-- Whether the item of a waiver applies with the project's tier and profile. One
-- that does not is asked of nobody. The sweep works it out.
alter table waiver
    add column applies boolean not null default true;
update portfolio f
   set next_change_at = now()
 where exists (select from waiver w where w.project_id = f.project_id and w.review_no = f.review_no and w.granted_at is null and w.denied_at is null);

-- Whose answers the present one replaced since its round began: since the gate
-- last passed by signatures before it was given, or since the review began. The
-- answer that stood then counts among them.
alter table item
    add column earlier bigint[];
with answer as (
    select t.stream_id as project_id, t.stage, t.item, t.seq, t.at, t.actor_id from trail t where t.kind = 'ItemAnswered'
), span as (
    select i.project_id, i.review_no, i.stage, i.item, i.answered_by, i.answered_at,
           r.started_at as review_began,
           greatest(case when i.review_no > 1 then r.started_at end,
                    (select max(o.closed_at) from round o
                      where o.project_id = i.project_id and o.review_no = i.review_no and o.stage = i.stage
                        and o.outcome in ('passed', 'passed with conditions') and o.closed_at < i.answered_at)) as began
      from item i
      join review r on r.project_id = i.project_id and r.no = i.review_no
     where i.version > 0
), before as (
    select s.*,
           (select max(a.seq) from answer a
             where a.project_id = s.project_id and a.stage = s.stage and a.item = s.item and a.at <= s.began) as stood,
           (select max(a.seq) from answer a
             where a.project_id = s.project_id and a.stage = s.stage and a.item = s.item and a.at <= s.answered_at) as present
      from span s
     where s.review_no = 1 or s.answered_at > s.review_began
)
update item i
   set earlier = e.people
  from (
    select b.project_id, b.review_no, b.stage, b.item, array_agg(distinct a.actor_id order by a.actor_id) as people
      from before b
      join answer a on a.project_id = b.project_id and a.stage = b.stage and a.item = b.item
                   and a.seq >= coalesce(b.stood, 0) and a.seq < b.present and a.actor_id <> b.answered_by
     group by b.project_id, b.review_no, b.stage, b.item
  ) e
 where i.project_id = e.project_id and i.review_no = e.review_no and i.stage = e.stage and i.item = e.item;

-- +goose Down
alter table waiver drop column applies;
alter table item drop column earlier;
alter table round drop column exclusion;
alter table condition drop column former;
