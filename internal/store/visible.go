package store

// visibleSQL is the condition under which a list shows a project: what
// review.May(…, ViewProject, …) says, in SQL. It expects the table portfolio
// as f and the CTE of [meSQL]; a test holds the two against each other.
const visibleSQL = `(
	    (me.reads or me.seated
	     or exists (select from project_member m where m.project_id = f.project_id and m.person_id = me.id)
	     or exists (select from granted g where g.project_id = f.project_id and g.person_id = me.id))
	    and (not f.restricted or me.reads_all
	     or exists (select from project_member m where m.project_id = f.project_id and m.person_id = me.id)
	     or exists (select from granted g where g.project_id = f.project_id and g.person_id = me.id))
	)`

// meSQL is who asks, inside the statement of a list: $1 the token, $2 the
// person (0 with a session), $3 the idle limit of sessions.
const meSQL = `
	me as materialized (
	    select p.id,
	           exists (select from granted g where g.person_id = p.id and g.role <> '') as reads,
	           exists (select from granted g where g.person_id = p.id and g.seat <> '' and g.project_id is null) as seated,
	           exists (select from granted g where g.person_id = p.id and g.role in ('admin', 'auditor')) as reads_all
	      from person p
	     where p.id = case when $2::bigint <> 0 then $2::bigint else (
	        select person_id from session
	         where token_hash = $1 and expires_at > clock_timestamp() and seen_at > clock_timestamp() - $3::interval) end
	)`
