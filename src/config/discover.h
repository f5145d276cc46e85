/*
 * config/discover.h -- the Hermes homes of this machine's users.
 */
#ifndef MC_CONFIG_DISCOVER_H
#define MC_CONFIG_DISCOVER_H

#include "config/config.h"

/*
 * Fills c->instances with every ~/.hermes and ~/.hermes/profiles/<name> of
 * the users in the password database that this process may look at, in that
 * database's order, and c->discovery_note with what could not be looked into.
 */
void config_discover(struct config *c, struct arena *a);

/*
 * The name Hermes gives to a home's gateway unit: hermes-gateway for ~/.hermes,
 * hermes-gateway-<profile>, hermes-gateway-<8 hex of the path's sha256> for
 * any other place. Source: hermes_cli/gateway.py, the naming of generate_systemd_unit.
 */
const char *config_gateway_unit(const char *user_home, const char *hermes_home, struct arena *a);

/* The user's home directory; NULL when this machine does not know the user. *uid is -1 then. */
const char *config_user_home(const char *user, int64_t *uid, struct arena *a);

#endif
