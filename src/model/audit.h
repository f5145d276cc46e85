/*
 * model/audit.h -- who changed what through a page, and how that ended.
 */
#ifndef MC_MODEL_AUDIT_H
#define MC_MODEL_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/probe.h"

#define AUDIT_ID_CHARS   16  /* hexadecimal digits, of a record and of a request */
#define AUDIT_WORDS_MAX  256 /* characters of a target, of a detail, of a reason */
#define AUDIT_FILES_MAX  12
#define AUDIT_FILE_BYTES ((size_t)1024 * 1024)
#define AUDIT_LINE_BYTES ((size_t)4096)

enum audit_outcome {
	AUDIT_OUTCOME_UNKNOWN = 0, /* nothing was written after it: the program ended, or could not write */
	AUDIT_DONE,
	AUDIT_FAILED,
};

struct audit_entry {
	const char *id;             /* of this record */
	int64_t at;
	const char *request;        /* the request's id */
	const char *sub;            /* who */
	const char *role;           /* "admin" */
	const char *pane;           /* by which program */
	const char *action;
	const char *instance;       /* NULL = all, or none in particular */
	const char *target;         /* NULL = none */
	const char *detail;         /* NULL = none */
	enum audit_outcome outcome;
	const char *why;            /* of a failure */
};

/* A place in the log; file 0 is its end. */
struct audit_place {
	int64_t file;
	int64_t offset;             /* of a line, in bytes */
};

/* Which records are wanted. */
struct audit_query {
	const char *action;         /* NULL = any */
	const char *sub;            /* exactly; NULL = anybody */
	const char *instance;       /* and those that are of none in particular; NULL = any */
	struct audit_place before;
	size_t limit;
};

/* What was found, newest first. */
struct audit_page {
	struct probe probe;         /* PROBE_INACTIVE: nothing was ever recorded */
	struct audit_entry *list;
	size_t n;
	bool has_more;              /* older ones may be there, before: */
	struct audit_place next;
	bool is_cut_short;          /* as many files as one request may take were looked through */
	int64_t looked_back_to;     /* of the oldest record that was looked at; 0 = none was */
	size_t n_broken;            /* lines that are no record: cut, forged or of another version */
	size_t n_unread;            /* files that could not be read */
	const char *unread;         /* the first of them, and why */
	bool is_trimmed;            /* files from before the oldest one were removed, as they are */
};

#endif
