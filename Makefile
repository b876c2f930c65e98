# Everything needed to work here. Standard output is kept for the programs' own; set-up talks on standard error.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SHIPPED := setup.cfg pyproject.toml

.PHONY: demo test lint types unit services bench docs lock clean help

demo: .venv/.run  ## harvest sample portals, publish, serve on http://127.0.0.1:8200 (ARGS=--no-serve, ARGS=--json)
	@$(BIN)/acopio demo $(ARGS)

test: lint types unit  ## linters, type checks and every test (ARGS goes to pytest)

lint: .venv/.test  ## style, complexity, formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.test  ## static types, strict, tests too
	$(BIN)/mypy

unit: .venv/.test  ## every test, with the branches they cover
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term-missing:skip-covered $(ARGS)

services:  ## install and start what some tests need: CKAN, PostgreSQL (Debian, as root)
	docker/services

bench: .venv/.test  ## measure what the requirements put a number on
	@for bench in benchmarks/*.py; do echo "== $$bench"; $(BIN)/python "$$bench" $(ARGS); done

docs: .venv/.test  ## check that the pages say what the program does
	$(BIN)/python -m pytest -q tests/test_docs*.py tests/config/test_documented.py

lock: .venv/.lock  ## choose the newest dependencies setup.cfg allows, with their hashes
	.venv/lock/bin/uv pip compile $(UV) --output-file requirements/run.txt
	.venv/lock/bin/uv pip compile $(UV) --extra test --constraint requirements/run.txt --output-file requirements/test.txt

clean:  ## forget what can be made again (state in .acopio is kept)
	rm -rf .venv build dist *.egg-info .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

UV := --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" --no-emit-index-url --no-emit-find-links \
	setup.cfg requirements/build.in

# Stamps: what is newer than its inputs is not made again.
.venv/.made:
	@echo "acopio: making .venv with $(PYTHON)" >&2
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "acopio needs Python 3.11 or newer; name it with PYTHON=..." >&2; exit 1; }
	@"$(PYTHON)" -m venv .venv >&2 \
		|| { echo "acopio: on Debian, venv is a package of its own: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

.venv/.run: .venv/.made requirements/run.txt $(SHIPPED)
	@echo "acopio: installing what it runs on (some minutes the first time)" >&2
	@$(PIP) --require-hashes -r requirements/run.txt >&2
	@$(PIP) --no-deps --no-build-isolation -e . >&2
	@touch $@

.venv/.test: .venv/.made requirements/test.txt $(SHIPPED)
	@echo "acopio: installing what it is tested with (some minutes the first time)" >&2
	@$(PIP) --require-hashes -r requirements/test.txt >&2
	@$(PIP) --no-deps --no-build-isolation -e . >&2
	@touch .venv/.run $@

.venv/.lock: .venv/.made
	@"$(PYTHON)" -m venv .venv/lock >&2
	@.venv/lock/bin/python -m pip install --quiet --disable-pip-version-check uv >&2
	@touch $@
