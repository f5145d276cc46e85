/*
 * config/dropin.h -- what a system timer's exporter may see of its instance, as a systemd drop-in.
 */
#ifndef MC_CONFIG_DROPIN_H
#define MC_CONFIG_DROPIN_H

#include "config/config.h"

/* The first line of every drop-in: a file that begins otherwise is a person's and is left alone. */
#define DROPIN_MARK "# Written by 'hmc setup' from the configuration, and again at the next one; put changes into another file beside it.\n"

/*
 * The lines for hmc-export@<id>.service.d: user, home, backup repository, bus,
 * folder of reports, and loopback where a dashboard's port is configured. In
 * `a`. NULL with one line in *error when the user is not known or a path holds
 * a character that systemd.exec(5) cannot name without escapes in BindPaths=.
 */
const char *dropin_text(const struct config *c, const struct instance *in, struct arena *a, const char **error);

/*
 * The same for hmc-export-host.service.d: the network that asking the
 * products and the machine's Caddy needs, the socket and the file of that
 * Caddy where the configuration names them, and no more: nothing without a url, loopback, single
 * addresses; every address only where a name must be looked up, for systemd
 * allows addresses alone. *is_needed tells whether it opens anything.
 */
const char *dropin_host_text(const struct config *c, struct arena *a, bool *is_needed);

#endif
