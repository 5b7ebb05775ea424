package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// Target says what a change is about, and so how much to load at first. What
// turns out to reach further is loaded then, so a stage is a way to be quick and
// never a promise.
type Target struct {
	Project review.ProjectKey
	Stage   plan.StageKey // empty: the project as a whole, all stages
	// Others are people to whom the change gives something to do, or whose work
	// it takes away: [review.Review.Named] then has their rights, and whether they
	// can sign in. Whoever a form names belongs here, on the project or not.
	Others []review.PersonID
	// Seen are keys of other projects that a form names: [review.Review.Seen] then has
	// those that the person may see.
	Seen []review.ProjectKey
}

// Changed is a project after a change, as far as it was loaded.
type Changed struct {
	Viewer
	Review  *review.Review
	Rollups []review.StageRollup // one a stage
	Seq     int64                // the project's version
	Events  []review.Entry       // what was recorded; empty when nothing changed
	Names   Names
}

// Decide runs domain commands on a loaded review. at is the moment of the
// change by the database's clock. It runs a second time, on the review as it was
// before, when it reaches further than what was loaded at first: whatever it
// tells its caller has to be what the last run found.
type Decide func(r *review.Review, who review.Actor, at time.Time) error

// Change is the only way to change a project. In one transaction it locks the
// head of the project's stream, finds out who asks, loads the review, lets
// decide run domain commands, and writes what they recorded: rows, trail and
// rollup from the same events. An error, whoever's, changes nothing.
func (s *Store) Change(ctx context.Context, by By, t Target, decide Decide) (*Changed, error) {
	id, err := s.enter(ctx, by, t.Project)
	if err != nil {
		return nil, err
	}
	var out *Changed
	err = s.transact(ctx, func(tx *transaction) error {
		l, v, err := s.lockAndLoad(ctx, tx, by, id, t, nil)
		if err != nil {
			return err
		}
		err = decide(l.review, v.Actor, v.Now)
		if l.review.Partial() {
			named, seen := l.review.Named, l.review.Seen
			if l, err = s.widen(ctx, tx.conn, id, l.writing, v.rights); err != nil {
				return err
			}
			l.review.Named, l.review.Seen = named, seen
			err = decide(l.review, v.Actor, v.Now)
		}
		if err != nil {
			return err
		}
		out, err = s.commitChange(ctx, tx, by, l, v, false)
		return err
	})
	if errors.Is(err, errDoneBefore) {
		return s.unchanged(ctx, by, t)
	}
	if err != nil {
		return nil, s.places.doubt(t.Project, err)
	}
	s.places.note(&out.Review.Project)
	out.Names = s.namesAfter(ctx, out)
	return out, nil
}

// namesAfter finds the names for the page about a change. It is saved by now:
// that names cannot be read must not make a failure of it.
func (s *Store) namesAfter(ctx context.Context, c *Changed) Names {
	names, err := s.resolve(ctx, peopleOf(c.Review))
	if err != nil {
		return Names{}
	}
	return names
}

// rightsLock is the advisory lock that every change shares and that a change
// of rights has to itself. A decision rests on the rights of whoever decides
// and of those who signed before: with it, they are the same until the decision
// is written, and the trail's times tell in which order the two came. It is
// taken after the project, so that whoever waits for a project keeps nobody
// from changing rights, nor, behind that, anybody from anything.
const rightsLock int64 = 1

// lockAndLoad is the first round trip: begin, lock, and read under the lock. A
// stage that is kept is not read, unless the head of the stream shows that it is
// not what the project is now; reading it then takes a round trip more. What first
// adds is locked before the project.
func (s *Store) lockAndLoad(ctx context.Context, tx *transaction, by By, id review.ProjectID, t Target, first func(*pgx.Batch)) (*loaded, *Viewer, error) {
	var v Viewer
	var rows reviewRows
	var head streamHead
	var written uint32
	p := parts{stage: t.Stage, rounds: true, all: t.Stage == ""}
	at := keptPlace{id, t.Stage}
	named, seen := map[review.PersonID]review.Actor{}, map[review.ProjectKey]review.ProjectID{}
	_, known := s.kept.Get(at)
	known = known && by.at.IsZero() // what is kept is of the present
	b := &pgx.Batch{}
	if first != nil {
		first(b)
	}
	b.Queue(lockSQL, int64(id), rightsLock).Query(head.scan)
	complete := s.queueKnownViewer(b, by, &v)
	queueRights(b, t.Others, named)
	s.queueSeen(b, by, t.Seen, seen)
	if known {
		b.Queue(`select xmin from portfolio where project_id = $1`, int64(id)).QueryRow(func(row pgx.Row) error { return row.Scan(&written) })
	} else {
		queueReview(b, id, p, &rows)
	}
	if err := tx.begin(ctx, b); err != nil {
		return nil, nil, batchError("reading the project to change", err)
	}
	if !complete() {
		v = Viewer{}
		b := &pgx.Batch{}
		s.queueViewer(b, by, &v)
		if err := send(ctx, tx.conn, b); err != nil {
			return nil, nil, batchError("reading the rights of whoever changes a project", err)
		}
		s.keepRights(by, &v)
	}
	l, err := s.loadLocked(ctx, tx.conn, at, &rows, known, head, written, v.rights)
	if err != nil {
		return nil, nil, err
	}
	l.writing, l.review.Named, l.review.Seen = head.tx, named, seen
	return l, &v, nil
}

// widen reads all stages, for a change that reaches beyond the one that was
// loaded. The stream is locked, so they are of the same moment.
func (s *Store) widen(ctx context.Context, conn *pgxpool.Conn, id review.ProjectID, writing uint32, rights int64) (*loaded, error) {
	var rows reviewRows
	p := parts{rounds: true, all: true}
	b := &pgx.Batch{}
	queueReview(b, id, p, &rows)
	if err := send(ctx, conn, b); err != nil {
		return nil, batchError("reading all stages of the project to change", err)
	}
	l, err := s.build(ctx, conn, &rows, p, rights)
	if err != nil {
		return nil, err
	}
	l.writing = writing
	return l, nil
}

// loadLocked puts together what was read or is kept, and reads what was not read
// and is no longer what is kept.
func (s *Store) loadLocked(
	ctx context.Context, conn *pgxpool.Conn, at keptPlace, rows *reviewRows, known bool, head streamHead, written uint32, rights int64,
) (*loaded, error) {
	p := parts{stage: at.stage, rounds: true, all: at.stage == ""}
	if known {
		// Asked for again: whoever held the lock before has kept what they made of it.
		if kept, ok := s.kept.Get(at); ok && kept.holds(head.hash, written) {
			l, err := kept.load()
			if err != nil {
				return nil, err
			}
			l.review.Plans = s.plansOn(ctx, conn)
			l.review.Away, err = s.away.at(ctx, conn, rights)
			return l, err
		}
		b := &pgx.Batch{}
		queueReview(b, at.project, p, rows)
		if err := send(ctx, conn, b); err != nil {
			return nil, batchError("reading the project to change", err)
		}
	}
	return s.build(ctx, conn, rows, p, rights)
}

// lockSQL locks the head of a stream, and then the rights. A function in the list of
// the very select that locks would run before it has the row: locking the rights is
// a level above.
const lockSQL = `select hash, pg_current_xact_id()::xid, pg_advisory_xact_lock_shared($2) from (select hash from stream where id = $1 for update) head`

// streamHead is what locking the head of a stream tells.
type streamHead struct {
	hash review.Hash
	tx   uint32 // the transaction that holds the lock
}

// scan reads it. Without a stream there is none: the other statements find
// nothing either.
func (h *streamHead) scan(rows pgx.Rows) error {
	defer rows.Close()
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash, &h.tx, nil); err != nil {
			return fmt.Errorf("reading the head of the stream: %w", err)
		}
		copy(h.hash[:], hash)
	}
	return rows.Err()
}

// commitChange is the second round trip: write what was recorded, and commit.
func (s *Store) commitChange(ctx context.Context, tx *transaction, by By, l *loaded, v *Viewer, created bool) (*Changed, error) {
	out := &Changed{Viewer: *v, Review: l.review, Rollups: l.rollups, Seq: l.seq, Events: l.review.Recorded()}
	if l.review.Partial() {
		return nil, fmt.Errorf("writing the change: %w", review.ErrPartial)
	}
	if len(out.Events) == 0 {
		return out, nil
	}
	b := &pgx.Batch{}
	for i := range out.Events {
		if err := writeEntry(b, l, &out.Events[i], v.Now); err != nil {
			return nil, err
		}
	}
	l.left = tx.left(ctx)
	writeDerived(b, l, v.Now, created)
	if created {
		tx.inTime(ctx, b)
	}
	if stage, only := l.only(); only && by.at.IsZero() {
		// Before it is committed, so that whoever waits for the lock finds it. If
		// that fails, no head will ever have this hash.
		at := keptPlace{l.review.Project.ID, stage.Def.Key}
		if k := keep(l, stage); k != nil {
			s.kept.Put(at, k)
		} else {
			s.kept.Drop(at)
		}
	}
	if v.stale {
		b.Queue(`update session set seen_at = clock_timestamp() where token_hash = $1`, by.token[:])
	}
	if err := tx.commit(ctx, b, "writing the change"); err != nil {
		return nil, err
	}
	out.Seq, out.Rollups = l.seq, l.rollups
	return out, nil
}

// writeEntry writes one event twice, side by side: its rows and its entry on
// the trail. An event without a writer is an error, so none can be forgotten.
func writeEntry(b *pgx.Batch, l *loaded, en *review.Entry, at time.Time) error {
	if !en.At.Equal(at) {
		return fmt.Errorf("event %s carries another time than its transaction", en.Event.Kind())
	}
	l.seq++
	en.Seq = l.seq
	stage, item := en.Event.Subject()
	t, err := newTrailRow(l.review.Project.ID, l.hash, *en, string(stage), string(item))
	if err != nil {
		return err
	}
	l.hash = t.hash
	if e, ok := en.Event.(review.ItemAnswered); ok {
		writeAnswer(b, l.review, t, e) // both in one statement
		return nil
	}
	if err := writeRows(b, l.review, *en); err != nil {
		return err
	}
	b.Queue(trailSQL, t.args()...)
	return nil
}

// trailRow is an entry as the trail keeps it. stage and item are what it is
// about, for finding it again; they are not hashed, since the body says the same.
type trailRow struct {
	stream      review.ProjectID
	entry       review.Entry
	stage, item string
	body        []byte
	hash        review.Hash
}

const trailSQL = `
	insert into trail (stream_id, seq, at, actor_id, kind, stage, item, body, hash)
	values ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), $8, $9)`

func (t *trailRow) args() []any {
	return []any{
		int64(t.stream), t.entry.Seq, t.entry.At, int64(t.entry.Actor), t.entry.Event.Kind(), t.stage, t.item, string(t.body), t.hash[:],
	}
}

// newTrailRow links an entry to the chain.
func newTrailRow(stream review.ProjectID, prev review.Hash, en review.Entry, stage, item string) (trailRow, error) {
	body, err := review.EncodeEvent(en.Event)
	if err != nil {
		return trailRow{}, err
	}
	return trailRow{stream, en, stage, item, body, review.ChainHash(prev, stream, en, body)}, nil
}

// unchanged reads the project after a form that had had its effect before.
func (s *Store) unchanged(ctx context.Context, by By, t Target) (*Changed, error) {
	view, err := s.project(ctx, by, t.Project, parts{stage: t.Stage, rounds: true})
	if err != nil {
		return nil, err
	}
	return &Changed{Viewer: view.Viewer, Review: view.Review, Rollups: view.Rollups, Seq: view.Seq, Names: view.Names}, nil
}

// StartModule is a module with which a project starts, and why.
type StartModule struct {
	Ref    plan.Ref
	Reason string
}

// Create starts a project, with modules that its plan has from the start. Its launch
// review is pinned to the template.
func (s *Store) Create(ctx context.Context, by By, ref plan.Ref, in review.NewProject, modules ...StartModule) (*Changed, error) {
	pl, err := s.planOn(ctx, s.pool, plan.Origin{Lifecycle: ref})
	if err != nil {
		return nil, err
	}
	var out *Changed
	err = s.transact(ctx, func(tx *transaction) error {
		var v Viewer
		var id review.ProjectID
		b := &pgx.Batch{}
		b.Queue(`select pg_advisory_xact_lock_shared($1)`, rightsLock)
		s.queueViewer(b, by, &v)
		b.Queue(`select nextval(pg_get_serial_sequence('stream', 'id'))`).QueryRow(func(row pgx.Row) error { return row.Scan(&id) })
		known, retired := 0, false
		var definition plan.Ref
		queueDefault(b, &definition)
		keys, versions := []string{ref.Key}, []int{ref.Version}
		for _, m := range modules {
			keys, versions = append(keys, m.Ref.Key), append(versions, m.Ref.Version)
		}
		named := in.People()
		b.Queue(`select exists (select from retired_version where (key, version) in (select * from unnest($1::text[], $2::int[])))`, keys, versions).
			QueryRow(func(row pgx.Row) error { return row.Scan(&retired) })
		b.Queue(`select count(*) from person where id = any($1) and blocked_at is null and erased_at is null`, people(named)).
			QueryRow(func(row pgx.Row) error { return row.Scan(&known) })
		if err := tx.begin(ctx, b); err != nil {
			return batchError("preparing a new project", err)
		}
		// Before the key is tried: a form that fails for its people would tell
		// whether a key is taken and leave no trace.
		if known < len(named) {
			return &review.Invalid{Fields: []review.FieldError{{Field: "person", Message: "is nobody we know; choose a person from the list"}}}
		}
		r, err := review.Create(v.Actor, id, pl, in, v.Now)
		if err != nil {
			return err
		}
		if retired {
			return &review.Refused{Why: "This version of the lifecycle or of a module was retired, so no new project can follow it. Choose another one."}
		}
		r.Plans = s.plansOn(ctx, tx.conn)
		for _, m := range modules {
			if err := r.AttachAtStart(v.Actor, m.Ref, m.Reason, v.Now); err != nil {
				return err
			}
		}
		if definition != (plan.Ref{}) {
			if err := r.DefineAtStart(v.Actor, definition, byDefault, v.Now); err != nil {
				return err
			}
		}
		l := &loaded{review: r, rollups: make([]review.StageRollup, len(r.Stages))}
		out, err = s.commitChange(ctx, tx, by, l, &v, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	out.Names = s.namesAfter(ctx, out)
	return out, nil
}
