/* Nothing secret leaves: every name and every byte is looked at, and one find refuses the whole run. */
#include <stdlib.h>
#include <string.h>

#include "backup/backup.h"
#include "base/str.h"

#define ALLOWED_MAX 100

/* The rules that the configuration allows in this file. */
static size_t allowed(const struct instance *in, const char *path, const char **rules)
{
	size_t n = 0, n_path = strlen(path);

	for (size_t i = 0; i < in->n_backup_allow && n < ALLOWED_MAX; i++)
		if (strncmp(in->backup_allow[i], path, n_path) == 0 && in->backup_allow[i][n_path] == ':' &&
		    !strchr(in->backup_allow[i] + n_path + 1, ':'))
			rules[n++] = in->backup_allow[i] + n_path + 1;
	return n;
}

static bool scan_name(struct backup *b, const char *path)
{
	const char *rule = redact_find(b->redactor, path, strlen(path)), *folder;
	size_t n = strcspn(path, "/");

	if (!rule && str_is_utf8(path, strlen(path)))
		return true;
	folder = path[n] ? arena_strndup(b->a, path, n) : "the home";
	if (!rule)
		return backup_fail(b, LOOP_REFUSED, EXIT_FAILED, "the name of a file in %s is not UTF-8; rename it", folder);
	return backup_fail(b, LOOP_REFUSED, EXIT_FAILED,
			   "nothing was backed up: the name of a file in %s holds a secret (rule %s); rename it and make the secret void",
			   folder, rule);
}

/* UTF-16 has a zero beside each letter of a secret: without those it is plain. */
static const char *secret_in_wide(struct backup *b, const struct backup_file *f, const char *const *rules, size_t n_rules)
{
	char *plain = malloc(f->n + 1);
	const char *rule;
	size_t n = 0;

	if (!plain)
		abort();
	for (size_t i = 0; i < f->n; i++)
		if (f->data[i])
			plain[n++] = f->data[i];
	rule = redact_find_but(b->redactor, plain, n, rules, n_rules);
	free(plain);
	return rule;
}

static const char *secret_inside(struct backup *b, const struct backup_file *f)
{
	const char *rules[ALLOWED_MAX];
	size_t n = allowed(b->in, f->path, rules);
	const char *rule = redact_find_but(b->redactor, f->data, f->n, rules, n);

	return rule || !memchr(f->data, '\0', f->n) ? rule : secret_in_wide(b, f, rules, n);
}

const char *backup_secret_in(struct backup *b, const struct backup_file *f)
{
	const char *rule = redact_find(b->redactor, f->path, strlen(f->path));

	return rule ? rule : secret_inside(b, f);
}

static bool scan_file(struct backup *b, const struct backup_file *f)
{
	const char *rule = secret_inside(b, f), *path;

	if (!rule)
		return true;
	path = str_clean(b->a, f->path, strlen(f->path), 160);
	return backup_fail(b, LOOP_REFUSED, EXIT_FAILED,
			   "nothing was backed up: %s holds a secret (rule %s); take it out, or if it is none, add \"%s:%s\" to backup.allow",
			   path, rule, path, rule);
}

bool backup_scan(struct backup *b)
{
	for (size_t i = 0; i < b->n_files; i++)
		if (!scan_name(b, b->files[i].path) || !scan_file(b, &b->files[i]))
			return false;
	return true;
}
