# Each target makes what it needs; a fresh checkout needs Python 3.11 or newer, and make.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: screen serve tour test test-oracle crash cluster structure check bench docs clean

screen: .venv/core.stamp ## Run the built-in reference batch and print the ranking.
	$(BIN)/catholyte screen

serve: .venv/service.stamp ## Serve pages and the interface for programs, on this machine only.
	$(BIN)/catholyte serve

tour: .venv/dev.stamp ## Photograph all pages of the service; needs chromium.
	TOUR=build/tour $(BIN)/python -m pytest -m slow tests/browser/test_tour.py

test: export OPENBLAS_NUM_THREADS = 1 # Two processes, two cores: more threads wait for each other.
test: export PYTHONDONTWRITEBYTECODE = # Many short processes: none reads all sources anew.
test: .venv/dev.stamp ## Run the tests, with a quick sample of the slow suites.
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not crash and not cluster and not live"

test-oracle: .venv/dev.stamp ## Run the slow suites: pymatgen and exact solves at length, all notebooks.
	$(BIN)/python -m pytest -m slow

crash: .venv/dev.stamp ## Kill drivers at every moment, and damage their files.
	$(BIN)/python -m pytest -m crash

cluster: .venv/dev.stamp ## Kill and cut off Ray clusters; two hosts need root.
	$(BIN)/python -m pytest -m cluster

structure: ## Run the tests of crystal structures with CHGNet, in .venv-structure: torch is large.
	$(PYTHON) -m venv .venv-structure
	.venv-structure/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt --editable '.[dev,structure]'
	.venv-structure/bin/python -m pytest tests/jobs/structures

check: .venv/dev.stamp ## Lint, types, layers, docstrings.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/numpydoc lint $$(git ls-files 'stability/*.py' 'descriptors/*.py' 'screening/*.py' 'jobs/*.py' 'catholyte/*.py')

docs: .venv/docs.stamp ## Build the documentation as a site, build/docs; offline, a warning stops it.
	$(BIN)/python docs/site/stage.py .docs
	$(BIN)/sphinx-build -q -W --keep-going -b html -c docs/site .docs build/docs
	@echo "open build/docs/index.html"

bench: .venv/dev.stamp ## Print all benchmark figures as JSON lines.
	$(BIN)/python -m benchmarks

clean: ## Remove everything that make and the program have made, except results.
	rm -rf .venv .venv-structure .docs .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/core.stamp: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "catholyte needs Python 3.11 or newer; say which with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@echo "compiling kernels, once (about half a minute) ..."
	$(BIN)/python -m screening.results.compiled_ahead
	@touch $@

.venv/service.stamp: .venv/core.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[service]'
	@touch $@

# Without --no-compile pip compiles 2 GB of sources, most of which no test loads.
.venv/dev.stamp: .venv/core.stamp
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

.venv/docs.stamp: .venv/core.stamp
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt --editable '.[docs]'
	@touch $@
