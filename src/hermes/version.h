/*
 * hermes/version.h -- the release of the checkout below a home.
 */
#ifndef MC_HERMES_VERSION_H
#define MC_HERMES_VERSION_H

#include <stdbool.h>

/* True when version ("0.15.1") is major.minor or older; false when it is newer, NULL or no version. */
bool version_is_at_most(const char *version, int major, int minor);

#endif
