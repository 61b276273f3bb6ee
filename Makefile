# GNU make and Python 3.11 or newer are all that a machine needs. Everything else goes into .venv,
# from lock files with hashes; after the first time no target but `lock` needs a network.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help demo test torture mutants bench lock messages browser clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/base.txt ## a studio to try out, on this machine only; RESET=1 begins afresh, PORT=…
	@DEBUG=1 exec $(BIN)/python manage.py demo $(if $(filter 1,$(RESET)),--reset) $(if $(PORT),--port $(PORT))

test: $(VENV)/dev.txt ## every check and every test, on SQLite and PostgreSQL
	@exec $(BIN)/python -m tests.run

torture: $(VENV)/dev.txt ## the property, race and kill tests with many more rounds
	@TORTURE=1 exec $(BIN)/python -m tests.run

mutants: $(VENV)/dev.txt ## take out each guard and see the tests turn red
	@exec $(BIN)/python -m tests.mutants

bench: $(VENV)/dev.txt ## speed and memory, on SQLite and PostgreSQL
	@exec $(BIN)/python -m benchmarks

browser: $(VENV)/dev.txt ## find a Chromium for the browser tests, or install one
	@exec $(BIN)/python -m tests.chromium

messages: $(VENV)/dev.txt ## collect the texts for translation and compile the translations
	@exec $(BIN)/python -m tests.messages

COMPILE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
lock: $(VENV)/lock.txt ## bring requirements/*.txt in line with pyproject.toml (needs a network)
	@$(COMPILE) pyproject.toml -o requirements/base.txt
	@$(COMPILE) pyproject.toml --group test --group check -o requirements/dev.txt
	@$(COMPILE) --group lock -o requirements/lock.txt

clean: ## remove .venv and caches; var/ with the demo's data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed is remembered as a copy of its lock file: a new date alone installs nothing.
$(VENV)/%.txt: requirements/%.txt | $(BIN)/pip
	@if ! cmp -s $< $@; then \
		echo "Installing $$(grep -c == $<) packages from $< into $(VENV) …" && \
		$(BIN)/pip install -q --require-hashes --no-deps -r $<; \
	fi
	@cp $< $@

NO_PYTHON = No Python from 3.11 on was found. Install one, or name it: make PYTHON=/path/to/python3
NO_PIP = $$python cannot make a virtual environment with pip. On Debian and Ubuntu its package is missing: \
	apt-get install python3-venv
$(BIN)/pip:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python3.14 python; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		$$python -c 'import ensurepip' 2>/dev/null || { echo "$(NO_PIP)" >&2; exit 1; }; \
		echo "Making $(VENV) with $$($$python --version) …"; \
		exec $$python -m venv $(VENV); \
	done; echo "$(NO_PYTHON)" >&2; exit 1
