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

test: deps web build lint clips unit suite browser ## Everything CI runs

lint: deps deny ## Formatting, clippy with our rules, licences, TypeScript
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd player && npm run --silent check

fmt: ## Format the code
	cargo fmt --all

bench: deps web ## Measure against peers; see benches/README.md
	benches/run

soak: deps web build clips ## The heavy proofs: kill -9, 2 GB uploads, a hundred at once
	tests/soak

web: player/dist/manifest.json ## Build the web pages

player/node_modules/.package-lock.json: player/package-lock.json
	cd player && npm ci --no-audit --no-fund
	@touch $@

player/dist/manifest.json: player/node_modules/.package-lock.json $(shell find player/web -type f 2>/dev/null) player/vite.config.ts player/p2p-patches.ts
	cd player && npm run --silent build

build:
	cargo build

deps: ## Install missing system packages (asks for nothing when all is there)
	@tools/system-packages

clips: deps
	@tests/make-clips $(CLIPS)

unit: ## Unit tests of the crates and of the web code
	cd player && npm test --silent
	cargo nextest run --workspace --exclude farandole

suite: clips ## The server's suite on SQLite + disk, then on PostgreSQL + S3
	cargo nextest run -p farandole
	FARANDOLE_TEST_STORE=s3 tests/with-postgres cargo nextest run -p farandole --test main

browser: clips ## Real Chromium against the real server
	cargo build -p farandole-peer --example poisoner
	cd tests/browser && npm ci --no-audit --no-fund && FARANDOLE_BIN=$(abspath $(BIN)) npx playwright test

deny: $(TOOLS)/bin/cargo-deny
	$(TOOLS)/bin/cargo-deny --locked check licenses bans sources

$(TOOLS)/bin/cargo-deny:
	cargo install cargo-deny --version 0.20.2 --locked --debug --root $(TOOLS) --target-dir $(CARGO_TARGET_DIR)/tools-build
	rm -rf $(CARGO_TARGET_DIR)/tools-build
