/*
 * probe/payload_kinds.h -- what a person counts in a backup: memories, skills, jobs.
 *
 * One rule for who makes a payload and who reads one, so that they agree.
 */
#ifndef MC_PROBE_PAYLOAD_KINDS_H
#define MC_PROBE_PAYLOAD_KINDS_H

#include <stddef.h>
#include <stdint.h>

#define PAYLOAD_MANIFEST "manifest.json" /* of hmc backup, at the payload's top; it is not counted */

/* The kind of a file by its path in the payload, static text; *items in its n bytes of text, COUNT_UNKNOWN when it cannot be told. */
const char *payload_kind(const char *path, const char *text, size_t n, int64_t *items);

#endif
