# `make run` from nothing to a running CRM; docs/operating.md and docs/developing.md say more.

PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet

.PHONY: setup run serve test check audit screenshots messages bench

setup: .venv/dev-installed

run: .venv/runtime-installed
	@exec $(MANAGE) start --demo

serve: .venv/runtime-installed
	@exec $(MANAGE) start

test: setup
	@$(PYTHON) -m tests.suite

check: setup
	$(PYTHON) -m ruff check --output-format concise
	$(PYTHON) -m ruff format --check --output-format concise
	$(PYTHON) -m mypy
	.venv/bin/djlint --quiet --check --lint templates
	.venv/bin/djlint --quiet --check --lint --profile=jinja rows
	.venv/bin/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(PYTHON) -m pytest --quiet -p no:cacheprovider tests/test_translations.py

bench: setup
	@$(PYTHON) -m tests.bench

screenshots: setup
	@$(PYTHON) -m tests.screenshots $(PAGES)

# The dates that gettext writes into the header would make a conflict of every merge.
messages: setup
	$(MANAGE) makemessages --locale=ru --no-location --no-obsolete --no-wrap
	sed -i '/^"\(POT-Creation-Date\|Report-Msgid-Bugs-To\):/d' crm/locale/ru/LC_MESSAGES/django.po
	$(MANAGE) compilemessages --locale=ru --ignore=.venv

# In an environment of its own: pip-audit brings parts that the product does without. Strict: what nobody could tell
# about is no good news.
audit: var/audit/installed
	var/audit/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements/dev.txt

.venv/runtime-installed: requirements/runtime.txt | .venv
	$(PIP) install --require-hashes -r $<
	@touch $@

.venv/dev-installed: requirements/dev.txt | .venv
	$(PIP) install --require-hashes -r $<
	@touch $@ .venv/runtime-installed

.venv:
	python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Orbita CRM needs Python 3.11 or newer.")'
	python3 -m venv .venv || { rm -rf .venv; false; }

var/audit/installed: requirements/audit.txt
	python3 -m venv var/audit
	var/audit/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@
