package store

import "strings"

// visibleSQL is the condition under which a list shows a project: what
// review.May(…, ViewProject, …) says, in SQL. It expects the table portfolio
// as f and the CTE of [meSQL]; a test holds the two against each other.
const visibleSQL = `((me.reads or f.project_id = any(me.own)) and (not f.restricted or me.reads_all or f.project_id = any(me.own)))`

// keySQL and keysSQL find projects by what $4 has: a key, or several. The table
// portfolio, written with every answer, has no index of keys; that of projects has.
const (
	keySQL  = `f.project_id = (select id from project where key = $4)`
	keysSQL = `f.project_id = any(array(select id from project where key = any($4)))`
)

// meSQL is who asks, inside the statement of a list: $1 the token, $2 the
// person (0 with a session), $3 the idle limit of sessions. own are the
// projects that the person is on or holds a seat for, some of them twice; as an
// array it costs nothing to ask of each row, where a subquery made the planner
// hash the membership of everybody. Where the person finds rows through an
// index, say (select id from me): the planner sees through that, not through a
// join.
const meSQL = `
	me as materialized (
	    select p.id, w.suspended, w.keeps, coalesce(rights.all_open, false) as reads, coalesce(rights.all_of_them, false) as reads_all,
	           array(select m.project_id from project_member m where m.person_id = p.id) || rights.seats as own
	      from person p
	      join (select $2::bigint as person_id, ` + feedGapSQL + ` from (values (1)) one left join calendar_feed c on c.token_hash = $1 where $2::bigint <> 0
	            union all
	            select person_id, suspended, keeps from session
	             where $2::bigint = 0 and token_hash = $1
	               and expires_at > clock_timestamp() and seen_at > clock_timestamp() - $3::interval
	             limit 1) w on w.person_id = p.id
	     cross join lateral (
	        select bool_or(g.project_id is null) as all_open, bool_or(g.role in ('admin', 'auditor')) as all_of_them,
	               array_agg(g.project_id) filter (where g.project_id is not null) as seats
	          from held g
	         where g.person_id = p.id and ` + countsInSQL + `) rights
	     where p.blocked_at is null and p.erased_at is null
	)`

// feedGapSQL is why rights from groups do not count for a person without a session, and which
// of them does all the same. In their calendar c they count as they would in the session that
// they began last; whoever is not a calendar finds no c, and has all of them.
const feedGapSQL = `case when c.until <= clock_timestamp() then 'over' else coalesce(c.suspended, '') end as suspended, coalesce(c.keeps, '') as keeps`

// countsInSQL is whether a right g counts in a session w: where the provider did
// not say in which groups a person is, what groups give is suspended, but for
// the role that everybody has.
const countsInSQL = `(w.suspended = '' or g.source <> 'group' or g.role <> '' and g.role = w.keeps)`

// countsSQL is the same of the session of [meSQL], in statements that have it.
const countsSQL = `(g.source <> 'group' or exists (select from me w where ` + countsInSQL + `))`

// sitsSQL are the seats that the person holds, in their own right or for somebody,
// in statements that have meSQL.
const sitsSQL = `sits as materialized (
		    select g.seat, g.project_id, g.for_id from held g where g.person_id = (select id from me) and g.seat <> '' and ` + countsSQL + `
		)`

// twinSQL is whether the person sees another project that has the name of a row.
// The row has the columns of the table portfolio; the statement has meSQL. Hidden
// projects make no difference.
func twinSQL(row string) string {
	return `exists (
		    select from portfolio t, me
		     where t.search = ` + row + `.search and t.project_id <> ` + row + `.project_id
		       and ` + strings.ReplaceAll(visibleSQL, "f.", "t.") + `)`
}

// nameSQL is the name of a row's project as lists say it: with the key behind it
// where [twinSQL] holds. It belongs among the columns of a statement with a limit,
// and nowhere else: there it is asked of the rows that are shown, and of no others.
func nameSQL(row string) string { return nameIfSQL(row, twinSQL(row)) }

// nameIfSQL is the same for a statement that has found out by itself which of its
// projects are twins.
func nameIfSQL(row, twin string) string {
	return `case when ` + twin + ` then ` + row + `.name || ' (' || ` + row + `.key || ')' else ` + row + `.name end`
}
