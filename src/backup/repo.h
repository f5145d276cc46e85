/*
 * backup/repo.h -- the working clone of a backup, for backup/ and drill/.
 */
#ifndef MC_BACKUP_REPO_H
#define MC_BACKUP_REPO_H

#include <git2.h>

#include "backup/backup.h"

/* Everything of git that a run holds; backup_repo_done() frees it. */
struct backup_repo {
	git_repository *repo;
	const char *branch;         /* "main" */
	const char *ref;            /* "refs/heads/main" */
	git_commit *head;           /* NULL before the first commit */
	git_commit *upstream;       /* what the remote has; NULL = nothing, or it was not asked */
	git_commit *base;           /* what this run's commit stands on; borrowed from head or upstream */
	git_tree *tree;             /* with the new payload */
	struct backup_names former; /* paths of the manifest in base */
	const char *manifest;
	size_t n_manifest;
	const char *mark_file;      /* by backup_locks_begin(); NULL = it has not begun */
};

/* The remote, and what opens it. */
struct backup_remote {
	git_remote *remote;
	const char *name;           /* "origin" */
	const char *url;            /* as git uses it; not to be shown */
	const char *shown;
	const char *transport;      /* "ssh", "https", "http", "file" */
	char *token;                /* wiped by backup_remote_done() */
	size_t n_token;
	struct backup *b;
	int64_t bytes_max;          /* a fetch of more is given up; 0 = no limit */
	int asked;                  /* how often for a credential */
	const char *rejected;       /* the remote's own words */
	const char *why;            /* our own: a host that is not known */
};

/* The instance's label as git takes a name. In b->a. */
const char *backup_author(const struct backup *b);

bool backup_repo_open(struct backup *b, struct backup_repo *g);
/* Which commit to stand on: the remote's where it is ahead; false where only a person can tell. */
bool backup_repo_base(struct backup *b, struct backup_repo *g);
/* The new tree, in the repository's objects; *changed says whether it differs from the base's. */
bool backup_repo_build(struct backup *b, struct backup_repo *g, bool *changed);
/* Says each file that comes, changes or goes, and counts them into the row. */
bool backup_repo_tell(struct backup *b, struct backup_repo *g);
/* Work tree, index, commit and branch. */
bool backup_repo_write(struct backup *b, struct backup_repo *g, bool changed);
void backup_repo_done(struct backup_repo *g);

/* Looks the remote up, and its key or token over: nothing is asked yet. */
bool backup_remote_open(struct backup *b, git_repository *repo, struct backup_remote *r);
/* Gives what the remote has of this branch, NULL where it has nothing. */
bool backup_remote_fetch(struct backup *b, struct backup_remote *r, git_repository *repo, const char *branch, git_commit **out);
bool backup_remote_push(struct backup *b, struct backup_remote *r, const char *ref);
void backup_remote_done(struct backup_remote *r);

/* Held by the one backup of an instance that runs. */
#define BACKUP_LOCK_FILE "backup.lock"
#define BACKUP_MARK_FILE "backup-running"

/*
 * Takes away what a killed run of ours has locked, if it may, and leaves the
 * file in the state folder that says that one runs; end() says that it ran to
 * its end. Where the file is found, a run was killed.
 */
bool backup_locks_begin(struct backup *b, struct backup_repo *g, const struct backup_remote *r, const char *mark_file, bool may_clear);
void backup_locks_end(struct backup *b, struct backup_repo *g);

/* The callbacks that open the remote by this instance's credential and keep the deadline; payload is r. */
git_remote_callbacks backup_remote_callbacks(struct backup_remote *r);

/*
 * Looks a host's key up in ssh's list of known hosts (sshd(8), "SSH_KNOWN_HOSTS
 * FILE FORMAT"; hashed names too). NULL = it is known by this key; else why
 * not, in `a`.
 */
const char *backup_known_host(const char *file, const char *host, int port, const char *key, size_t n_key, struct arena *a);

#endif
