package portfolio

import "github.com/slipway-prr/slipway/internal/review"

func dataProjects() []demoProject {
	const team = "Data Platform"
	return []demoProject{
		{
			key: "event-lake", name: "Event Lake", team: team, tier: 1, exposure: review.ExposureGeneral, target: 30,
			summary: "Every business event once, in order, for as long as it may be kept.",
			profile: pipelines + redundant + "personal-data multi-service", owner: "elif", deputy: "mei", members: "kofi", began: 246,
			past: []chapter{
				pass("idea", 230), pass("evaluation", 204), second("architecture", 152), pass("code", 112), pass("pipeline", 70), pass("environments", 42),
				pass("security", 19), wait("performance", 3, 1), work("release", 1, 25),
			},
		},
		{
			key: "metrics-catalogue", name: "Metrics Catalogue", team: team, tier: 3, exposure: review.ExposurePilot, target: 44,
			summary: "One definition of each business figure, with the query behind it.",
			profile: "users database cloud containers shares-data", owner: "elif", deputy: "yuki", began: 86,
			past: []chapter{pass("idea", 77), pass("evaluation", 58), pass("architecture", 36), pass("code", 18), wait("pipeline", 4, 1), wait("environments", 2, 0)},
		},
		{
			key: "churn-model", name: "Churn Model", team: team, tier: 2, exposure: review.ExposurePilot, target: 105,
			summary: "Tells Support which customers are about to leave, and why it thinks so.",
			profile: pipelines + personal, owner: "elif", deputy: "mei", members: "raj", na: "indicators-chosen", began: 130,
			past: []chapter{pass("idea", 112), pass("evaluation", 71), back("architecture", 17, 0), work("code", 13, 35)},
		},
		{
			key: "warehouse-loader", name: "Warehouse Loader", team: team, tier: 2, exposure: review.ExposureGeneral, target: -80,
			summary: "Loads the data warehouse by six in the morning, or says by five that it will not.",
			profile: pipelines, owner: "elif", deputy: "anna", members: "mei", na: "first-reactions-logged", began: 268,
			past: []chapter{
				pass("idea", 256), pass("evaluation", 240), pass("architecture", 214), pass("code", 188), pass("pipeline", 168), pass("environments", 146),
				pass("security", 124), pass("performance", 104), pass("release", 82), renew("pipeline", 50), renew("security", 47), work("operations", 2, 65),
			},
		},
		{
			key: "feature-store", name: "Feature Store", team: team, tier: 2, exposure: review.ExposureLimited, target: 70,
			summary: "The same inputs for training and for serving, with their age.",
			profile: pipelines + "api multi-instance", owner: "elif", deputy: "kofi", na: "newcomer-trial-done", began: 176,
			past: []chapter{
				pass("idea", 160), pass("evaluation", 134), pass("architecture", 96), pass("code", 64), pass("pipeline", 39), ready("environments", 4), work("security", 1, 35),
			},
		},
		{
			key: "report-builder", name: "Report Builder", team: team, tier: 3, exposure: review.ExposureLimited, target: 9,
			summary: "Branch managers put their own weekly report together.",
			profile: "users database cloud containers hosted-backend", owner: "elif", deputy: "raj", began: 134,
			past: []chapter{
				pass("idea", 126), pass("evaluation", 108), pass("architecture", 88), pass("code", 72), pass("pipeline", 54), pass("environments", 38),
				pass("security", 20), pass("performance", 8), work("release", 2, 80),
				force("release", 1, 6, "The quarter closes on Friday, and the branches cannot report without it. The restore test is booked for Tuesday; the old tool goes on running beside it until then."),
			},
		},
		{
			key: "data-quality-watch", name: "Data Quality Watch", team: team, tier: 3, exposure: review.ExposureSandbox, target: 120,
			summary: "Says which table went wrong overnight before somebody's report does.",
			profile: "database cloud containers shares-data", owner: "elif", deputy: "mei", began: 14,
			past: []chapter{ready("idea", 3), work("evaluation", 1, 30)},
		},
	}
}

func logisticsProjects() []demoProject {
	const team = "Logistics"
	return []demoProject{
		{
			key: "parcel-tracking", name: "Parcel Tracking", team: team, tier: 1, exposure: review.ExposureLimited, target: 8,
			summary: "Where is my parcel, answered from all eleven carriers in one voice.",
			profile: service + redundant + "public-web users", owner: "anna", deputy: "hana", members: "kofi", began: 264,
			past: []chapter{
				pass("idea", 250), pass("evaluation", 226), pass("architecture", 180), pass("code", 142), pass("pipeline", 74), pass("environments", 52),
				slip(48, 21), pass("security", 19), second("performance", 7), wait("release", 3, 2),
			},
		},
		{
			key: "route-planner", name: "Route Planner", team: team, tier: 1, exposure: review.ExposureGeneral, target: -95,
			summary: "Plans tomorrow's tours tonight, and again at seven when two drivers are ill.",
			profile: service + redundant + "queues", owner: "anna", deputy: "marcus", members: "raj", na: "launch-communication-ready", began: 270,
			past: []chapter{
				pass("idea", 259), pass("evaluation", 243), pass("architecture", 219), pass("code", 195), pass("pipeline", 173), pass("environments", 150),
				pass("security", 130), pass("performance", 112), second("release", 92), renew("pipeline", 46), renew("security", 15), wait("operations", 6, 1),
			},
		},
		{
			key: "warehouse-scanner", name: "Warehouse Scanner", team: team, tier: 2, exposure: review.ExposurePilot, target: 130,
			summary: "Scanning that goes on when the hall has no network.",
			profile: service + "users", owner: "anna", deputy: "kofi", began: 64,
			past: []chapter{pass("idea", 44), wait("evaluation", 12, 0), work("architecture", 1, 30)},
		},
		{
			key: "carrier-labels", name: "Carrier Labels", team: team, tier: 3, exposure: review.ExposureGeneral, target: -70,
			summary: "Prints the right label for each carrier.",
			profile: "api cloud containers calls-out", owner: "anna", deputy: "raj", began: 222,
			past: []chapter{
				pass("idea", 214), pass("evaluation", 200), pass("architecture", 184), pass("code", 170), pass("pipeline", 158), pass("environments", 142),
				pass("security", 126), pass("performance", 114), pass("release", 102), pass("operations", 85), renew("security", 18), renew("operations", 3),
			},
		},
		{
			key: "returns-portal", name: "Returns Portal", team: team, tier: 2, exposure: review.ExposureLimited, target: 36,
			summary: "Customers send things back with a code on their phone instead of paper.",
			profile: webApp + personal + "calls-out", owner: "anna", deputy: "rosa", members: "hana", began: 232,
			past: []chapter{
				pass("idea", 218), pass("evaluation", 194), pass("architecture", 160), pass("code", 134), pass("pipeline", 108), back("environments", 9, 2), work("security", 1, 50),
			},
		},
		{
			key: "customs-forms", name: "Customs Forms", team: team, tier: 2, exposure: review.ExposureSandbox, target: -40,
			summary: "Fills the customs declaration from the order.",
			profile: webApp + "regulated calls-out", owner: "anna", deputy: "marcus", members: "raj", began: 166,
			past: []chapter{
				pass("idea", 144), wait("evaluation", 90, 2),
				stop("evaluation", 77, "The carriers now offer this as part of their contract for less than our running cost. A good result of the evaluation."),
			},
		},
		{
			key: "dock-calendar", name: "Dock Calendar", team: team, tier: 3, exposure: review.ExposureLimited, target: 5,
			summary: "Carriers book a dock instead of queueing at the gate.",
			profile: "users database cloud containers", owner: "anna", deputy: "raj", began: 150,
			past: []chapter{
				pass("idea", 142), pass("evaluation", 126), pass("architecture", 104), pass("code", 88), pass("pipeline", 70), pass("environments", 50),
				pass("security", 19), pass("performance", 12), wait("release", 4, 3),
			},
		},
	}
}

func toolsProjects() []demoProject {
	const team = "Internal Tools"
	return []demoProject{
		slipwayProject(),
		{
			key: "expense-claims", name: "Expense Claims", team: team, tier: 3, exposure: review.ExposureLimited, target: 3,
			summary: "A photograph of the receipt, two fields, done.",
			profile: "users database cloud containers personal-data", owner: "raj", deputy: "marcus", members: "rosa", began: 144,
			past: []chapter{
				pass("idea", 136), pass("evaluation", 120), pass("architecture", 98), pass("code", 80), pass("pipeline", 62), pass("environments", 44),
				pass("security", 16), pass("performance", 8), wait("release", 1, 0),
			},
		},
		{
			key: "intranet-search", name: "Intranet Search", team: team, tier: 2, exposure: review.ExposurePilot, target: -12,
			summary: "Finds the page that exists instead of asking a colleague.",
			profile: webApp + "calls-out hosted-backend", owner: "raj", deputy: "rosa", na: "demand-shown", began: 170,
			past: []chapter{
				pass("idea", 152), pass("evaluation", 124), pass("architecture", 80), work("code", 30, 60),
				hold("code", 24, "The licence of the search engine is being renegotiated; we wait for the price."),
			},
		},
		{
			key: "visitor-badges", name: "Visitor Badges", team: team, tier: 3, exposure: review.ExposureGeneral, target: -90,
			summary: "Visitors register on arrival and their host is told.",
			profile: "users database cloud containers personal-data", owner: "raj", deputy: "anna", began: 228,
			past: []chapter{
				pass("idea", 220), pass("evaluation", 206), pass("architecture", 188), pass("code", 170), pass("pipeline", 152), pass("environments", 134),
				pass("security", 116), pass("performance", 104), pass("release", 91), renew("security", 19), pass("operations", 14), drift("release", 7),
			},
		},
		{
			key: "room-finder", name: "Room Finder", team: team, tier: 2, exposure: review.ExposurePilot, target: 58,
			summary: "Shows which meeting room is really free, by the door sensors.",
			profile: webApp + "calls-out", owner: "raj", deputy: "kofi", na: "slow-queries-profiled", began: 112,
			past: []chapter{
				pass("idea", 96), pass("evaluation", 62), withdraw("architecture", 12, "We would rather put the sensor vendor's answer into the design first."),
				work("code", 1, 45),
			},
		},
		{
			key: "incident-notebook", name: "Incident Notebook", team: team, tier: 2, exposure: review.ExposureLimited, target: 52,
			summary: "Notes during an incident that turn into the review by themselves.",
			profile: webApp + "api platform-team", owner: "raj", deputy: "jonas", began: 196,
			past: []chapter{
				pass("idea", 182), pass("evaluation", 158), hold("", 140, "Both engineers are lent to the move of the data centre."),
				resume(96, "The move is done."), pass("architecture", 62), pass("code", 34), back("pipeline", 5, 0), work("environments", 1, 30),
			},
		},
		{
			// The last to begin, with nothing done: its existence says that the portfolio is complete.
			key: "onboarding-guide", name: "Onboarding Guide", team: team, tier: 3, exposure: review.ExposureSandbox, target: 75,
			summary: "Leads new colleagues through their first two weeks.",
			profile: "users cloud database? calls-out? personal-data? queues?", owner: "raj", deputy: "marcus", began: 2,
		},
	}
}
