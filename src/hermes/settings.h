/*
 * hermes/settings.h -- config.yaml for whoever needs a part of it.
 */
#ifndef MC_HERMES_SETTINGS_H
#define MC_HERMES_SETTINGS_H

#include "hermes/hermes.h"
#include "hermes/ydoc.h"

#define CONFIG_YAML "config.yaml"

/* Hermes's own limits where the file names none (hermes_cli/config.py:DEFAULT_CONFIG), in characters. */
#define MEMORY_LIMIT 2200
#define USER_LIMIT   1375

/*
 * Loads config.yaml. False with *p answered (absent is inactive); on true *p
 * is PROBE_OK. Free *y with ydoc_done() either way.
 */
bool settings_load(struct ydoc *y, struct probe *p, const struct hermes_source *src, struct arena *a);

#endif
