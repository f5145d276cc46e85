/*
 * probe/systemd_bus.h -- a connection to one systemd manager, for systemd*.c alone.
 *
 * Every wait ends: connecting after BUS_CONNECT_US, a call after BUS_CALL_US,
 * both at the caller's deadline. A manager that once failed to answer is not
 * asked again over the same connection.
 */
#ifndef MC_PROBE_SYSTEMD_BUS_H
#define MC_PROBE_SYSTEMD_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "base/arena.h"
#include "base/buf.h"
#include "model/unit.h"

#define BUS_CONNECT_US (1000 * 1000)
#define BUS_CALL_US    (1000 * 1000)

struct manager {
	enum unit_scope scope; /* UNIT_SCOPE_SYSTEM or UNIT_SCOPE_USER */
	struct arena *arena;
	int64_t deadline_us;
	sd_bus *bus;         /* NULL before the first question and after a failure */
	const char *failure; /* why it cannot be asked, one line; NULL while it can */
	bool is_absent;      /* that failure is: this user has no manager running */
};

/*
 * What to take out of an interface: `to` is a const char ** for "s", for "(ss)"
 * (its second) and for "*", else the C type. "*" takes whatever comes, as the
 * text that bus_text() makes of it.
 */
struct property {
	const char *name;
	const char *type; /* "s", "t" (uint64_t), "u" (uint32_t), "i" (int32_t), "(ss)", "*" */
	void *to;
};

/* A manager not yet asked; manager_done() closes it. */
void manager_init(struct manager *m, enum unit_scope scope, struct arena *a, int64_t deadline_us);
void manager_done(struct manager *m);

/* "the system bus", "the user bus of uma". */
const char *manager_bus_name(struct manager *m);

/*
 * Whether a user's manager is started at boot, without anybody logging in:
 * logind keeps an empty file for each such user (systemd's
 * login/logind-user.c:user_add_to_gc, "/var/lib/systemd/linger"). Unknown where
 * that cannot be looked at.
 */
#define LINGER_DIR "/var/lib/systemd/linger"
enum tristate linger_of(const char *dir, const char *user, struct arena *a);

/* The same of this manager's user; unknown for the system's, which always is. */
enum tristate manager_lingers(struct manager *m);

/*
 * Asks one question with one string, or, where `pattern` is given, with a list
 * of nothing and a list of that; gives the reply (sd_bus_message_unref), or
 * NULL with *reason.
 */
sd_bus_message *manager_ask(struct manager *m, const char *object, const char *interface, const char *member,
			    const char *argument, const char *pattern, const char **reason);

/*
 * The object of a unit, loading its file where that had not happened (which
 * starts nothing): a unit that does not exist has an object too. NULL with
 * *reason when systemd cannot be asked or refuses.
 */
const char *manager_load_unit(struct manager *m, const char *name, const char **reason);

/*
 * Reads all properties of one interface in one call. A property that is
 * missing, or of another type, leaves its place untouched. False with *reason
 * when there is no answer or it cannot be read.
 */
bool manager_get_all(struct manager *m, const char *object, const char *interface,
		     const struct property *wanted, size_t n_wanted, const char **reason);

/*
 * Names of the units of that pattern ("hmc*.service") that systemd has loaded,
 * at most max, in `names`; how many there are, or -1 with *reason.
 */
int manager_list_units(struct manager *m, const char *pattern, const char **names, int max, const char **reason);

/*
 * Writes the value at which the message stands, whichever it is: yes and no,
 * numbers, texts with "%20" for a blank, members of a structure apart by ':',
 * of a list by ' ', an address of IPAddressAllow= as "127.0.0.0/8". Negative
 * when the message is broken.
 */
int bus_text(sd_bus_message *m, struct buf *out);

#endif
