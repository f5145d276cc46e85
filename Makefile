# Mission Control: one file, no recursion; everything generated goes to $(BUILD).
#
#   make run      look at the Hermes instances of this machine
#   make demo     the same over sample homes
#   make check    install what the tests need, then run every test
#   make help     the rest

BUILD    ?= build
PREFIX   ?= /usr/local
DESTDIR  ?=
CC       ?= gcc
CFLAGS   ?= -O2 -g
PORT     ?= 8480

MODULES  ?= base json config model probe hermes import redact backup drill report store view notify watch tmpl web pane
# Public test suites and Hermes homes that tests read where they are; never needed to build or run.
SHARED   ?= $(wildcard $(abspath $(CURDIR)/..)/shared)

PKGS      = libsystemd libgit2 libjwt libcjson sqlite3 libpcre2-8 libcrypto zlib yaml-0.1 libcmark
VERSION  := $(shell cat VERSION)

# Hidden: our json_object() must not stand in for the one that libjwt expects of libjansson.
STD       = -std=gnu11 -D_GNU_SOURCE -fvisibility=hidden -Isrc -DMC_VERSION='"$(VERSION)"' -pthread
WARN      = -Wall -Wextra -Wshadow -Wvla -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes \
            -Wformat=2 -Wpointer-arith -Wundef
HARDEN    = -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -fno-plt
LDHARDEN  = -pie -Wl,-z,relro,-z,now,--as-needed -pthread
ifdef WERROR
WARN     += -Werror
endif
ifdef SANITIZE
CFLAGS    = -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
HARDEN    = -fPIE
LDHARDEN  = -pie -Wl,--as-needed -fsanitize=$(SANITIZE) -pthread
endif

PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lfcgi -lm
ALL_CFLAGS  = $(STD) $(WARN) $(HARDEN) $(PKG_CFLAGS) $(CFLAGS)

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

LIB_SRC   := $(sort $(wildcard $(MODULES:%=src/%/*.c)))
CMD_SRC   := $(sort $(wildcard src/cmd/*.c))
PANE_SRC  := $(sort $(wildcard cgi-bin/*.c))
UNIT_SRC  := $(sort $(wildcard tests/unit/test_*.c))
TOOL_SRC  := $(sort $(wildcard tests/fixtures/*.c tests/bench/*.c tests/e2e/*.c tests/box/*.c))

FUZZ_HELP := tests/fuzz/fuzz.c tests/fuzz/seeds.c tests/fuzz/replay.c
FUZZ_SRC  := $(filter-out $(FUZZ_HELP),$(sort $(wildcard tests/fuzz/*.c)))

LIB_OBJ   := $(LIB_SRC:%.c=$(BUILD)/%.o)
CMD_OBJ   := $(CMD_SRC:%.c=$(BUILD)/%.o)
PANES     := $(PANE_SRC:cgi-bin/%.c=$(BUILD)/cgi-bin/%)
UNITS     := $(UNIT_SRC:%.c=$(BUILD)/%)
TOOLS     := $(TOOL_SRC:%.c=$(BUILD)/%)
REPLAYS   := $(FUZZ_SRC:%.c=$(BUILD)/%)
FUZZERS   := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzzers/%)
LIB       := $(BUILD)/libmc.a
FLAGS     := $(BUILD)/.flags

.PHONY: all panes tests replays fuzzers fuzz run demo deps test-deps check unit golden lint flags bench schema routes screenshot install uninstall deb clean help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/hmc $(PANES)
panes: $(PANES)
tests: $(UNITS) $(TOOLS)
replays: $(REPLAYS)
fuzzers: $(FUZZERS) $(REPLAYS)

$(BUILD)/%.o: %.c $(FLAGS)
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@mkdir -p $(@D); rm -f $@
	$(call say,AR,$@)$(AR) rcs $@ $^

$(BUILD)/hmc: $(CMD_OBJ) $(LIB)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDHARDEN) -o $@ $(CMD_OBJ) $(LIB) $(PKG_LIBS)

$(BUILD)/cgi-bin/%: $(BUILD)/cgi-bin/%.o $(LIB)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDHARDEN) -o $@ $< $(LIB) $(PKG_LIBS)

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(LIB)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDHARDEN) -o $@ $< $(LIB) -lcmocka $(PKG_LIBS)

$(TOOLS): $(BUILD)/%: $(BUILD)/%.o $(LIB)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDHARDEN) -o $@ $< $(LIB) $(PKG_LIBS)

# Each fuzz target twice: with a main that replays inputs, and (CC=clang, `make fuzz`) with libFuzzer's.
$(REPLAYS): $(BUILD)/%: $(BUILD)/%.o $(FUZZ_HELP:%.c=$(BUILD)/%.o) $(LIB)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDHARDEN) -o $@ $^ $(PKG_LIBS)

$(FUZZERS): $(BUILD)/fuzzers/%: $(BUILD)/tests/fuzz/%.o $(BUILD)/tests/fuzz/fuzz.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDHARDEN) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS)

# A change of flags or compiler rebuilds everything.
$(FLAGS): FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(ALL_CFLAGS) $(LDHARDEN))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(CC) $(ALL_CFLAGS) $(LDHARDEN))' > $@

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(PANE_SRC:%.c=$(BUILD)/%.d) $(UNITS:=.d) $(TOOLS:=.d) \
         $(REPLAYS:=.d) $(FUZZ_HELP:%.c=$(BUILD)/%.d)

# Test programs find fixtures, and public suites where they exist, by these.
export BUILD PORT
export MC_BUILD  = $(abspath $(BUILD))
export MC_TOP    = $(CURDIR)
export MC_SHARED = $(SHARED)

run: deps
	@$(MAKE) -s all && exec caddy/run

demo: deps
	@$(MAKE) -s all $(addprefix $(BUILD)/tests/fixtures/,sample-homes sample-ledger) && exec caddy/run --demo

deps:
	@deps/install run

test-deps:
	@deps/install run test

unit: $(UNITS)
	@tests/run $(UNITS)

check: test-deps
	@tests/check

# Each target for FUZZ_SECONDS (60), FUZZ_ONLY="cookie token" for some of them.
fuzz: test-deps
	@tests/fuzz/run

lint: test-deps
	@tests/lint

# What a compiler is told of every file, one a line, for tools that read C.
flags:
	@printf '%s\n' $(STD) $(WARN) $(PKG_CFLAGS)

golden: all $(addprefix $(BUILD)/tests/fixtures/,golden-ledger golden-host-ledger)
	@tests/golden/run --accept

# The JSON Schemas are made from static/schema/hermes.d.ts.
schema: test-deps
	@(cd tests/e2e && npm ci --no-audit --no-fund --loglevel=error) && tests/e2e/schemas.mjs --write

# docs/routes.md and the routes of caddy/site.caddy are made from src/web/routes.c.
routes: $(BUILD)/tests/fixtures/route-table
	@tests/e2e/routes.mjs --write

screenshot: test-deps
	@$(MAKE) -s all $(addprefix $(BUILD)/tests/fixtures/,sample-homes sample-ledger) && tests/e2e/screenshot.mjs

bench: test-deps
	@deps/install bench && $(MAKE) -s all tests && tests/bench/bench

# Where things go; a package sets UNITDIR, and PREFIX=/usr.
LIBEXECDIR ?= $(PREFIX)/lib/hermes-mission-control
DATADIR    ?= $(PREFIX)/share/hermes-mission-control
MANDIR     ?= $(PREFIX)/share/man
UNITDIR    ?= $(PREFIX)/lib/systemd/system
USERUNITDIR ?= $(PREFIX)/lib/systemd/user
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d

UNITS_SYSTEM := $(notdir $(wildcard systemd/*.service systemd/*.timer systemd/*.path systemd/*.socket systemd/*.target))
UNITS_USER   := $(notdir $(wildcard systemd/user/*))
PLACES = s,@BINDIR@,$(PREFIX)/bin,g;s,@LIBEXECDIR@,$(LIBEXECDIR),g;s,@DATADIR@,$(DATADIR),g;s,@PANE_SOCKETS@,$(PANES:$(BUILD)/cgi-bin/%=hmc-pane@%.socket),

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(MANDIR)/man1
	install -m 755 $(BUILD)/hmc $(DESTDIR)$(PREFIX)/bin/hmc
	install -m 755 $(PANES) $(DESTDIR)$(LIBEXECDIR)
	install -d $(addprefix $(DESTDIR)$(DATADIR)/,templates static caddy)
	install -d $(DESTDIR)$(DATADIR)/docs
	install -m 644 docs/runbook.md $(DESTDIR)$(DATADIR)/docs/runbook.md
	install -m 644 templates/*.html $(DESTDIR)$(DATADIR)/templates
	cp -R static/. $(DESTDIR)$(DATADIR)/static
	find $(DESTDIR)$(DATADIR)/static -type d -exec chmod 755 {} +
	find $(DESTDIR)$(DATADIR)/static -type f -exec chmod 644 {} +
	find $(DESTDIR)$(DATADIR)/static -type f ! -name '*.gz' ! -name '*.png' -exec gzip -kfn9 {} +
	install -m 644 caddy/Caddyfile caddy/site.caddy $(DESTDIR)$(DATADIR)/caddy
	install -m 644 docs/config.example.json $(DESTDIR)$(DATADIR)/config.example.json
	install -m 644 docs/hmc.1 $(DESTDIR)$(MANDIR)/man1/hmc.1
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(USERUNITDIR) $(DESTDIR)$(SYSUSERSDIR) $(DESTDIR)$(TMPFILESDIR)
	for unit in $(UNITS_SYSTEM); do sed '$(PLACES)' systemd/$$unit > $(DESTDIR)$(UNITDIR)/$$unit; done
	for unit in $(UNITS_USER); do sed '$(PLACES)' systemd/user/$$unit > $(DESTDIR)$(USERUNITDIR)/$$unit; done
	chmod 644 $(addprefix $(DESTDIR)$(UNITDIR)/,$(UNITS_SYSTEM)) $(addprefix $(DESTDIR)$(USERUNITDIR)/,$(UNITS_USER))
	install -m 644 systemd/hermes-mission-control.sysusers $(DESTDIR)$(SYSUSERSDIR)/hermes-mission-control.conf
	install -m 644 systemd/hermes-mission-control.tmpfiles $(DESTDIR)$(TMPFILESDIR)/hermes-mission-control.conf

# The configuration and what was published stay; folders that are empty now go.
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/hmc $(DESTDIR)$(MANDIR)/man1/hmc.1
	rm -rf $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR)
	rm -f $(addprefix $(DESTDIR)$(UNITDIR)/,$(UNITS_SYSTEM)) $(addprefix $(DESTDIR)$(USERUNITDIR)/,$(UNITS_USER))
	rm -f $(DESTDIR)$(SYSUSERSDIR)/hermes-mission-control.conf $(DESTDIR)$(TMPFILESDIR)/hermes-mission-control.conf

# The package is built from a copy, so that debhelper's files stay out of this tree.
deb: test-deps
	@deps/deb

help:
	@sed -n '2,7s/^# \{0,1\}//p' Makefile
	@echo '  make unit | lint | fuzz | golden | schema | routes | bench | screenshot'
	@echo '  make deps     install what building and running need'
	@echo '  make install  DESTDIR=, PREFIX=$(PREFIX)'
	@echo '  make deb      the Debian package, into $(BUILD)/'

clean:
	rm -rf $(BUILD)
