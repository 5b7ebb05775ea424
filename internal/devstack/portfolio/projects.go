package portfolio

import "github.com/slipway-prr/slipway/internal/review"

// Profiles that many of the projects share.
const (
	webApp    = "users public-web database cloud containers multi-env "
	service   = "api database calls-out cloud own-infra containers orchestrator multi-env multi-instance "
	pipelines = "shares-data database queues cloud own-infra containers orchestrator multi-env large-data "
	redundant = "redundant canary elastic bursty "
	personal  = "personal-data eu-personal-data "
)

func paymentsProjects() []demoProject {
	const team = "Payments"
	return []demoProject{
		{
			key: "payments-gateway", name: "Payments Gateway", team: team, tier: 1, exposure: review.ExposureGeneral, target: 96,
			summary: "One way for every shop system to take a payment, with card data kept out of all of them.",
			profile: service + redundant + "regulated " + personal, owner: "priya", deputy: "jonas", members: "omar", granted: "anna=engineering",
			na: "migration-planned", began: 236,
			past: []chapter{
				pass("idea", 214), second("evaluation", 172), slip(120, 45), wait("architecture", 21, 2), work("code", 3, 70), work("pipeline", 1, 35),
			},
		},
		{
			key: "fraud-scoring", name: "Fraud Scoring", team: team, tier: 1, exposure: review.ExposureLimited, target: 40,
			summary: "Scores each payment in the time that the customer waits for the next page.",
			profile: service + redundant + "queues self-adjusting personal-data", owner: "jonas", deputy: "priya", members: "elif", granted: "anna=engineering",
			na: "prototype-linked", began: 262,
			past: []chapter{
				pass("idea", 244), pass("evaluation", 215), second("architecture", 168), pass("code", 128), pass("pipeline", 62), pass("environments", 40),
				pass("security", 18), wait("performance", 14, 0), work("release", 2, 35),
			},
		},
		{
			key: "refunds-desk", name: "Refunds Desk", team: team, tier: 2, exposure: review.ExposureLimited, target: 61,
			summary: "Support staff give money back within limits, without calling an engineer.",
			profile: webApp + "calls-out", owner: "jonas", deputy: "raj", na: "indicators-chosen", began: 140,
			past: []chapter{
				pass("idea", 118),
				conditionally("evaluation", 34,
					followUp{text: "Ask ten people from support who were not in the first trial.", due: -20, report: "Eleven asked; the write-up is linked at the item on first reactions.", closed: true},
					followUp{text: "Settle with finance who carries a refund above the limit, in writing.", due: 9, report: "The mail from finance is in the ticket of the limit."},
					followUp{text: "Name somebody for the translations.", due: 24},
				),
				wait("architecture", 2, 1), work("code", 1, 40),
			},
		},
		{
			key: "chargeback-desk", name: "Chargeback Desk", team: team, tier: 2, exposure: review.ExposurePilot, target: 24,
			summary: "Collects the papers for a disputed card payment and files them before the scheme's deadline.",
			profile: webApp + personal + "calls-out", owner: "priya", deputy: "jonas", members: "omar", granted: "anna=engineering", began: 250,
			past: []chapter{
				pass("idea", 231), pass("evaluation", 204), pass("architecture", 150), pass("code", 108), pass("pipeline", 71), pass("environments", 44),
				wait("security", 6, 0), work("performance", 1, 55),
			},
		},
		{
			key: "invoice-archive", name: "Invoice Archive", team: team, tier: 3, exposure: review.ExposurePilot, target: 33,
			summary: "Keeps invoices for ten years and finds any of them in a second.",
			profile: "users database cloud containers", owner: "jonas", deputy: "raj", began: 92,
			past: []chapter{pass("idea", 80), pass("evaluation", 66), pass("architecture", 41), wait("code", 4, 0), work("pipeline", 1, 60)},
		},
		{
			key: "card-vault", name: "Card Vault", team: team, tier: 1, exposure: review.ExposureSandbox, target: 210, restricted: true,
			summary: "Keeps card numbers in one place that nobody can read, in exchange for tokens.",
			profile: service + redundant + "regulated iso27001 personal-data", owner: "jonas", deputy: "omar", granted: "tom=product anna=engineering", began: 58,
			past: []chapter{pass("idea", 27), work("evaluation", 2, 55)},
		},
		{
			key: "payout-scheduler", name: "Payout Scheduler", team: team, tier: 2, exposure: review.ExposureSandbox, target: -20,
			summary: "Pays merchants on the day they chose, holidays of 31 countries included.",
			profile: service + "queues", owner: "priya", deputy: "jonas", granted: "anna=engineering", began: 190,
			past: []chapter{
				pass("idea", 172), pass("evaluation", 138), wait("architecture", 84, 1),
				hold("architecture", 66, "The bank changes its interface in the next quarter; going on before that would be work for the bin."),
			},
		},
	}
}

func checkoutProjects() []demoProject {
	const team = "Checkout"
	return []demoProject{
		{
			key: "checkout-web", name: "Checkout Web", team: team, tier: 1, exposure: review.ExposureGeneral, target: 75,
			summary: "The new pages from basket to receipt, in place of the ones from nine years ago.",
			profile: webApp + redundant + personal + "api calls-out pipeline-checks", owner: "rosa", deputy: "marcus", members: "raj", began: 255,
			past: []chapter{
				pass("idea", 238), pass("evaluation", 212), pass("architecture", 158), slip(120, 30), second("code", 58), wait("pipeline", 5, 1), work("environments", 1, 45),
			},
		},
		{
			key: "promo-codes", name: "Promo Codes", team: team, tier: 2, exposure: review.ExposureLimited, target: 82,
			summary: "Marketing makes, limits and ends a promotion without a release.",
			profile: service + "users", owner: "rosa", deputy: "anna", na: "stubs-inventoried", began: 118,
			past: []chapter{pass("idea", 99), pass("evaluation", 68), outdate("architecture", 8), work("code", 1, 45)},
		},
		{
			key: "cart-service", name: "Cart Service", team: team, tier: 2, exposure: review.ExposureGeneral, target: 55,
			summary: "A basket that follows the customer from the phone to the shop's till.",
			profile: service + "redundant rolling", owner: "rosa", deputy: "raj", members: "jonas", na: "clean-up-closed", began: 204,
			past: []chapter{
				pass("idea", 188), second("evaluation", 152), pass("architecture", 104), drift("architecture", 22), outdate("code", 10), work("pipeline", 2, 60),
			},
		},
		{
			key: "gift-cards", name: "Gift Cards", team: team, tier: 2, exposure: review.ExposurePilot, target: 150,
			summary: "Sell, send and redeem gift cards, with the balance shown before paying.",
			profile: webApp + personal, owner: "rosa", deputy: "jonas", began: 47,
			past: []chapter{pass("idea", 29), wait("evaluation", 7, 0), work("architecture", 1, 25)},
		},
		{
			key: "loyalty-wallet", name: "Loyalty Wallet", team: team, tier: 2, exposure: review.ExposureSandbox, target: 180,
			summary: "Points as a means of payment.",
			profile: webApp + personal + "calls-out?", owner: "marcus", deputy: "rosa", na: "prototype-linked", began: 23,
			past: []chapter{wait("idea", 3, 0), work("evaluation", 1, 15)},
		},
		{
			key: "size-advisor", name: "Size Advisor", team: team, tier: 3, exposure: review.ExposureSandbox, target: 90,
			summary: "Suggests a size from what was kept and what was sent back.",
			profile: "users database cloud low-code personal-data?", owner: "rosa", deputy: "elif", began: 8,
			past: []chapter{work("idea", 1, 50)},
		},
		{
			key: "delivery-slots", name: "Delivery Slots", team: team, tier: 1, exposure: review.ExposureGeneral, target: -66,
			summary: "Customers choose the hour in which the parcel comes; carriers get their tours from it.",
			profile: webApp + redundant + "api calls-out", owner: "rosa", deputy: "kofi", members: "raj", na: "lead-time-tracked", began: 272,
			past: []chapter{
				pass("idea", 258), pass("evaluation", 238), pass("architecture", 208), pass("code", 178), pass("pipeline", 152), second("environments", 124),
				pass("security", 104), pass("performance", 86), pass("release", 66), renew("pipeline", 41), renew("security", 17), pass("operations", 9),
			},
		},
	}
}

func identityProjects() []demoProject {
	const team = "Identity"
	return []demoProject{
		{
			key: "sso-portal", name: "Single Sign-on Portal", team: team, tier: 1, exposure: review.ExposureGeneral, target: 47,
			summary: "One sign-in for all staff tools, with a second factor that works in the warehouse.",
			profile: webApp + redundant + personal + "iso27001 own-infra multi-instance", owner: "kofi", deputy: "sam", members: "raj", began: 216,
			past: []chapter{
				pass("idea", 200), pass("evaluation", 172), pass("architecture", 118), pass("code", 78), pass("pipeline", 46),
				withoutOne("environments", 9, 0, "I wrote half of these environments last year, before I changed teams."), work("security", 2, 40),
			},
		},
		{
			key: "consent-service", name: "Consent Service", team: team, tier: 2, exposure: review.ExposureLimited, target: 12,
			summary: "Knows what each customer agreed to, and since when, for every team that asks.",
			profile: service + personal, owner: "kofi", deputy: "jonas", na: "capacity-covers-forecast", began: 188,
			past: []chapter{
				pass("idea", 174), pass("evaluation", 150), pass("architecture", 112), pass("code", 84), pass("pipeline", 60), pass("environments", 33),
				wait("security", 13, 1), work("performance", 1, 60),
			},
		},
		{
			key: "session-store", name: "Session Store", team: team, tier: 1, exposure: review.ExposureGeneral, target: 68,
			summary: "Sessions outlive a deployment and end everywhere at once when they must.",
			profile: service + redundant, owner: "kofi", deputy: "marcus", members: "jonas", na: "debt-logged", began: 198,
			past: []chapter{
				pass("idea", 184), pass("evaluation", 156), pass("architecture", 110), pass("code", 80), second("pipeline", 48), wait("environments", 16, 1), work("security", 1, 45),
				reopen("architecture", 3, "The load on the store is four times what the decision rests on, since the app now keeps its basket there too."),
			},
		},
		{
			key: "device-registry", name: "Device Registry", team: team, tier: 2, exposure: review.ExposureLimited, target: 27,
			summary: "Which scanner, till and tablet belongs to whom, and may it sign in.",
			profile: service, owner: "kofi", deputy: "elif", na: "penetration-test-closed", began: 210,
			past: []chapter{
				pass("idea", 196), pass("evaluation", 176), pass("architecture", 138), pass("code", 106), pass("pipeline", 72), pass("environments", 46),
				pass("security", 19), wait("performance", 11, 1), work("release", 2, 45),
			},
		},
		{
			key: "address-book", name: "Address Book", team: team, tier: 3, exposure: review.ExposurePilot, target: 41,
			summary: "Staff find each other by what they do, not only by name.",
			profile: "users database cloud containers personal-data", owner: "kofi", deputy: "raj", began: 77,
			past: []chapter{pass("idea", 68), pass("evaluation", 50), pass("architecture", 29), pass("code", 12), wait("pipeline", 1, 0)},
		},
		{
			key: "passkey-enrolment", name: "Passkey Enrolment", team: team, tier: 2, exposure: review.ExposurePilot, target: 88,
			summary: "Customers replace their password, with a way back for those who lose the phone.",
			profile: webApp + personal + "api", owner: "kofi", deputy: "rosa", members: "sam", began: 126,
			past: []chapter{pass("idea", 108), pass("evaluation", 82),
				conditionally("architecture", 40,
					followUp{text: "Draw the way back for a lost phone, with what an attacker could do at each step.", due: -6},
					followUp{text: "Try the enrolment on the three oldest phones that we still support.", due: 12, report: "Two of them work; the third asks for the password again, which we accept."},
				),
				back("code", 6, 1), work("pipeline", 1, 40)},
		},
		{
			key: "account-recovery", name: "Account Recovery", team: team, tier: 1, exposure: review.ExposureSandbox, target: 160,
			summary: "Gives people their account back, and nobody else.",
			profile: webApp + personal + "calls-out redundant", owner: "kofi", deputy: "sam", began: 84,
			past: []chapter{pass("idea", 62), back("evaluation", 11, 3), work("architecture", 2, 20)},
		},
	}
}
