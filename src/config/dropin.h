/*
 * config/dropin.h -- what a system timer's service may see of its instance, as a systemd drop-in.
 */
#ifndef MC_CONFIG_DROPIN_H
#define MC_CONFIG_DROPIN_H

#include "config/config.h"

/* The first line of every drop-in: a file that begins otherwise is a person's and is left alone. */
#define DROPIN_MARK "# Written by 'hmc setup' from the configuration, and again at the next one; put changes into another file beside it.\n"

/* What timers run for an instance: hmc-NAME@<id>.service, by hmc-NAME@<id>.timer. */
enum dropin_of { DROPIN_EXPORT, DROPIN_NOTIFY, DROPIN_BACKUP, DROPIN_DRILL, DROPINS };

const char *dropin_name(enum dropin_of of);  /* "export" */
const char *dropin_about(enum dropin_of of); /* "what its exporter may see" */

/* Whether the configuration wants it run: every instance's exporter, the rest where it is set up. */
bool dropin_is_wanted(enum dropin_of of, const struct instance *in);

/*
 * The lines for hmc-NAME@<id>.service.d: user, home, folder of reports, and
 * what else it needs: the backup repository, a key, a user's bus, loopback
 * where a dashboard's port is configured. In `a`. NULL with one line in *error
 * when the user is not known or a path holds a character that systemd.exec(5)
 * cannot name without escapes in BindPaths=.
 */
const char *dropin_text(const struct config *c, const struct instance *in, enum dropin_of of, struct arena *a, const char **error);

/*
 * The lines for hmc-drill@<id>.timer.d where drill.every is too short for the
 * weekly drills that ship; NULL where it is not.
 */
const char *dropin_drill_timer(const struct instance *in);

/* The lines for hmc-beat.service.d, which hand it the URL; NULL where there is no beat, or a person hands it over. NULL with *error as above. */
const char *dropin_beat_text(const struct config *c, struct arena *a, const char **error);

/*
 * The same for hmc-export-host.service.d: the network that asking the
 * products and the machine's Caddy needs, the socket and the file of that
 * Caddy where the configuration names them, and no more: nothing without a url, loopback, single
 * addresses; every address only where a name must be looked up, for systemd
 * allows addresses alone. *is_needed tells whether it opens anything.
 */
const char *dropin_host_text(const struct config *c, struct arena *a, bool *is_needed);

#endif
