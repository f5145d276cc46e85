/*
 * config/config.h -- the configuration file: defaults, discovery, validation.
 */
#ifndef MC_CONFIG_CONFIG_H
#define MC_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "model/beat.h"
#include "model/book.h"
#include "model/host.h"
#include "model/instance.h"
#include "model/product.h"
#include "model/snapshot.h"

#define CONFIG_DEFAULT_PATH "/etc/hermes-mission-control/config.json"
#define CONFIG_RUN_DIR      "/run/hermes-mission-control" /* the panes' sockets, by their units */
#define CONFIG_MAX_BYTES    (256 * 1024)
#define CONFIG_INSTANCES_MAX 200
#define CONFIG_KEYS_MAX     16
#define BACKUP_ALLOW_MAX    100
#define CONFIG_ORIGINS_MAX  16
#define CONFIG_CREDENTIAL   "credential:" /* in front of the name of a file that systemd hands to a service */
#define CONFIG_LIFETIME_MAX_S ((int64_t)30 * 86400)

struct config_key {
	const char *kid;
	const char *alg;        /* HS256, RS256 or ES256 */
	const char *file;       /* absolute, or CONFIG_CREDENTIAL and a name; the secret, or a PEM public key */
	bool mints;             /* of the HS256 keys, the one that signs what is new */
};

struct config {
	const char *path;       /* NULL = defaults only */
	const char *state_dir;
	const char *site_listen; /* "127.0.0.1:8480" */
	const char *site_origin; /* "https://host" or "http://127.0.0.1:8480": no slash at the end */
	struct config_key *keys;
	size_t n_keys;
	const char *issuer;     /* NULL = not checked */
	const char *audience;
	const char *role_claim; /* "role" */
	int64_t max_lifetime_s; /* of any token; 0 = CONFIG_LIFETIME_MAX_S */
	int64_t session_limit_s; /* from signing in to signing in again, however much a session is used; 0 = 7 days */
	const char **signin_origins; /* whose pages may bring a person here with a token: "https://host[:port]" */
	size_t n_signin_origins;
	struct instance *instances;
	size_t n_instances;
	bool is_discovered;     /* instances were not configured but found */
	bool is_sample;         /* "sample": true, written by `make demo` */
	const char *discovery_note; /* why none were found, or which homes could not be looked into; NULL = nothing to say */
	const char *tailscale_address; /* NULL = any */
	struct unit_ref emergency_drive;
	struct unit_ref *timers; /* further timers of the system to show */
	size_t n_timers;
	const char *disk_path;  /* "/" */
	struct caddy_place caddy; /* the machine's, not ours */
	struct products products;
	int64_t interval_s;     /* how often exporters run: 30 */
	struct beat_rules beat; /* to the outside */
	struct book_rules alert_rules; /* what the file says; the rest goes by book_default_rules() */
	const char *file_text;  /* what the file said, for config_print(); NULL without one */
	size_t file_len;
};

/*
 * Reads the file at path (NULL: $HMC_CONFIG, else CONFIG_DEFAULT_PATH, where
 * a missing default file means defaults and discovery). Everything lives in
 * `a`. NULL with one line in *error, naming file, place and cure, when the
 * file cannot be read, is not JSON, or says something that is not allowed:
 * unknown keys, wrong types, duplicate ids, relative paths.
 */
struct config *config_load(const char *path, struct arena *a, const char **error);

/* The instance of that id; NULL when there is none. */
const struct instance *config_instance(const struct config *c, const char *id);

/* Whether `hmc backup` and `hmc drill` are meant to run for it: its backup's timer is our own. */
bool config_backs_up(const struct instance *in);

/* Nobody is told; the rest as it is where the file does not say. */
void config_notify_defaults(struct notify_rules *out);

/* There is no beat; the rest as it is where the file does not say. */
void config_beat_defaults(struct beat_rules *out);

/* Whether a product may be called so: 1 to 32 of a-z, 0-9 and '-', no dash in front. */
bool config_is_product_id(const char *s);

/* What the configuration says of ports, addresses and folders; borrows from it, the lists are in `a`. */
struct reach_expected config_expected(const struct config *c, struct arena *a);

/* Prints the effective configuration as JSON with comments that say where each value came from; it can be read back. */
void config_print(const struct config *c, struct buf *out);

#endif
