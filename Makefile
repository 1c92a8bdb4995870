# Every verb sets up what it needs first, once. `make` alone lists them.

MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Python 3.11 is what Ombud is tested with; a newer one serves where it is all there is.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then command -v $$p; break; fi; done)
BIN := .venv/bin
READY := .venv/.ready
LAYERS := postgres,temporal,faults
OUTSIDE := browser or identity or stripe or promtool or helm
# Runs apart, for minutes: make test-cluster.
APART := $(OUTSIDE) or cluster
BROWSER := browser,identity,stripe,promtool,helm
STRIPE_MOCK_VERSION := v0.203.0
STRIPE_MOCK := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ombud/stripe-mock/$(STRIPE_MOCK_VERSION)/stripe-mock
PROMTOOL_VERSION := v0.316.0
PROMTOOL := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ombud/promtool/promtool
SERVER_VERSION := v1.32.0
SERVER := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ombud/temporal-server/$(SERVER_VERSION)
DEBIAN_POSTGRES := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ombud/debian-postgres
HELM_VERSION := v3.22.0
HELM := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ombud/helm/$(HELM_VERSION)/helm
OPERATOR_VERSION := v0.85.0
OPERATOR_KINDS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ombud/helm/prometheus-operator/.$(OPERATOR_VERSION)
CHART := deploy/helm/ombud
FAST := HYPOTHESIS_PROFILE=quick $(BIN)/pytest -p no:schemathesis -m "not (postgres or temporal or faults or $(APART) or slow)"
# Compiled modules are kept, beside the environment and never in the tree: half of a short run would be spent on compiling.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.bytecode

.PHONY: help
help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(READY) ## make the environment in .venv (the other verbs do it by themselves)

$(READY): pyproject.toml uv.lock
	@if [ -z "$(PYTHON)" ]; then echo "Ombud needs Python 3.11 or newer, and found none on the PATH." >&2; exit 1; fi
	@uv="$$(command -v uv || true)"; \
	if [ -z "$$uv" ] || ! "$$uv" python find >/dev/null 2>&1; then \
		uv=.venv-tools/bin/uv; \
		if ! [ -x "$$uv" ]; then \
			echo "Getting uv into .venv-tools ..."; \
			$(PYTHON) -m venv .venv-tools || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv." >&2; exit 1; }; \
			.venv-tools/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"; \
		fi; \
	fi; \
	echo "Setting up .venv from uv.lock ..."; \
	"$$uv" sync --frozen --python "$(PYTHON)" $${CI:+--no-progress}
	@touch $(READY)

.PHONY: demo
demo: $(READY) ## run real reports through the whole system and show what happened; ends by itself
	@$(BIN)/ombud demo

.PHONY: up
up: $(READY) ## start everything on this machine and leave it running; prints where
	@$(BIN)/ombud up

.PHONY: down
down: $(READY) ## stop what `make up` started; the data stays
	@$(BIN)/ombud down

.PHONY: temporal
temporal: $(READY)
	@$(BIN)/ombud stack fetch

.PHONY: test
test: $(READY) temporal ## every test but those of `make test-browser` and `make test-cluster`; no layer may be skipped
	@if [ -n "$(ARGS)" ]; then OMBUD_REQUIRE_LAYERS=$(LAYERS) $(BIN)/pytest -m "not ($(APART))" $(ARGS); else \
		OMBUD_REQUIRE_LAYERS=postgres $(BIN)/pytest -n 2 --dist loadfile -m "not (temporal or faults or $(APART))" && \
		OMBUD_REQUIRE_LAYERS=temporal,faults $(BIN)/pytest -m "(temporal or faults) and not ($(APART))"; fi

.PHONY: node
node: tests/node/node_modules/.package-lock.json

tests/node/node_modules/.package-lock.json: tests/node/package-lock.json
	@npm ci --prefix tests/node --silent --no-audit --no-fund && touch $@

.PHONY: stripe-mock
stripe-mock: $(STRIPE_MOCK)

$(STRIPE_MOCK):
	@echo "Building Stripe's mock server with Go (once) ..."; GOBIN=$(dir $@) go install github.com/stripe/stripe-mock@$(STRIPE_MOCK_VERSION)

.PHONY: promtool
promtool: $(PROMTOOL)

# Debian's package is there in seconds, and nothing of it is installed; elsewhere it is built, which takes minutes.
$(PROMTOOL):
	@echo "Getting Prometheus's promtool (once) ..."; mkdir -p $(dir $@); folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; chmod 755 "$$folder"; \
	if (cd "$$folder" && apt-get download prometheus && dpkg -x prometheus_*.deb there) >/dev/null 2>&1; then \
		cp "$$folder/there/usr/bin/promtool" $@; \
	else \
		GOBIN=$(dir $@) GOFLAGS=-buildvcs=false go install -ldflags='-s -w' github.com/prometheus/prometheus/cmd/promtool@$(PROMTOOL_VERSION); \
	fi

.PHONY: helm
helm: $(HELM) $(OPERATOR_KINDS) ## lint the Helm chart and render it with each of its example values (needs Go, once)
	@for values in $(CHART)/ci/*.yaml; do \
		echo "helm lint, helm template: $$(basename $$values .yaml)"; \
		{ $(HELM) lint --strict --quiet $(CHART) --values $$values && \
		$(HELM) template ombud $(CHART) --kube-version 1.37 --values $$values >/dev/null; } 2> >(grep -v 'symbolic link' >&2) || exit 1; \
	done

$(HELM):
	@echo "Building helm with Go (once, some minutes) ..."; \
	GOBIN=$(dir $@) GOFLAGS=-buildvcs=false nice -n 19 go install -ldflags='-s -w' helm.sh/helm/v3/cmd/helm@$(HELM_VERSION)

# How the Prometheus Operator defines what it takes: two files of its source.
$(OPERATOR_KINDS):
	@echo "Getting the Prometheus Operator's definitions (once) ..."; mkdir -p $(dir $@); \
	source="$$(go mod download -json github.com/prometheus-operator/prometheus-operator@$(OPERATOR_VERSION) | sed -n 's/.*"Dir": "\(.*\)",*/\1/p')"; \
	install -m 644 "$$source"/example/prometheus-operator-crd/monitoring.coreos.com_{servicemonitors,prometheusrules}.yaml $(dir $@); touch $@

.PHONY: test-browser
test-browser: $(READY) temporal node stripe-mock promtool helm ## the tests with programs of others: Chromium, a provider of identities, Stripe's mock server, promtool, helm (needs Node, Chromium, Go)
	@OMBUD_REQUIRE_LAYERS=$(BROWSER) $(BIN)/pytest -m "$(OUTSIDE)" $(ARGS)

.PHONY: test-cluster
test-cluster: $(READY) temporal cluster-servers ## two real Temporal servers, three workers, two APIs, KILLS=200 of them: minutes to an hour (needs Go, Debian's Postgres)
	@OMBUD_CLUSTER_KILLS=$(KILLS) OMBUD_REQUIRE_LAYERS=cluster $(BIN)/pytest -s -m cluster $(ARGS)

.PHONY: cluster-servers
cluster-servers: $(SERVER)/server
	@$(BIN)/python -c 'import sys; from tests.support.temporal_servers import postgres_programs; sys.exit(postgres_programs() is None)' || { \
	echo "Unpacking Debian's Postgres (once; nothing is installed) ..."; folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; chmod 755 "$$folder"; \
	package="$$(apt-cache depends postgresql 2>/dev/null | sed -n 's/ *Depends: \(postgresql-[0-9]*\)$$/\1/p' | head -n 1)"; \
	if [ -n "$$package" ] && (cd "$$folder" && apt-get download -qq "$$package" libpq5 && for one in *.deb; do dpkg -x "$$one" there; done) >/dev/null; then \
		rm -rf $(DEBIAN_POSTGRES); mv "$$folder/there" $(DEBIAN_POSTGRES); \
	else \
		echo "There is no Postgres with btree_gin, and apt-get brings none: install PostgreSQL 15 or newer below /usr/lib/postgresql." >&2; exit 1; \
	fi; }

$(SERVER)/server:
	@command -v go >/dev/null || { echo "The Temporal server is built with Go, and Go is not on the PATH." >&2; exit 1; }; \
	echo "Building the Temporal server with Go (once, some minutes) ..."; \
	GOBIN=$(SERVER) GOFLAGS=-buildvcs=false nice -n 19 go install -ldflags='-s -w' \
	go.temporal.io/server/cmd/server@$(SERVER_VERSION) go.temporal.io/server/cmd/tools/sql@$(SERVER_VERSION)

.PHONY: test-fast
test-fast: $(READY) ## the tests that need no server: under two minutes on two cores
	@$(FAST) $(if $(ARGS),$(ARGS),-n 2 --dist loadfile)

.PHONY: test-domain
test-domain: $(READY) ## the tests of the rules alone: half a minute
	@$(FAST) tests/domain $(ARGS)

.PHONY: rehearse-release
rehearse-release: $(READY) temporal ## old code runs cases, new code takes over, and back; FROM=REF: from that release to this tree
	@folder=; if [ -n "$(FROM)" ]; then \
	git rev-parse --quiet --verify "$(FROM)^{commit}" >/dev/null || { echo "FROM=$(FROM) is no tag or commit here: see 'git tag'" >&2; exit 2; }; \
	folder="$$(mktemp -d)"; trap 'rm -rf "$$folder"' EXIT; git archive "$(FROM)" | tar -x -C "$$folder"; fi; \
	OMBUD_REHEARSE_FROM="$$folder" OMBUD_REQUIRE_LAYERS=faults $(BIN)/pytest tests/replay tests/faults/test_release_rehearsal.py $(ARGS)

.PHONY: test-random
test-random: $(READY) ## fresh random examples for MINUTES=10; stops at the first failure and says how to repeat it
	@$(BIN)/python -m tests.explore --minutes $(or $(MINUTES),10) $(ARGS)

.PHONY: check
check: lint test test-browser ## what CI runs: format, lint, types, import contracts, SQL, tests

.PHONY: lint
lint: $(READY) ## everything of `check` but the tests
	@echo "ruff format"; $(BIN)/ruff format --quiet --check .
	@echo "ruff check"; $(BIN)/ruff check --quiet .
	@echo "mypy"; $(BIN)/mypy
	@echo "lint-imports"; $(BIN)/lint-imports --no-logo
	@echo "squawk"; $(BIN)/squawk storage/migrations/*.sql

.PHONY: format
format: $(READY) ## write the code as `lint` wants it
	@$(BIN)/ruff check --quiet --fix-only . && $(BIN)/ruff format .

.PHONY: docs
docs: $(READY) ## write the generated reference pages anew
	@$(BIN)/python -m runtime.settings --write && $(BIN)/python -m docs.generate && $(BIN)/python -m api.kit.problems --write

.PHONY: vendor
vendor: $(READY) ## fetch the console's scripts, styles, font and icons anew (npm); what is fetched is kept in the tree
	@$(BIN)/python -m console.vendor

.PHONY: bench
bench: $(READY) temporal ## measure what the README's table names; writes benchmarks/out/latest.json
	@$(BIN)/python -m benchmarks

.PHONY: clocks-full
clocks-full: $(READY) ## 100,000 random deadlines against an independent slow calculator
	@OMBUD_CLOCK_CASES=100000 OMBUD_CLOCK_SEED=$${OMBUD_CLOCK_SEED:-$$(date +%s)} $(BIN)/pytest -q -o faulthandler_timeout=0 tests/domain/worktime/test_calculator_against_slow.py

.PHONY: clean
clean: ## remove what was made here, the environment included; .ombud (the data of `make up`) stays
	@rm -rf .venv .venv-tools .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .bytecode .hypothesis dist benchmarks/out
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
