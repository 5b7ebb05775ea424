package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/slipway-prr/slipway/internal/plan"
	"github.com/slipway-prr/slipway/internal/proof"
	"github.com/slipway-prr/slipway/internal/review"
)

// maxBundles is how many proof bundles are made at once: each replays a whole
// project, and pages should not wait for it.
const maxBundles = 2

// errNoKey is what everybody reads who asks for a proof where there can be none.
var errNoKey = &review.Refused{Why: "This server has no key to sign proofs with, so there is none to download. Its operator can set one: SLIPWAY_CHECKPOINT_KEY_FILE."}

// bundle sends the proof of what was decided in a project, or at one gate, as
// a file; with ?rights=1, for those who may see it, with the trail of rights. A
// checkpoint is written first, so that nothing is missing from it.
func (s *Server) bundle(w http.ResponseWriter, r *http.Request) error {
	key, stage := projectKey(r), stageKey(r)
	if _, err := s.Store.Scope(r.Context(), s.by(r), key); err != nil {
		return err
	}
	if s.Key == nil {
		return errNoKey
	}
	leave, err := s.inTurn(r)
	if err != nil {
		return err
	}
	defer leave()
	select {
	case s.bundles <- struct{}{}:
		defer func() { <-s.bundles }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	if _, err := s.Store.Checkpoint(r.Context(), s.Key.Seal, 0); err != nil {
		return err
	}
	e, err := s.Store.Export(r.Context(), s.by(r), key, r.URL.Query().Get("rights") == "1")
	if err != nil {
		return err
	}
	packed, err := proof.Build(s.Key, proof.Input{
		Made: e.Now, Project: e.Project.ID, Stage: stage, Records: e.Records, Rights: e.Rights, Documents: e.Documents,
		People: e.Names, Note: e.Note, Heads: e.Heads,
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="`+bundleName(key, stage, len(e.Records), e.Rights != nil)+`"`)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Length", strconv.Itoa(len(packed)))
	_, _ = w.Write(packed) // the client went away: nothing left to tell it
	return nil
}

// bundleName names the file by what is in it: keys are words and hyphens.
func bundleName(key review.ProjectKey, stage plan.StageKey, entries int, rights bool) string {
	name := "slipway-" + string(key)
	if stage != "" {
		name += "-" + string(stage)
	}
	if rights {
		name += "-with-rights"
	}
	return fmt.Sprintf("%s-%d.zip", name, entries)
}
