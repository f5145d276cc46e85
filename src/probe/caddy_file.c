/* A Caddyfile: its sites, and what they pass on and serve. */
#include <dirent.h>
#include <fnmatch.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/caddy_parts.h"
#include "probe/caddy_tokens.h"
#include "probe/files.h"

#define FILE_MAX     (1024 * 1024)
#define ALL_MAX      (2 * 1024 * 1024) /* bytes of all files and of what is filled into snippets */
#define WORDS_MAX    40000             /* of all files, those of a snippet as often as it is imported */
#define DEPTH_MAX    12
#define IMPORTS_MAX  100
#define SNIPPETS_MAX 100

/* A stretch of words: the body of a block. */
struct span {
	const struct caddy_token *at;
	const struct caddy_token *end;
};

struct snippet {
	const char *name;
	struct span body;
};

struct reader {
	struct caddy *to;
	struct arena *a;
	const char *dir;        /* what may be imported lies beneath it */
	struct snippet snippets[SNIPPETS_MAX];
	size_t n_snippets;
	const char *bind;       /* default_bind; NULL = every address */
	int n_imports;
	size_t bytes_left;      /* an import in an import grows fast: what may still be taken in */
	size_t words_left;
};

struct site {
	struct buf binds;
	struct buf upstreams;
	struct buf roots;
	bool serves_files;
};

static void read_sites(struct reader *r, struct span s, const char *dir, int depth);
static void read_body(struct reader *r, struct site *site, struct span s, const char *dir, int depth);

static bool is_open(const struct caddy_token *t)
{
	return !t->is_quoted && str_eq(t->text, "{");
}

static bool is_close(const struct caddy_token *t)
{
	return !t->is_quoted && str_eq(t->text, "}");
}

/* The words on the line that begins at `at`, without the "{" that ends it. */
static struct span line_of(struct span s, bool *has_block)
{
	struct span line = { s.at, s.at };

	while (line.end < s.end && line.end->line == s.at->line && !is_close(line.end))
		line.end++;
	*has_block = line.end > line.at && is_open(line.end - 1);
	line.end -= *has_block;
	return line;
}

/* The body of the block whose "{" is just before `at`; *after is behind its "}". */
static struct span block_of(struct span s, const struct caddy_token **after)
{
	struct span body = { s.at, s.at };
	int depth = 1;

	for (; body.end < s.end; body.end++) {
		depth += is_open(body.end) ? 1 : is_close(body.end) ? -1 : 0;
		if (depth == 0)
			break;
	}
	*after = body.end < s.end ? body.end + 1 : body.end;
	return body;
}

static void not_followed(struct reader *r, const char *what)
{
	caddy_not_whole(r->to, arena_printf(r->a, "import %s is not followed, so that a site may be missing here", str_clean(r->a, what, strlen(what), 120)));
}

static bool take_budget(struct reader *r, size_t n, size_t *left)
{
	bool ok = n <= *left;

	*left -= ok ? n : 0;
	if (!ok)
		caddy_not_whole(r->to, "there is more in it than is read");
	return ok;
}

/* What stands in one file, whose name is seen from r->dir. */
static void read_text(struct reader *r, const char *path, const char *text, size_t n, struct site *site, int depth)
{
	const char *slash = strrchr(path, '/'), *dir = slash ? arena_strndup(r->a, path, (size_t)(slash - path)) : "";
	struct caddy_tokens words = caddy_tokens(text, n, r->a);
	struct span all = { words.list, words.list + words.n };

	if (words.is_cut)
		caddy_not_whole(r->to, arena_printf(r->a, "%s is too long to be read whole", path));
	if (words.has_gaps)
		caddy_not_whole(r->to, arena_printf(r->a, "%s uses variables of Caddy's environment, which cannot be read from here", path));
	if (words.has_heredoc)
		caddy_not_whole(r->to, arena_printf(r->a, "%s holds a text in <<, which is not told from what stands around it", path));
	if (!take_budget(r, words.n, &r->words_left) || !take_budget(r, n, &r->bytes_left))
		return;
	if (site)
		read_body(r, site, all, dir, depth);
	else
		read_sites(r, all, dir, depth);
}

/* openat2() refuses ".." and links that lead out, so that only what lies beneath the folder is read. */
static void read_one(struct reader *r, const char *path, struct site *site, int depth)
{
	const struct file_rules rules = { .max_bytes = r->bytes_left < FILE_MAX ? r->bytes_left : FILE_MAX, .owner_uid = -1 };
	const char *reason;
	struct stat st;
	char *text;
	size_t n;

	if (++r->n_imports > IMPORTS_MAX || file_read_beneath(r->dir, path, &rules, r->a, &text, &n, &st, &reason) != FILE_OK)
		not_followed(r, path);
	else
		read_text(r, path, text, n, site, depth + 1);
}

/* The last step of a path may hold patterns, as in "*.caddy"; others may not. */
static void read_matching(struct reader *r, const char *path, struct site *site, int depth)
{
	const char *slash = strrchr(path, '/'), *pattern = slash ? slash + 1 : path;
	const char *folder = slash ? arena_strndup(r->a, path, (size_t)(slash - path)) : ".";
	CLEANUP_DIR DIR *d = strpbrk(folder, "*?[") || strstr(folder, "..") ? NULL : opendir(arena_printf(r->a, "%s/%s", r->dir, folder));
	struct dirent *e;

	if (!d)
		not_followed(r, path);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && fnmatch(pattern, e->d_name, FNM_PERIOD) == 0)
			read_one(r, slash ? arena_printf(r->a, "%s/%s", folder, e->d_name) : arena_strdup(r->a, e->d_name), site, depth);
}

/* A path as seen from r->dir; NULL where it leads elsewhere. */
static const char *beneath(struct reader *r, const char *path, const char *dir)
{
	size_t n = strlen(r->dir);

	if (path[0] != '/')
		return *dir ? arena_printf(r->a, "%s/%s", dir, path) : path;
	return str_starts(path, r->dir) && path[n] == '/' ? path + n + 1 : NULL;
}

static const struct snippet *find_snippet(const struct reader *r, const char *name)
{
	for (size_t i = 0; i < r->n_snippets; i++)
		if (str_eq(r->snippets[i].name, name))
			return &r->snippets[i];
	return NULL;
}

/* Of a snippet, a file, or several by a pattern: into a site, or beside it. A route that is invoked by its name is as a snippet. */
static void import(struct reader *r, struct site *site, struct span line, const char *dir, int depth)
{
	const char *what = line.end - line.at > 1 ? line.at[1].text : "", *path;
	const struct snippet *snippet = find_snippet(r, what);

	if ((!snippet && str_eq(line.at->text, "invoke")) || depth > DEPTH_MAX || ++r->n_imports > IMPORTS_MAX) {
		not_followed(r, what);
		return;
	}
	if (snippet) {
		struct span body = snippet->body;
		size_t n = (size_t)(body.end - body.at);

		if (!take_budget(r, n, &r->words_left))
			return;
		body.at = caddy_tokens_fill(body.at, n, line.at + 2, (size_t)(line.end - line.at - 2), r->a, &r->bytes_left);
		body.end = body.at + n;
		if (site)
			read_body(r, site, body, dir, depth + 1);
		else
			read_sites(r, body, dir, depth + 1);
		return;
	}
	path = beneath(r, what, dir);
	if (!path)
		not_followed(r, what);
	else if (strpbrk(path, "*?["))
		read_matching(r, path, site, depth);
	else
		read_one(r, path, site, depth);
}

static void add_words(struct buf *to, struct span line, bool skip_matchers)
{
	for (const struct caddy_token *t = line.at + 1; t < line.end; t++)
		if (!skip_matchers || !strchr("/@*", t->text[0]))
			caddy_add_word(to, t->text, strlen(t->text));
}

/* Whatever block a directive stands in, it means the same for who can get where. */
static void take_directive(struct site *site, struct span line)
{
	static const char *const passing[] = { "reverse_proxy", "php_fastcgi", "forward_auth", "proxy" };
	const char *name = line.at->text;

	for (size_t i = 0; i < ARRAY_SIZE(passing); i++)
		if (str_eq(name, passing[i]))
			add_words(&site->upstreams, line, true);
	if (str_eq(name, "to"))
		add_words(&site->upstreams, line, false);
	else if (str_eq(name, "dynamic")) /* looked up at each request */
		caddy_add_word(&site->upstreams, CADDY_DYNAMIC, strlen(CADDY_DYNAMIC));
	else if (str_eq(name, "bind"))
		add_words(&site->binds, line, false);
	else if (str_eq(name, "root") && line.end - line.at > 1)
		caddy_add_word(&site->roots, line.end[-1].text, strlen(line.end[-1].text));
	else if (str_eq(name, "file_server"))
		site->serves_files = true;
}

static void read_body(struct reader *r, struct site *site, struct span s, const char *dir, int depth)
{
	while (s.at < s.end) {
		bool has_block;
		struct span line = line_of(s, &has_block);

		if (line.at < line.end && (str_eq(line.at->text, "import") || str_eq(line.at->text, "invoke")))
			import(r, site, line, dir, depth);
		else if (line.at < line.end)
			take_directive(site, line);
		/* Of a block the lines come next; its "}" is a line of its own that says nothing. */
		s.at = line.end + has_block;
		if (s.at == line.at)
			s.at++;
	}
}

static void add_at(struct reader *r, const struct site *site, const struct buf *host, const char *port)
{
	const char *binds = site->binds.len ? buf_str(&site->binds) : r->bind;

	if (r->to->n_sites == CADDY_SITES_MAX)
		binds = NULL; /* the list is full, and says so */
	if (!binds) {
		caddy_add_site(r->to, arena_printf(r->a, ":%s", port), host, &site->upstreams, &site->roots, r->a);
		return;
	}
	for (const char *at = binds; *at; at += strspn(at, " ")) {
		int n = (int)strcspn(at, " ");
		bool is_bare_v6 = memchr(at, ':', (size_t)n) && *at != '[' && *at != 'u';
		const char *listen = str_starts(at, "unix/") ? arena_printf(r->a, "%.*s", n, at)
				     : is_bare_v6	     ? arena_printf(r->a, "[%.*s]:%s", n, at, port)
							     : arena_printf(r->a, "%.*s:%s", n, at, port);

		caddy_add_site(r->to, listen, host, &site->upstreams, &site->roots, r->a);
		at += n;
	}
}

/* The addresses of a site stand apart by commas, blanks, or both. */
static void add_sites(struct reader *r, const struct site *site, struct span line)
{
	for (const struct caddy_token *t = line.at; t < line.end; t++) {
		for (const char *at = t->text; *at;) {
			size_t n = strcspn(at, ",");
			CLEANUP(buf_done) struct buf host = BUF_INIT(CADDY_WORDS_MAX);

			if (n > 0)
				add_at(r, site, &host, caddy_take_address(arena_strndup(r->a, at, n), &host, r->a));
			at += n + (at[n] == ',');
		}
	}
}

static void read_site(struct reader *r, struct span addresses, struct span body, const char *dir, int depth)
{
	struct site site = { .binds = BUF_INIT(CADDY_WORDS_MAX), .upstreams = BUF_INIT(CADDY_WORDS_MAX), .roots = BUF_INIT(CADDY_WORDS_MAX) };

	read_body(r, &site, body, dir, depth);
	if (site.serves_files && site.roots.len == 0)
		caddy_add_word(&site.roots, ".", 1);
	add_sites(r, &site, addresses);
	buf_done(&site.binds);
	buf_done(&site.upstreams);
	buf_done(&site.roots);
}

static void read_options(struct reader *r, struct span s)
{
	while (s.at < s.end) {
		bool has_block;
		struct span line = line_of(s, &has_block);

		if (line.end - line.at > 1 && str_eq(line.at->text, "admin"))
			r->to->admin = str_clean(r->a, line.at[1].text, strlen(line.at[1].text), 200);
		else if (line.end - line.at > 1 && str_eq(line.at->text, "default_bind"))
			r->bind = line.at[1].text;
		else if (line.at < line.end && str_eq(line.at->text, "layer4"))
			caddy_not_whole(r->to, "its layer4 part is not read");
		s.at = line.end + has_block;
		if (s.at == line.at)
			s.at++;
	}
}

/* The addresses go on over the next line where this one ends in a comma. */
static struct span addresses_of(struct span s, bool *has_block)
{
	struct span line = line_of(s, has_block), next;

	while (!*has_block && line.end > line.at && line.end < s.end && str_ends(line.end[-1].text, ",")) {
		next = line_of((struct span){ line.end, s.end }, has_block);
		if (next.end == line.end)
			break;
		line.end = next.end;
	}
	return line;
}

static bool is_snippet(struct span line)
{
	return line.end - line.at == 1 && (line.at->text[0] == '(' || str_starts(line.at->text, "&("));
}

static void keep_snippet(struct reader *r, const char *name, struct span body)
{
	name += *name == '&';
	if (r->n_snippets < SNIPPETS_MAX)
		r->snippets[r->n_snippets++] = (struct snippet){ arena_strndup(r->a, name + 1, strcspn(name + 1, ")")), body };
	else
		caddy_not_whole(r->to, "there are too many snippets");
}

static void read_sites(struct reader *r, struct span s, const char *dir, int depth)
{
	bool has_block, is_first = depth == 0;

	while (s.at < s.end) {
		struct span line = addresses_of(s, &has_block), body = { line.end, line.end };

		s.at = line.end + has_block;
		if (has_block)
			body = block_of(s, &s.at);
		else if (line.at == line.end)
			s.at++; /* a "}" too many */
		else if (str_eq(line.at->text, "import"))
			import(r, NULL, line, dir, depth);
		else if (is_first) { /* one site without braces: it is the rest of the file */
			read_site(r, line, (struct span){ line.end, s.end }, dir, depth);
			return;
		}
		if (has_block && line.at == line.end)
			read_options(r, body);
		else if (has_block && is_snippet(line))
			keep_snippet(r, line.at->text, body);
		else if (has_block)
			read_site(r, line, body, dir, depth);
		is_first = false;
	}
}

bool caddy_read_file(struct caddy *to, const char *path, struct arena *a, bool *is_absent, const char **reason)
{
	const struct file_rules rules = { .max_bytes = FILE_MAX, .owner_uid = -1 };
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct reader *r = arena_alloc(a, sizeof(*r));
	enum file_result result;
	struct stat st;
	char *text;
	size_t n;

	r->to = to;
	r->bytes_left = ALL_MAX;
	r->words_left = WORDS_MAX;
	r->a = a;
	r->dir = slash > path ? arena_strndup(a, path, (size_t)(slash - path)) : "/";
	result = file_read_beneath(r->dir, name, &rules, a, &text, &n, &st, reason);
	*is_absent = result == FILE_ABSENT;
	if (result != FILE_OK) {
		if (*is_absent)
			*reason = arena_printf(a, "there is no %s", path);
		return false;
	}
	to->is_whole = TRI_YES;
	read_text(r, name, text, n, NULL, 0);
	return true;
}
