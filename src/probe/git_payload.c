#include <git2.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "model/upkeep.h"
#include "probe/git_parts.h"
#include "probe/payload_kinds.h"

#define ENTRIES_MAX   50000
#define BLOB_READ_MAX (1024 * 1024)

static void free_repository(git_repository **repo)
{
	git_repository_free(*repo);
}

static void free_commit(git_commit **commit)
{
	git_commit_free(*commit);
}

static void free_tree(git_tree **tree)
{
	git_tree_free(*tree);
}

static void free_entry(git_tree_entry **entry)
{
	git_tree_entry_free(*entry);
}

static void free_blob(git_blob **blob)
{
	git_blob_free(*blob);
}

static void free_odb(git_odb **odb)
{
	git_odb_free(*odb);
}

struct count {
	struct payload *out;
	git_repository *repo;
	git_odb *odb;
	struct arena *a;
	int64_t deadline_us;
	int64_t entries;
	const char *reason;         /* why it was not counted to the end */
};

/* How many of what a person counts are in one file; COUNT_UNKNOWN when it cannot be told. */
typedef int64_t (*items_fn)(const char *text, size_t n);

/* Entries of a memory file: tools/memory_tool.py, separated by "\n§\n", empty ones dropped. */
static int64_t memory_entries(const char *text, size_t n)
{
	static const char mark[] = "\n\xc2\xa7\n";
	const char *end = text + n;
	int64_t entries = 0;

	while (text < end) {
		const char *stop = memmem(text, (size_t)(end - text), mark, sizeof(mark) - 1);
		const char *to = stop ? stop : end;

		while (text < to && strchr(" \t\r\n", *text))
			text++;
		entries += text < to;
		text = stop ? stop + sizeof(mark) - 1 : end;
	}
	return entries;
}

/* Jobs of cron/jobs.json: a list, or an object with one (cron/jobs.py:load_jobs). */
static int64_t jobs_listed(const char *text, size_t n)
{
	CLEANUP_JSON cJSON *tree =
		json_parse(text, n, JSON_RAW_CONTROLS | JSON_REPLACE_BAD_UTF8 | JSON_PYTHON_NUMBERS, NULL);
	const cJSON *jobs = cJSON_IsArray(tree) ? tree : json_array(tree, "jobs");

	return jobs ? cJSON_GetArraySize(jobs) : COUNT_UNKNOWN;
}

/* The kind of a path inside the payload; what matches first counts. */
static const struct rule {
	const char *kind;
	const char *prefix;         /* of the path: a folder, with its slash, or all of it */
	const char *item;           /* name of the files that count as one item; NULL = every file does */
	items_fn items;             /* counts inside a file instead */
} rules[] = {
	{ "config", "config.yaml", NULL, NULL },
	{ "soul", "SOUL.md", NULL, NULL },
	{ "memories", "memories/MEMORY.md", NULL, memory_entries },
	{ "memories", "memories/USER.md", NULL, memory_entries },
	{ "memories", "memories/", "", NULL },
	{ "skills", "skills/", "SKILL.md", NULL },
	{ "cronJobs", "cron/jobs.json", NULL, jobs_listed },
	{ "hooks", "hooks/", "HOOK.yaml", NULL },
	{ "plugins", "plugins/", "plugin.yaml", NULL },
	{ "channels", "channel_directory.json", NULL, NULL },
	{ "other", "", NULL, NULL },
};

static const struct rule *rule_of(const char *path)
{
	for (size_t i = 0;; i++) {
		const char *prefix = rules[i].prefix; /* the last is that of every path */
		bool is_folder = !*prefix || prefix[strlen(prefix) - 1] == '/';

		if (is_folder ? str_starts(path, prefix) : str_eq(path, prefix))
			return &rules[i];
	}
}

const char *payload_kind(const char *path, const char *text, size_t n, int64_t *items)
{
	const struct rule *rule = rule_of(path);
	const char *slash = strrchr(path, '/');

	if (rule->items)
		*items = n > BLOB_READ_MAX ? COUNT_UNKNOWN : rule->items(text, n);
	else
		*items = !rule->item || str_eq(slash ? slash + 1 : path, rule->item);
	return rule->kind;
}

static struct payload_kind *kind_of(struct payload *out, const char *name)
{
	for (size_t i = 0; i < out->n_kinds; i++)
		if (str_eq(out->kinds[i].kind, name))
			return &out->kinds[i];
	out->kinds[out->n_kinds] = (struct payload_kind){ .kind = name };
	return &out->kinds[out->n_kinds++];
}

static int64_t items_of(struct count *c, const struct rule *rule, const git_tree_entry *entry, size_t size)
{
	CLEANUP(free_blob) git_blob *blob = NULL;

	if (!rule->items)
		return !rule->item || str_eq(git_tree_entry_name(entry), rule->item);
	if (size > BLOB_READ_MAX || git_blob_lookup(&blob, c->repo, git_tree_entry_id(entry)) < 0)
		return COUNT_UNKNOWN;
	return rule->items(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
}

/* A git_treewalk_cb: less than 0 ends the walk. */
static int count_entry(const char *root, const git_tree_entry *entry, void *ctx)
{
	struct count *c = ctx;
	const struct rule *rule;
	struct payload_kind *kind;
	git_object_t type;
	size_t size = 0;
	int64_t items;
	char path[1024];

	if (++c->entries > ENTRIES_MAX)
		c->reason = arena_printf(c->a, "it holds more than %d files; they were not all counted", ENTRIES_MAX);
	else if (c->entries % 64 == 0 && c->deadline_us > 0 && clock_mono_us() > c->deadline_us - 200 * 1000)
		c->reason = "its files could not be counted in time";
	if (c->reason)
		return -1;
	if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		return 0;
	snprintf(path, sizeof(path), "%s%s", root, git_tree_entry_name(entry));
	if (str_eq(path, PAYLOAD_MANIFEST))
		return 0;
	if (git_odb_read_header(&size, &type, c->odb, git_tree_entry_id(entry)) < 0) {
		c->reason = arena_printf(c->a, "a file of its last commit is missing or damaged: %s", repo_git_error(c->a));
		return -1;
	}
	rule = rule_of(path);
	kind = kind_of(c->out, rule->kind);
	kind->files++;
	kind->bytes += (int64_t)size;
	items = items_of(c, rule, entry, size);
	/* One file whose items cannot be told makes the kind's unknown: no sum without it. */
	kind->items = kind->items == COUNT_UNKNOWN || items == COUNT_UNKNOWN ? COUNT_UNKNOWN : kind->items + items;
	return 0;
}

/* The folder of the payload; NULL with *path NULL when the tree holds none. */
static git_tree *find_payload(git_repository *repo, git_tree *top, const char **path)
{
	static const char *const signs[] = { "config.yaml", "SOUL.md", "memories" };
	CLEANUP(free_entry) git_tree_entry *entry = NULL;
	git_tree *tree = NULL;

	*path = PAYLOAD_DIR;
	if (git_tree_entry_bypath(&entry, top, PAYLOAD_DIR) == 0 && git_tree_entry_type(entry) == GIT_OBJECT_TREE &&
	    git_tree_lookup(&tree, repo, git_tree_entry_id(entry)) == 0)
		return tree;
	*path = ".";
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (git_tree_entry_byname(top, signs[i]) && git_tree_dup(&tree, top) == 0)
			return tree;
	*path = NULL;
	return NULL;
}

static int most_first(const void *x, const void *y)
{
	const struct payload_kind *a = x, *b = y;

	return a->files > b->files ? -1 : a->files < b->files ? 1 : strcmp(a->kind, b->kind);
}

static void count_tree(struct count *c, git_tree *tree)
{
	struct payload *out = c->out;

	out->kinds = arena_calloc(c->a, ARRAY_SIZE(rules), sizeof(*out->kinds));
	if (git_tree_walk(tree, GIT_TREEWALK_PRE, count_entry, c) < 0 && !c->reason)
		c->reason = arena_printf(c->a, "its last commit cannot be read: %s", repo_git_error(c->a));
	out->probe.state = c->reason ? PROBE_UNKNOWN : PROBE_OK;
	out->probe.reason = c->reason;
	if (c->reason) {
		out->n_kinds = 0;
		return;
	}
	out->files = out->bytes = 0;
	for (size_t i = 0; i < out->n_kinds; i++) {
		out->files += out->kinds[i].files;
		out->bytes += out->kinds[i].bytes;
	}
	qsort(out->kinds, out->n_kinds, sizeof(*out->kinds), most_first);
}

static void read_payload(struct payload *out, git_repository *repo, git_commit *head, struct arena *a,
			 int64_t deadline_us)
{
	CLEANUP(free_tree) git_tree *top = NULL;
	CLEANUP(free_tree) git_tree *tree = NULL;
	CLEANUP(free_odb) git_odb *odb = NULL;
	struct count c = { .out = out, .repo = repo, .a = a, .deadline_us = deadline_us };

	if (git_commit_tree(&top, head) < 0 || git_repository_odb(&odb, repo) < 0) {
		out->probe.reason = arena_printf(a, "its last commit cannot be read: %s", repo_git_error(a));
		return;
	}
	c.odb = odb;
	tree = find_payload(repo, top, &out->path);
	if (tree) {
		count_tree(&c, tree);
		return;
	}
	out->probe.state = PROBE_INACTIVE;
	out->probe.reason = "its last commit holds no " PAYLOAD_DIR "/ and nothing else of a Hermes home";
}

void probe_payload(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	CLEANUP(free_repository) git_repository *repo = NULL;
	CLEANUP(free_commit) git_commit *head = NULL;
	struct payload *x = out;
	struct repo r = { 0 };
	const char *ref_name;

	x->files = x->bytes = COUNT_UNKNOWN;
	if (!in) {
		x->probe.state = PROBE_INACTIVE;
		x->probe.reason = "not configured";
		return;
	}
	x->probe.source = arena_printf(a, "the last commit of %s", (const char *)in);
	if (!repo_open(&r, in, a, &repo) || !repo_head(&r, repo, &ref_name, &head, a)) {
		x->probe.state = r.probe.state;
		x->probe.reason = r.probe.reason;
	} else if (!head) {
		x->probe.state = PROBE_INACTIVE;
		x->probe.reason = "nothing has been committed yet";
	} else {
		read_payload(x, repo, head, a, deadline_us);
	}
}
