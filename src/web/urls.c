#include "web/urls.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "base/url.h"

#define URL_MAX 16384

static void add_pair(struct buf *out, const char *name, const char *value)
{
	buf_addc(out, out->data && strchr(out->data, '?') ? '&' : '?');
	url_add_encoded(out, name);
	buf_addc(out, '=');
	url_add_encoded(out, value);
}

static bool is_said_anew(const char *name)
{
	return str_eq(name, "instance") || str_eq(name, "part");
}

const char *url_make(struct arena *a, const char *path, const struct params *p, const char *name,
		     const char *value)
{
	CLEANUP(buf_done) struct buf url = BUF_INIT(URL_MAX);

	url_add_encoded(&url, path);
	for (size_t i = 0; p && i < p->n; i++)
		if (!is_said_anew(p->items[i].name))
			add_pair(&url, p->items[i].name, p->items[i].value);
	if (name)
		add_pair(&url, name, value ? value : "");
	return arena_strdup(a, url.overflow ? path : buf_str(&url));
}
