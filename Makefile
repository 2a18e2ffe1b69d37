# Every target sets itself up: from a fresh clone `make demo` or `make test` is all there is to type.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PURE := tests/core tests/rules
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup test lint format demo sample rules standards site bench mutants fuzz lock clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-9s %s\n", $$1, $$2 }'

setup: $(READY) ## the environment in .venv, from the hash-locked requirements (again only when they change)

$(READY): pyproject.toml requirements/build.lock requirements/dev.lock
	@.ci/packages git openssh-client python3-venv
	@$(PYTHON) -c 'import sys; sys.exit("docctl needs Python 3.11 or newer; name one with: make PYTHON=…" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --only-binary :all: -r requirements/build.lock
	$(PIP) install --require-hashes --no-build-isolation --use-pep517 -r requirements/dev.lock
	# compat: one plain path line and no import finder, because hooks pay for every import.
	$(PIP) install --no-deps --no-build-isolation --editable . --config-settings editable_mode=compat
	@touch $@

test: setup ## all tests; core and rules must be covered to the last branch by their own
	@.ci/packages chromium poppler-utils fonts-wqy-zenhei
	$(BIN)/pytest -n $(WORKERS) $(PURE) --cov=docctl.core --cov=docctl.rules --cov-fail-under=100
	$(BIN)/pytest -n $(WORKERS) $(addprefix --ignore=,$(PURE))

lint: setup ## ruff, its format and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict docctl

format: setup ## let ruff lay out the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo: setup ## the sample company acted out over eight months, in demo-out/ (replaced each time)
	rm -rf demo-out
	$(BIN)/docctl demo demo-out

sample: setup ## the evidence of sample-manual/ made anew with throwaway keys
	$(BIN)/docctl demo --sample sample-manual

rules: setup ## RULES.md out of the catalogue
	$(BIN)/docctl explain --markdown > RULES.md.new
	mv RULES.md.new RULES.md

standards: setup ## the shipped clause catalogues as hooks read them, out of schema/standards/*.yaml
	$(BIN)/python tools/catalogues.py

site: setup ## the sample's site, in site/
	$(BIN)/mkdocs build --strict --site-dir site

bench: setup ## the measurements of benchmarks/
	$(BIN)/python benchmarks/run.py

mutants: setup ## small changes to the rules and the matrix that no test notices (twenty minutes; not part of the tests)
	$(PIP) install --no-deps --target .mutants mutmut libcst
	PYTHONPATH=.mutants $(BIN)/python benchmarks/mutants.py

fuzz: setup ## hostile bytes, led by coverage, for SECONDS (60) a target (not part of the tests)
	$(PIP) install --no-deps --target .fuzz atheris
	PYTHONPATH=.fuzz $(BIN)/python tools/fuzz.py

COMPILE = .lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --no-strip-extras --no-header --no-annotate
lock: ## the newest versions that pyproject.toml allows, hash-locked (with the oldest Python supported)
	rm -rf .lock
	$(PYTHON) -m venv .lock
	.lock/bin/python -m pip --quiet install pip-tools
	$(COMPILE) --upgrade --all-build-deps --only-build-deps --output-file .lock/build.lock pyproject.toml
	$(COMPILE) --upgrade --extra dev --extra test --output-file .lock/dev.lock pyproject.toml
	for name in build dev; do \
	  { head -1 requirements/$$name.lock; grep -E '^[a-z]|^ +--hash' .lock/$$name.lock; } > .lock/new && mv .lock/new requirements/$$name.lock; \
	done
	rm -rf .lock

clean: ## remove everything that make made
	rm -rf $(VENV) .lock .mutants .fuzz demo-out site build dist *.egg-info htmlcov test-results .coverage .coverage.*
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
