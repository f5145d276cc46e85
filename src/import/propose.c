#include "import/propose.h"

#include <ctype.h>
#include <string.h>

#include "base/httpurl.h"
#include "base/str.h"
#include "json/json.h"

#define NOTES_MAX  300
#define ID_MAX     32
#define NAME_CHARS 100

void proposals_note(struct proposals *p, const char *whose, const char *fmt, ...)
{
	va_list ap;
	const char *text;

	if (!p->notes)
		p->notes = arena_calloc(p->a, NOTES_MAX, sizeof(*p->notes));
	if (p->n_notes == NOTES_MAX)
		return;
	va_start(ap, fmt);
	text = arena_vprintf(p->a, fmt, ap);
	va_end(ap);
	text = arena_printf(p->a, "%s: %s", whose, text);
	p->notes[p->n_notes++] = str_clean(p->a, text, strlen(text), 300);
}

/* "My Web_App" as "my-web-app", "" when nothing is left of it. */
static const char *id_of(struct arena *a, const char *name)
{
	char *id = arena_alloc(a, ID_MAX + 1);
	size_t n = 0;

	for (; *name && n < ID_MAX; name++) {
		unsigned char c = (unsigned char)*name;

		if (isascii(c) && isalnum(c))
			id[n++] = (char)tolower(c);
		else if (n && id[n - 1] != '-')
			id[n++] = '-';
	}
	while (n && id[n - 1] == '-')
		n--;
	id[n] = '\0';
	return id;
}

static bool is_among(const struct product *list, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].id, id))
			return true;
	return false;
}

/* The id itself, or with a number where another service makes the same of its name. */
static const char *free_id(struct proposals *p, const char *id)
{
	const char *try = id;

	for (int i = 2; is_among(p->list, p->n, try); i++)
		try = arena_printf(p->a, "%.*s-%d", ID_MAX - 4, id, i);
	return try;
}

struct product *proposals_add(struct proposals *p, const char *name)
{
	const char *clean = str_clean(p->a, name, strlen(name), NAME_CHARS), *id = id_of(p->a, clean);
	struct product *x;

	if (!p->list)
		p->list = arena_calloc(p->a, PRODUCTS_MAX, sizeof(*p->list));
	if (p->n == PRODUCTS_MAX) {
		proposals_note(p, clean, "left out: a configuration holds %d products at most", PRODUCTS_MAX);
		return NULL;
	}
	if (!*id) {
		proposals_note(p, clean, "left out: no id can be made of its name");
		return NULL;
	}
	if (p->had && is_among(p->had->list, p->had->n, id)) {
		proposals_note(p, clean, "left out: '%s' is configured already", id);
		return NULL;
	}
	x = &p->list[p->n];
	x->id = free_id(p, id);
	x->name = clean;
	p->n++;
	return x;
}

const char *proposals_url(struct proposals *p, const char *whose, const char *url)
{
	struct httpurl u;
	const char *why;

	if (httpurl_parse(url, &u, &why))
		return url;
	proposals_note(p, whose, "its url is left out: it %s", why);
	return NULL;
}

/* ---- a JSON list ---- */

static const char *first_string(const cJSON *item, const char *const *names)
{
	for (; *names; names++) {
		const char *s = json_string(item, *names);

		if (s && *s)
			return s;
	}
	return NULL;
}

static bool is_unit(const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.@";

	return str_ends(s, ".service") && strlen(s) < 200 && s[0] != '.' && s[strspn(s, plain)] == '\0';
}

/* What is asked: an address for health where there is one, else the service's own, else its port. */
static void take_addresses(struct proposals *p, struct product *x, const cJSON *item)
{
	static const char *const health[] = { "healthUrl", "health_url", "healthcheck", "health", NULL }, *const own[] = { "url", "href", NULL };
	const char *asked = first_string(item, health), *page = first_string(item, own);
	int64_t port;

	if (asked)
		x->url = proposals_url(p, x->name, asked);
	if (page && x->url) {
		x->links = arena_calloc(p->a, 1, sizeof(*x->links));
		x->links[0] = (struct product_link){ "Open", proposals_url(p, x->name, page) };
		x->n_links = x->links[0].url != NULL;
	} else if (page) {
		x->url = proposals_url(p, x->name, page);
	} else if (!x->url && json_i64(item, "port", &port) && port > 0 && port < 65536) {
		x->url = arena_printf(p->a, "http://127.0.0.1:%lld/", (long long)port);
		proposals_note(p, x->name, "only its port is told; that it speaks HTTP is a guess, so look at its url");
	}
}

static void take_item(struct proposals *p, const cJSON *item, size_t i)
{
	static const char *const names[] = { "name", "title", "label", "id", NULL }, *const units[] = { "unit", "systemdUnit", "systemd_unit", NULL };
	const char *name = cJSON_IsObject(item) ? first_string(item, names) : NULL, *unit = first_string(item, units);
	struct product *x;

	if (!name) {
		proposals_note(p, arena_printf(p->a, "entry %zu", i + 1), "left out: it has no name");
		return;
	}
	x = proposals_add(p, name);
	if (!x)
		return;
	take_addresses(p, x, item);
	if (unit && is_unit(unit))
		x->unit = (struct unit_ref){ unit, UNIT_SCOPE_SYSTEM };
	else if (unit)
		proposals_note(p, x->name, "its unit is left out: it must be the name of a .service");
	if (!x->url && !x->unit.unit)
		proposals_note(p, x->name, "no url and no unit is told; it is shown as planned until there is one");
}

static const cJSON *find_list(const cJSON *root)
{
	const cJSON *list = json_array(root, "services");

	if (cJSON_IsArray(root))
		return root;
	return list ? list : json_array(root, "products");
}

static bool import_list(const cJSON *list, struct proposals *out)
{
	const cJSON *item;
	size_t i = 0;

	cJSON_ArrayForEach(item, list) {
		take_item(out, item, i++);
	}
	return true;
}

static bool is_json(const char *text, size_t n)
{
	size_t i = 0;

	while (i < n && strchr(" \t\r\n", text[i]) && text[i])
		i++;
	return i < n && (text[i] == '[' || text[i] == '{');
}

/* Strings of the tree are used until the proposals are printed: it stays for the life of the process. */
static bool import_json(const char *text, size_t n, struct proposals *out, const char **error)
{
	struct json_error why;
	cJSON *root = json_parse(text, n, JSON_COMMENTS, &why);
	const cJSON *list = root ? find_list(root) : NULL;
	bool ok = false;

	if (!root)
		*error = arena_printf(out->a, "line %zu: not JSON: %s", why.line, why.what);
	else if (list)
		ok = import_list(list, out);
	else if (json_object(root, "services"))
		ok = import_compose(text, n, out, error);
	else
		*error = "it holds no list of services: [ { \"name\": …, \"url\": … } ], or that under \"services\"";
	for (size_t i = 0; i < out->n; i++) {
		struct product *x = &out->list[i];

		x->url = arena_strdup(out->a, x->url);
		x->unit.unit = arena_strdup(out->a, x->unit.unit);
		for (size_t k = 0; k < x->n_links; k++)
			x->links[k].url = arena_strdup(out->a, x->links[k].url);
	}
	cJSON_Delete(root);
	return ok;
}

bool import_services(const char *text, size_t n, struct proposals *out, const char **error)
{
	bool ok;

	*error = NULL;
	if (n > IMPORT_MAX_BYTES) {
		*error = "it is larger than 1 MiB, which no list of services is";
		return false;
	}
	ok = is_json(text, n) ? import_json(text, n, out, error) : import_compose(text, n, out, error);
	if (ok && out->n == 0 && out->n_notes == 0) {
		*error = "it names no service";
		return false;
	}
	return ok;
}

/* ---- printing ---- */

static void put(struct buf *out, const char *key, const char *value)
{
	CLEANUP_JSON cJSON *j = cJSON_CreateString(value);
	CLEANUP_FREE char *text = json_print(j);

	buf_printf(out, "\"%s\": %s", key, text);
}

static void print_one(const struct product *x, struct buf *out)
{
	put(out, "id", x->id);
	buf_adds(out, ", ");
	put(out, "name", x->name);
	if (x->url) {
		buf_adds(out, ", ");
		put(out, "url", x->url);
	}
	if (x->unit.unit) {
		buf_adds(out, ", ");
		put(out, "unit", x->unit.unit);
	}
	for (size_t i = 0; i < x->n_links; i++) {
		buf_adds(out, ", \"links\": [ { ");
		put(out, "label", x->links[i].label);
		buf_adds(out, ", ");
		put(out, "url", x->links[i].url);
		buf_adds(out, " } ]");
	}
}

void proposals_print(const struct proposals *p, struct buf *out)
{
	buf_adds(out, "{\n  \"products\": [");
	for (size_t i = 0; i < p->n; i++) {
		buf_printf(out, "%s\n    { ", i ? "," : "");
		print_one(&p->list[i], out);
		buf_adds(out, " }");
	}
	buf_adds(out, p->n ? "\n  ]\n}\n" : "]\n}\n");
}
