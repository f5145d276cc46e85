#include "seeds.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"

#define FILE_MAX ((size_t)1024 * 1024)

enum how {
	WHOLE,              /* a file is an input */
	LINES,              /* each line of it is */
	STRINGS,            /* each text in its JSON is */
};

struct shared {
	const char *target;
	enum how how;
	const char *files;  /* below $MC_SHARED; with * and ? */
	const char *before; /* put before each input; NULL = nothing */
};

#define HOMES "hermes-homes/*/home/"

static const struct shared shared[] = {
	{ "active_profile", LINES, "vectors/path-traversal/paths.txt", NULL },
	{ "config_yaml", WHOLE, HOMES "config.yaml", NULL },
	{ "configuration", STRINGS, "vectors/naughty-strings/blns.json", NULL },
	{ "cookie", STRINGS, "vectors/http-cookies/*.json", NULL },
	{ "cookie", STRINGS, "vectors/http-cookies/*.json", "hmc_session=" },
	{ "cron_output", WHOLE, HOMES "cron/output/*/*.md", NULL },
	{ "cronexpr", STRINGS, HOMES "cron/jobs.json", NULL },
	{ "dotenv", STRINGS, "vectors/secret-detection/*.json", "API_KEY=" },
	{ "frontmatter", WHOLE, HOMES "skills/*/SKILL.md", NULL },
	{ "frontmatter", WHOLE, HOMES "skills/*/*/SKILL.md", NULL },
	{ "gateway_pid", WHOLE, HOMES "gateway.pid", NULL },
	{ "gateway_state", WHOLE, HOMES "gateway_state.json", NULL },
	{ "httpurl", STRINGS, "vectors/urlencoded/urltestdata.json", NULL },
	{ "httpurl", LINES, "vectors/redirect-crlf/*.txt", NULL },
	{ "jobs", WHOLE, HOMES "cron/jobs.json", NULL },
	{ "json", WHOLE, "vectors/json-testsuite/test_parsing/*.json", " " },
	{ "json", WHOLE, "vectors/json-testsuite/test_parsing/*.json", "\x1e" },
	{ "life", WHOLE, HOMES "*.json", NULL },
	{ "life_logs", WHOLE, HOMES "logs/*.log", NULL },
	{ "markdown", STRINGS, "vectors/xss-payloads/*.json", NULL },
	{ "markdown", STRINGS, "vectors/naughty-strings/*.json", "# " },
	{ "markdown", WHOLE, HOMES "skills/*/*/SKILL.md", NULL },
	{ "memory", WHOLE, HOMES "memories/*.md", NULL },
	{ "params", STRINGS, "vectors/urlencoded/*.json", NULL },
	{ "params", LINES, "vectors/redirect-crlf/*.txt", NULL },
	{ "redact", STRINGS, "vectors/secret-detection/*.json", "0" },
	{ "redact", STRINGS, "vectors/pii/*.json", "1" },
	{ "redact", STRINGS, "vectors/naughty-strings/*.json", "3" },
	{ "request", LINES, "vectors/path-traversal/paths.txt", "PATH_INFO=" },
	{ "request", LINES, "vectors/redirect-crlf/*.txt", "QUERY_STRING=next=" },
	{ "skill", WHOLE, HOMES "skills/*/SKILL.md", NULL },
	{ "skill", WHOLE, HOMES "skills/*/*/SKILL.md", NULL },
	{ "state_db", WHOLE, HOMES "state.db", NULL },
	{ "template", STRINGS, "vectors/mustache-spec/specs/*.json", NULL },
	{ "template", STRINGS, "vectors/xss-payloads/*.json", "{{a}}" },
	{ "token", STRINGS, "vectors/jwt-wycheproof/*.json", NULL },
	{ "token", STRINGS, "vectors/jwt-attacks/*.json", NULL },
	{ "token", STRINGS, "vectors/jose-cookbook/jws/*.json", NULL },
	{ "url", STRINGS, "vectors/naughty-strings/*.json", NULL },
	{ "ydoc", WHOLE, HOMES "config.yaml", NULL },
};

struct taker {
	seed_fn *take;
	void *ctx;
	const char *before;
	size_t n;
};

static void give(struct taker *t, const char *data, size_t size)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(2 * FILE_MAX);

	if (t->before)
		buf_adds(&b, t->before);
	buf_add(&b, data, size);
	t->take(buf_str(&b), b.len, t->ctx);
	t->n++;
}

static void give_strings(struct taker *t, const cJSON *j)
{
	for (const cJSON *item = j; item; item = item->next) {
		if (cJSON_IsString(item))
			give(t, item->valuestring, strlen(item->valuestring));
		give_strings(t, item->child);
	}
}

static void give_lines(struct taker *t, const char *text)
{
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		give(t, text, n);
	}
}

static void give_file(struct taker *t, const char *path, enum how how)
{
	CLEANUP_FILE FILE *f = fopen(path, "rb");
	CLEANUP_FREE char *data = malloc(FILE_MAX + 1);
	size_t n = f && data ? fread(data, 1, FILE_MAX, f) : 0;

	if (!f || !data || ferror(f)) {
		fprintf(stderr, "%s cannot be read\n", path);
		abort();
	}
	data[n] = '\0';
	if (how == WHOLE) {
		give(t, data, n);
	} else if (how == LINES) {
		give_lines(t, data);
	} else {
		CLEANUP_JSON cJSON *j = json_parse(data, n, JSON_REPLACE_BAD_UTF8, NULL);

		give_strings(t, j);
	}
}

static void give_all(struct taker *t, const char *dir, const char *files, enum how how)
{
	char pattern[4096];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/%s", dir, files);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		give_file(t, found.gl_pathv[i], how);
	globfree(&found);
}

void seeds_own(const char *target, seed_fn *take, void *ctx, size_t *n)
{
	const char *top = getenv("MC_TOP");
	struct taker t = { .take = take, .ctx = ctx };
	char files[256];

	snprintf(files, sizeof(files), "tests/fuzz/corpus/%s/*", target);
	give_all(&t, top ? top : ".", files, WHOLE);
	if (str_eq(target, "report"))
		give_all(&t, top ? top : ".", "tests/golden/reports/*.json", WHOLE);
	*n = t.n;
}

void seeds_shared(const char *target, seed_fn *take, void *ctx, size_t *n)
{
	const char *dir = getenv("MC_SHARED");
	struct taker t = { .take = take, .ctx = ctx };

	for (size_t i = 0; dir && *dir && i < ARRAY_SIZE(shared); i++) {
		if (!str_eq(shared[i].target, target))
			continue;
		t.before = shared[i].before;
		give_all(&t, dir, shared[i].files, shared[i].how);
	}
	*n = t.n;
}

bool seeds_has_shared(const char *target)
{
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		if (str_eq(shared[i].target, target))
			return true;
	return false;
}
