# Front door: every target calls Meson and Ninja.  `make help` lists them.
BUILD  ?= build
PREFIX ?= /usr/local
DEMO   ?= demo
# Jobs of the build; empty: as many as the machine has processors.
JOBS   ?=
ninja  = ninja -C $(BUILD) $(if $(JOBS),-j $(JOBS))

.DEFAULT_GOAL := all
.PHONY: all help deps configure demo test bench install docs emulator check format check-format clean

all: configure ## build the library and the command
	@$(ninja)

help: ## show this list
	@echo "make [TARGET] [PREFIX=$(PREFIX)] [DESTDIR=] [BUILD=$(BUILD)] [JOBS=]"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1 | \2/p' Makefile | awk -F ' [|] ' '{ printf "%-15s %s\n", $$1, $$2 }'

deps: ## install missing Debian packages (scripts/packages.txt)
	@scripts/install-deps build

configure: deps
	@[ -f $(BUILD)/build.ninja ] || meson setup $(BUILD)

demo: all ## run the neck example into the folder demo/
	@echo
	@if [ -f $(DEMO)/summary.json ]; then force=--force; fi; \
	  TAUT_DATA="$(CURDIR)" $(BUILD)/cli/taut run examples/neck.yaml -o $(DEMO) $$force
	@echo
	@echo "The course is in the folder $(DEMO)/: summary.json, visits.csv, course.csv, fields.xdmf (ParaView), log.txt."
	@echo "The figure is $(DEMO)/course.svg; any web browser shows it."

test: all ## run all tests; ends with `N passed, N failed`
	@scripts/run-tests $(BUILD)

bench: all ## run the benchmarks
	@meson test -C $(BUILD) --no-rebuild --benchmark --verbose --num-processes 1

install: configure ## install below PREFIX (and DESTDIR)
	@meson configure $(BUILD) -Dprefix="$(abspath $(PREFIX))"
	@$(ninja)
	@meson install -C $(BUILD) --no-rebuild $(if $(DESTDIR),--destdir "$(abspath $(DESTDIR))")

docs: all ## write the pages made from the tables of the program into BUILD/docs
	@$(ninja) docs
	@echo "The pages are in $(BUILD)/docs/."

emulator: configure ## train the emulator of the suction test anew (minutes); writes src/mechanics/emulator_wide.def
	@$(ninja) tools/train-emulator
	@$(BUILD)/tools/train-emulator $(BUILD)/emulator_wide.def
	@mv $(BUILD)/emulator_wide.def src/mechanics/emulator_wide.def

check: ## check includes, formatting and headers without building
	@scripts/check-includes
	@scripts/check-headers
	@scripts/check-format

check-format: ## check that C files are formatted (clang-format 14)
	@scripts/check-format

format: ## format C files
	@scripts/check-format --fix

clean: ## remove the build folder
	rm -rf $(BUILD)
