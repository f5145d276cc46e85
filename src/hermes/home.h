/*
 * hermes/home.h -- what every reader of a home begins with: is it there, read
 * a file below it, take a value out of JSON that anybody may have edited.
 */
#ifndef MC_HERMES_HOME_H
#define MC_HERMES_HOME_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "hermes/hermes.h"
#include "model/probe.h"

/* The source's fixed clock, else this machine's; epoch seconds. */
int64_t home_now(const struct hermes_source *src);

/* Starts a reading: source and taken_at; the state stays unknown. */
void home_begin(struct probe *p, const char *source, const struct hermes_source *src);

/* Answers the reading with that state; reason is borrowed. */
void home_answer(struct probe *p, enum probe_state state, const char *reason);

/* False, with *p answered, when the home is absent (inactive) or may not be looked into (unknown). */
bool home_is_there(struct probe *p, const struct hermes_source *src, struct arena *a);

/*
 * Reads a file below the home, at most max_bytes, into `a`. False with *p
 * answered: absent is inactive with the reason `absent`, anything else that
 * stands in the way is unknown.
 */
bool home_read(struct probe *p, const struct hermes_source *src, const char *path, size_t max_bytes,
	       const char *absent, struct arena *a, char **data, size_t *len);

/*
 * The same of a file whose text is not to stay in memory: it goes to
 * `scratch`, the caller's to wipe and free, reasons to `a`; *st is filled.
 */
bool home_read_private(struct probe *p, const struct hermes_source *src, const char *path, size_t max_bytes,
		       const char *absent, struct arena *scratch, struct arena *a, char **data, size_t *len,
		       struct stat *st);

/*
 * Parses as forgiving as Python's json.loads(strict=False): raw control
 * bytes, broken UTF-8, lone surrogates and NaN pass. NULL with *p unknown
 * when it is no JSON; the caller frees the tree.
 */
cJSON *home_parse(struct probe *p, const char *path, const char *text, size_t len, struct arena *a);

/* A string, number or bool, cleaned, of at most max characters; NULL when absent, null, blank, compound. */
const char *home_text(const cJSON *object, const char *name, size_t max, struct arena *a);

/* ISO 8601 (naive stamps are UTC) or an epoch number between 2000 and 9999; 0 when it is neither. */
int64_t home_time(const cJSON *object, const char *name);

/* Seconds of an epoch number between 2000 and 9999; 0 for anything else. */
int64_t home_epoch(double seconds);

/* A whole number, not negative; COUNT_UNKNOWN otherwise. */
int64_t home_count(const cJSON *object, const char *name);

/* Python's truth of a member; `absent` when it is not there. */
bool home_truth(const cJSON *object, const char *name, bool absent);

#endif
