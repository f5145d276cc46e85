/* The receipt of a drill: JSON in the ledger, and a file in the repository. */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "drill/drill.h"
#include "probe/git_parts.h"

#define FOLDER     "drills"
#define MARK_FILE  "drill-running"
#define STAMP      "20261124T171500Z-" /* how a receipt's name begins, before the instance's id */
#define NAMES_MAX  1000

static void free_tree(git_tree **tree)
{
	git_tree_free(*tree);
}

static void free_index(git_index **index)
{
	git_index_free(*index);
}

static void free_signature(git_signature **who)
{
	git_signature_free(*who);
}

static void free_reference(git_reference **ref)
{
	git_reference_free(*ref);
}

static void add_time(cJSON *o, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(at, text);
	json_add_string(o, name, at ? text : NULL);
}

static void add_count(cJSON *o, const char *name, int64_t n)
{
	if (n == COUNT_UNKNOWN)
		json_add_null(o, name);
	else
		json_add_i64(o, name, n);
}

static void add_names(cJSON *o, const char *name, const struct backup_names *names, size_t max)
{
	cJSON *list = json_add_array(o, name);

	for (size_t i = 0; i < names->n && i < max; i++)
		json_append(list, cJSON_CreateString(names->list[i]));
}

static void add_steps(cJSON *o, const struct drill *d)
{
	static const char *const names[DRILL_STEPS] = { "clone", "restore", "compare", "read", "live" };
	cJSON *steps = json_add_object(o, "tookSeconds");

	for (size_t i = 0; i < DRILL_STEPS; i++)
		json_add_double(steps, names[i], (double)d->took_us[i] / 1e6);
}

static void add_counts(cJSON *o, const struct drill *d)
{
	cJSON *list = json_add_array(o, "counts");

	for (size_t i = 0; i < d->n_counts; i++) {
		cJSON *one = cJSON_CreateObject();

		json_add_string(one, "kind", d->counts[i].kind);
		add_count(one, "backup", d->counts[i].backup);
		add_count(one, "live", d->knows_live ? d->counts[i].live : COUNT_UNKNOWN);
		json_append(list, one);
	}
}

/* With at most `max` lines of each list. */
static const char *write_receipt(struct drill *d, size_t max)
{
	CLEANUP_JSON cJSON *o = cJSON_CreateObject();
	const struct drill_run *r = &d->row;
	char *text;
	const char *out;

	json_add_string(o, "kind", DRILL_RECEIPT_KIND);
	json_add_i64(o, "version", DRILL_RECEIPT_VERSION);
	json_add_string(o, "instanceId", d->b.in->id);
	json_add_string(o, "madeBy", "hmc " MC_VERSION);
	add_time(o, "at", r->at);
	json_add_bool(o, "isProven", d->findings.n == 0 && !d->b.row.error);
	json_add_string(o, "commit", d->b.row.commit);
	json_add_string(o, "remote", d->b.row.remote);
	add_time(o, "backupMadeAt", d->made_at);
	add_count(o, "files", r->files);
	add_count(o, "bytes", r->bytes);
	add_count(o, "checked", r->checked);
	add_count(o, "failed", r->failed);
	add_steps(o, d);
	add_counts(o, d);
	add_names(o, "findings", &d->findings, max);
	add_names(o, "told", &d->told, max);
	text = json_print(o);
	out = arena_strdup(d->b.a, text);
	free(text);
	return out;
}

/* Lines are bounded in characters, and a character may take four bytes: what the ledger would not take names less. */
const char *drill_receipt(struct drill *d)
{
	const char *text = write_receipt(d, DRILL_SAID_MAX);

	for (size_t max = DRILL_SAID_MAX / 2; strlen(text) > RECEIPT_BYTES_MAX && max > 0; max /= 2)
		text = write_receipt(d, max);
	return text;
}

/* A receipt of ours by its name: the stamp's form, then this instance's id alone. */
static bool is_ours(const struct drill *d, const char *name)
{
	size_t n = strlen(STAMP);

	if (strlen(name) != n + strlen(d->b.in->id) + strlen(".json"))
		return false;
	for (size_t i = 0; i < n; i++)
		if (isdigit((unsigned char)STAMP[i]) ? !isdigit((unsigned char)name[i]) : name[i] != STAMP[i])
			return false;
	return str_starts(name + n, d->b.in->id) && str_ends(name, ".json");
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Takes the oldest of ours out, so that with the new one as many stand as are kept. */
static void retain(struct drill *d, git_index *index)
{
	const char **names = arena_calloc(d->b.a, NAMES_MAX, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < git_index_entrycount(index) && n < NAMES_MAX; i++) {
		const git_index_entry *e = git_index_get_byindex(index, i);

		if (str_starts(e->path, FOLDER "/") && is_ours(d, e->path + strlen(FOLDER "/")))
			names[n++] = arena_strdup(d->b.a, e->path);
	}
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i + DRILL_RECEIPTS_KEPT - 1 < n; i++)
		git_index_remove(index, names[i], 0);
}

static const char *receipt_name(struct drill *d)
{
	char at[CLOCK_TEXT_MAX];
	char *stamp, *to;

	clock_rfc3339(d->row.at, at);
	stamp = to = arena_strdup(d->b.a, at);
	for (const char *c = at; *c; c++)
		if (*c != '-' && *c != ':')
			*to++ = *c;
	*to = '\0';
	return arena_printf(d->b.a, FOLDER "/%s-%s.json", stamp, d->b.in->id);
}

static bool failed(struct drill *d)
{
	return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "the receipt cannot be committed: %s", repo_git_error(d->b.a));
}

static bool make_tree(struct drill *d, git_tree **out)
{
	CLEANUP(free_index) git_index *index = NULL;
	CLEANUP(free_tree) git_tree *top = NULL;
	const char *text = arena_printf(d->b.a, "%s\n", d->row.receipt);
	git_index_entry e = { .path = receipt_name(d), .mode = GIT_FILEMODE_BLOB };
	git_oid id;

	if (git_commit_tree(&top, d->g.upstream) < 0 || git_index_new(&index) < 0 || git_index_read_tree(index, top) < 0)
		return failed(d);
	retain(d, index);
	if (git_blob_create_from_buffer(&e.id, d->g.repo, text, strlen(text)) < 0 || git_index_add(index, &e) < 0 ||
	    git_index_write_tree_to(&id, index, d->g.repo) < 0 || git_tree_lookup(out, d->g.repo, &id) < 0)
		return failed(d);
	return true;
}

/* A drill that was killed while it pushed to a path on this machine has left its lock there; a backup under way has one of its own. */
static bool begin_push(struct drill *d, struct backup_remote *r)
{
	CLEANUP_FD int lock = open(arena_printf(d->b.a, "%s/" BACKUP_LOCK_FILE, d->b.state_dir), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	return backup_locks_begin(&d->b, &d->g, r, MARK_FILE, lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0);
}

bool drill_push(struct drill *d, struct backup_remote *r)
{
	CLEANUP(free_tree) git_tree *tree = NULL;
	CLEANUP(free_signature) git_signature *who = NULL;
	CLEANUP(free_reference) git_reference *ref = NULL;
	const git_commit *parents[1] = { d->g.upstream };
	char host[256] = "localhost";
	const char *message;
	git_oid id;
	bool ok;

	gethostname(host, sizeof(host) - 1);
	backup_say(&d->b, "pushing the receipt to %s", r->shown);
	if (!make_tree(d, &tree))
		return false;
	message = arena_printf(d->b.a, "Restore drill of %s: %s\n", d->b.in->id, d->findings.n ? "not proven" : "proven");
	if (git_signature_now(&who, backup_author(&d->b), arena_printf(d->b.a, "%s@%s", d->b.in->id, host)) < 0 ||
	    git_commit_create(&id, d->g.repo, NULL, who, who, "UTF-8", message, tree, 1, parents) < 0 ||
	    git_reference_create(&ref, d->g.repo, d->g.ref, &id, 1, "hmc drill") < 0)
		return failed(d);
	ok = begin_push(d, r) && backup_remote_push(&d->b, r, d->g.ref);
	backup_locks_end(&d->b, &d->g);
	return ok;
}
