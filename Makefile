# Every target works alone on a fresh machine with Python 3.11, git and make: scripts/setup makes .venv first.
.PHONY: demo test check bench setup

demo: ## A photograph moves the way its boxes say
	@scripts/setup all
	@mkdir -p out
	.venv/bin/boximator animate examples/demo.json -o out/demo.mp4 --preview
	@echo "The video: $(CURDIR)/out/demo.mp4"

test: ## Lint, types and every test
	@scripts/setup
	@scripts/check

check: ## Lint and types only
	@scripts/setup
	@scripts/check lint

bench: ## Seconds per video with and without boxes, training samples per second
	@scripts/setup all
	.venv/bin/python -m boximator.cli.app bench

setup: ## Only make or renew .venv
	@scripts/setup
