/*
 * model/audit.h -- who changed what through a page, and how that ended.
 */
#ifndef MC_MODEL_AUDIT_H
#define MC_MODEL_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
