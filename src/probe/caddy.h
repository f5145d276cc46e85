/*
 * probe/caddy.h -- what the machine's Caddy serves: its loaded configuration, or, second best, its file.
 *
 * Caddy is asked GET /config/ and nothing else; it is told nothing. Formats:
 * Caddy 2.6's JSON ("Docs / JSON Config Structure") and its Caddyfile
 * ("Docs / Caddyfile Concepts").
 */
#ifndef MC_PROBE_CADDY_H
#define MC_PROBE_CADDY_H

#include "base/arena.h"
#include "model/guard.h"

#define CADDY_FILE_DEFAULT  "/etc/caddy/Caddyfile"
#define CADDY_ADMIN_DEFAULT "localhost:2019" /* where a Caddy takes orders when its file does not say */

/*
 * A probe_fn: `in` is a struct caddy_place, `out` a struct caddy. Without a
 * place, caddy.service and its usual file are looked for; PROBE_INACTIVE when
 * neither is there, or when the service is stopped. A Caddy that may not be
 * asked is told of by its file, with the reason in note.
 */
void probe_caddy(void *out, const void *in, struct arena *a, int64_t deadline_us);

/*
 * Fills sites (and admin, where it is said) from a loaded configuration of n
 * bytes. False with *reason when that is not one.
 */
bool caddy_read_loaded(struct caddy *to, const char *json, size_t n, struct arena *a, const char **reason);

/*
 * The same from a Caddyfile, lexically: blocks, snippets and imports are
 * followed, no adapter runs. Files imported from outside of its folder are
 * not read: note names the first, and is_whole is TRI_NO. False with *reason
 * when the file itself cannot be read; *is_absent where it is not there.
 */
bool caddy_read_file(struct caddy *to, const char *path, struct arena *a, bool *is_absent, const char **reason);

#endif
