/*
 * probe/git_credential_parts.h -- the steps of probe_credential(), for git_*.c alone.
 */
#ifndef MC_PROBE_GIT_CREDENTIAL_PARTS_H
#define MC_PROBE_GIT_CREDENTIAL_PARTS_H

#include "probe/git_credential.h"
#include "probe/git_remote.h"

/* Fills kind, kind_from, key_file and note from the repository's settings. */
void credential_kind(struct push_credential *c, const struct git_settings *s, const struct git_remote *r, struct arena *a);

/* Fills key_file, key_type, key_print, key_changed_at and key_is_private. key: as configured; NULL = only what key_file names is looked at. */
void credential_key(struct push_credential *c, const char *key, struct arena *a);

/* Fills pushed_by and pushed_at from what the last push left below git_dir. branch NULL = detached. */
void credential_pushed(struct push_credential *c, const char *git_dir, const char *remote, const char *branch, struct arena *a);

#endif
