# Two commands are all a newcomer needs: make demo, make test. A third one for whoever changes something: make check.
PYTHON ?= python3
BIN := .venv/bin

SLOW := adapters claims drift explanations foresight investigator label_needs steps survival trials

.PHONY: check coverage demo fast rows leaks test bench bench-check smoke lint format lock clean

demo: .venv/run
	$(BIN)/halflife demo

test: .venv/test
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Format, lint, types, import contracts, and the tests that take no time; on both cores.
check: .venv/test
	@began=$$(date +%s); $(MAKE) --no-print-directory --output-sync --jobs 2 lint fast \
		&& echo "checked in $$(($$(date +%s) - began)) s"

# What is decided and worded, the house and its documents. The rooms named in SLOW fit models, open stores or simulate;
# `make test` has them, and a new room is here until it is named there.
fast: .venv/test
	$(BIN)/python -m pytest -q --durations 3 -m "not e2e" tests/test_*.py tests/monitoring $(SLOW:%=--ignore tests/monitoring/%)

# Every scenario beside its peers: .bench/bench.json, and the page infra/docs/benchmarks.md made of it.
bench: .venv/bench .venv-nannyml/made
	$(BIN)/python tests/benchmarks/run.py --keep $(ONLY)

# Rows in = stored + waiting + set aside, for every source however its rows come: with SEEDS seeds.
rows: .venv/test
	HALFLIFE_SEEDS=$(or $(SEEDS),5) $(BIN)/python -m pytest -q -n 2 tests/monitoring/adapters/test_rows_add_up.py

# Does every 90 % interval hold its truth in 90 % of 1,000 simulated repetitions? A table, and .bench/coverage.json.
coverage: .venv/test
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/coverage/simulate.py

# Leaks built into streams against leaks found, with SEEDS seeds: two tables, and .bench/leaks.json.
leaks: .venv/test
	OMP_NUM_THREADS=1 $(BIN)/python tests/truth/leaks.py --seeds $(or $(SEEDS),20)

# What no busy machine can spoil: the best of some pairs against a floor.
bench-check: .venv/test
	$(BIN)/python tests/benchmarks/run.py --check

# The wheel in a bare environment, beside folders that have our folders' names; on every supported Python there is.
smoke: .venv/run
	$(BIN)/python infra/smoke.py $(ONLY)

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What is installed, and nothing else: exact versions with their hashes.
.venv/run: infra/locks/uv.txt infra/locks/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "halflife needs Python 3.11 or later: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r infra/locks/uv.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --require-hashes -r infra/locks/run.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	# What would be compiled and migrated at the first start.
	$(BIN)/python -m halflife.models.explain & $(BIN)/python -m halflife.flows.fill_caches; wait
	touch $@

.venv/test: .venv/run infra/locks/test.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r infra/locks/test.txt
	touch $@

# Peers, for `make bench` alone.
.venv/bench: .venv/test infra/locks/bench.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r infra/locks/bench.txt
	touch $@

.venv-nannyml/made: .venv/run infra/locks/nannyml.txt
	test -x .venv-nannyml/bin/python || $(PYTHON) -m venv .venv-nannyml
	$(BIN)/uv pip install --quiet --python .venv-nannyml/bin/python --no-deps --require-hashes -r infra/locks/nannyml.txt
	touch $@

# Resolve again, for every supported Python; the files name no registry.
COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --quiet \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: .venv/run
	echo uv | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes --quiet --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o infra/locks/uv.txt
	$(COMPILE) --group build -o infra/locks/run.txt
	$(COMPILE) --group build --extra postgres --extra dask -c infra/locks/run.txt -o infra/locks/image.txt
	$(COMPILE) --group build --group test -c infra/locks/run.txt -o infra/locks/test.txt
	$(COMPILE) --group build --group test --group bench -c infra/locks/test.txt -o infra/locks/bench.txt
	printf 'nannyml\nstatsmodels\n' | $(BIN)/uv pip compile - --python-version 3.11 --generate-hashes --quiet --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o infra/locks/nannyml.txt

clean:
	rm -rf .venv .venv-nannyml halflife-home .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis
