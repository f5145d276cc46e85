/*
 * backup/backup.h -- the sanitised copy of an instance, committed and pushed by its own user.
 *
 * What restores an instance goes into hermes_persistent_backup/ of a working
 * clone; what holds a secret does not, and where one is found nothing leaves
 * at all. Everything runs as the instance's own user, by libgit2 and without
 * a process of its own. Nothing but the paths of the payload's own manifest
 * is ever changed or removed in the repository, and nothing is ever forced.
 */
#ifndef MC_BACKUP_BACKUP_H
#define MC_BACKUP_BACKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "model/instance.h"
#include "model/loops.h"
#include "redact/redact.h"

#define BACKUP_FILE_MAX  ((size_t)5 * 1024 * 1024)
#define BACKUP_BYTES_MAX ((int64_t)200 * 1024 * 1024)
#define BACKUP_FILES_MAX ((size_t)20000)
#define BACKUP_DEPTH_MAX 16
#define BACKUP_LIMIT_S   300 /* of a whole run */
#define BACKUP_CLONE_MIB_MAX 1024 /* what a drill takes from the remote */

/* The same, or less where $HMC_LIMIT_S or $HMC_CLONE_MIB say so. The latter in bytes. */
int64_t backup_limit_s(void);
int64_t backup_clone_max(void);

/* Stands in config.yaml for a value that stayed on the machine; the manifest lists where ("leftOut"). */
#define BACKUP_LEFT_OUT "[redacted:left-out]"

#define BACKUP_MANIFEST_KIND    "hermes-persistent-backup"
#define BACKUP_MANIFEST_VERSION 1

struct backup_file {
	const char *path;           /* in the payload: "skills/finance/SKILL.md" */
	const char *data;
	size_t n;
	unsigned mode;              /* as it was in the home: 0600 */
	char sha256[65];
};

struct backup_file_id {
	dev_t dev;
	ino_t ino;
};

struct backup_names {
	const char **list;
	size_t n, room;
};

struct backup {
	/* Given. */
	const struct instance *in;
	const char *state_dir;      /* of this instance's report: where its lock lies */
	struct arena *a;
	struct redactor *redactor;
	bool dry_run;
	int64_t deadline_us;        /* clock_mono_us() */
	void (*say)(const char *step, void *ctx); /* a line a step; NULL = nobody listens */
	void *ctx;

	/* What was found. */
	struct backup_file *files;  /* sorted by path */
	size_t n_files, room;
	struct backup_names left_out; /* "config.yaml: mcp_servers.gmail.env.GMAIL_TOKEN" */
	struct backup_names env;    /* ".env: TELEGRAM_BOT_TOKEN" */
	struct backup_names notes;  /* what was passed by, and why */
	struct backup_file_id *private; /* of what stays here and has more names than one */
	size_t n_private, private_room;
	bool is_restless;           /* something that was listed was gone before it was read */
	const char *version;        /* of Hermes; NULL = not known */

	/* How it ended. */
	struct backup_run row;
	int status;                 /* of the process */
};

/* Runs it all, and fills row and status; b->row.error is one line that says what to do. */
void backup_run(struct backup *b);

/* Fills row and status with a failure; always false. The first one stays. */
bool backup_fail(struct backup *b, enum loop_state state, int status, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

void backup_say(struct backup *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void backup_note(struct backup *b, struct backup_names *to, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The steps, in order; false with the failure said. */
bool backup_gather(struct backup *b);
bool backup_scan(struct backup *b);
/* Whether a file, or a folder, of that name is no backup's business. */
bool backup_is_never(const char *name) __attribute__((nonnull));
bool backup_is_never_folder(const char *name) __attribute__((nonnull));
/* Notes which files beside `home`'s parts stay here under any name; whether a file is one of them. */
void backup_find_private(struct backup *b, const char *home) __attribute__((nonnull));
bool backup_is_private(const struct backup *b, const struct stat *st) __attribute__((nonnull));
/* The rule that finds a secret in a file's name or bytes and is not allowed there; NULL = it is clean. */
const char *backup_secret_in(struct backup *b, const struct backup_file *f);
/* manifest.json over b->files; where nothing but its time would differ from `old` (NULL: none), that is given back. */
const char *backup_manifest(struct backup *b, const char *old, size_t n_old, size_t *n);
/* The paths that a manifest lists, each a clean one; false where it is none of ours. */
bool backup_manifest_paths(const char *text, size_t n, struct backup_names *out, struct arena *a);

/*
 * A config.yaml without its secrets: values of keys that name one, all under
 * env: and headers:, and whatever a rule of the redactor finds. What stays is
 * byte for byte as it was. NULL with *reason where it is not YAML.
 */
const char *backup_sanitise(const char *text, size_t n, size_t *n_out, struct redactor *r, struct backup_names *left_out,
			    struct arena *a, const char **reason);

/* Drops what came with Hermes and is unchanged; paths must be sorted. */
void backup_drop_bundled(struct backup *b);

/* By path, folder by folder: what Python's sorted() of paths gives. */
int backup_compare_paths(const char *x, const char *y) __attribute__((nonnull));

#define EXIT_TRY_LATER 75 /* sysexits.h: EX_TEMPFAIL */
#define EXIT_FAILED     1
#define EXIT_NOT_SET_UP 78

#endif
