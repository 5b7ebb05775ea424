-- +goose Up

-- +goose StatementBegin
-- Who can act in one of these seats of a project: holders and stand-ins who may
-- see it. Those in barred do not, neither themselves nor through a stand-in;
-- those in done have had their say, which keeps nobody else from it.
create function seated(project bigint, seats text[], barred bigint[], done bigint[]) returns setof bigint
language plpgsql stable as $$ -- its plan is kept, and the statements that ask it are planned as fast as before
begin
    return query
    select distinct g.person_id
      from held g
      join portfolio f on f.project_id = project
     where g.seat = any(seats) and (g.project_id is null or g.project_id = project)
       and g.person_id <> all(barred) and g.person_id <> all(done) and (g.for_id is null or g.for_id <> all(barred))
       and (not f.restricted
            or exists (select from project_member m where m.project_id = project and m.person_id = g.person_id)
            or exists (select from held h where h.person_id = g.person_id and (h.project_id = project or h.role in ('admin', 'auditor'))));
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
-- Who stepped back from a round.
create function recused(project bigint, review int, of_stage text, of_round int) returns bigint[]
language sql stable as $$
    select coalesce(array_agg(o.person_id), '{}')
      from sign_off o
     where o.project_id = project and o.review_no = review and o.stage = of_stage and o.round = of_round and o.decision = 'recuse'
$$;
-- +goose StatementEnd

-- What active projects wait for although nobody can do it: review.NobodyCan in
-- SQL, for lists; a test holds the two together. Whom separation of duties keeps
-- from anything but signing only the whole stage tells; here they count as able.
create view vacant (project_id, review_no, stage, duty, seat, no, since) as
    with direct as materialized ( -- some of those who hold a seat everywhere: mostly that settles it without looking further
        select seat, (array_agg(distinct person_id))[1:50] as people from granted where seat <> '' and project_id is null group by seat
    )
    -- mandatory seats in which nobody can sign or, without a seat, too few people
    select w.project_id, w.review_no, w.stage, 'signs', v.seat, 0, w.since
      from gate w
      join portfolio f on f.project_id = w.project_id and f.review_no = w.review_no
      join round r on r.project_id = w.project_id and r.review_no = w.review_no and r.stage = w.stage and r.no = w.round
     cross join lateral (select w.excluded || w.signed as out, r.quorum - cardinality(w.signed) as lack) t
     cross join lateral (
        select array(
            select s from unnest(r.mandatory) s
             where s = any(w.open_seats)
               and case when not f.restricted and exists (select from direct d where d.seat = s and not d.people <@ t.out) then false
                        else not exists (select from seated(w.project_id, array[s], w.excluded, w.signed)) end) as seats
     ) e
     cross join lateral (
        select unnest(e.seats) as seat
        union all
        select ''
         where case when cardinality(e.seats) > 0 then false
                    when not f.restricted and t.lack <= (
                        select count(distinct p.id) from direct d cross join unnest(d.people) p(id) where d.seat = any(w.open_seats) and p.id <> all(t.out)) then false
                    else (select count(*) from seated(w.project_id, w.open_seats, w.excluded, w.signed)) < t.lack end
     ) v
     where w.state = 2 and f.status = 'active'
    union all
    -- conditions reported as met
    select c.project_id, c.review_no, c.stage, 'confirms', c.seat, c.no, c.met_at
      from condition c
      join portfolio f on f.project_id = c.project_id and f.review_no = c.review_no
      join round r on r.project_id = c.project_id and r.review_no = c.set_in and r.stage = c.stage and r.no = c.round
     where f.status = 'active' and c.met_at is not null and c.confirmed_at is null and c.dropped_at is null
       and r.outcome = 'passed with conditions'
       and r.closing = (select o.digest from sign_off o
                         where o.project_id = r.project_id and o.review_no = r.review_no and o.stage = r.stage and o.round = r.no and o.person_id = c.set_by
                         order by o.no desc limit 1)
       and not exists (select from seated(c.project_id, array[c.seat],
           c.met_by || case when c.set_in = c.review_no then recused(c.project_id, c.set_in, c.stage, c.round) else '{}' end, '{}'))
    union all
    -- answers to findings, while their gate has not passed
    select d.project_id, d.review_no, d.stage, 'judges', o.seat, d.no, d.answered_at
      from finding d
      join portfolio f on f.project_id = d.project_id and f.review_no = d.review_no
      join gate w on w.project_id = d.project_id and w.review_no = d.review_no and w.stage = d.stage and w.state not in (3, 7, 9)
     cross join lateral (
        select s.seat from sign_off s
         where s.project_id = d.project_id and s.review_no = d.review_no and s.stage = d.stage and s.round = d.round and s.person_id = d.raised_by
         order by s.no desc limit 1
     ) o
     where f.status = 'active' and d.answered_at is not null and d.accepted_at is null
       and not exists (select from seated(d.project_id, array[o.seat], d.answered_by || recused(d.project_id, d.review_no, d.stage, d.round), '{}'))
    union all
    -- gates passed by break-glass
    select r.project_id, r.review_no, r.stage, 'looks-back', '', r.no, r.closed_at
      from round r
      join portfolio f on f.project_id = r.project_id and f.review_no = r.review_no
     cross join lateral (select r.closed_by || recused(r.project_id, r.review_no, r.stage, r.no) as barred) b
     where f.status = 'active' and r.outcome = 'break-glass' and r.reviewed_at is null
       and not exists (select from seated(r.project_id, r.seats, b.barred, '{}'))
       and not exists (
           select from held g
            where g.role = 'manager' and g.person_id <> all(b.barred)
              and (not f.restricted
                   or exists (select from project_member m where m.project_id = r.project_id and m.person_id = g.person_id)
                   or exists (select from held h where h.person_id = g.person_id and (h.project_id = r.project_id or h.role in ('admin', 'auditor')))));

-- The same as functions, whose plans are kept: planning the view takes longer than
-- reading it.
-- +goose StatementBegin
create function vacant_of(projects bigint[]) returns setof vacant
language plpgsql stable as $$
begin
    return query select v.* from unnest(projects) p(id) cross join lateral (select * from vacant where project_id = p.id offset 0) v;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function vacant_anywhere() returns setof vacant
language plpgsql stable as $$
begin
    return query select * from vacant;
end $$;
-- +goose StatementEnd

-- What waits to be judged is a small part of what was ever set.
create index condition_reported on condition (project_id) where met_at is not null and confirmed_at is null and dropped_at is null;
create index finding_answered on finding (project_id) where answered_at is not null and accepted_at is null;
create index round_unreviewed on round (project_id) where outcome = 'break-glass' and reviewed_at is null;

-- +goose StatementBegin
do $$
begin
    if exists (select from pg_roles where rolname = 'slipway_app') then
        grant select on vacant to slipway_app;
    end if;
end $$;
-- +goose StatementEnd

-- +goose Down
drop index round_unreviewed, finding_answered, condition_reported;
drop function vacant_anywhere();
drop function vacant_of(bigint[]);
drop view vacant;
drop function recused(bigint, int, text, int);
drop function seated(bigint, text[], bigint[], bigint[]);
