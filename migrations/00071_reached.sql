-- +goose Up

-- When the gate of each stage passed for the first time in the present review (seconds
-- since 1970, 0: not yet), so that a stage keeps a project waiting only since the project
-- has reached it.
alter table portfolio add column passed bigint[];
update portfolio f
   set passed = (
       select array_agg(coalesce((select floor(extract(epoch from min(ro.closed_at)))::bigint from round ro
                                   where ro.project_id = st.project_id and ro.review_no = st.review_no and ro.stage = st.stage
                                     and ro.outcome in ('passed', 'passed with conditions', 'break-glass')), 0) order by st.place)
         from stage st
        where st.project_id = f.project_id and st.review_no = f.review_no);
alter table portfolio alter column passed set not null;
update portfolio f
   set blocked_since = date_trunc('second', greatest(r.started_at, (select to_timestamp(max(at)) from unnest(f.passed[:f.current]) at)))
  from review r
 where r.project_id = f.project_id and r.no = f.review_no
   and f.blocked_since < date_trunc('second', greatest(r.started_at, (select to_timestamp(max(at)) from unnest(f.passed[:f.current]) at)));

-- +goose Down

alter table portfolio drop column passed;
