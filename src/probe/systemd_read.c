/* What systemd answers: units by name and by pattern, and their properties. */
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/systemd_bus.h"

#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define MANAGER      "org.freedesktop.systemd1.Manager"
#define TEXT_MAX     200

static void free_message(sd_bus_message **m)
{
	sd_bus_message_unref(*m);
}

static sd_bus_message *ask(struct manager *m, const char *object, const char *interface, const char *member,
			   const char *argument, const char **reason)
{
	return manager_ask(m, object, interface, member, argument, NULL, reason);
}

static const char *unreadable(struct manager *m)
{
	return arena_printf(m->arena, "systemd on %s gave an answer that cannot be read",
			    manager_bus_name(m));
}

const char *manager_load_unit(struct manager *m, const char *name, const char **reason)
{
	CLEANUP(free_message) sd_bus_message *reply = NULL;
	const char *object;

	reply = ask(m, SYSTEMD_PATH, MANAGER, "LoadUnit", name, reason);
	if (!reply)
		return NULL;
	if (sd_bus_message_read(reply, "o", &object) < 0) {
		*reason = unreadable(m);
		return NULL;
	}
	return arena_strdup(m->arena, object);
}

int manager_list_units(struct manager *m, const char *pattern, const char **names, int max, const char **reason)
{
	CLEANUP(free_message) sd_bus_message *reply = manager_ask(m, SYSTEMD_PATH, MANAGER, "ListUnitsByPatterns", NULL, pattern, reason);
	const char *name, *load;
	int n = 0, r;

	if (!reply)
		return -1;
	r = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
	while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "ssssssouso")) > 0) {
		r = sd_bus_message_read(reply, "s", &name);
		if (r >= 0)
			r = sd_bus_message_skip(reply, "s");
		if (r >= 0)
			r = sd_bus_message_read(reply, "s", &load);
		if (r >= 0 && strcmp(load, "loaded") == 0 && n++ < max)
			names[n - 1] = str_clean(m->arena, name, strlen(name), TEXT_MAX);
		if (r >= 0)
			r = sd_bus_message_skip(reply, "sssouso");
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	if (r >= 0)
		return n;
	*reason = unreadable(m);
	return -1;
}

/* Whatever it is, as text. */
static int read_any(struct manager *m, sd_bus_message *reply, const struct property *p, const char *contents)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(64 * 1024);
	int r = sd_bus_message_enter_container(reply, 'v', contents);

	if (r >= 0)
		r = bus_text(reply, &text);
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	if (r >= 0 && !text.overflow)
		*(const char **)p->to = str_clean(m->arena, buf_str(&text), text.len, 64 * 1024);
	return r;
}

static const struct property *find_property(const struct property *wanted, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(wanted[i].name, name) == 0)
			return &wanted[i];
	}
	return NULL;
}

/* Strings are systemd's and unit files' words: cleaned like any foreign text; "" is as good as none. */
static void keep_string(struct manager *m, const struct property *p, const char *s)
{
	*(const char **)p->to = *s ? str_clean(m->arena, s, strlen(s), TEXT_MAX) : NULL;
}

/* At a variant: takes it when it is what p wants, else steps over it. Negative when the message is broken. */
static int read_variant(struct manager *m, sd_bus_message *reply, const struct property *p)
{
	const char *contents = NULL, *first, *second;
	int r = sd_bus_message_peek_type(reply, NULL, &contents);

	if (r < 0)
		return r;
	if (p && strcmp(p->type, "*") == 0)
		return read_any(m, reply, p, contents);
	if (!p || !str_eq(contents, p->type))
		return sd_bus_message_skip(reply, "v");
	if (strcmp(p->type, "s") == 0) {
		r = sd_bus_message_read(reply, "v", "s", &second);
		if (r >= 0)
			keep_string(m, p, second);
		return r;
	}
	if (strcmp(p->type, "(ss)") == 0) {
		r = sd_bus_message_read(reply, "v", "(ss)", &first, &second);
		if (r >= 0)
			keep_string(m, p, second);
		return r;
	}
	return sd_bus_message_read(reply, "v", p->type, p->to);
}

static int read_properties(struct manager *m, sd_bus_message *reply, const struct property *wanted, size_t n)
{
	int r = sd_bus_message_enter_container(reply, 'a', "{sv}");

	while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
		const char *name;

		r = sd_bus_message_read(reply, "s", &name);
		if (r >= 0)
			r = read_variant(m, reply, find_property(wanted, n, name));
		if (r >= 0)
			r = sd_bus_message_exit_container(reply);
	}
	return r;
}

bool manager_get_all(struct manager *m, const char *object, const char *interface,
		     const struct property *wanted, size_t n_wanted, const char **reason)
{
	CLEANUP(free_message) sd_bus_message *reply = NULL;

	reply = ask(m, object, "org.freedesktop.DBus.Properties", "GetAll", interface, reason);
	if (!reply)
		return false;
	if (read_properties(m, reply, wanted, n_wanted) < 0) {
		*reason = unreadable(m);
		return false;
	}
	return true;
}
