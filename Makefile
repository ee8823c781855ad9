# Everything a person does with a checkout. `make` alone lists it.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --require-virtualenv
LOCKED := $(PIP) install --no-compile --require-hashes --requirement
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

# Two test processes at least (the suite is written for it), one a core on larger machines.
WORKERS := $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$(( cores > 2 ? cores : 2 )))

.PHONY: help
help: ## list what `make` can do
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: setup
setup: $(VENV)/.project ## install Platewarden into .venv (Python 3.11 or newer)

.PHONY: demo
demo: setup ## run the demo agency; PHOTOS=folder feeds your own photographs
	@exec $(BIN)/platewarden demo $(if $(PHOTOS),--photos "$(PHOTOS)")

.PHONY: test
test: $(VENV)/.dev ## run every test, the browser's included
	@.ci/browser
	@.ci/peers
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: check
check: $(VENV)/.dev ## style, types, import contracts, traceability, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m platewarden.policy.traceability check
	$(BIN)/platewarden migrate --check

.PHONY: fuzz
fuzz: $(VENV)/.fuzz ## coverage-guided noise for the cameras' formats; SECONDS=60 each, NAMES="..." for some
	$(BIN)/python -m tests.adapters.fuzzing --seconds "$(or $(SECONDS),60)" $(NAMES)

.PHONY: format
format: $(VENV)/.dev ## put the code into its one format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: bench
bench: setup ## measure: recognition, ingest, alerts, search, purge, ledger; NAMES="..." for some
	@for name in $(or $(NAMES),$(basename $(notdir $(wildcard benchmarks/[a-z]*.py)))); do \
		echo "== $$name"; $(BIN)/python -m "benchmarks.$$name" || exit 1; done

.PHONY: screenshots
screenshots: $(VENV)/.dev ## photograph every page, wide and narrow, light and dark, into var/screenshots
	@.ci/browser
	PLATEWARDEN_SCREENSHOTS=var/screenshots $(BIN)/pytest -n 0 -m browser tests/browser $(ARGS)

.PHONY: train
train: $(VENV)/.train var/train/fonts/.done ## train a model: NAME=detector or reader, MINUTES=90; goes on where it was stopped
	OMP_NUM_THREADS=1 $(BIN)/python -W ignore -m "models.$(or $(NAME),detector).train" --minutes "$(or $(MINUTES),90)"
	$(BIN)/python -W ignore -m "models.$(or $(NAME),detector).export"

.PHONY: lock
lock: | $(BIN)/python ## resolve the dependencies anew and write requirements/*.txt; UPGRADE=1 takes newer ones
	$(PIP) install uv
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --output-file requirements/main.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev --constraint requirements/main.txt \
		--output-file requirements/dev.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group fuzz --constraint requirements/dev.txt \
		--output-file requirements/fuzz.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) --group build --constraint requirements/dev.txt \
		--output-file requirements/build.txt

.PHONY: clean
clean: ## remove the environment, the caches and everything in var/, databases included
	@for link in var/pg var/*/pg; do if [ -L "$$link" ]; then rm -rf -- "$$(readlink -f "$$link")"; fi; done
	rm -rf $(VENV) var build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks models -name __pycache__ -prune -exec rm -rf {} +

# What follows runs once: each file stands for a finished step and is older than nothing it depends on.
$(BIN)/python:
	@.ci/python $(VENV)

$(VENV)/.main: requirements/main.txt requirements/build.txt | $(BIN)/python
	@echo "Installing the locked dependencies (about 300 MB; a minute or two)"
	@$(LOCKED) requirements/main.txt --requirement requirements/build.txt
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.main
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.train: models/requirements.txt $(VENV)/.project
	@echo "Installing what training needs (about 1 GB)"
	@$(PIP) install --requirement models/requirements.txt
	@touch $@

var/train/fonts/.done: models/typefaces/package.json
	@mkdir -p $(@D)
	@cp $< $(@D)
	@npm install --silent --no-audit --no-fund --no-package-lock --prefix $(@D)
	@touch $@

$(VENV)/.fuzz: requirements/fuzz.txt $(VENV)/.dev
	@$(LOCKED) requirements/fuzz.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.project
	@echo "Installing the tools for checks and tests"
	@$(LOCKED) requirements/dev.txt
	@touch $@
