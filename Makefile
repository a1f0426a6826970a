# `make help` says what there is. Everything works from a clean clone on Debian with Rust and Node.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test lint fmt bench soak web deps clips unit suite browser deny build

CARGO_TARGET_DIR ?= target
export CARGO_TARGET_DIR
CLIPS ?= $(abspath $(CARGO_TARGET_DIR))/clips
export FARANDOLE_CLIPS := $(CLIPS)
BIN = $(CARGO_TARGET_DIR)/debug/farandole
TOOLS = $(abspath $(CARGO_TARGET_DIR))/tools

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: deps web build ## Build and start the server on http://localhost:9000, print the admin login
	@$(BIN) serve --data-dir data

test: deps web lint clips unit suite browser ## Everything CI runs

lint: deps deny ## Formatting, clippy with our rules, licences, TypeScript
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd player && npm run --silent check

fmt: ## Format the code
	cargo fmt --all

bench: deps web ## Measure against peers; see benches/README.md
	benches/run

soak: deps web clips ## The heavy proofs: kill -9, 2 GB uploads, a hundred at once
	tests/soak

web: player/dist/manifest.json ## Build the web pages

player/node_modules/.package-lock.json: player/package-lock.json
	cd player && npm ci --no-audit --no-fund
	@touch $@

player/dist/manifest.json: player/node_modules/.package-lock.json $(shell find player/web -name node_modules -prune -o -type f -print 2>/dev/null) player/vite.config.ts player/p2p-patches.ts
	cd player && npm run --silent build

build:
	cargo build

deps: ## Install missing system packages (asks for nothing when all is there)
	@tools/system-packages

clips: deps
	@tests/make-clips $(CLIPS)

# Always the whole workspace, and filters to choose: cargo builds what is shared with the features
# that the chosen packages ask for, and would build it anew for every other choice.
TESTS := cargo nextest run --workspace

unit: web ## Unit tests of the crates and of the web code
	cd player && npm test --silent
	$(TESTS) -E 'not package(farandole)'

suite: web clips ## The server's suite on SQLite + disk, then on PostgreSQL + S3
	$(TESTS) -E 'package(farandole)'
	FARANDOLE_TEST_STORE=s3 tests/with-postgres $(TESTS) -E 'binary_id(farandole::main)'

browser: web clips ## Real Chromium against the real server
	$(TESTS) --no-run
	cd tests/browser && npm ci --no-audit --no-fund && FARANDOLE_BIN=$(abspath $(BIN)) npm test --silent

deny: $(TOOLS)/bin/cargo-deny
	$(TOOLS)/bin/cargo-deny --locked check licenses bans sources

$(TOOLS)/bin/cargo-deny:
	cargo install cargo-deny --version 0.20.2 --locked --debug --root $(TOOLS) --target-dir $(CARGO_TARGET_DIR)/tools-build
	rm -rf $(CARGO_TARGET_DIR)/tools-build
