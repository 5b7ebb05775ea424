package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/review"
)

// writeRows writes what an event means for the tables; see also [writeAnswer].
// The review is the state after all events of the change.
func writeRows(b *pgx.Batch, r *review.Review, en review.Entry) error {
	id, no := int64(r.Project.ID), r.No
	switch e := en.Event.(type) {
	case review.ProjectCreated:
		return writeCreated(b, r, en, e)
	case review.ProjectEdited:
		b.Queue(`
			update project
			   set name = $2, summary = $3, team = $4, tier = $5, exposure = $6, target = nullif($7, '')::date, restricted = $8,
			       origination = coalesce(nullif($9, ''), origination), start = coalesce(nullif($10, ''), start), search = $11
			 where id = $1`, id, e.Name, e.Summary, e.Team, e.Tier, e.Exposure, e.Target, e.Restricted, string(e.Origination), string(e.Start),
			ProjectWords(e.Name, string(r.Project.Key), r.Project.Tags))
		return errors.Join(writeProfile(b, r), writePlanning(b, r)) // another tier or answer asks for more
	case review.AnswersRetracted:
		return errors.Join(writeProfile(b, r), writePlanning(b, r))
	case review.ProfileConfirmed, review.RetractionAsked, review.RetractionRefused:
		return writeProfile(b, r)
	case review.DutySet:
		writeDuty(b, id, e)
	case review.ProjectTagged:
		b.Queue(`update project set tags = $2, search = $3 where id = $1`, id, texts(e.Tags), ProjectWords(r.Project.Name, string(r.Project.Key), e.Tags))
	case review.StatusChanged:
		b.Queue(`update project set status = $2 where id = $1`, id, e.To)
	case review.NotApplicableApproved:
		b.Queue(`
			update item set approved_by = $5, approved_at = $6
			 where project_id = $1 and review_no = $2 and stage = $3 and item = $4`,
			id, no, e.Stage, e.Item, int64(en.Actor), en.At)
	case review.ItemAssigned:
		b.Queue(`
			insert into item (project_id, review_no, stage, item, assignee_id, due)
			values ($1, $2, $3, $4, $5, nullif($6, '')::date)
			on conflict (project_id, review_no, stage, item) do update set assignee_id = $5, due = nullif($6, '')::date`,
			id, no, e.Stage, e.Item, nullablePerson(e.Person), e.Due)
	case review.CommentAdded:
		b.Queue(`
			insert into item (project_id, review_no, stage, item, comments) values ($1, $2, $3, $4, $5)
			on conflict (project_id, review_no, stage, item) do update set comments = $5`,
			id, no, e.Stage, e.Item, e.No)
		b.Queue(`
			insert into comment (project_id, review_no, stage, item, no, person_id, at, text, once, mentions)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			id, no, e.Stage, e.Item, e.No, int64(en.Actor), en.At, e.Text, e.Once, people(e.Mentions))
	case review.EvidenceAdded:
		b.Queue(`
			insert into evidence (project_id, review_no, stage, no, item, url, title, kind, effective, expires, commit, added_by, added_at, renews, from_project, search)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9::date, nullif($10, '')::date, $11, $12, $13, $14, $15, $16)`,
			id, no, e.Stage, e.No, e.Item, string(e.URL), e.Title, e.Type, e.Effective, e.Expires, e.Commit, standsFor(r, en, e.Stage, e.Item), en.At, e.Renews, int64(e.From),
			evidenceWords(e.Title, string(e.URL)))
	case review.EvidenceRemoved:
		b.Queue(`
			update evidence set removed_by = $5, removed_at = $6
			 where project_id = $1 and review_no = $2 and stage = $3 and no = $4`,
			id, no, e.Stage, e.No, standsFor(r, en, e.Stage, e.Item), en.At)
	case review.AnswerOffered, review.OfferWithdrawn, review.AnswerInherited, review.InheritanceEnded:
		return writeShared(b, r, en)
	case review.WaiverRequested, review.WaiverGranted, review.WaiverDenied, review.WaiverExtended, review.WaiverRevoked:
		writeWaiver(b, r, en)
	case review.ModuleAttached, review.ModuleDetached, review.DefinitionPinned, review.ItemAdded, review.ItemDropped, review.LevelRaised, review.LevelLowered,
		review.LoweringAsked, review.LoweringRefused, review.CoreMarked, review.PlanUpgraded, review.UpgradeUndone,
		review.PolicyAttached, review.PolicyDetached, review.EnvironmentAdded, review.EnvironmentRenamed, review.EnvironmentRemoved:
		return writePlan(b, r)
	case review.RecordOpened, review.RecordEdited, review.RecordMoved, review.RecordHandedOn:
		writeRecord(b, r, review.RecordIn(e))
	case review.RecordDiscussed:
		writeRecordComment(b, id, en, e)
	case review.ReadingNoted:
		writeReading(b, r, e.No, e.Reading)
	case review.ReadingStruck:
		writeReading(b, r, e.No, e.Reading)
	case review.ResponsibilitiesSet:
		writeResponsibilities(b, r)
	case review.StagePlanned:
		return writeStagePlans(b, r)
	case review.ReviewStarted:
		if err := writeStagePlans(b, r); err != nil {
			return err
		}
		return writeReviewStarted(b, r, en, e)
	default:
		return writeGateRows(b, r, en)
	}
	return nil
}

// writeProfile writes what is answered about a project, by whom, who confirmed it,
// and what of it is to be taken back.
func writeProfile(b *pgx.Batch, r *review.Review) error {
	p := &r.Project
	asked, err := retractionColumns(r)
	if err != nil {
		return err
	}
	b.Queue(`
		update project
		   set profile = $2, unanswered = $3, answered_by = $4, confirmed_by = $5, confirmed_at = $6, answers_changed = $7, retraction = $8, retraction_stages = $9
		 where id = $1`,
		append([]any{
			int64(p.ID), flags(p.Profile), texts(p.Unanswered), int64(p.Answers.By), nullablePerson(p.Answers.Confirmed), nullable(p.Answers.At), p.Answers.Changed,
		}, asked...)...)
	return nil
}

// writeResponsibilities writes who has which part in the project, all of it anew.
func writeResponsibilities(b *pgx.Batch, r *review.Review) {
	id := int64(r.Project.ID)
	b.Queue(`delete from responsibility where project_id = $1`, id)
	for i := range r.Project.Responsibilities {
		said := &r.Project.Responsibilities[i]
		b.Queue(`insert into responsibility (project_id, person_id, team, parts) values ($1, $2, $3, $4)`, id, nullablePerson(said.Person), said.Team, texts(said.Parts))
	}
	b.Queue(`update project set responsibilities = `+responsibilitiesSQL+` where id = $1`, id)
}

// writeStagePlans writes who answers for which stage, and by when it is to be done.
func writeStagePlans(b *pgx.Batch, r *review.Review) error {
	var plans any // null when nothing is said of any stage
	if len(r.Project.StagePlans) > 0 {
		j, err := json.Marshal(r.Project.StagePlans)
		if err != nil {
			return fmt.Errorf("encoding what is planned for stages: %w", err)
		}
		plans = j
	}
	b.Queue(`update project set stage_plans = $2 where id = $1`, int64(r.Project.ID), plans)
	return nil
}

// writeAnswer writes an answer, the most frequent change by far, and its entry
// on the trail in one statement. It updates the row that an earlier answer made;
// only a first answer has to ask whether there is one.
func writeAnswer(b *pgx.Batch, r *review.Review, t trailRow, e review.ItemAnswered) {
	var earlier []int64 // null when there are none
	it := r.Stage(e.Stage).Item(e.Item)
	if len(it.Earlier) > 0 {
		earlier = people(it.Earlier)
	}
	args := append(t.args(), r.No, string(e.To), e.Note, e.Version, earlier, string(it.Answer.NoteFor), string(e.Choices), string(e.Risk), standsFor(r, t.entry, e.Stage, e.Item))
	if e.Version > 1 {
		b.Queue(`
			with entry as (`+trailSQL+`)
			update item
			   set state = $11, note = $12, version = $13, answered_by = $18, answered_at = $3, approved_by = null, approved_at = null, reattest = false, earlier = $14, note_for = $15, choices = $16, risk = $17
			 where project_id = $1 and review_no = $10 and stage = $6 and item = $7`, args...)
		return
	}
	b.Queue(`
		with entry as (`+trailSQL+`)
		insert into item (project_id, review_no, stage, item, state, note, version, answered_by, answered_at, earlier, note_for, choices, risk)
		values ($1, $10, $6, $7, $11, $12, $13, $18, $3, $14, $15, $16, $17)
		on conflict (project_id, review_no, stage, item) do update
		   set state = $11, note = $12, version = $13, answered_by = $18, answered_at = $3, approved_by = null, approved_at = null, reattest = false, earlier = $14, note_for = $15, choices = $16, risk = $17`, args...)
}

// texts makes a text array of any kind of string; null never.
func texts[S ~string](in []S) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

func flags(p plan.Profile) []string { return texts([]plan.Flag(p)) }

func people(in []review.PersonID) []int64 {
	out := make([]int64, len(in))
	for i, p := range in {
		out[i] = int64(p)
	}
	return out
}
