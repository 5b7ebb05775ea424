package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/slipway-prr/slipway/web/page"
)

// access says who may ask for a route at all. What a person may do there is
// the domain's business.
type access int

const (
	public   access = iota + 1 // anybody
	signIn                     // anybody who is about to sign in
	signedIn                   // a person with a session
	provider                   // the OpenID provider's own requests, without a browser
	operator                   // monitoring; kept from the outside by the network
)

// route is one line of the table: each has exactly one access rule.
type route struct {
	method, pattern string
	access          access
	handle          handler
}

// table is every address that the server answers, but for /static/.
func (s *Server) table() []route {
	const (
		project = "/projects/{key}"
		stage   = project + "/stages/{stage}"
		item    = stage + "/items/{item}"
		gate    = stage + "/gate"
		kind    = project + "/records/{kind}"

		document = "/templates/{template}"
		draft    = document + "/draft"
	)
	return []route{
		{"GET", "/", signedIn, s.work},
		{"GET", "/portfolio", signedIn, s.portfolio},
		{"GET", "/portfolio/export/{table}", signedIn, s.exportPortfolio},
		{"GET", page.SearchURL, signedIn, s.search},
		{"GET", page.TrendsURL, signedIn, s.trends},
		{"GET", page.PastURL, signedIn, s.past},
		{"GET", page.PastURL + "/export/{table}", signedIn, s.exportPast},
		{"GET", page.ChangesURL, signedIn, s.changes},
		{"GET", page.ChangesURL + "/export/{table}", signedIn, s.exportChanges},
		{"POST", page.ViewsURL, signedIn, s.saveView},
		{"POST", page.StartViewURL("{view}"), signedIn, s.startView},
		{"POST", page.RemoveViewURL("{view}"), signedIn, s.removeView},
		{"GET", "/sign-offs", signedIn, s.signOffs},
		{"GET", page.TimesURL, signedIn, s.times},
		{"GET", "/waivers", signedIn, s.waivers},
		{"GET", "/waivers/export/{table}", signedIn, s.exportWaivers},
		{"POST", "/waivers/{id}/grant", signedIn, s.decideWaiver(page.WaiverGrant)},
		{"POST", "/waivers/{id}/deny", signedIn, s.decideWaiver(page.WaiverDeny)},
		{"POST", "/waivers/{id}/extend", signedIn, s.decideWaiver(page.WaiverExtend)},
		{"POST", "/waivers/{id}/revoke", signedIn, s.decideWaiver(page.WaiverRevoke)},
		{"GET", "/people", signedIn, s.people},
		{"GET", "/people/trail", signedIn, s.rightsTrail},
		{"GET", "/people/stand-ins", signedIn, s.standIns},
		{"POST", "/people/{person}/block", signedIn, s.keepOut(page.FormBlock)},
		{"POST", "/people/{person}/unblock", signedIn, s.keepOut(page.FormUnblock)},
		{"POST", "/people/{person}/erase", signedIn, s.keepOut(page.FormErase)},
		{"POST", "/people/{person}/hand-over", signedIn, s.handOver},
		{"GET", "/account", signedIn, s.account},
		{"POST", "/account/sessions/end", signedIn, s.endSession},
		{"POST", "/account/sessions/end-others", signedIn, s.endOtherSessions},
		{"POST", page.MakeCalendarURL, signedIn, s.makeCalendar},
		{"POST", page.EndCalendarURL, signedIn, s.endCalendar},
		{"GET", page.CalendarPath + "{feed}", public, s.calendarFeed},
		{"POST", "/people/{person}/grant", signedIn, s.grant},
		{"POST", "/people/{person}/revoke", signedIn, s.revoke},
		{"POST", "/people/{person}/delegate", signedIn, s.delegate},
		{"POST", "/people/{person}/delegations/{no}/end", signedIn, s.endDelegation},
		{"GET", "/readiness", public, s.readiness},
		{"GET", "/templates", signedIn, s.library},
		{"POST", "/templates", signedIn, s.createDocument},
		{"GET", "/templates/new", signedIn, s.newDocument},
		{"GET", "/templates/import", signedIn, s.toImport},
		{"POST", "/templates/import", signedIn, s.upload},
		{"GET", "/templates/import/{import}", signedIn, s.importing},
		{"POST", "/templates/import/{import}", signedIn, s.chooseImport},
		{"POST", "/templates/import/{import}/draft", signedIn, s.storeImport},
		{"GET", document, signedIn, s.versions},
		{"POST", document + "/owner", signedIn, s.giveDocument},
		{"POST", document + "/default", signedIn, s.nameDefault},
		{"GET", document + "/{version}", signedIn, s.document},
		{"POST", document + "/{version}/retire", signedIn, s.retire},
		{"GET", document + "/{version}/export/{format}", signedIn, s.export},
		{"GET", draft, signedIn, s.draft},
		{"POST", draft, signedIn, s.startDraft},
		{"POST", draft + "/head", signedIn, s.savePart(headPart, draftPage, stageKey)},
		{"POST", draft + "/definition", signedIn, s.savePart(definitionPart, draftPage, stageKey)},
		{"POST", draft + "/policy", signedIn, s.savePart(policyPart, draftPage, stageKey)},
		{"POST", draft + "/questions", signedIn, s.savePart(questionsPart, draftPage, stageKey)},
		{"POST", draft + "/discard", signedIn, s.discard},
		{"POST", draft + "/move", signedIn, s.moveItem},
		{"GET", draft + "/export/{format}", signedIn, s.exportDraft},
		{"GET", draft + "/preview", signedIn, s.preview},
		{"POST", draft + "/preview", signedIn, s.preview},
		{"GET", draft + "/publish", signedIn, s.toPublish},
		{"POST", draft + "/publish", signedIn, s.publish},
		{"POST", draft + "/stages", signedIn, s.addStage},
		{"GET", draft + "/stages/{stage}", signedIn, s.draftStage},
		{"POST", draft + "/stages/{stage}", signedIn, s.savePart(stagePart, draftStagePage, stageKey)},
		{"POST", draft + "/stages/{stage}/gate", signedIn, s.savePart(gatePart, draftStagePage, stageKey)},
		{"POST", draft + "/stages/{stage}/items", signedIn, s.addDraftItem},
		{"POST", draft + "/stages/{stage}/move", signedIn, s.moveStage},
		{"POST", draft + "/stages/{stage}/remove", signedIn, s.removeStage},
		{"GET", draft + "/items/{item}", signedIn, s.draftItem},
		{"POST", draft + "/items/{item}", signedIn, s.savePart(itemPart, draftItemPage, stageKey)},
		{"POST", draft + "/items/{item}/remove", signedIn, s.removeItem},

		{"GET", "/projects/new", signedIn, s.newProject},
		{"GET", "/projects/new/{draft}/{step}", signedIn, s.step},
		{"POST", "/projects/new/{draft}/{step}", signedIn, s.saveStep},
		{"POST", "/projects", signedIn, s.createProject},
		{"GET", "/projects/upgrades", signedIn, s.behind},
		{"POST", "/projects/upgrades", signedIn, s.upgradeMany},
		{"GET", project, signedIn, s.project},
		{"GET", project + "/settings", signedIn, s.settings},
		{"POST", project + "/settings", signedIn, s.saveSettings},
		{"POST", project + "/settings/confirm", signedIn, s.confirmProfile},
		{"GET", project + "/retraction", signedIn, s.retraction},
		{"POST", project + "/retraction", signedIn, s.decideRetraction},
		{"GET", project + "/plan", signedIn, s.plan},
		{"POST", project + "/plan", signedIn, s.changePlan},
		{"GET", project + "/stages", signedIn, s.stages},
		{"GET", project + "/policies", signedIn, s.policies},
		{"GET", project + "/plan/new-item", signedIn, s.newItem},
		{"POST", project + "/plan/new-item", signedIn, s.addItem},
		{"GET", project + "/environments", signedIn, s.environments},
		{"POST", project + "/environments", signedIn, s.changeEnvironments},
		{"GET", project + "/responsibilities", signedIn, s.responsibilities},
		{"POST", project + "/responsibilities", signedIn, s.setResponsibilities},
		{"GET", project + "/members", signedIn, s.members},
		{"POST", project + "/members", signedIn, s.saveMember},
		{"GET", project + "/history", signedIn, s.history},
		{"GET", project + "/history/export/{table}", signedIn, s.exportHistory},
		{"GET", project + "/bundle", signedIn, s.bundle},
		{"GET", project + "/compare", signedIn, s.compare},
		{"GET", project + "/report", signedIn, s.report},
		{"GET", project + "/items/export/{table}", signedIn, s.exportItems},
		{"POST", project + "/reviews", signedIn, s.startReview},
		{"GET", project + "/records", signedIn, s.records},
		{"GET", project + "/records/objective/export", signedIn, s.exportObjectives},
		{"GET", project + "/records/objective/import", signedIn, s.toImportObjectives},
		{"POST", project + "/records/objective/import", signedIn, s.importObjectives},
		{"GET", kind, signedIn, s.recordsOfKind},
		{"POST", kind, signedIn, s.addRecord},
		{"GET", kind + "/export/{table}", signedIn, s.exportRecords},
		{"GET", kind + "/new", signedIn, s.newRecord},
		{"GET", kind + "/{no}", signedIn, s.record},
		{"GET", kind + "/{no}/edit", signedIn, s.editRecord},
		{"POST", kind + "/{no}/edit", signedIn, s.saveRecord},
		{"POST", kind + "/{no}/move", signedIn, s.moveRecord},
		{"POST", kind + "/{no}/told", signedIn, s.toldOf},
		{"POST", kind + "/{no}/comments", signedIn, s.commentRecord},
		{"POST", kind + "/{no}/readings", signedIn, s.noteReading},
		{"POST", kind + "/{no}/readings/strike", signedIn, s.strikeReading},
		{"POST", kind + "/{no}/accept", signedIn, s.acceptLesson},
		{"GET", project + "/shared", signedIn, s.shared},
		{"POST", project + "/shared", signedIn, s.share},
		{"GET", project + "/gates", signedIn, s.gates},
		{"POST", project + "/gates", signedIn, s.decideGates},

		{"GET", stage, signedIn, s.checklist},
		{"POST", stage + "/bulk", signedIn, s.bulk},
		{"POST", stage + "/undo", signedIn, s.undo},
		{"GET", stage + "/paste", signedIn, s.toPaste},
		{"POST", stage + "/paste", signedIn, s.paste},
		{"GET", stage + "/dates", signedIn, s.stageDates},
		{"POST", stage + "/dates", signedIn, s.planStage},
		{"GET", stage + "/new-item", signedIn, s.newItem},
		{"POST", stage + "/new-item", signedIn, s.addItem},
		{"GET", item, signedIn, s.item},
		{"POST", item + "/answer", signedIn, s.answer},
		{"POST", item + "/approve", signedIn, s.approve},
		{"POST", item + "/assign", signedIn, s.assign},
		{"POST", item + "/comments", signedIn, s.comment},
		{"POST", item + "/waivers", signedIn, s.askWaiver},
		{"POST", item + "/level", signedIn, s.level},
		{"POST", item + "/evidence", signedIn, s.addEvidence},
		{"POST", item + "/evidence/{no}/edit", signedIn, s.reviseEvidence},
		{"POST", item + "/evidence/{no}/remove", signedIn, s.removeEvidence},

		{"GET", gate, signedIn, s.gate},
		{"GET", gate + "/bundle", signedIn, s.bundle},
		{"POST", gate + "/request", signedIn, s.request},
		{"POST", gate + "/withdraw", signedIn, s.withdraw},
		{"POST", gate + "/sign", signedIn, s.sign},
		{"POST", gate + "/findings/{no}", signedIn, s.answerFinding},
		{"POST", gate + "/findings/{no}/accept", signedIn, s.acceptFinding},
		{"POST", gate + "/findings/{no}/reopen", signedIn, s.reopenFinding},
		{"POST", gate + "/conditions/{no}/met", signedIn, s.meetCondition},
		{"POST", gate + "/conditions/{no}/confirm", signedIn, s.confirmCondition},
		{"POST", gate + "/conditions/{no}/reopen", signedIn, s.reopenCondition},
		{"POST", gate + "/conditions/{no}/release", signedIn, s.releaseCondition},
		{"POST", gate + "/break-glass", signedIn, s.breakGlass},
		{"POST", gate + "/reopen/{round}", signedIn, s.reopenGate},
		{"POST", gate + "/retrospective/{round}", signedIn, s.closeRetrospective},
		{"POST", gate + "/status", signedIn, s.setStatus},

		{"GET", "/login", signIn, s.login},
		{"POST", "/login", signIn, s.startLogin},
		{"GET", "/auth/callback", signIn, s.callback},
		{"POST", "/logout", public, s.logout},
		{"POST", "/auth/backchannel-logout", provider, s.backchannelLogout},
		{"POST", "/theme", public, s.theme},

		{"GET", "/healthz", operator, s.healthz},
		{"GET", "/readyz", operator, s.readyz},
		{"GET", "/metrics", operator, s.serveMetrics},
	}
}

// routes builds the router from the table.
func (s *Server) routes() chi.Router {
	r := chi.NewRouter()
	r.Use(s.clientIP, s.methods, s.observe, s.recoverPanic, s.headers, middleware.GetHead)
	limits := s.limiters()
	for _, e := range s.table() {
		if e.access != operator || !s.OwnOps {
			r.Method(e.method, e.pattern, s.guard(e, limits[e.access]))
		}
	}
	r.Method(http.MethodGet, "/static/*", limits[public](s.static))
	r.NotFound(limits[public](s.adapt(func(http.ResponseWriter, *http.Request) error { return errNoPage })).ServeHTTP)
	r.MethodNotAllowed(limits[public](s.adapt(s.notAPage)).ServeHTTP)
	return r
}

// ops builds the router of a listener for monitoring alone.
func (s *Server) ops() chi.Router {
	r := chi.NewRouter()
	r.Use(s.clientIP, s.methods, s.observe, s.recoverPanic, middleware.GetHead)
	limits := s.limiters()
	for _, e := range s.table() {
		if e.access == operator {
			r.Method(e.method, e.pattern, s.guard(e, limits[e.access]))
		}
	}
	return r
}

func (s *Server) serveMetrics(w http.ResponseWriter, r *http.Request) error {
	promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	return nil
}
