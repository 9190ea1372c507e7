# `make demo` and `make test` do all their own set-up: a virtual environment in .venv, from the locked dependencies.
# They need Python 3.11 or later with venv, make, and a network the first time; neither root nor a database server.

PYTHON ?= python3
TELEMETRY ?= data/sample
# The sample has 14 matches: two batches of it show more than one.
BATCH_SIZE ?= $(if $(filter data/sample data/sample/,$(TELEMETRY)),7,100)
PORT ?= 3000
MATCHES ?= 1200

UV_VERSION := 0.13.9
BIN := .venv/bin
READY := .venv/ready

.PHONY: help demo ui test test-hard test-browser test-celery browser redis bench bench-growth bench-profiles bench-postgres season format docs
.PHONY: measurements pictures lock clean

help:  ## Show the targets.
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(READY)  ## Do the whole job on the sample, or on TELEMETRY=<folder>, and show what came out.
	@$(BIN)/pewstats demo "$(TELEMETRY)" --batch-size $(BATCH_SIZE)

ui: $(READY)  ## Start Dagster's webserver and daemon on http://127.0.0.1:3000 (PORT=...), with the same data.
	@$(BIN)/pewstats ui --port $(PORT)

test: $(READY)  ## Run every check: lint, format, types, and all tests but the hard ones, the browser's and Celery's.
	@echo "Linting and checking types ..."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@echo "Running the tests (a few minutes; they start their own PostgreSQL and Dagster) ..."
	@$(BIN)/pytest -n 2

test-hard: $(READY)  ## Run the tests that take minutes: kills at random moments, a full disk, thousands of mutated files.
	@$(BIN)/pytest -n 2 -m hard

test-browser: $(READY) browser  ## Use the UI in Chromium as a person does (3 minutes); pictures of it go to data/screenshots.
	@$(BIN)/pytest -n 0 -m browser

browser:  ## Install Chromium, if it is not there, with apt-get.
	@command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ]; then \
		echo "Installing Debian's Chromium ..." && apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null; \
	else \
		echo "Chromium is not installed: sudo apt-get install chromium, or your system's way."; exit 1; \
	fi

test-celery: $(READY) redis  ## Run a backfill on Celery workers, and kill one of them (some 6 minutes).
	@$(BIN)/pytest -n 0 -m celery

redis:  ## Install Redis, if it is not there, with apt-get.
	@command -v redis-server >/dev/null || if [ "$$(id -u)" = 0 ]; then \
		echo "Installing Debian's Redis ..." && apt-get -qq update && \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends redis-server >/dev/null; \
	else \
		echo "Redis is not installed: sudo apt-get install redis-server, or your system's way."; exit 1; \
	fi

bench: $(READY)  ## Measure decoding, detecting and writing (some minutes; FILE=<telemetry>.json.gz for a file of yours).
	@POLARS_MAX_THREADS=1 $(BIN)/python -m pewstats_assets_tests.benchmark --json data/benchmark.json $(if $(FILE),--file "$(FILE)")

bench-growth: $(READY)  ## Measure what a batch leaves on disk and in PostgreSQL (2 minutes; FILE=<full-size telemetry>.json.gz).
	@$(BIN)/python -m pewstats_assets_tests.benchmark_growth --json data/growth.json $(if $(FILE),--file "$(FILE)")

bench-profiles: $(READY)  ## Measure what is asked about players, on a database of 380 batches made by SQL (15 minutes, 8 GB).
	@$(BIN)/python -m pewstats_assets_tests.benchmark_profiles --json data/benchmark_profiles.json

bench-postgres: $(READY)  ## Measure the fight tables at 5 and 20 million participants, loads over loads, connections (2 hours, 30 GB).
	@$(BIN)/python -m pewstats_assets_tests.benchmark_postgres --json data/benchmark_postgres.json

season: $(READY)  ## Load a simulated season of MATCHES=1200 by one backfill through the daemon, and again with a failing batch.
	@$(BIN)/python -m pewstats_assets_tests.season --matches $(MATCHES) --json data/season.json

format: $(READY)  ## Format the code and mend what the linter can mend.
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY)  ## Write what docs/ has of the code: rules, tables, player profiles, settings, commands, drawings.
	@$(BIN)/python -m pewstats_assets.warehouse.integrity.page > docs/integrity.md
	@$(BIN)/python -m pewstats_assets.warehouse.dictionary.page > docs/tables.md
	@$(BIN)/python -m pewstats_assets.profiles.page > docs/player-profiles.md
	@$(BIN)/python -m pewstats_assets.settings.page > docs/settings.md
	@$(BIN)/python -m pewstats_assets.cli.page > docs/command-line.md
	@$(BIN)/python -m pewstats_assets_tests.capacity > docs/capacity.md
	@$(BIN)/python -m pewstats_assets_tests.pictures

measurements: $(READY)  ## Take the figures of docs/capacity.md from what the benchmarks wrote below data/.
	@$(BIN)/python -m pewstats_assets_tests.capacity --refresh data

pictures: $(READY) browser  ## Take docs/pictures/asset-graph.png of the UI, in Chromium.
	@$(BIN)/python -m pewstats_assets_tests.pictures --asset-graph

lock: $(BIN)/uv  ## Lock the newest dependencies that pyproject.toml admits.
	@$(BIN)/uv pip compile --system-certs --quiet --upgrade --universal --python-version 3.11 --extra celery --extra kubernetes --extra dev --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" pyproject.toml --output-file requirements.lock

clean:  ## Remove all that the project wrote, after asking (FORCE=1: without): data below PEWSTATS_HOME, .venv, caches.
	@if [ -x $(BIN)/pewstats ]; then $(BIN)/pewstats clean $(if $(FORCE),--yes); \
	elif [ -e "$${PEWSTATS_HOME:-data}/postgres" ]; then \
		echo "Only pewstats can stop its server, and it is not installed: make .venv/ready, then make clean."; exit 1; fi
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf data/benchmark.json data/growth.json data/season data/season.json data/screenshots

$(READY): requirements.lock $(BIN)/uv
	@echo "Installing the locked dependencies into .venv (once; a minute or two) ..."
	@$(BIN)/uv pip sync --system-certs --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed, $(PYTHON) is older: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up the virtual environment .venv ..."
	@$(PYTHON) -m venv .venv || { \
		echo "The virtual environment cannot be made: install Python's venv (on Debian: python3-venv)."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
