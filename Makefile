# Showroom: `make demo` runs it, `make test` checks it, `make help` lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup test lint clean schemas

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort

setup: $(VENV)/.ready ## make .venv/ with the showroom command in it

$(VENV)/.ready: pyproject.toml
	@echo "── Python environment"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --progress-bar on -e '.[dev]'
	@touch $@

lint: setup ## ruff and mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

test: setup lint ## everything CI runs
	@$(BIN)/pytest -n 2

schemas: setup ## write assets/schemas/ from the structs
	@$(BIN)/python -m showroom_assets.schemas assets/schemas

clean: ## remove what was built (keeps .venv)
	rm -rf build out dist
