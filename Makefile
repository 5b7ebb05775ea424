# Slipway. `make run` starts it with everything it needs, `make test` checks everything.

.DEFAULT_GOAL := help
GO ?= go
# Where `make run` keeps its data. Two instances need two folders and two SLIPWAY_ADDR.
SLIPWAY_DATA_DIR ?= $(CURDIR)/.slipway
export SLIPWAY_DATA_DIR
# Go stamps the commit into the binary, and fails where git cannot tell: no git, no commit, another user's checkout.
BUILDVCS := $(shell git rev-parse -q --verify HEAD >/dev/null 2>&1 && echo auto || echo false)

.PHONY: help run build test verify-long fuzz generate fmt reset bench bench-quick

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# SLIPWAY_WITH_PARENT has the server end with make, even when make is killed.
run: build ## Build and start the server with a private database, demo people and a demo portfolio
	@SLIPWAY_WITH_PARENT=1 exec bin/slipway dev

build: ## Build bin/slipway
	$(GO) build -buildvcs=$(BUILDVCS) -o bin/slipway ./cmd/server

test: ## Check everything: build, vet, lint, generated code, all tests (with the race detector where something is shared)
	@$(GO) run ./internal/checks

# What a release has to pass on top of `make test`; docs/verification.md says what it shows and how long it takes.
verify-long: ## 10,000 histories, 2,000 upheavals, 50 kills of each kind, every seeded bug, every byte of a bundle: an hour or two
	SLIPWAY_HISTORIES=10000 SLIPWAY_UPHEAVALS=2000 SLIPWAY_CRASH_ROUNDS=50 $(GO) test -count=1 -timeout 3h -v -run 'Histories|Upheavals|Kills' ./e2e/faults
	SLIPWAY_MUTANTS=1 $(GO) test -count=1 -timeout 3h -v -run TestSeededBugs ./e2e/faults
	SLIPWAY_TIMING=1 SLIPWAY_CANARY=1 $(GO) test -count=1 -timeout 1h -v -run TestTheCanary ./web
	GOOS=windows CGO_ENABLED=0 $(GO) vet ./e2e/... && GOOS=darwin CGO_ENABLED=0 $(GO) vet ./e2e/...
	SLIPWAY_PROOF_LONG=1 $(GO) test -count=1 -timeout 1h -v -run 'TestEvery|TestARewritten' ./internal/proof

FUZZ_TIME ?= 1m
fuzz: ## Fuzz everything that reads what others wrote, FUZZ_TIME=1m each
	@grep -r --include='*_test.go' '^func Fuzz' internal cmd web | sed -E 's|^(.*)/[^/]*:func (Fuzz[A-Za-z0-9_]*)\(.*|\1 \2|' | sort | while read -r dir name; do \
		echo "== $$dir $$name"; $(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZ_TIME) "./$$dir" </dev/null || exit 1; done

generate: ## Generate the pages' Go code from the .templ files
	$(GO) tool templ generate

fmt: ## Format Go and templ files
	$(GO) tool templ fmt web bench
	$(GO) fmt ./...

reset: ## Empty the data folder of `make run` (SLIPWAY_DATA_DIR)
	@$(GO) run ./internal/devstack/cmd/reset

bench: ## Measure against the yardsticks and record bench/RESULTS.md
	$(GO) run ./bench/cmd/bench -write bench/RESULTS.md

bench-quick: ## The main ratios in under two minutes
	$(GO) run ./bench/cmd/bench -quick
