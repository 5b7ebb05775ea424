# Slipway. `make run` starts it with everything it needs, `make test` checks everything.

.DEFAULT_GOAL := help
GO ?= go
# Where `make run` keeps its data. Two instances need two folders and two SLIPWAY_ADDR.
SLIPWAY_DATA_DIR ?= $(CURDIR)/.slipway
export SLIPWAY_DATA_DIR
# Go stamps the commit into the binary, and fails where git cannot tell: no git, no commit, another user's checkout.
BUILDVCS := $(shell git rev-parse -q --verify HEAD >/dev/null 2>&1 && echo auto || echo false)

.PHONY: help run build test generate fmt reset bench bench-quick

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# SLIPWAY_WITH_PARENT has the server end with make, even when make is killed.
run: build ## Build and start the server with a private database, demo people and a demo portfolio
	@SLIPWAY_WITH_PARENT=1 exec bin/slipway dev

build: ## Build bin/slipway
	$(GO) build -buildvcs=$(BUILDVCS) -o bin/slipway ./cmd/server

test: ## Check everything: build, vet, lint, generated code, all tests with the race detector
	@$(GO) run ./internal/devstack/cmd/check

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
