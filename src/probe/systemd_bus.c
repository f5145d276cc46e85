#include "probe/systemd_bus.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"

#define SYSTEMD        "org.freedesktop.systemd1"
#define SYSTEM_ADDRESS "unix:path=/run/dbus/system_bus_socket"
#define TEXT_MAX       200

static void free_message(sd_bus_message **m)
{
	sd_bus_message_unref(*m);
}

void manager_init(struct manager *m, enum unit_scope scope, struct arena *a, int64_t deadline_us)
{
	*m = (struct manager){ .scope = scope, .arena = a, .deadline_us = deadline_us };
}

/* Without flushing: that would wait for a bus that does not read. */
static void hang_up(struct manager *m)
{
	if (m->bus) {
		sd_bus_close(m->bus);
		m->bus = sd_bus_unref(m->bus);
	}
}

void manager_done(struct manager *m)
{
	hang_up(m);
}

static const char *my_name(struct arena *a)
{
	struct passwd pw, *found = NULL;
	char text[4096];

	if (getpwuid_r(geteuid(), &pw, text, sizeof(text), &found) == 0 && found)
		return str_clean(a, pw.pw_name, strlen(pw.pw_name), 64);
	return arena_printf(a, "user %u", (unsigned)geteuid());
}

const char *manager_bus_name(struct manager *m)
{
	if (m->scope == UNIT_SCOPE_SYSTEM)
		return "the system bus";
	return arena_printf(m->arena, "the user bus of %s", my_name(m->arena));
}

/* From here on nothing is asked: the same silence again would cost the other readings their time. */
static bool give_up(struct manager *m, const char *failure)
{
	hang_up(m);
	m->failure = failure;
	return false;
}

static const char *seconds(struct arena *a, int64_t us)
{
	return arena_printf(a, "%lld.%lld s", (long long)(us / 1000000), (long long)(us % 1000000 / 100000));
}

/*
 * $XDG_RUNTIME_DIR/bus when it is this user's own: `sudo -E` and `su` leave the
 * variable of somebody else behind, whose bus would refuse us.
 */
static const char *user_socket(struct arena *a)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if (dir && dir[0] == '/' && stat(dir, &st) == 0 && st.st_uid == geteuid())
		return arena_printf(a, "%s/bus", dir);
	return arena_printf(a, "/run/user/%u/bus", (unsigned)geteuid());
}

/* A path as an address of the D-Bus specification ("Server Addresses"): other bytes are written as %xx. */
static const char *address_of(const char *path, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(16384);

	buf_adds(&b, "unix:path=");
	for (; *path; path++) {
		if (strchr("-_/.\\*", *path) || (*path >= '0' && *path <= '9') ||
		    ((*path | 0x20) >= 'a' && (*path | 0x20) <= 'z'))
			buf_addc(&b, *path);
		else
			buf_printf(&b, "%%%02x", (unsigned char)*path);
	}
	return arena_strdup(a, buf_str(&b));
}

/* Where this manager's bus listens; NULL when it is known not to be there. */
static const char *find_address(struct manager *m)
{
	const char *given = getenv("DBUS_SYSTEM_BUS_ADDRESS"), *path;
	struct stat st;

	if (m->scope == UNIT_SCOPE_SYSTEM) /* a "unixexec:" would start a process */
		return str_starts(given, "unix:") ? given : SYSTEM_ADDRESS;
	path = user_socket(m->arena);
	if (lstat(path, &st) == 0 || errno != ENOENT)
		return address_of(path, m->arena);
	m->is_absent = true;
	give_up(m, arena_printf(m->arena,
				"the user manager of %s is not running (%s is missing): "
				"loginctl enable-linger %s",
				my_name(m->arena), path, my_name(m->arena)));
	return NULL;
}

enum tristate linger_of(const char *dir, const char *user, struct arena *a)
{
	struct stat st;

	if (strchr(user, '/'))
		return TRI_UNKNOWN;
	if (lstat(arena_printf(a, "%s/%s", dir, user), &st) == 0)
		return TRI_YES;
	return errno == ENOENT ? TRI_NO : TRI_UNKNOWN;
}

enum tristate manager_lingers(struct manager *m)
{
	return m->scope == UNIT_SCOPE_USER ? linger_of(LINGER_DIR, my_name(m->arena), m->arena) : TRI_UNKNOWN;
}

static bool connect_failed(struct manager *m, int error)
{
	const char *name = manager_bus_name(m), *why;

	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
		why = m->scope == UNIT_SCOPE_SYSTEM ? "nobody listens there; is dbus.service running?"
						    : "nobody listens there; is the user manager running?";
		break;
	case EACCES:
	case EPERM:
		why = "permission denied";
		break;
	case ETIMEDOUT:
		return give_up(m, arena_printf(m->arena, "%s did not answer within %s", name,
					       seconds(m->arena, BUS_CONNECT_US)));
	default:
		why = strerrordesc_np(error);
	}
	return give_up(m,
		       arena_printf(m->arena, "%s cannot be reached: %s", name, why ? why : "unknown error"));
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * The first call would wait up to 90 s for a bus that accepts and then says
 * nothing, whatever timeout it is given; so the greeting is driven from here.
 * 0, or a negative errno.
 */
static int greet(struct manager *m)
{
	int64_t until = least(clock_mono_us() + BUS_CONNECT_US, m->deadline_us);

	while (!sd_bus_is_ready(m->bus)) {
		int64_t left = until - clock_mono_us();
		int r;

		if (left <= 0)
			return -ETIMEDOUT;
		r = sd_bus_process(m->bus, NULL);
		if (r == 0)
			r = sd_bus_wait(m->bus, (uint64_t)left);
		if (r < 0 && r != -EINTR)
			return r;
	}
	return 0;
}

static bool manager_connect(struct manager *m)
{
	const char *address;
	int r;

	if (m->bus)
		return true;
	if (m->failure)
		return false;
	address = find_address(m);
	if (!address)
		return false;
	r = sd_bus_new(&m->bus);
	if (r >= 0)
		r = sd_bus_set_address(m->bus, address);
	if (r >= 0)
		r = sd_bus_set_bus_client(m->bus, 1);
	if (r >= 0)
		r = sd_bus_start(m->bus);
	if (r >= 0)
		r = greet(m);
	return r >= 0 || connect_failed(m, -r);
}

/* What a failed call means for the person who reads it. */
static const char *call_failure(struct manager *m, int r, const sd_bus_error *e)
{
	const char *name = manager_bus_name(m);

	if (r == -ETIMEDOUT || sd_bus_error_has_name(e, SD_BUS_ERROR_NO_REPLY) ||
	    sd_bus_error_has_name(e, SD_BUS_ERROR_TIMEOUT)) {
		give_up(m, arena_printf(m->arena, "systemd did not answer on %s within %s", name,
					seconds(m->arena, BUS_CALL_US)));
		return m->failure;
	}
	if (r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE) {
		give_up(m, arena_printf(m->arena, "%s hung up", name));
		return m->failure;
	}
	if (sd_bus_error_has_name(e, SD_BUS_ERROR_ACCESS_DENIED) || r == -EACCES || r == -EPERM)
		return arena_printf(m->arena, "systemd on %s refuses to tell this user: access denied", name);
	if (sd_bus_error_has_name(e, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	    sd_bus_error_has_name(e, SD_BUS_ERROR_NAME_HAS_NO_OWNER))
		return arena_printf(m->arena, "there is no systemd on %s", name);
	if (e->message)
		return arena_printf(m->arena, "systemd on %s answered: %s", name,
				    str_clean(m->arena, e->message, strlen(e->message), TEXT_MAX));
	return arena_printf(m->arena, "systemd on %s cannot be asked: %s", name, strerrordesc_np(-r));
}

sd_bus_message *manager_ask(struct manager *m, const char *object, const char *interface, const char *member,
			    const char *argument, const char *pattern, const char **reason)
{
	CLEANUP(free_message) sd_bus_message *call = NULL;
	CLEANUP(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus_message *reply = NULL;
	int64_t left;
	int r;

	if (!manager_connect(m)) {
		*reason = m->failure;
		return NULL;
	}
	left = least(BUS_CALL_US, m->deadline_us - clock_mono_us());
	if (left <= 0) {
		give_up(m,
			arena_printf(m->arena, "no time was left to ask systemd on %s", manager_bus_name(m)));
		*reason = m->failure;
		return NULL;
	}
	r = sd_bus_message_new_method_call(m->bus, &call, SYSTEMD, object, interface, member);
	if (r >= 0)
		r = pattern ? sd_bus_message_append(call, "asas", 0, 1, pattern) : sd_bus_message_append(call, "s", argument);
	if (r >= 0) /* a question never starts a service */
		r = sd_bus_message_set_auto_start(call, 0);
	if (r >= 0)
		r = sd_bus_call(m->bus, call, (uint64_t)left, &error, &reply);
	if (r < 0) {
		*reason = call_failure(m, r, &error);
		return NULL;
	}
	return reply;
}
