# Every command does its own set-up; Python 3.11, make and git are all it needs.
PORT ?= 8000
DEMO ?= 1
JOBS ?= auto
DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/test
REDIS_URL ?= redis://127.0.0.1:6379/9

NAMED := $(filter-out file,$(origin DATABASE_URL))

PY := .venv/bin/python
PYTEST := $(PY) -m pytest
SPREAD := -n $(JOBS) --dist worksteal
LOCK := .venv/bin/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run demo test test-thorough test-services lint bench nightly messages lock runtime dev

help: ## show the commands
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' Makefile | expand -t 20

run: runtime ## serve http://127.0.0.1:8000 with the demo province (PORT=8080; DEMO=0 for a real installation)
	@DEMO=$(DEMO) exec $(PY) manage.py serve --prepare --port $(PORT)

demo: runtime ## delete the demo's data and start it afresh
	@DEMO=1 exec $(PY) manage.py serve --prepare --afresh --port $(PORT)

test: dev ## the whole suite on SQLite, without any service
	@env -u DATABASE_URL -u REDIS_URL $(PYTEST) $(SPREAD) -q $(ARGS)

test-thorough: dev ## what takes longer: every page of every role, the journeys, the table of rights, generated posts, kills
	@env -u DATABASE_URL -u REDIS_URL $(PYTEST) $(SPREAD) -q -m "thorough and not nightly and not services" $(ARGS)

test-services: dev ## the whole suite on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)
	@DATABASE_URL='$(DATABASE_URL)' REDIS_URL='$(REDIS_URL)' $(PYTEST) $(SPREAD) -q -m "not nightly" $(ARGS)

lint: dev ## style, types, import contracts, translations
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) manage.py messages --check

bench: dev ## the measured goals, printed as ratios (on PostgreSQL, too, where DATABASE_URL names one)
	@env -u DATABASE_URL -u REDIS_URL $(PY) -m tests.bench.rating_bench
	@env -u DATABASE_URL -u REDIS_URL $(PY) -m tests.bench.step_bench
	@$(if $(NAMED),DATABASE_URL='$(DATABASE_URL)' $(PY) -m tests.bench.step_bench,true)
	@$(if $(NAMED),DATABASE_URL='$(DATABASE_URL)',env -u DATABASE_URL -u REDIS_URL) $(PY) -m tests.bench.search_bench
	@$(if $(NAMED),DATABASE_URL='$(DATABASE_URL)' $(PY) -m tests.bench.desk_bench,true)
	@$(if $(NAMED),DATABASE_URL='$(DATABASE_URL)' $(PY) -m tests.bench.pages_bench,true)

nightly: dev ## the long tests (those of services only where DATABASE_URL names one)
	@$(if $(NAMED),DATABASE_URL='$(DATABASE_URL)' REDIS_URL='$(REDIS_URL)',env -u DATABASE_URL -u REDIS_URL) \
		$(PYTEST) $(SPREAD) -q -o faulthandler_timeout=0 -m "nightly$(if $(NAMED),, and not services)" $(ARGS)

messages: dev ## bring the English catalogue up to date with the Chinese source strings
	@$(PY) manage.py messages

lock: dev ## write the locks anew from pyproject.toml
	@$(LOCK) -o requirements.lock
	@$(LOCK) --extra dev -c requirements.lock -o requirements-dev.lock
	@printf 'uv==%s\n' "$$(.venv/bin/uv --version | cut -d' ' -f2)" | $(subst pyproject.toml,-,$(LOCK)) -o bootstrap.lock

runtime:
	@sh deploy/install.sh runtime

dev:
	@sh deploy/install.sh dev
