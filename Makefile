# Two commands matter: `make demo` and `make test`. Both make the environment first if need be.
SHELL := /bin/sh
PYTHON ?= python3
SERVE ?= 1
SEED ?= 1
MUTANTS ?= 300
BIN := .venv/bin
STAMP := .venv/.stamp

.PHONY: help env demo test check bench mutants chaos gallery templates lock clean
help:  ## what can be made
	@grep -hE '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/'

# An older pip looks for the newest of what is asked for with extras: the lock is its constraint as well.
env: $(STAMP)  ## make or update .venv from the hash-locked requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "casework needs Python 3.11 or later; name one with: make env PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python could not make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock \
	    -c requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(STAMP)

demo: env  ## the demo trust: import, sweep, letters, then the web application (SERVE=0 stops before it)
	@CASEWORK_HOME="$${CASEWORK_HOME:-$(CURDIR)/.demo}" $(BIN)/casework demo run --out demo-out $(if $(filter 0,$(SERVE)),--no-serve,--serve)

check: env  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check  ## every check and test; suites that need chromium or soffice say NOT RUN where it is missing
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

bench: env  ## benchmarks against named peers, as ratios; JSON under bench-out/
	@mkdir -p bench-out
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

mutants: env  ## break rules and stages one place at a time; say which breaks no test notices (MUTANTS=0 for all)
	$(BIN)/python -m tests.mutants --sample $(MUTANTS)

chaos: env  ## a simulated term while everything is killed, compared with an undisturbed one (SEED=n repeats one)
	$(BIN)/python -m tests.chaos --seed $(SEED) $(CHAOS_ARGS)
	$(BIN)/python -m tests.chaos.machines
	$(BIN)/python -m tests.chaos.cut_link

gallery: env  ## every document to PDF and PNG under gallery-out/ (ONLY=name,name for some)
	$(BIN)/python -m tests.gallery --only "$(ONLY)"

templates: env  ## make the Word templates anew from the words under wording/
	$(BIN)/python -m wording

lock:  ## make requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock

clean:  ## remove the environment and everything made by the demo
	rm -rf .venv .demo demo-out bench-out gallery-out
