# Needs Python 3.11 or later and make; everything else goes into .venv.

PYTHON ?= python3
WORKERS ?= auto
MINUTES ?= 10
CASES ?= 1000000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet
FORMATTED := policies examples docs/guide benchmarks/peers/policy
REUSED := examples/07_own_package examples/08_folder_of_policies
DEMO := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
BENCH := $(VENV)/.installed-bench

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test check lint types imports policies tests update fuzz soak bench format clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(DEMO) ## evaluate the first example; sets up .venv when needed
	$(BIN)/besponsa-pa evaluate examples/01_first_request/case.yaml

test: check ## set up .venv and run everything that must hold

# the tests come last, so that the output ends with their summary
check: lint types imports policies tests ## the same: lint, types, imports, policies, tests

lint: $(DEV) ## ruff: rules and layout
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

types: $(DEV) ## mypy --strict
	$(BIN)/mypy --strict besponsa_pa

imports: $(DEV) ## the contract of the layers
	$(BIN)/lint-imports --no-logo

policies: $(DEV) ## the policies' layout, checks and tests, and that the tests notice every change
	$(BIN)/besponsa-pa fmt --check $(FORMATTED)
	$(BIN)/besponsa-pa check --strict --codes policies
	$(BIN)/besponsa-pa test --coverage --fail-under 100
	$(BIN)/besponsa-pa mutate --fail-under 100
	$(BIN)/besponsa-pa mutate --fail-under 100 examples/06_second_drug/policies
	$(BIN)/besponsa-pa test --coverage --fail-under 100 $(REUSED)
	$(BIN)/besponsa-pa mutate --fail-under 100 $(REUSED)

tests: $(DEV) ## pytest with branch coverage
	$(BIN)/python -m pytest --quiet --numprocesses $(WORKERS) --maxprocesses 4 --dist loadgroup --cov --cov-report term

update: $(DEV) ## record the expectations of the tests anew; review the difference
	UPDATE=1 $(BIN)/python -m pytest --quiet

fuzz: $(DEV) ## change expressions by chance for ten minutes: none may crash, hang or grow (MINUTES=10)
	$(BIN)/python tests/fuzz/run.py --minutes $(MINUTES)

soak: $(DEV) ## compare DuckDB with the interpreter on a million random cases of each policy (CASES=1000000)
	$(BIN)/python tests/soak/run.py --cases $(CASES)

bench: $(BENCH) ## measure, other engines too, and write docs/performance.md (FULL=1: up to ten million cases)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.peers $(if $(FULL),--full)

format: $(DEV) ## lay code and policies out, and mend what ruff can mend
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .
	$(BIN)/besponsa-pa fmt $(FORMATTED)

clean: ## remove .venv and what the checks and the build leave behind
	rm -rf $(VENV) build dist .benchmarks .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache benchmarks/.node
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(DEMO): pyproject.toml hatch_build.py grammar/expression.lark | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(DEV): pyproject.toml hatch_build.py grammar/expression.lark | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@touch $(DEMO) $@

# the engine of CQL runs in Node, and is left out of the comparison where that is not installed
$(BENCH): pyproject.toml hatch_build.py grammar/expression.lark | $(VENV)/bin/python
	$(PIP) --editable '.[dev,bench]'
	! command -v npm >/dev/null || npm install --silent --no-audit --no-fund --prefix benchmarks/.node cql-execution@3
	@touch $(DEMO) $(DEV) $@
