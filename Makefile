# sweepd: `make` builds bin/, `make test` tests it, `make demo` shows it. `make help` lists the rest.
# V=1 shows commands. WEB=no leaves the dashboard out (no npm needed). SAN=address or SAN=thread builds and tests the same tree under that sanitizer, in build/$(SAN).

SAN    ?=
BUILD  := build/$(or $(SAN),release)
BIN    := $(if $(SAN),$(BUILD)/bin,bin)
SELF   := $(lastword $(MAKEFILE_LIST))

V      ?=
Q      := $(if $(V),,@)

CC     ?= gcc
OPT    ?= -O2
CFLAGS += -std=gnu17 $(OPT) -g -ffp-contract=off -fPIE -fstack-protector-strong \
          -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Werror
CPPFLAGS += -Iinclude -I. -I/usr/include/postgresql -D_GNU_SOURCE -MMD -MP
ifeq ($(SAN),address)
CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifeq ($(SAN),thread)
CFLAGS += -fsanitize=thread -fno-omit-frame-pointer
else
CPPFLAGS += -D_FORTIFY_SOURCE=2
endif
LDFLAGS += -pie -pthread $(if $(SAN),$(filter -fsanitize%,$(CFLAGS)))

# What a release build holds is what is served: the dashboard is built once, whatever SAN is.
web := build/web/index.html

# Every folder is found by its place in the tree: a new file needs no line here.
lib_src     := $(wildcard lib/*/*.c)
server_src  := $(wildcard server/*/*.c)
worker_src  := $(wildcard workers/*.c)
model_src   := $(wildcard models/*/*.c models/*/*/*.c)
cli_src     := $(wildcard cli/*.c)
support_src := $(wildcard tests/support/*.c)
unit_src    := $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c)
api_src     := $(wildcard tests/api/test_*.c)
system_src  := $(wildcard tests/system/test_*.c)
fuzz_src    := $(wildcard tests/fuzz/fuzz_*.c)
bench_src   := $(wildcard bench/bench_*.c)

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
all_src := $(lib_src) $(server_src) $(worker_src) $(model_src) $(cli_src) $(support_src) \
           $(unit_src) $(api_src) $(system_src) $(bench_src) server/main.c

lib_libs    := -ljansson -lsodium -lexpat -lyaml -lm
model_libs  := -ljansson -lz -lklu -lexpat -lcurl -lm
server_libs := -lmicrohttpd -lpq -lzmq -lcurl
worker_libs := -lzmq -larchive
cli_libs    := -lcurl -larchive

binaries := $(BIN)/sweepd $(BIN)/sweep-worker $(BIN)/sweep $(BIN)/sweep-netlogo
unit_bin   := $(patsubst %.c,$(BUILD)/%,$(unit_src))
api_bin    := $(patsubst %.c,$(BUILD)/%,$(api_src))
system_bin := $(patsubst %.c,$(BUILD)/%,$(system_src))
bench_bin  := $(patsubst %.c,$(BUILD)/%,$(bench_src))

.PHONY: all
all: $(binaries) $(if $(filter no,$(WEB)),,web)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(SELF) | expand -t 20

# ---- libraries and programs ----

$(BUILD)/lib.a: $(call objects,$(lib_src))
$(BUILD)/server.a: $(call objects,$(server_src))
$(BUILD)/workers.a: $(call objects,$(filter-out workers/main.c,$(worker_src)))
$(BUILD)/models.a: $(call objects,$(model_src))
$(BUILD)/cli.a: $(call objects,$(filter-out cli/main.c,$(cli_src)))
$(BUILD)/support.a: $(call objects,$(support_src))
$(BUILD)/%.a:
	@rm -f $@ && mkdir -p $(@D) && ar rcs $@ $^

$(BIN)/sweepd: $(BUILD)/server/main.o $(BUILD)/server.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(server_libs) $(lib_libs)
$(BIN)/sweep-worker: $(BUILD)/workers/main.o $(BUILD)/workers.a $(BUILD)/models.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(worker_libs) $(model_libs) $(lib_libs)
$(BIN)/sweep-netlogo: $(BUILD)/tools/sweep-netlogo.o $(BUILD)/models.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ $(model_libs)
$(BIN)/sweep: $(BUILD)/cli/main.o $(BUILD)/cli.a $(BUILD)/lib.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(cli_libs) $(lib_libs)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(extra_cflags) -c -o $@ $<
$(BUILD)/lib/%.o: extra_cflags = -Wconversion -Wno-sign-conversion

# The migrations are built into the server.
$(BUILD)/server/store/migrate.o: CPPFLAGS += -I$(BUILD)/gen
$(BUILD)/server/store/migrate.o: $(BUILD)/gen/migrations.inc
$(BUILD)/gen/migrations.inc: $(sort $(wildcard sql/*.sql)) tools/embed-sql
	@mkdir -p $(@D)
	tools/embed-sql $(sort $(wildcard sql/*.sql)) >$@

# So are the contract of the API and the studies of the self-check.
$(BUILD)/server/api/service.o: docs/openapi.json docs/checks.json

# Per-file flags of a model family (instruction sets, vector code) live beside it.
-include $(wildcard models/*/flags.mk)
-include $(patsubst %.c,$(BUILD)/%.d,$(all_src))

# ---- the dashboard ----

web_src   := $(filter-out web/src/state/contract.ts,$(wildcard web/src/*.* web/src/*/*.*))
web_tests := $(wildcard web/tests/*.test.js)

.PHONY: web
web: $(web) ## the dashboard only
$(web): $(web_src) web/build.js web/types.js docs/openapi.json web/node_modules/.package-lock.json
	@if [ -d web/node_modules ]; then cd web && node build.js; fi
# Without a way to npm's packages everything but the dashboard is built, and its tests are skipped.
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@cd web && if npm ci --no-progress --loglevel=error; then touch node_modules/.package-lock.json; \
	    else rm -rf node_modules; echo "the dashboard is left out: npm can not fetch its packages"; fi

# ---- tests ----

test_archives := $(BUILD)/support.a $(BUILD)/cli.a $(BUILD)/workers.a $(BUILD)/server.a \
                 $(BUILD)/models.a $(BUILD)/lib.a
$(unit_bin) $(api_bin) $(system_bin) $(bench_bin): $(BUILD)/%: $(BUILD)/%.o $(test_archives)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< -Wl,--start-group $(test_archives) -Wl,--end-group -lcmocka \
	    $(server_libs) $(worker_libs) $(cli_libs) $(model_libs) $(lib_libs) $(oracle_libs)
$(BUILD)/tests/unit/models/fmri/test_nifti_library: oracle_libs := -lniftiio -lznz
$(BUILD)/tests/unit/models/fmri/test_nifti_library.o: CPPFLAGS += -I/usr/include/nifti
# findstring, since a pattern of make has room for one % only.
unit_chosen := $(foreach t,$(unit_bin),$(if $(T),$(if $(findstring $(T),$(t)),$(t)),$(t)))
.PHONY: unit
unit: $(unit_chosen) ## unit tests only: seconds, no server, no database; T=study/parse for some
	@tools/run-tests $(BIN) $(unit_chosen)

# The sanitizers find every leak and race of ours; the suppressions name the libraries that are not
# built with them.
export ASAN_OPTIONS = detect_leaks=1:abort_on_error=0
export TSAN_OPTIONS = suppressions=$(CURDIR)/tests/support/tsan.supp:history_size=4

.PHONY: packages
packages: ## install what is missing (asks for root only if something is)
	@tools/install-packages

.PHONY: test
test: ## install what is missing, build, run every test
	@tools/install-packages
	@$(MAKE) --no-print-directory -j$$(nproc) all tests
	@$(MAKE) --no-print-directory includes
	@tools/run-tests $(BIN) $(unit_bin) $(api_bin) $(system_bin) $(web_tests)

.PHONY: tests
tests: $(unit_bin) $(api_bin) $(system_bin)

.PHONY: check
check: ## the tests under ASan and UBSan, then TSan
	@tools/install-packages
	@$(MAKE) --no-print-directory SAN=address OPT=-O1 -j$$(nproc) all tests
	@$(MAKE) --no-print-directory SAN=address run-all
	@$(MAKE) --no-print-directory SAN=thread OPT=-O1 -j$$(nproc) all tests
	@$(MAKE) --no-print-directory SAN=thread run-served

.PHONY: run-all run-served
run-all:
	@tools/run-tests $(BIN) $(unit_bin) $(api_bin) $(system_bin)
run-served:
	@tools/run-tests $(BIN) $(api_bin) $(system_bin)

.PHONY: test-web
test-web: all ## the dashboard's tests: in a browser, with server, worker and database
	@tools/run-tests $(BIN) $(web_tests)

.PHONY: includes
includes: ## who includes whom
	@tools/check-includes

.PHONY: lint
lint: includes ## format, headers by themselves, clang-tidy
	@clang-format --dry-run -Werror $$(git ls-files '*.[ch]')
	@for h in $$(git ls-files '*.h'); do \
	    $(CC) $(CPPFLAGS) -MF /dev/null $(CFLAGS) -fsyntax-only -x c $$h || exit 1; done
	@git ls-files '*.c' | xargs -P $$(nproc) -I{} clang-tidy --quiet {} -- -std=gnu17 -Iinclude -I. -I$(BUILD)/gen \
	    -I/usr/include/postgresql -I/usr/include/nifti -D_GNU_SOURCE -Wno-unknown-attributes

# Needs clang and its libFuzzer (Debian: clang, libclang-rt-14-dev); SECONDS_EACH=60.
.PHONY: fuzz
fuzz: $(BUILD)/models.a ## fuzz every parser for a while, from the committed corpora
	@tools/fuzz $(fuzz_src)

.PHONY: demo
demo: ## install what is missing, build, run a real study; DEMO_EXIT=1 ends by itself
	@tools/install-packages
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@tools/demo

.PHONY: bench
bench: all $(bench_bin) ## speed, as ratios in one run
	@SWEEPD_BIN=$(BIN) tools/bench $(bench_bin)

.PHONY: coverage
coverage: $(BUILD)/tests/unit/analysis/test_coverage ## how often intervals hold the exact value: 200 seeds of each method
	@SEEDS=200 $<

.PHONY: man
man: all ## manual pages, from what the programs say of themselves
	@tools/make-man $(BIN) $(BUILD)/man

prefix ?= /usr/local
.PHONY: install
install: all man ## into prefix (default /usr/local), below DESTDIR
	install -D -t $(DESTDIR)$(prefix)/bin $(binaries)
	install -D -m 644 -t $(DESTDIR)$(prefix)/share/man/man1 $(BUILD)/man/sweep.1
	install -D -m 644 -t $(DESTDIR)$(prefix)/share/man/man8 $(BUILD)/man/sweepd.8 \
	    $(BUILD)/man/sweep-worker.8
	install -D -m 644 packaging/bash-completion/sweep \
	    $(DESTDIR)$(prefix)/share/bash-completion/completions/sweep

	install -d $(DESTDIR)$(prefix)/share/sweepd/web/assets
	install -m 644 build/web/*.* $(DESTDIR)$(prefix)/share/sweepd/web
	install -m 644 build/web/assets/* $(DESTDIR)$(prefix)/share/sweepd/web/assets

.PHONY: clean
clean: ## remove what was built
	rm -rf build bin web/node_modules

.PRECIOUS: $(BUILD)/%.o
