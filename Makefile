# `make run` sets up everything and serves; `make test` sets up everything and runs the tests.
# Everything written lies under $(VENV) and $(TRUNKLINE_VAR); a second run finds it there.

VENV ?= .venv
PYTHON ?= python3
TRUNKLINE_VAR ?= var
override TRUNKLINE_VAR := $(abspath $(TRUNKLINE_VAR))
export TRUNKLINE_VAR

# Each of the hundred programs that the tests start would compile the application again.
unexport PYTHONDONTWRITEBYTECODE

python := $(VENV)/bin/python
declared := $(shell cat setup.cfg pyproject.toml | sha256sum | cut -c1-12)
run_ready := $(VENV)/.ready-run-$(declared)
test_ready := $(VENV)/.ready-test-$(declared)

# Packages of Python and of Debian are fetched side by side. A Python that is too old is told so by .ci/environment.py.
MAKEFLAGS += --jobs=2
any_python := $(or $(wildcard $(python)),$(PYTHON))
fetch := $(any_python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' && $(any_python) -m app.telephony.install

.PHONY: run test lint format faults bench clean engine test-tools

run: $(run_ready) engine
	@exec $(python) -m app serve

# Phones on a machine that is short of processor hear gaps: a real call that failed beside others is made once more, alone.
real := $(python) -m pytest -m "contract or e2e"

test: $(test_ready) test-tools
	@$(python) -m pytest -n 2 -m "unit or sim"
	@$(real) -n 2 --dist loadfile --no-loadscope-reorder || \
		{ test $$? -eq 1 && echo "Once more, alone:" && $(real) --last-failed --last-failed-no-failures none; }

lint: $(test_ready)
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@$(python) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@if [ -e app/__main__.py ]; then $(python) -m app check; fi

format: $(test_ready)
	@$(python) -m ruff check --fix-only .
	@$(python) -m ruff format .

faults: $(test_ready) test-tools
	@$(python) -m pytest -m fault

bench: $(test_ready) test-tools
	@$(python) -m app bench all

# Recordings, records and configuration under $(TRUNKLINE_VAR) stay: they are yours.
clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf $(TRUNKLINE_VAR)/engine $(TRUNKLINE_VAR)/test-tools $(TRUNKLINE_VAR)/python
	find app tests -name __pycache__ -type d -exec rm -rf {} +

engine:
	@$(fetch)

test-tools:
	@$(fetch) --tests

$(run_ready):
	@$(PYTHON) .ci/environment.py $(VENV)
	@touch $@

$(test_ready):
	@$(PYTHON) .ci/environment.py $(VENV) --tests
	@touch $@ $(run_ready)
