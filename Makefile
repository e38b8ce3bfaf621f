SHELL := /bin/sh
PY := .venv/bin/python
SEEDS ?= 20
CHAPTERS ?=
PYTHON ?=
TORCH ?= yes
export PYTHON
.DEFAULT_GOAL := help
.PHONY: help setup book dist test fresh page-test mutants bench links binder course class-test classroom lint refresh \
	lock clean

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup:
	@sh tools/setup.sh

book: setup  ## execute every lesson and build the HTML
	@$(PY) tools/book.py

dist: setup  ## one zip of the book that opens by double click, without a network
	@$(PY) tools/book.py
	@$(PY) tools/dist.py

test: setup  ## the library's tests, every lesson against its stored outputs, the ledger, the exercises
	@$(PY) tools/lessons.py prepare
	@$(PY) -m pytest -n logical --max-worker-restart 0 --dist loadfile --nbval --nbval-current-env --ignore tests/page --ignore tests/classroom tests _build/nbval

fresh: setup  ## every ledger entry under other seeds: make fresh SEEDS=20
	@$(PY) tools/fresh.py --seeds $(SEEDS)

page-test: setup  ## the built page in a real browser
	@$(PY) tools/book.py
	@$(PY) -m pytest -n logical --max-worker-restart 0 --ignore-glob '*/test_lab*' tests/page
	@$(PY) -m pytest tests/page/test_lab*

mutants: setup  ## change the library at random: do tests and ledger notice?
	@$(PY) tools/mutants.py

bench: setup  ## the library's speed against NumPy, JAX, PyTorch, numba and C
	@TORCH=$(TORCH) sh benchmarks/setup.sh
	@PYTHONPATH=lib _build/bench/bin/python benchmarks/run.py

links: setup  ## ask every external link whether it answers
	@$(PY) tools/links.py

binder: setup  ## Binder's image as repo2docker describes it, without building it
	@$(PY) tools/binder.py

course: setup  ## an nbgrader course of some lessons: make course CHAPTERS="thread/q1-why-it-settles"
	@$(PY) tools/course.py $(CHAPTERS)

class-test: setup  ## grade a simulated class of thirty, with a real nbgrader and without
	@sh tools/nbgrader.sh
	@$(PY) -m pytest -s tests/classroom

classroom: setup  ## memory and CPU of each lesson's kernel; the first figure when ten start at once
	@$(PY) tools/classroom.py

lint: setup  ## ruff over code and notebooks
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

refresh: setup  ## execute every lesson and store its outputs in the notebook
	@$(PY) tools/lessons.py refresh

lock: setup  ## write requirements.lock from requirements.txt
	@$(PY) tools/lock.py

clean:  ## remove the built book and every cache (.venv stays)
	rm -rf _build .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
