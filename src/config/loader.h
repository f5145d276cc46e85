/*
 * config/loader.h -- typed reading of the configuration, with errors for people (private to config/).
 *
 * The first error sticks; after it every getter gives its default, so that a
 * loader reads straight through and looks once at the end.
 */
#ifndef MC_CONFIG_LOADER_H
#define MC_CONFIG_LOADER_H

#include "config/config.h"
#include "json/json.h"

struct loader {
	struct arena *arena;
	const char *path;
	const char *error;      /* NULL = none yet */
};

/* Where in the file: "instances[1].backup"; NULL object = absent, every getter gives its default. */
struct place {
	const cJSON *object;
	const char *name;       /* "" at the top */
};

void loader_fail(struct loader *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Refuses members that are not in the NULL-terminated list of known ones. */
void loader_known(struct loader *l, struct place p, const char *const *known);

/* The object below p; wrong type is an error. */
struct place loader_object(struct loader *l, struct place p, const char *key);
/* Likewise an array; NULL when absent. */
const cJSON *loader_array(struct loader *l, struct place p, const char *key, int max);
/* The i-th object of an array called key. */
struct place loader_item(struct loader *l, struct place p, const char *key, const cJSON *item, int i);

/* A string of 1..500 printable characters; null and absent give dflt. */
const char *loader_string(struct loader *l, struct place p, const char *key, const char *dflt);
const char *loader_required(struct loader *l, struct place p, const char *key);
/* The same, starting with "/", without "." or ".." steps, no slash at the end. */
const char *loader_path(struct loader *l, struct place p, const char *key, const char *dflt);
int64_t loader_i64(struct loader *l, struct place p, const char *key, int64_t min, int64_t max, int64_t dflt);
bool loader_bool(struct loader *l, struct place p, const char *key, bool dflt);
/* Seconds from 30, "90s", "15m", "26h" or "7d"; at least 1 s, at most 10 years. */
int64_t loader_duration(struct loader *l, struct place p, const char *key, int64_t dflt_s);
/* A systemd unit name that ends in suffix (which is added where a name has no dot); an explicit null is NULL: none. */
const char *loader_unit(struct loader *l, struct place p, const char *key, const char *suffix, const char *dflt);
/* The same of an entry of the list called key; NULL after an error. */
const char *loader_unit_item(struct loader *l, struct place p, const char *key, const cJSON *item, const char *suffix);
/* "system", "user" or "auto". */
enum unit_scope loader_scope(struct loader *l, struct place p, enum unit_scope dflt);

/* Fills *out from an instance's "decisions": known settings, allowed values, days that have been, a reason each. */
void loader_decisions(struct loader *l, struct place instance, struct decisions *out);

/* "https://host[:port]", or http:// and a loopback address with its port. */
bool loader_is_origin(const char *s);

/* Fills what stands under "auth". */
void loader_auth(struct loader *l, struct place top, struct config *c);

/* Fills *out from an instance's "notify"; without one, nobody is told. */
void loader_notify(struct loader *l, struct place instance, struct notify_rules *out);

/* Fills *out from "beat"; without one there is none. */
void loader_beat(struct loader *l, struct place top, struct beat_rules *out);

/* Fills c->alert_rules from "alerts"; what a rule does not say is as it is by default. */
void loader_alerts(struct loader *l, struct place top, struct config *c);

/* Fills c->products; to be called once the instances are known. */
void loader_products(struct loader *l, struct place top, struct config *c);

#endif
