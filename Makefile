# Two commands for a fresh Debian 12 machine with Rust:
#
#   make demo    build, set up a throw-away site under ./demo and play one day of screening
#   make test    everything that can fail, in named steps
#
# Each installs what it needs first, says what it installs, and does nothing where it is there already.
#
#   make demo ONCE=1           ends after the day; exit code 0 only if every story ended as described
#   make demo DATA=folder      replays real prints (FFF_I.png, .wsq or .tif: finger, impression)
#   make accuracy              error rates and DET plot on the reference prints
#   make bench                 figures: capture to receipt and its parts

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# ---- what the system must have ------------------------------------------------------------------------------

# Compiler and linker for crates that build C; clang for the OpenCV bindings; OpenCV in its small set of modules
# (28 shared libraries instead of 243); libusb for USB readers; Haar cascades for face framing.
PACKAGES_BUILD := build-essential pkg-config clang libclang-dev \
  libopencv-core-dev libopencv-imgproc-dev libopencv-objdetect-dev libopencv-dnn-dev \
  libusb-1.0-0-dev opencv-data

# A real browser for the screens, and fonts so that its pictures have letters.
# curl and openssl are the foreign clients of the gateway's tests.
PACKAGES_TEST := chromium curl openssl fonts-dejavu-core fonts-sil-abyssinica
# Only where no `node` of version 18 or newer is on the PATH.
PACKAGES_NODE := nodejs npm

# The guest test: QEMU by software emulation, Debian's own kernel and what packs it into an image.
PACKAGES_GUEST := qemu-system-x86 seabios busybox-static cpio kmod xz-utils

SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)

define install
	@missing=(); for package in $(1); do \
	  dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing+=("$$package"); \
	done; \
	if [ "$${#missing[@]}" = 0 ]; then echo "system packages: all there"; else \
	  echo "system packages: installing $${missing[*]}"; \
	  if [ "$$(id -u)" != 0 ] && [ -z "$(SUDO)" ]; then \
	    echo "These packages need root. Run as root, install sudo, or run: apt-get install $${missing[*]}" >&2; exit 1; fi; \
	  $(SUDO) apt-get update -qq; \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; fi
endef

.PHONY: help demo test bench packages packages-test packages-guest lint test-unit test-sim test-kill test-powercut test-journey test-guest test-browser clean

help:
	@sed -n 's/^# \{0,1\}//;2,11p' Makefile

packages:
	$(call install,$(PACKAGES_BUILD))

packages-test: packages
	$(call install,$(PACKAGES_TEST))
	@if ! node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' 2>/dev/null; then $(MAKE) --no-print-directory packages-node; fi

packages-guest: packages
	$(call install,$(PACKAGES_GUEST))

.PHONY: packages-node
packages-node:
	$(call install,$(PACKAGES_NODE))

# ---- the main job ---------------------------------------------------------------------------------------------

ONCE ?=
DATA ?=
FOLDER ?= demo

demo: packages
	@echo "building (release); the first time takes several minutes"
	@cargo build --release --locked -p capture -p gateway -p central -p e2e -p matcher -p firmware-config -p icd
	@target/release/demo --folder "$(FOLDER)" $(if $(ONCE),--once) $(if $(DATA),--prints "$(DATA)")

# ---- everything that can fail ---------------------------------------------------------------------------------

# Every step asks for the whole workspace and filters, so that all share one set of features and nothing is built twice.
NEXTEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo yes)
TEST_ROOMS := $(if $(NEXTEST),cargo nextest run --no-fail-fast --workspace -E 'not (package(e2e) or package(powercut))',cargo test --no-fail-fast --workspace --exclude e2e --exclude powercut)
TEST_E2E := $(if $(NEXTEST),cargo nextest run --no-fail-fast --workspace -E 'package(e2e)',cargo test --no-fail-fast -p e2e)

test: packages-test packages-guest lint test-unit test-sim test-kill test-powercut test-journey test-guest test-browser
	@echo "all steps passed"

lint:
	@echo "== lint: format and clippy"
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets --locked --quiet -- -D warnings

test-unit:
	@echo "== unit, property and interface tests of every room"
	@if [ -d ../shared/data ]; then echo "reference data: ../shared/data"; \
	  else echo "SKIPPED: no ../shared/data beside this folder; tests on reference prints and files pass over it"; fi
	@$(TEST_ROOMS) --locked
	@cargo test --workspace --doc --quiet --locked

# Longer: make test-sim SEEDS=1000000. One seed again: cargo run -p sim -- --seed N
SEEDS ?= 10000
test-sim:
	@echo "== seeded simulation of the gateway's world: $(SEEDS) seeds"
	@cargo build --locked --workspace --bins
	@target/debug/sim --seeds $(SEEDS)

# The gateway's process is killed fifty times while it starts, receives, sends and is lied to.
KILLS ?= 50
test-kill:
	@echo "== $(KILLS) kills of a gateway under load"
	@GATEWAY_KILLS=$(KILLS) cargo test --locked -q --workspace --test whole a_killed_gateway -- --nocapture

# The real gateway on a file system that forgets what was not synced, cut off at each record type and at random; and on
# one that is full, read-only, slow, or fails. Needs /dev/fuse and the right to mount (root), no package: the file
# system speaks to the kernel itself. Longer: make test-powercut CUTS=400 SEED=7, or target/debug/powercut --every
CUTS ?= 16
SEED ?= 1
TEST_POWERCUT := $(if $(NEXTEST),cargo nextest run --no-fail-fast --workspace -E 'package(powercut)',cargo test --no-fail-fast -p powercut)
test-powercut:
	@echo "== power cuts and disk faults around a gateway under load: $(CUTS) cuts from seed $(SEED)"
	@cargo build --locked --workspace --bins
	@$(TEST_POWERCUT) --locked
	@target/debug/powercut --cuts $(CUTS) --seed $(SEED)

test-journey:
	@echo "== journeys: real processes, real TLS, the scripted day, crashes"
	@cargo build --locked --workspace --bins
	@$(TEST_E2E) --locked

test-guest:
	@echo "== USB readers and cameras on a real kernel, in a virtual machine"
	@cargo build --locked --workspace --bins
	@tests/guest/run.sh target/debug/guest target/guest

test-browser:
	@echo "== screens in a real browser"
	@cd tests/e2e/browser && npm ci --no-audit --no-fund --silent
	@target/debug/demo --folder target/browser-site --browser tests/e2e/browser

# Accuracy on folders of FFF_I.png: prints the tables, draws the DET plot. SETS: which folders under DATA.
SETS ?= fvc2002_db1_b fvc2002_db3_b fvc2004_db2_b fvc2004_db4_b
.PHONY: accuracy
accuracy: packages
	@cargo build --release --locked -q -p matcher --bin matcher --example draw_det
	@target/release/matcher evaluate $(addprefix $(or $(DATA),../shared/data)/,$(SETS)) --scores target/scores.csv
	@target/release/examples/draw_det target/scores.csv docs/reference/accuracy-det.svg

bench: packages
	@cargo run --release --locked -q -p benches --bin race-journey

clean:
	@rm -rf demo target/browser-site
