/*
 * tests/unit/fake_systemd.h -- a bus with a systemd on it, made of sd-bus itself.
 *
 * For what a real one does not do on demand: silence, refusals, nonsense.
 * The box (tests/box) asks the real one.
 */
#ifndef MC_TESTS_FAKE_SYSTEMD_H
#define MC_TESTS_FAKE_SYSTEMD_H

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "base/arena.h"
#include "model/probe.h"
#include "test.h"

enum fake_manners {
	FAKE_ANSWERS = 0,
	FAKE_IS_DEAF,           /* accepts connections and never says a word */
	FAKE_NEVER_REPLIES,     /* greets, then leaves every question open */
	FAKE_DENIES,            /* answers every question with AccessDenied */
	FAKE_LEAVES_OUT,        /* properties without ActiveState */
	FAKE_MIXES_TYPES,       /* properties under the right names with the wrong types */
	FAKE_ANSWERS_OTHERWISE, /* a reply of another signature */
	FAKE_TALKS_NONSENSE,    /* bytes that are no D-Bus */
	FAKE_HANGS_UP,          /* closes at the first question */
};

struct fake_unit {
	const char *name, *load, *active, *sub, *file_state, *load_error;
	uint64_t active_enter, active_exit, inactive_enter, inactive_exit, state_change;
	const char *result;
	uint64_t exec_start, exec_exit;
	uint32_t main_pid, restarts;
	int32_t exec_status;
	const char *triggers; /* of a timer */
	uint64_t last, next_realtime, next_monotonic;
};

struct fake_systemd {
	enum fake_manners manners;
	const struct fake_unit *units; /* ends with a NULL name */
	char path[108];
	int listen_fd, stop_fds[2];
	pthread_t thread;
	int questions; /* calls other than Hello, read after fake_stop() */
	bool hang_up;
};

static inline const struct fake_unit *fake_find(const struct fake_systemd *f, const char *name)
{
	const struct fake_unit *u = f->units;

	for (; u && u->name; u++) {
		if (strcmp(u->name, name) == 0)
			return u;
	}
	return NULL;
}

static inline int fake_load_unit(struct fake_systemd *f, sd_bus_message *m)
{
	const struct fake_unit *u;
	const char *name;
	char path[128];

	if (sd_bus_message_read(m, "s", &name) < 0)
		return -1;
	u = fake_find(f, name);
	snprintf(path, sizeof(path), "/org/freedesktop/systemd1/unit/u%d", u ? (int)(u - f->units) : 999);
	return sd_bus_reply_method_return(m, "o", path);
}

static inline void fake_put(sd_bus_message *r, const char *name, const char *s)
{
	sd_bus_message_append(r, "{sv}", name, "s", s ? s : "");
}

static inline void fake_put_time(sd_bus_message *r, const char *name, uint64_t t)
{
	sd_bus_message_append(r, "{sv}", name, "t", t);
}

static inline void fake_unit_properties(const struct fake_systemd *f, sd_bus_message *r,
					const struct fake_unit *u)
{
	if (f->manners == FAKE_MIXES_TYPES) {
		sd_bus_message_append(r, "{sv}", "LoadState", "as", 1, "loaded");
		sd_bus_message_append(r, "{sv}", "ActiveState", "u", 1u);
		sd_bus_message_append(r, "{sv}", "ActiveEnterTimestamp", "s", "yesterday");
		return;
	}
	fake_put(r, "Id", u->name);
	sd_bus_message_append(r, "{sv}", "Names", "as", 1, u->name);
	fake_put(r, "LoadState", u->load);
	if (f->manners != FAKE_LEAVES_OUT)
		fake_put(r, "ActiveState", u->active);
	fake_put(r, "SubState", u->sub);
	fake_put(r, "UnitFileState", u->file_state);
	sd_bus_message_append(r, "{sv}", "LoadError", "(ss)", "org.example.Error",
			      u->load_error ? u->load_error : "");
	fake_put_time(r, "StateChangeTimestamp", u->state_change);
	fake_put_time(r, "ActiveEnterTimestamp", u->active_enter);
	fake_put_time(r, "ActiveExitTimestamp", u->active_exit);
	fake_put_time(r, "InactiveEnterTimestamp", u->inactive_enter);
	fake_put_time(r, "InactiveExitTimestamp", u->inactive_exit);
}

static inline void fake_service_properties(sd_bus_message *r, const struct fake_unit *u)
{
	fake_put(r, "Result", u->result ? u->result : "success");
	fake_put_time(r, "ExecMainStartTimestamp", u->exec_start);
	fake_put_time(r, "ExecMainExitTimestamp", u->exec_exit);
	sd_bus_message_append(r, "{sv}", "ExecMainStatus", "i", u->exec_status);
	sd_bus_message_append(r, "{sv}", "MainPID", "u", u->main_pid);
	sd_bus_message_append(r, "{sv}", "NRestarts", "u", u->restarts);
}

static inline void fake_timer_properties(sd_bus_message *r, const struct fake_unit *u)
{
	fake_put(r, "Unit", u->triggers);
	fake_put_time(r, "LastTriggerUSec", u->last);
	fake_put_time(r, "NextElapseUSecRealtime", u->next_realtime);
	fake_put_time(r, "NextElapseUSecMonotonic", u->next_monotonic);
}

static inline int fake_get_all(struct fake_systemd *f, sd_bus_message *m)
{
	static const struct fake_unit absent = {
		.name = "absent", .load = "not-found", .active = "inactive", .sub = "dead"
	};
	long i = strtol(strrchr(sd_bus_message_get_path(m), 'u') + 1, NULL, 10);
	const struct fake_unit *u = i == 999 ? &absent : &f->units[i];
	sd_bus_message *r = NULL;
	const char *interface;
	int sent;

	if (sd_bus_message_read(m, "s", &interface) < 0 || sd_bus_message_new_method_return(m, &r) < 0)
		return -1;
	sd_bus_message_open_container(r, 'a', "{sv}");
	if (strstr(interface, ".Unit"))
		fake_unit_properties(f, r, u);
	else if (strstr(interface, ".Service"))
		fake_service_properties(r, u);
	else
		fake_timer_properties(r, u);
	sd_bus_message_close_container(r);
	sent = sd_bus_send(NULL, r, NULL);
	sd_bus_message_unref(r);
	return sent;
}

static inline int fake_on_message(sd_bus_message *m, void *data, sd_bus_error *error)
{
	struct fake_systemd *f = data;
	const char *member = sd_bus_message_get_member(m);

	(void)error;
	if (!sd_bus_message_is_method_call(m, NULL, NULL)) /* that the peer has gone comes as a signal */
		return 0;
	if (strcmp(member, "Hello") == 0)
		return sd_bus_reply_method_return(m, "s", ":1.7");
	f->questions++;
	switch (f->manners) {
	case FAKE_NEVER_REPLIES:
		return 1;
	case FAKE_DENIES:
		return sd_bus_reply_method_errorf(m, SD_BUS_ERROR_ACCESS_DENIED, "go away");
	case FAKE_ANSWERS_OTHERWISE:
		return sd_bus_reply_method_return(m, "ii", 1, 2);
	case FAKE_HANGS_UP:
		f->hang_up = true;
		return 1;
	default:
		break;
	}
	return strcmp(member, "LoadUnit") == 0 ? fake_load_unit(f, m) : fake_get_all(f, m);
}

/* Waits for the connection or for the order to stop; false for the latter. */
static inline bool fake_wait(struct fake_systemd *f, int fd, int events)
{
	struct pollfd fds[] = { { .fd = fd, .events = (short)events },
				{ .fd = f->stop_fds[0], .events = POLLIN } };

	while (poll(fds, 2, -1) < 0)
		;
	return !fds[1].revents;
}

static inline void fake_converse(struct fake_systemd *f, int fd)
{
	sd_id128_t id = { .qwords = { 1, 2 } };
	sd_bus *bus = NULL;
	int r = 0;

	f->hang_up = false;
	sd_bus_new(&bus);
	sd_bus_set_fd(bus, fd, fd);
	sd_bus_set_server(bus, 1, id);
	sd_bus_start(bus);
	sd_bus_add_filter(bus, NULL, fake_on_message, f);
	while (r >= 0 && !f->hang_up) {
		r = sd_bus_process(bus, NULL);
		if (r == 0 && !fake_wait(f, sd_bus_get_fd(bus), sd_bus_get_events(bus)))
			break;
	}
	sd_bus_flush(bus);
	sd_bus_close(bus);
	sd_bus_unref(bus);
}

static inline void fake_serve(struct fake_systemd *f, int fd)
{
	static const char nonsense[] =
		"OK nonsense\r\n\0\1\2\3 this is not the D-Bus you look for \xff\xfe\r\n";

	if (f->manners == FAKE_TALKS_NONSENSE && write(fd, nonsense, sizeof(nonsense)) < 0)
		f->hang_up = true;
	if (f->manners == FAKE_IS_DEAF || f->manners == FAKE_TALKS_NONSENSE) {
		fake_wait(f, fd, 0);
		close(fd);
		return;
	}
	fake_converse(f, fd);
}

static inline void *fake_main(void *data)
{
	struct fake_systemd *f = data;

	while (fake_wait(f, f->listen_fd, POLLIN)) {
		int fd = accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0)
			fake_serve(f, fd);
	}
	return NULL;
}

/* Listens at path; one connection at a time. */
static inline void fake_start(struct fake_systemd *f, const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(f->path, sizeof(f->path), "%s", path);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	f->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f->listen_fd, (struct sockaddr *)&un, sizeof(un)), 0);
	assert_int_equal(listen(f->listen_fd, 8), 0);
	assert_int_equal(pipe(f->stop_fds), 0);
	assert_int_equal(pthread_create(&f->thread, NULL, fake_main, f), 0);
}

static inline void fake_stop(struct fake_systemd *f)
{
	close(f->stop_fds[1]); /* wakes every wait, also those to come */
	pthread_join(f->thread, NULL);
	close(f->stop_fds[0]);
	close(f->listen_fd);
	unlink(f->path);
}

/* Seconds, in what systemd counts in. */
#define S (1000000ULL)

/*
 * Each test has a directory of its own: "bus" there is the user's bus, and
 * "system" the machine's, whether somebody listens or not.
 */
static char dir[64];
static struct arena *arena;

static inline const char *at(const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name);
}

static inline int set_up(void **state)
{
	(void)state;
	arena = arena_new(8 * 1024 * 1024);
	snprintf(dir, sizeof(dir), "%s", "/tmp/mc-bus.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	setenv("XDG_RUNTIME_DIR", dir, 1);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", arena_printf(arena, "unix:path=%s/system", dir), 1);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	unlink(at("bus"));
	unlink(at("system"));
	rmdir(dir);
	arena_freep(&arena);
	return 0;
}

static inline void expect_reason(const struct probe *p, enum probe_state want, const char *words)
{
	assert_int_equal(p->state, want);
	if (!p->reason || !strstr(p->reason, words))
		fail_msg("'%s' is not in: %s", words, p->reason ? p->reason : "(no reason)");
	assert_null(strchr(p->reason, '\n'));
}

#endif
