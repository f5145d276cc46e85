/* hmc setup: what an installed package needs to know of this machine, written once by root. */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/setup.h"
#include "hermes/fingerprint.h"
#include "report/alive.h"
#include "report/host_told_file.h"
#include "watch/watch.h"

#define ETC_DIR  "/etc/hermes-mission-control"
#define KEY_FILE ETC_DIR "/jwt.key"
#define PRINT_FILE ETC_DIR "/" FINGERPRINT_KEY
#define PRINT_MARK "# Mission Control compares keys of Hermes homes by this one; 'hmc setup' hands it to each exporter.\n"
#define KEY_BYTES 48

void setup_say(struct setup *s, enum placed what, const char *path, const char *about)
{
	static const char *const words[] = { "kept    ", "written " };

	if (what == PLACED_FAILED) {
		fprintf(stderr, "hmc setup: cannot write %s: %s; correct that and run it again\n", path, strerror(errno));
		s->failed = true;
	} else {
		printf("  %s %s%s%s\n", s->is_dry ? "would be" : words[what], path, *about ? ": " : "", about);
	}
}

void setup_file(struct setup *s, const char *path, const char *text, mode_t mode, gid_t gid, const char *mark,
		 const char *about)
{
	setup_say(s, s->is_dry ? PLACED_NEW : place_file(path, text, mode, 0, gid, mark, s->arena), path, about);
}

void setup_folder(struct setup *s, const char *path, mode_t mode, uid_t uid, gid_t gid, const char *about)
{
	setup_say(s, s->is_dry ? PLACED_NEW : place_folder(path, mode, uid, gid), path, about);
}

/* Hexadecimal, so that it is text in any editor: 96 characters that hold 384 bits. */
static const char *new_key(struct arena *a)
{
	unsigned char bytes[KEY_BYTES];
	char *text = arena_calloc(a, 2 * KEY_BYTES + 2, 1);

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof(bytes));
	return text;
}

/* A configuration that names other keys is left with those. */
static bool wants_key(const struct config *c)
{
	for (size_t i = 0; i < c->n_keys; i++)
		if (str_eq(c->keys[i].file, KEY_FILE))
			return true;
	return c->path == NULL;
}

/* The instances as found by root, who may look into every home, from now on by name: panes and exporters may not look. */
static void write_config(struct setup *s, const char *origin)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(4 * CONFIG_MAX_BYTES);
	struct config_key key = { .kid = "local", .alg = "HS256", .file = KEY_FILE };
	struct config c = *s->config;

	if (c.path) {
		setup_say(s, PLACED_KEPT, c.path, origin ? "it is yours by now; write the origin there" : "");
		return;
	}
	c.keys = &key;
	c.n_keys = 1;
	if (origin)
		c.site_origin = origin;
	config_print(&c, &out);
	setup_file(s, CONFIG_DEFAULT_PATH, buf_str(&out), 0644, 0, NULL, "the instances that were found; correct it as you like");
	if (c.discovery_note)
		printf("  note: %s\n", c.discovery_note);
}

/* One for the whole machine, or fingerprints of two homes would never be equal. Root alone holds the original. */
static void write_print_key(struct setup *s)
{
	setup_file(s, PRINT_FILE, arena_printf(s->arena, PRINT_MARK "%s", new_key(s->arena)), 0600, 0, NULL,
	     "the key that fingerprints are made by");
	s->print_key = place_read(PRINT_FILE, PRINT_MARK, s->arena);
	if (!s->print_key && !s->is_dry) {
		fprintf(stderr, "hmc setup: " PRINT_FILE " is not one of ours; remove it and run this again\n");
		s->failed = true;
	}
}

/* The exporter's copy: that user's alone, so that who reads reports (hmc) cannot try values against a fingerprint. */
static void give_print_key(struct setup *s, const struct instance *in)
{
	const char *path = arena_printf(s->arena, "%s/reports/%s/" FINGERPRINT_KEY, s->config->state_dir, in->id);

	if (s->print_key || s->is_dry)
		setup_say(s, s->is_dry ? PLACED_NEW : place_file(path, s->print_key, 0400, (uid_t)in->uid, 0, PRINT_MARK, s->arena),
		    path, "its exporter's copy");
}

/* Of the instance's user; the dashboard's where it has none. */
static gid_t group_of(const struct setup *s, const struct instance *in)
{
	const struct passwd *user = in ? getpwuid((uid_t)in->uid) : NULL; /* NOLINT(concurrency-mt-unsafe): one thread */

	return user ? user->pw_gid : s->hmc_gid;
}

/* Written by the dashboard, read by the instance's exporter and notifier; other instances need not know why. */
static void make_answers(struct setup *s, const struct instance *in)
{
	setup_folder(s, arena_printf(s->arena, "%s/answers/%s", s->config->state_dir, in->id), 02750, s->hmc_uid, group_of(s, in),
	       "what was answered to its alerts");
}

/* Read by the one that speaks for the machine; when another one does, its group follows. */
static void make_host_told(struct setup *s)
{
	const struct instance *in = watch_spokesman(s->config);

	setup_folder(s, arena_printf(s->arena, "%s/" HOST_TOLD_DIR, s->config->state_dir), 02750, s->hmc_uid,
	       group_of(s, in && in->uid >= 0 ? in : NULL), in ? arena_printf(s->arena, "the machine's alerts, for %s to tell", in->id) : "the machine's alerts");
}

static void write_instance(struct setup *s, const struct instance *in)
{
	const char *error;

	/* What one of its units cannot say, none can: then nothing is made for it. */
	if (!dropin_text(s->config, in, DROPIN_EXPORT, s->arena, &error)) {
		fprintf(stderr, "hmc setup: %s\n", error);
		s->failed = true;
		return;
	}
	/* The group's reading comes with the folder: an exporter need not be a member to publish to it. */
	setup_folder(s, arena_printf(s->arena, "%s/reports/%s", s->config->state_dir, in->id), 02750, (uid_t)in->uid,
	       s->hmc_gid, "its reports");
	setup_folder(s, arena_printf(s->arena, "%s/" ALIVE_DIR "/%s", s->config->state_dir, in->id), 0755, (uid_t)in->uid, group_of(s, in),
	       "when its exporter and notifier went well");
	make_answers(s, in);
	give_print_key(s, in);
	setup_units(s, in);
}

/* Without a url to ask there is nothing to open, and a drop-in only where one must be taken back. */
static void write_host(struct setup *s)
{
	static const char dir[] = UNIT_DIR "/hmc-export-host.service.d", path[] = UNIT_DIR "/hmc-export-host.service.d/50-products.conf";
	bool is_needed;
	const char *text = dropin_host_text(s->config, s->arena, &is_needed);

	if (!is_needed && access(path, F_OK) != 0)
		return;
	setup_folder(s, dir, 0755, 0, 0, "");
	setup_file(s, path, text, 0644, 0, DROPIN_MARK, "what asking products and the machine's Caddy needs");
}

static void say_next(const struct setup *s)
{
	const struct config *c = s->config;

	printf("\nNext, as root:\n  systemctl daemon-reload\n");
	if (s->stale)
		printf("  systemctl disable --now%s\n", s->stale);
	for (size_t i = 0; i < c->n_instances; i++) {
		printf("  systemctl enable --now");
		for (enum dropin_of of = 0; of < DROPINS; of++)
			if (dropin_is_wanted(of, &c->instances[i]))
				printf(" hmc-%s@%s.timer", dropin_name(of), c->instances[i].id);
		printf("\n");
	}
	if (c->beat.url_file)
		printf("  systemctl enable --now hmc-beat.timer\n");
	printf("  systemctl restart hmc.target\n  hmc token --sub NAME --role admin --link\n");
	if (c->n_instances == 0)
		printf("No instance was found: add one to " CONFIG_DEFAULT_PATH " and run this again.\n");
}

static bool look_up_accounts(struct setup *s)
{
	const struct passwd *user = getpwnam("hmc"); /* NOLINT(concurrency-mt-unsafe): one thread */
	const struct group *group = getgrnam("hmc"); /* NOLINT(concurrency-mt-unsafe) */

	if (!user || !group) {
		fprintf(stderr, "hmc setup: there is no account hmc yet; run 'systemd-sysusers' (the package does), then this again\n");
		return false;
	}
	s->hmc_uid = user->pw_uid;
	s->hmc_gid = group->gr_gid;
	return true;
}

static void write_all(struct setup *s, const char *origin)
{
	const char *state = s->config->state_dir;

	/* Root's above, so that no account can put another folder in an exporter's place. */
	setup_folder(s, ETC_DIR, 0755, 0, 0, "");
	setup_folder(s, state, 0755, 0, 0, "");
	setup_folder(s, arena_printf(s->arena, "%s/reports", state), 0755, 0, 0, "");
	setup_folder(s, arena_printf(s->arena, "%s/reports/host", state), 02750, s->hmc_uid, s->hmc_gid, "this machine's report");
	setup_folder(s, arena_printf(s->arena, "%s/auth", state), 0700, s->hmc_uid, s->hmc_gid, "signed-out tokens");
	setup_folder(s, arena_printf(s->arena, "%s/marks", state), 0700, s->hmc_uid, s->hmc_gid, "what admins have marked");
	setup_folder(s, arena_printf(s->arena, "%s/audit", state), 0700, s->hmc_uid, s->hmc_gid, "who changed what");
	setup_folder(s, arena_printf(s->arena, "%s/answers", state), 0755, 0, 0, "");
	setup_folder(s, arena_printf(s->arena, "%s/answers/host", state), 02750, s->hmc_uid, s->hmc_gid, "what was answered to the machine's alerts");
	setup_folder(s, arena_printf(s->arena, "%s/answers/all", state), 0755, s->hmc_uid, s->hmc_gid, "silences that hold everywhere");
	setup_folder(s, arena_printf(s->arena, "%s/refresh", state), 0755, s->hmc_uid, s->hmc_gid, "where pages ask for new reports");
	setup_folder(s, arena_printf(s->arena, "%s/" ALIVE_DIR, state), 0755, 0, 0, "");
	setup_folder(s, arena_printf(s->arena, "%s/" ALIVE_DIR "/host", state), 0755, s->hmc_uid, s->hmc_gid, "when the machine's exporter went well");
	make_host_told(s);
	write_config(s, origin);
	if (wants_key(s->config))
		setup_file(s, KEY_FILE, new_key(s->arena), 0640, s->hmc_gid, NULL, "the key that signs sessions");
	write_print_key(s);
	for (size_t i = 0; i < s->config->n_instances; i++)
		write_instance(s, &s->config->instances[i]);
	setup_sweep(s);
	setup_beat(s);
	write_host(s);
}

/* "https://host[:port]", nothing after it; config_load() judges the rest. */
static bool is_origin(const char *url)
{
	const char *host = str_starts(url, "https://") ? url + 8 : str_starts(url, "http://") ? url + 7 : "";

	return *host && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") == strlen(host);
}

int cmd_setup(int argc, char **argv, const struct config *config)
{
	static const struct option longs[] = { { "origin", required_argument, NULL, 'o' },
					       { "dry-run", no_argument, NULL, 'n' },
					       { 0 } };
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	struct setup s = { .config = config, .arena = a };
	const char *origin = NULL;
	int opt;

	opterr = 0;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'o' && is_origin(optarg))
			origin = optarg;
		else if (opt == 'n')
			s.is_dry = true;
		else
			return opt == 'o' ? cmd_usage_error("setup", "--origin needs https://HOST, not '%s'", optarg)
					  : cmd_usage_error("setup", "cannot understand '%s'", argv[optind - 1]);
	}
	if (optind < argc)
		return cmd_usage_error("setup", "cannot understand '%s'", argv[optind]);
	if (geteuid() != 0 && !s.is_dry) {
		fprintf(stderr, "hmc setup: writes to /etc and gives folders to their users, so run it as root; --dry-run only says what it would do\n");
		return 1;
	}
	if (!s.is_dry && !look_up_accounts(&s))
		return 1;
	umask(022);
	write_all(&s, origin);
	say_next(&s);
	return s.failed ? 1 : 0;
}
