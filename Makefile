# Everything needs only python3 (3.11 or newer) and make; the first target that needs it
# makes .venv from requirements.lock.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PROGRAM ?= programs/minimal.msgpack
SECONDS ?= 60
GOLDENS := programs tests/compare/golden/stubs
T ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test test-long check lint types golden golden-review golden-record pictures \
        programs programs-check diagnostics-doc diagnostics-check limits-doc limits-check accuracy digests constants start-record \
        fuzz fuzz-codec bench fmt lock clean

help:            ## list targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(READY)  ## make the virtual environment with the locked dependencies

# The extension in C is built with it where there is a compiler, and left out where there is none.
$(READY): requirements.lock pyproject.toml setup.py $(wildcard irrun/native/*.[ch] irrun/native/*/*.[ch])
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "irrun needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

run: $(READY)    ## run a bundled program for 100 frames (PROGRAM=...)
	$(BIN)/irrun run $(PROGRAM) --frames 100

# Tests start many processes: what they import is compiled once, whatever is set elsewhere.
test test-long: export PYTHONDONTWRITEBYTECODE =

test: $(READY)   ## all tests, in as many processes as processors; or some: make test T=tests/runtime
	$(BIN)/python -m pytest -n auto --dist loadfile $(T)

test-long: $(READY)  ## what takes long for good reason: many more examples and mutants, killed processes
	$(BIN)/python -m pytest -n auto --dist worksteal -m long $(T)

check: lint types programs-check diagnostics-check limits-check golden test  ## style, types, generated files, tests

lint: $(READY)   ## style and formatting, and no arithmetic that depends on the machine
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tools/lint_numerics.py

types: $(READY)  ## mypy --strict
	$(BIN)/mypy

programs: $(READY)  ## rebuild programs/ (byte for byte the same unless the builder changed)
	$(BIN)/python tools/build_programs.py

programs-check: $(READY)  ## compare programs/ with what its builder makes
	$(BIN)/python tools/build_programs.py --check

pictures: $(READY)  ## draw the pictures of the documentation anew
	$(BIN)/python tools/build_pictures.py

golden: $(READY)  ## run every bundled program and compare with its goldens
	$(BIN)/irrun golden check $(GOLDENS)

golden-review: $(READY)  ## look at what changed, and accept or reject it
	$(BIN)/irrun golden review $(GOLDENS)

golden-record: $(READY)  ## record all goldens anew; review the difference before committing
	$(BIN)/irrun golden record
	$(BIN)/irrun golden record programs -o tests/compare/golden/stubs --executors stub --frames 4

accuracy: $(READY)  ## measure the transcendental functions into docs/numerics.md
	$(BIN)/python tools/accuracy.py

digests: $(READY)  ## record the digests anew: only when what is computed changes on purpose
	$(BIN)/python tools/record_digests.py

constants: $(READY)  ## compute their constants anew (nothing changes unless a definition did)
	$(BIN)/python tools/numerics_constants.py

diagnostics-doc: $(READY)  ## rewrite docs/diagnostics.md from the classes of errors
	$(BIN)/python tools/diagnostics_doc.py

diagnostics-check: $(READY)  ## compare docs/diagnostics.md with the classes of errors
	$(BIN)/python tools/diagnostics_doc.py --check

limits-doc: $(READY)  ## rewrite docs/limits.md from the table of limits
	$(BIN)/python tools/limits_doc.py

limits-check: $(READY)  ## compare docs/limits.md with the table of limits
	$(BIN)/python tools/limits_doc.py --check

start-record: $(READY)  ## record which modules each command imports
	$(BIN)/python tools/start_modules.py

fuzz: $(READY)   ## put mutants of the bundled programs through the commands (SECONDS=60, or COUNT=100000)
	$(BIN)/python tools/fuzz.py $(if $(COUNT),--count $(COUNT) --state .fuzz/state.json,--seconds $(SECONDS))

fuzz-codec: $(READY)  ## fuzz loading, guided by coverage (SECONDS=60)
	$(BIN)/python tools/fuzz_codec.py --seconds $(SECONDS)

bench: $(READY)  ## measure start-up, loading, layout and frames, as ratios in one run
	$(BIN)/python tools/bench.py

fmt: $(READY)    ## rewrite formatting, fix what can be fixed
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(READY)   ## resolve the dependencies anew into requirements.lock
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra data --extra dev --extra render --universal \
	  --generate-hashes --python-version 3.11 --no-header --quiet --upgrade -o requirements.lock

clean:           ## remove the environment and all caches
	rm -rf .venv .venv-3.* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -f irrun/_native.*.so irrun/_native*.pyd
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
