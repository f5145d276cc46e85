/*
 * model/guard.h -- the guardrails: what an instance and the machine may do, and to whom they are open.
 *
 * Facts alone. Whether a guardrail holds says view/judge_guard.h.
 */
#ifndef MC_MODEL_GUARD_H
#define MC_MODEL_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "model/probe.h"

#define SECRET_FILES_MAX 40
#define DECISIONS_MAX    20
#define CADDY_SITES_MAX  200
#define OWN_UNITS_MAX    100
#define OWN_FILES_MAX    100

/* A file, by what stat() says of it; it is never opened for that. */
struct file_guard {
	const char *path;           /* below the home (".env") or absolute */
	const char *holds;          /* what a person would call it: "keys", "sign-in of a provider", "the history" */
	const char *owner;          /* a number where this machine has no name for it */
	const char *group;
	int64_t mode;               /* permission bits; COUNT_UNKNOWN where it could not be told */
	enum tristate is_private;   /* nobody but its owner, and the group where that is meant, may read it; nobody else may write it:
				       by its own mode or, in a home, by that of a folder around it below the home */
	int64_t changed_at;
	const char *reason;         /* why nothing of it could be told: a symbolic link; NULL = it could */
};

/* Files of a home that hold secrets, those that are there. */
struct secret_files {
	struct probe probe;         /* PROBE_INACTIVE: the home holds none */
	const char *home_owner;     /* of the home itself */
	int64_t home_mode;
	struct file_guard *list;
	size_t n_list;
};

/* How a backup is pushed, as far as that is known without using the credential. */
struct push_credential {
	struct probe probe;         /* PROBE_INACTIVE: no backup repository, or one without a remote */
	const char *remote;         /* its URL without user, password, query: of "git@github.com:org/repo" host and path are kept */
	const char *transport;      /* "ssh", "https", "http", "git", "file" */
	const char *kind;           /* "ssh key", "token in the URL", "token in .git/config" (a header), "token from a file",
				       "credential helper"; NULL = not known */
	const char *kind_from;      /* where that was read: ".git/config" */
	const char *key_file;       /* NULL where it is not known */
	const char *key_type;       /* of its public half: "ssh-ed25519" */
	const char *key_print;      /* SHA256:…, of the public half */
	int64_t key_changed_at;     /* the age of the credential, as far as a file's time tells it */
	const char *repo_owner;     /* whose files the repository's are */
	const char *pushed_by;      /* owner of what the last push wrote; NULL = never pushed, or not known */
	int64_t pushed_at;
	const char *unit;           /* the service that backs up */
	const char *unit_user;      /* as whom it runs; NULL = not known */
	enum tristate key_is_private; /* nobody but its owner may read the private key; unknown where it is not seen from here */
	const char *note;           /* why something of this is not known, and what would tell; NULL = nothing to say */
};

/* What this exporter's own process may do: read from /proc/self, not from its unit's file. */
struct sandbox {
	struct probe probe;
	const char *unit;           /* NULL = by hand */
	enum tristate no_new_privileges;
	enum tristate filters_calls; /* seccomp */
	int64_t capabilities;       /* how many its bounding set leaves; COUNT_UNKNOWN */
	enum tristate system_is_read_only;
	enum tristate homes_are_hidden; /* those of others */
	enum tristate devices_are_hidden;
	enum tristate has_network;  /* beyond loopback, as its address families and the interfaces it sees allow */
};

/*
 * One site of a Caddy. Words stand apart by a space; a blank within one is
 * "%20". What Caddy fills in later stays as it is written: "{env.UPSTREAM}".
 */
struct caddy_site {
	const char *listen;         /* ":443", "127.0.0.1:8480", "unix//run/x.sock" */
	const char *reach;          /* loopback, tailnet, private, public: of that address, as model/host.h has it; NULL = a name, so not known */
	const char *hosts;          /* its names; NULL = any */
	const char *upstreams;      /* what it passes requests to: "127.0.0.1:9119", "unix//run/x.sock"; NULL = nothing */
	const char *roots;          /* folders it serves files from, "." that it was started in; NULL = none */
};

/* What the machine's Caddy serves: its loaded configuration, or, second best, its file. */
struct caddy {
	struct probe probe;         /* PROBE_INACTIVE: there is no Caddy but our own */
	const char *how;            /* "loaded configuration"; "file": what it would load, which need not be what it has loaded */
	enum tristate is_whole;     /* TRI_NO: some of it could not be read, so that a site may be missing: note says which */
	const char *note;           /* why it is the file, or not whole, and what to do; NULL = neither */
	const char *admin;          /* where it takes orders: "localhost:2019", "unix//run/caddy/admin.sock", "off"; NULL = not known */
	struct caddy_site *sites;
	size_t n_sites;
};

/* One of our own units as this machine's systemd has it, drop-ins included. */
struct own_unit {
	const char *unit;           /* "hmc-caddy.service"; panes that are alike are one: "hmc-pane@*.service" */
	const char *process;        /* for people: "Panes (11)" */
	const char *user;
	const char *instance_id;    /* of what runs for an instance; NULL otherwise */
	const char *network;        /* "none", "loopback", "these addresses: …", "any"; NULL = not known */
	const char *reads;          /* for people: what of the machine it may read, beside the system's own files */
	const char *writes;         /* folders, apart by a space; "nothing" */
	const char *capabilities;   /* names, apart by a space; "none" */
	enum tristate no_new_privileges;
	enum tristate filters_calls;
	int64_t loose;              /* how many settings are looser than those we ship; COUNT_UNKNOWN */
	const char *loose_names;    /* which, apart by a space: "NoNewPrivileges BindPaths"; NULL = none */
};

/* Units of the system alone: a user's own manager is not seen from here; such an exporter tells by its sandbox. */
struct own_units {
	struct probe probe;         /* PROBE_INACTIVE: not installed as units */
	struct own_unit *list;
	size_t n_list;
};

/* Our own files that hold secrets, or decide who may do what. */
struct own_files {
	struct probe probe;
	struct file_guard *list;
	size_t n_list;
};

/* ---- from the configuration, not from a report ---- */

/* What a person decided of one of Hermes's settings. */
struct decision {
	const char *setting;        /* "approvals.mode", "security.redact_secrets", "privacy.redact_pii" */
	const char *value;          /* "smart", "true", "false" */
	const char *date;           /* YYYY-MM-DD */
	const char *reason;
};

struct decisions {
	struct decision *list;
	size_t n_list;
};

/* Where the machine's Caddy is asked. */
struct caddy_place {
	const char *admin;          /* "unix//run/caddy/admin.sock", "http://127.0.0.1:2019", "off" = never; NULL = where its file says */
	const char *file;           /* NULL = /etc/caddy/Caddyfile */
};

#endif
