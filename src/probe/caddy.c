#include "probe/caddy.h"

#include <string.h>

#include "base/clock.h"
#include "base/httpurl.h"
#include "base/str.h"
#include "probe/caddy_parts.h"
#include "probe/systemd.h"

#define UNIT     "caddy.service"
#define ASK_US   (1300 * 1000) /* kept of the deadline for asking Caddy itself */

/* What each of the ways found out, until one is chosen. */
struct look {
	const struct caddy_place *place;
	struct arena *a;
	struct unit unit;
	struct caddy file;
	bool has_file, is_absent;
	const char *file_reason;
	struct caddy loaded;
	const char *loaded_reason; /* NULL = it was not asked */
};

static const char *file_of(const struct caddy_place *place)
{
	return place->file ? place->file : CADDY_FILE_DEFAULT;
}

/* Its own word comes first, then that of the file it was started with, then Caddy's default. */
static const char *admin_of(const struct look *l)
{
	if (l->place->admin)
		return l->place->admin;
	return l->has_file && l->file.admin ? l->file.admin : CADDY_ADMIN_DEFAULT;
}

/* A file may name any address; only one of this machine is asked. */
static bool may_ask(const char *admin, struct arena *a)
{
	struct httpurl u;
	const char *why;

	if (!str_starts(admin, "http://"))
		admin = str_starts(admin, "unix//") ? admin : arena_printf(a, "http://%s", admin);
	return str_starts(admin, "unix//") || (httpurl_parse(admin, &u, &why) && httpurl_is_loopback(&u));
}

static bool is_running(const struct unit *u)
{
	return u->probe.state == PROBE_OK && !str_eq(u->active_state, "failed");
}

/*
 * "Stopped" and "not there" were found out; a systemd that cannot be asked says
 * nothing about a Caddy. One that the configuration names may run without that
 * unit.
 */
static bool is_known_stopped(const struct look *l)
{
	if (str_eq(l->unit.load_state, "not-found") && (l->place->admin || l->place->file))
		return false;
	return l->unit.probe.state == PROBE_INACTIVE || (l->unit.probe.state == PROBE_OK && !is_running(&l->unit));
}

static void set_inactive(struct caddy *out, const struct look *l)
{
	out->probe.state = PROBE_INACTIVE;
	out->probe.source = UNIT;
	if (!str_eq(l->unit.load_state, "not-found"))
		out->probe.reason = "Caddy is stopped: " UNIT;
	else if (l->has_file)
		out->probe.reason = arena_printf(l->a, "%s is there, but no " UNIT " that would serve it", file_of(l->place));
	else
		out->probe.reason = "this machine has no Caddy but our own";
}

static void choose_file(struct caddy *out, const struct look *l)
{
	*out = l->file;
	out->probe = (struct probe){ .state = PROBE_OK, .source = file_of(l->place) };
	out->how = "file";
	if (!out->admin)
		out->admin = CADDY_ADMIN_DEFAULT;
	if (!l->loaded_reason)
		return;
	out->note = out->note ? arena_printf(l->a, "%s; its loaded configuration: %s", out->note, l->loaded_reason)
			      : arena_printf(l->a, "this is its file; its loaded configuration: %s", l->loaded_reason);
}

static void choose(struct caddy *out, const struct look *l)
{
	if (l->loaded.how) {
		*out = l->loaded;
		return;
	}
	if (l->has_file) {
		choose_file(out, l);
		return;
	}
	out->probe.source = file_of(l->place);
	out->probe.reason = arena_printf(l->a, "%s%s%s", l->file_reason, l->loaded_reason ? "; its loaded configuration: " : "",
					 l->loaded_reason ? l->loaded_reason : "");
}

static void ask(struct look *l, int64_t deadline_us)
{
	const char *admin = admin_of(l);

	if (str_eq(admin, "off")) {
		if (!l->place->admin)
			l->loaded_reason = "it takes no questions (\"admin off\")";
	} else if (!may_ask(admin, l->a)) {
		l->loaded_reason = arena_printf(l->a, "its file names %s, which is not an address of this machine alone", admin);
	} else if (caddy_ask(&l->loaded, admin, l->a, deadline_us, &l->loaded_reason)) {
		l->loaded.probe = (struct probe){ .state = PROBE_OK, .source = arena_printf(l->a, "%s: GET /config/", admin) };
		l->loaded.how = "loaded configuration";
	}
}

void probe_caddy(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct unit_ref ref = { .unit = UNIT, .scope = UNIT_SCOPE_SYSTEM };
	struct look l = { .place = in, .a = a };

	l.has_file = caddy_read_file(&l.file, file_of(l.place), a, &l.is_absent, &l.file_reason);
	systemd_units(&l.unit, &ref, 1, a, deadline_us > 0 ? deadline_us - ASK_US : clock_mono_us() + ASK_US);
	if (!is_known_stopped(&l) || (l.place->admin && !str_eq(l.place->admin, "off")))
		ask(&l, deadline_us);
	if (is_known_stopped(&l) && !l.loaded.how)
		set_inactive(out, &l);
	else
		choose(out, &l);
}
