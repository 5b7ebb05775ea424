package store

// visibleSQL is the condition under which a list shows a project: what
// review.May(…, ViewProject, …) says, in SQL. It expects the table portfolio
// as f and the CTE of [meSQL]; a test holds the two against each other.
const visibleSQL = `((me.reads or f.project_id = any(me.own)) and (not f.restricted or me.reads_all or f.project_id = any(me.own)))`

// meSQL is who asks, inside the statement of a list: $1 the token, $2 the
// person (0 with a session), $3 the idle limit of sessions. own are the
// projects that the person is on or holds a seat for, some of them twice; as an
// array it costs nothing to ask of each row, where a subquery made the planner
// hash the membership of everybody. Where the person finds rows through an
// index, say (select id from me): the planner sees through that, not through a
// join.
const meSQL = `
	me as materialized (
	    select p.id,
	           exists (select from held g where g.person_id = p.id and g.project_id is null) as reads,
	           exists (select from held g where g.person_id = p.id and g.role in ('admin', 'auditor')) as reads_all,
	           array(select m.project_id from project_member m where m.person_id = p.id
	                 union all
	                 select g.project_id from held g where g.person_id = p.id and g.project_id is not null) as own
	      from person p
	     where p.id = case when $2::bigint <> 0 then $2::bigint else (
	        select person_id from session
	         where token_hash = $1 and expires_at > clock_timestamp() and seen_at > clock_timestamp() - $3::interval) end
	)`
