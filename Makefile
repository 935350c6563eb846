# Names for people who type `make`; everything is done by ./legends.
.DEFAULT_GOAL := help
.PHONY: help setup up test lint bench prove doctor verify locks

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Prepare .venv from the lock file
	@./legends --version

up: ## Run the whole system with embedded servers, until Ctrl-C
	@./legends up

test: ## Run all tests on servers of their own
	@./legends test

lint: ## Check style, types, import layers, migrations, pages
	@./legends lint

bench: ## Measure it on this machine
	@./legends bench

prove: ## Hurt it on purpose and compare the books
	@./legends prove

doctor: ## Say what is wrong with this installation
	@./legends doctor

verify: ## Recompute the books from the facts and name every difference
	@./legends verify

locks: ## Lock the newest allowed versions of all packages
	.venv/bin/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements.lock
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate --constraint requirements.lock pyproject.toml -o requirements-image.lock
