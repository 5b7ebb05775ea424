-- +goose Up

-- A gate that the project's exposure does not need is 11.
alter table gate drop constraint gate_state_check, add constraint gate_state_check check (state between 0 and 11);

-- The view of 00018: nobody judges answers to the findings of such a gate.
create or replace view vacant (project_id, review_no, stage, duty, seat, no, since) as
    with direct as materialized ( -- some of those who hold a seat everywhere: mostly that settles it without looking further
        select seat, (array_agg(distinct person_id))[1:50] as people from granted where seat <> '' and project_id is null group by seat
    ), everywhere as materialized ( -- in which somebody sits everywhere; in the others mostly nobody does at all
        select coalesce(array_agg(distinct seat), '{}') as seats from held where seat <> '' and project_id is null
    ), here as materialized ( -- and in which somebody sits in just one project
        select project_id, array_agg(distinct seat) as seats from held where seat <> '' and project_id is not null group by project_id
    )
    -- mandatory seats in which nobody can sign or, without a seat, too few people
    select w.project_id, w.review_no, w.stage, 'signs', v.seat, 0, w.since
      from gate w
      join portfolio f on f.project_id = w.project_id and f.review_no = w.review_no
      join round r on r.project_id = w.project_id and r.review_no = w.review_no and r.stage = w.stage and r.no = w.round
     cross join everywhere a
      left join here h on h.project_id = w.project_id
     cross join lateral (select w.excluded || w.signed as out, r.quorum - cardinality(w.signed) as lack) t
     cross join lateral (
        select array(
            select s from unnest(r.mandatory) s
             where s = any(w.open_seats)
               and case when s <> all(a.seats) and (h.seats is null or s <> all(h.seats)) then true
                        when not f.restricted and exists (select from direct d where d.seat = s and not d.people <@ t.out) then false
                        else not exists (select from seated(w.project_id, array[s], w.excluded, w.signed)) end) as seats
        offset 0 -- found once, not once for each use
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
      join gate w on w.project_id = d.project_id and w.review_no = d.review_no and w.stage = d.stage and w.state not in (3, 7, 9, 11)
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

-- +goose Down
create or replace view vacant (project_id, review_no, stage, duty, seat, no, since) as
    with direct as materialized ( -- some of those who hold a seat everywhere: mostly that settles it without looking further
        select seat, (array_agg(distinct person_id))[1:50] as people from granted where seat <> '' and project_id is null group by seat
    ), everywhere as materialized ( -- in which somebody sits everywhere; in the others mostly nobody does at all
        select coalesce(array_agg(distinct seat), '{}') as seats from held where seat <> '' and project_id is null
    ), here as materialized ( -- and in which somebody sits in just one project
        select project_id, array_agg(distinct seat) as seats from held where seat <> '' and project_id is not null group by project_id
    )
    -- mandatory seats in which nobody can sign or, without a seat, too few people
    select w.project_id, w.review_no, w.stage, 'signs', v.seat, 0, w.since
      from gate w
      join portfolio f on f.project_id = w.project_id and f.review_no = w.review_no
      join round r on r.project_id = w.project_id and r.review_no = w.review_no and r.stage = w.stage and r.no = w.round
     cross join everywhere a
      left join here h on h.project_id = w.project_id
     cross join lateral (select w.excluded || w.signed as out, r.quorum - cardinality(w.signed) as lack) t
     cross join lateral (
        select array(
            select s from unnest(r.mandatory) s
             where s = any(w.open_seats)
               and case when s <> all(a.seats) and (h.seats is null or s <> all(h.seats)) then true
                        when not f.restricted and exists (select from direct d where d.seat = s and not d.people <@ t.out) then false
                        else not exists (select from seated(w.project_id, array[s], w.excluded, w.signed)) end) as seats
        offset 0 -- found once, not once for each use
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
update gate set state = 0 where state = 11;
alter table gate drop constraint gate_state_check, add constraint gate_state_check check (state between 0 and 10);
