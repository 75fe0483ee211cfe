# citygrid: `make up` runs the demonstration city, `make test` and `make check` are what a change has to pass.
# Arguments for the city: make up ARGS="--rate 500 --for 60s"

BIN := .venv/bin
ARGS ?=
TESTS ?=
SEEDS ?= 1000

.PHONY: help setup up test check simulate proof bench format reset lock flow classes

help:
	@sed -n 's/^## //p' Makefile

## make setup    prepares .venv, Mosquitto, Kafka's jars (done by the others too; quick when nothing changed)
setup:
	@sh citygrid/local/setup.sh

## make up       starts the demonstration city on this machine, until Ctrl-C
up: setup
	@$(BIN)/citygrid up $(ARGS)

## make test     runs every test, real Kafka and Mosquitto included
test:
	@sh citygrid/local/setup.sh browser
	@$(BIN)/pytest -q $(TESTS)

## make proof    breaks one thing after another and shows that nothing is lost (ARGS=--quick: minutes, else half an hour)
proof: setup
	@$(BIN)/citygrid proof $(ARGS)

## make bench    measures on this machine (15 minutes; ARGS="--only stage --runs 3"), and writes docs/performance.md
bench: setup
	@$(BIN)/python -m bench $(or $(ARGS),--write)

## make check    ruff, mypy strict, the architecture tests
check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/architecture

## make simulate  runs the whole way under faults in simulated time: SEEDS=5000 of them, or SEED=7 alone, with its trace
simulate: setup
	@$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

## make format   formats the code
format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## make reset    forgets the city's data (the settings and .venv stay)
reset: setup
	@$(BIN)/citygrid reset

## make lock     pins the dependencies again, by version and hash
lock: setup
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock

## make flow     prints docs/flow.md, the way of a reading, from the map of topics
flow: setup
	@$(BIN)/citygrid topics --markdown > docs/flow.md

## make classes  prints docs/classes.md from the catalogue in city/classes
classes: setup
	@$(BIN)/python -m citygrid.class_page > docs/classes.md
