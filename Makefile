# The commands of this repository. `make` alone lists them.
BIN := .venv/bin
BOOTSTRAP := scripts/with-python -m scripts.bootstrap
TESTS ?=
.DEFAULT_GOAL := help
# What is compiled is kept: each of the processes that tests start would compile a thousand modules anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup dev run test test-postgres test-fast check checks bench oracle walk screenshots messages lock format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install everything that running needs (the command is then .venv/bin/roadmap)
	@$(BOOTSTRAP) setup

dev: ## the same, and what tests and checks need (Chromium, PostgreSQL's programs)
	@$(BOOTSTRAP) dev

run: setup ## install, load the demo and serve it; PORT=8123 chooses the port
	@$(BIN)/roadmap demo $(if $(PORT),--port $(PORT))

test: dev ## the tests; TESTS=tests/roadmap for some of them
	@$(BIN)/pytest -n auto -m "not walk" $(TESTS)

test-postgres: dev ## the tests of the application on PostgreSQL instead of SQLite; TESTS=tests/roadmap for some
	@LAUNCH90_TESTS_ON=postgresql $(BIN)/pytest -n auto -m "not walk and not browser" $(TESTS)

test-fast: dev ## the tests without those marked slow, browser or postgres
	@$(BIN)/pytest -n auto -m "not walk and not slow and not browser and not postgres" $(TESTS)

check: test checks ## all that CI runs: tests, lint, types, contracts, migrations, templates, docs

checks: dev ## the same without the tests
	@scripts/checks

oracle: dev ## ask MPXJ (Java) whether it reads the plans that we write for MS Project; FILES="a.xml" adds some
	@$(BIN)/python -m scripts.oracle $(FILES)

bench: dev ## measure, print the figures beside their targets and write benchmarks/RESULTS.md
	@$(BIN)/python -m benchmarks.run_all --date "$$(date +%Y-%m-%d)"

walk: dev ## visit every page as every role at two widths in both themes with axe
	@$(BIN)/pytest -n auto -m walk tests/walk

screenshots: dev ## draw the pictures of the README anew
	@$(BIN)/python -m scripts.screenshots

messages: dev ## collect the texts for translators into translations/messages.pot
	@mkdir -p translations
	@$(BIN)/pybabel -q extract -F pyproject.toml -k lazy_gettext -k _l --no-location --sort-output \
	  --project Launch90 -o translations/messages.pot .

lock: ## lock the requirements anew; UPGRADE=1 takes newer versions
	@scripts/lock

format: dev ## put the code into its shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

clean: ## remove what was installed and built here (your data stays)
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
