# Showroom: `make demo` runs it, `make test` checks it, `make help` lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
TOOLS := pipeline/tools
CLIENT := webclient

.PHONY: help setup demo pictures test lint clean schemas

help: ## list the commands
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort

setup: $(VENV)/.ready $(TOOLS)/node_modules/.ready $(CLIENT)/dist/.ready ## make .venv/ with the showroom command in it

$(VENV)/.ready: pyproject.toml
	@.ci/system run
	@echo "── Python environment (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

$(TOOLS)/node_modules/.ready: $(TOOLS)/package-lock.json
	@echo "── Node tools: KTX2 encoder, glTF validator"
	@command -v npm >/dev/null || { echo "npm is not installed: install Node 18 or newer." >&2; exit 1; }
	@npm ci --prefix $(TOOLS) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# not `npm ci`: it refuses the lock where a mirror lacks some other system's optional build of rollup
$(CLIENT)/node_modules/.ready: $(CLIENT)/package-lock.json
	@echo "── Web client: its packages"
	@npm install --no-save --prefix $(CLIENT) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(CLIENT)/public/trackers/.ready: .ci/trackers $(CLIENT)/node_modules/.ready $(VENV)/.ready
	@.ci/trackers
	@touch $@

$(CLIENT)/dist/.ready: $(CLIENT)/node_modules/.ready $(CLIENT)/public/trackers/.ready $(CLIENT)/index.html $(CLIENT)/vite.config.ts $(CLIENT)/tsconfig.json $(shell find $(CLIENT)/src $(CLIENT)/public -type f 2>/dev/null)
	@echo "── Web client: built"
	@npm run build --prefix $(CLIENT) --silent
	@touch $@

demo: setup ## open the demo store, finish its products beside it (ONLY=terra-vase for one product)
	@$(BIN)/showroom demo $(addprefix --only ,$(ONLY))

pictures: setup ## the README's pictures, from the demo store
	@$(BIN)/python tests/e2e/pictures.py docs/pictures

lint: setup ## ruff and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

test: setup lint ## everything CI runs
	@.ci/system test
	@npm test --prefix $(CLIENT) --silent
	@$(BIN)/pytest -n 2

bench-%: setup tests/bench/peers/node_modules/.ready ## measure against the competition (QUICK=1 for a minute): bench-pipeline, -realtime, -shop, -client, -tryon, -memory, -resume
	@$(BIN)/python tests/bench/$*.py

tests/bench/peers/node_modules/.ready: tests/bench/peers/package.json
	@echo "── The competition"
	@npm install --prefix tests/bench/peers --no-package-lock --ignore-scripts --no-audit --no-fund --silent
	@touch $@

schemas: setup ## write assets/schemas/ and the table of settings from the code
	@$(BIN)/python -m showroom_assets.schemas assets/schemas
	@$(BIN)/python -m showroom.stores.schemas assets/schemas
	@$(BIN)/python -m showroom.settings_table docs/operate.md

clean: ## remove what was built (keeps .venv)
	rm -rf build out dist $(CLIENT)/dist
