package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slipway-prr/slipway/web/page"
	"github.com/slipway-prr/slipway/web/ui"
)

// cookies are the few that the server sets. Over https the session's is bound
// to this very host by its name.
type cookies struct {
	secure                                      bool
	sessionName, flowName, flashName, themeName string
}

// newCookies names the cookies for an origin. Without https that is this
// machine, where servers on several ports share one jar: the port tells them
// apart.
func newCookies(origin string) cookies {
	if strings.HasPrefix(origin, "https://") {
		return cookies{true, "__Host-slipway", "__Host-slipway-login", "__Host-slipway-done", "__Host-slipway-theme"}
	}
	name := "slipway"
	if u, err := url.Parse(origin); err == nil && u.Port() != "" {
		name += "-" + u.Port()
	}
	return cookies{false, name, name + "-login", name + "-done", name + "-theme"}
}

func (c cookies) set(w http.ResponseWriter, name, value string, lasts time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(lasts / time.Second),
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (c cookies) drop(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func read(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// session is the secret that the browser holds; empty when it holds none.
func (c cookies) session(r *http.Request) string { return read(r, c.sessionName) }

func (c cookies) theme(r *http.Request) ui.Theme { return ui.Theme(read(r, c.themeName)) }

// flash is what a page says about the change that led to it. Only its code
// travels, so that no text can be slipped in.
type flash string

const (
	flashNone         flash = ""
	flashAnswered     flash = "answered"
	flashBulk         flash = "bulk"
	flashPasted       flash = "pasted"
	flashNoCalendar   flash = "no-calendar"
	flashUndone       flash = "undone"
	flashRedone       flash = "redone"
	flashRevised      flash = "evidence-revised"
	flashApproved     flash = "approved"
	flashAssigned     flash = "assigned"
	flashCommented    flash = "commented"
	flashLinked       flash = "linked"
	flashUnlinked     flash = "unlinked"
	flashAsked        flash = "waiver-asked"
	flashLowering     flash = "lowering-asked"
	flashWaived       flash = "waiver-granted"
	flashRefused      flash = "waiver-denied"
	flashExtended     flash = "waiver-extended"
	flashEnded        flash = "waiver-revoked"
	flashRequested    flash = "requested"
	flashRequestedAll flash = "requested-all"
	flashWithdrawn    flash = "withdrawn"
	flashSigned       flash = "signed"
	flashSignedAll    flash = "signed-all"
	flashPassed       flash = "passed"
	flashReturned     flash = "returned"

	flashConditional   flash = "conditional"
	flashRecused       flash = "recused"
	flashMet           flash = "met"
	flashConfirmed     flash = "confirmed"
	flashAccepted      flash = "accepted"
	flashReopened      flash = "reopened"
	flashReleased      flash = "released"
	flashForced        flash = "forced"
	flashGateReopened  flash = "gate-reopened"
	flashRetrospective flash = "retrospective"
	flashDelegated     flash = "delegated"
	flashUndelegated   flash = "undelegated"

	flashFinding   flash = "finding"
	flashStatus    flash = "status"
	flashAlready   flash = "already"
	flashCreated   flash = "created"
	flashReview    flash = "review"
	flashProfile   flash = "profile"
	flashAskedBack flash = "retraction-asked"
	flashRetracted flash = "retracted"
	flashKept      flash = "answers-kept"
	flashSaved     flash = "saved"
	// what projects share
	flashTaken      flash = "answers-taken"
	flashKeptHere   flash = "answers-own"
	flashOffered    flash = "answers-offered"
	flashOfferEnded flash = "offers-withdrawn"
	flashAdded      flash = "added"
	flashRemoved    flash = "removed"
	flashMember     flash = "member"
	flashGranted    flash = "granted"
	flashRevoked    flash = "revoked"
	flashSignedOut  flash = "signed-out"

	flashBlocked     flash = "blocked"
	flashUnblocked   flash = "unblocked"
	flashErased      flash = "erased"
	flashHanded      flash = "handed-over"
	flashViewSaved   flash = "view-saved"
	flashViewRemoved flash = "view-removed"
	flashSession     flash = "session-ended"
	flashSessions    flash = "sessions-ended"
	flashDraft       flash = "draft"
	flashImported    flash = "imported"
	flashDiscarded   flash = "draft-discarded"
	flashPublished   flash = "published"
	flashRetired     flash = "retired"

	flashMerged             flash = "merged"
	flashAttached           flash = "module-attached"
	flashDetached           flash = "module-detached"
	flashDefined            flash = "definition-pinned"
	flashDefault            flash = "default-named"
	flashNoDefault          flash = "default-taken-back"
	flashPolicyAttached     flash = "policy-attached"
	flashPolicyDetached     flash = "policy-detached"
	flashEnvironmentAdded   flash = "environment-added"
	flashEnvironmentRenamed flash = "environment-renamed"
	flashEnvironmentRemoved flash = "environment-removed"
	flashUpgraded           flash = "plan-upgraded"
	flashUpgradeUndone      flash = "upgrade-undone"
	flashItemAdded          flash = "item-added"
	flashItemDropped        flash = "item-dropped"
	flashRaised             flash = "level-raised"
	flashLowered            flash = "level-lowered"
	flashLoweringRefused    flash = "lowering-refused"
	flashCore               flash = "core-marked"

	flashRecordAdded    flash = "record-added"
	flashRecordSaved    flash = "record-saved"
	flashRecordMoved    flash = "record-moved"
	flashTold           flash = "told"
	flashNoted          flash = "reading-noted"
	flashStruck         flash = "reading-struck"
	flashObjectives     flash = "objectives-imported"
	flashLessonAccepted flash = "lesson-accepted"
)

var flashTexts = map[flash]string{
	flashDraft: "The draft is there. What you write is saved as you type.", flashDiscarded: "The draft was discarded.",
	flashImported:  "The file is stored as a draft. Nobody can follow it before it is published.",
	flashPublished: "Published. Everybody can read this version now, and projects can use it.", flashRetired: "The version was retired.",
	flashAnswered:     "The answer is saved.",
	flashBulk:         "The selected items are changed.",
	flashPasted:       "What you pasted is saved.",
	flashNoCalendar:   "The address of your calendar has ended.",
	flashUndone:       "The change is undone.",
	flashRedone:       "The change is made again.",
	flashRevised:      "The link is changed.",
	flashApproved:     "Approved: the item does not apply.",
	flashAssigned:     "The assignment is saved.",
	flashCommented:    "Your comment is added.",
	flashLinked:       "The evidence is linked.",
	flashUnlinked:     "The evidence is removed. The trail keeps it.",
	flashAskedBack:    "Saved, but for the answers that a gate would ask less without: these are asked for. Somebody who sits at such a gate has to approve.",
	flashRetracted:    "The answers are taken back.",
	flashKept:         "The answers stay as they are.",
	flashLowering:     "It is asked for. Somebody who sits at the gate of this stage has to approve.",
	flashAsked:        "The waiver is asked for. Those who may decide now see it in the register.",
	flashWaived:       "The waiver is granted and in force.",
	flashRefused:      "The waiver is denied. The team sees your reason.",
	flashExtended:     "The waiver is extended.",
	flashEnded:        "The waiver is revoked. The item counts again from this moment.",
	flashRequested:    "Sign-off is requested. The signers now see it in their queue.",
	flashRequestedAll: "Sign-off of all chosen gates is requested. The signers now see them in their queue.",
	flashWithdrawn:    "The request is withdrawn.",
	flashSigned:       "Your signature is recorded.",
	flashSignedAll:    "Your signature is recorded at each of the chosen gates.",
	flashPassed:       "Your signature completed the quorum: the gate has passed.",
	flashReturned:     "The stage is returned to the team with your findings.",
	flashFinding:      "The finding is answered.",

	flashConditional:   "Your signature completed the quorum: the gate has passed with conditions.",
	flashRecused:       "You have recused yourself from this round.",
	flashMet:           "The condition is reported as met. A holder of the seat that set it confirms.",
	flashConfirmed:     "The condition is confirmed and closed.",
	flashAccepted:      "The answer is accepted.",
	flashReopened:      "It is open again, with your reason.",
	flashReleased:      "The condition is released, with your reason.",
	flashForced:        "The gate has passed by break-glass. Others now have to review that.",
	flashGateReopened:  "The gate is reopened. It asks for a new round.",
	flashRetrospective: "The review of the break-glass decision is closed.",
	flashDelegated:     "The stand-in is named.",
	flashUndelegated:   "The stand-in's time is ended, from this moment.",

	flashRecordAdded:    "It is added. What happens to it from now on stands below.",
	flashRecordSaved:    "The record is changed.",
	flashRecordMoved:    "The record is moved on.",
	flashTold:           "It is noted that they were told, as of now. If it was earlier, press Change and put the moment right.",
	flashNoted:          "The value is noted.",
	flashObjectives:     "The objectives are added. Any that the project already had were left as they were.",
	flashStruck:         "The value is struck out. It counts no longer.",
	flashLessonAccepted: "The lesson is accepted, and the draft says what it proposed.",

	flashStatus:     "The project's status is changed.",
	flashAlready:    "Nothing had to be changed: it is so already.",
	flashReview:     "The next review has started. Answers carried over; answers to reconfirm are marked in the checklists.",
	flashCreated:    "The project is created. Open its checklist to begin.",
	flashProfile:    "You confirmed the answers about the project.",
	flashSaved:      "The changes are saved.",
	flashTaken:      "The answers are taken over, with their evidence. They follow the other project from now on.",
	flashKeptHere:   "The answer is this project's own now, with its evidence. It no longer follows the other project.",
	flashOffered:    "The answers are offered. Other projects can take them over.",
	flashOfferEnded: "The offer is withdrawn. Projects that took the answer over lose it within seconds.",
	flashAdded:      "Added to the project.",
	flashRemoved:    "Removed from the project.",
	flashMember:     "The part was changed.",
	flashGranted:    "The right is granted.",
	flashRevoked:    "The right is revoked. Effective immediately.",
	flashSignedOut:  "You are signed out.",

	flashBlocked:     "Blocked. All sessions have ended. What is left with this person is listed below.",
	flashUnblocked:   "Unblocked. They can sign in again, and hold their rights from now on.",
	flashErased:      "Erased. Only the number is left.",
	flashHanded:      "Handed over.",
	flashViewSaved:   "Saved. The view stands above the list.",
	flashViewRemoved: "The view is removed.",
	flashSession:     "The session has ended.",
	flashSessions:    "All other sessions have ended.",

	flashMerged:             "Saved, together with what somebody else changed here meanwhile.",
	flashAttached:           "The module is attached.",
	flashDetached:           "The module is detached.",
	flashDefined:            "The readiness definition is pinned.",
	flashDefault:            "New projects pin this definition from now on.",
	flashNoDefault:          "New projects no longer pin this definition.",
	flashPolicyAttached:     "The policy is attached.",
	flashPolicyDetached:     "The policy is detached.",
	flashEnvironmentAdded:   "The environment is added.",
	flashEnvironmentRenamed: "The environment has its new name. Answers and signatures are as they were.",
	flashEnvironmentRemoved: "The environment is removed. What was said of it is kept.",
	flashUpgraded:           "The plan is upgraded.",
	flashUpgradeUndone:      "The upgrade is undone.",
	flashItemAdded:          "The item is added. The gate of its stage asks for it like any other.",
	flashItemDropped:        "The project's own item is dropped. What was said of it is kept.",
	flashRaised:             "The level is raised.",
	flashLowered:            "The lower level is approved.",
	flashLoweringRefused:    "The level stays as it is: the wish to lower it is turned down or taken back.",
	flashCore:               "The core mark of the item is changed.",
}

func (c cookies) setFlash(w http.ResponseWriter, f flash) {
	if f != flashNone {
		c.set(w, c.flashName, string(f), time.Minute)
	}
}

// takeFlash reads the word and takes it away, so that it shows once.
func (c cookies) takeFlash(w http.ResponseWriter, r *http.Request) (ui.Banner, bool) {
	told := flash(read(r, c.flashName))
	f, _ := told.parts()
	if f == flashNone {
		return ui.Banner{}, false
	}
	c.drop(w, c.flashName)
	text, ok := flashTexts[f]
	b := ui.Banner{Kind: ui.Success, Text: text + told.refusals().Words()}
	if f.decision() {
		b.Text, b.Href, b.Link = text+" ", page.SignOffsURL, "Back to your queue"
	}
	return b, ok
}

// decision reports whether the change was a person's decision at a gate, after
// which the next one waits in the queue.
func (f flash) decision() bool {
	switch f {
	case flashSigned, flashSignedAll, flashPassed, flashConditional, flashReturned, flashRecused:
		return true
	}
	return false
}
