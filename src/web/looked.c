#include "web/looked.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "web/cookies.h"

#define ONE_LOOK_S 1800
#define NOTE_S     300 /* so often at most the present look is noted */
#define KEPT_S     (365 * 86400)

/* "<before>.<last>"; false for anything else, and for times that are not over. */
static bool parse(struct pane *p, const char *text, int64_t *before, int64_t *last)
{
	const char *dot = text ? strchr(text, '.') : NULL;

	return dot && str_parse_i64(arena_strndup(p->arena, text, (size_t)(dot - text)), 0, p->now, before) &&
	       str_parse_i64(dot + 1, 1, p->now, last);
}

int64_t looked_before(struct pane *p)
{
	struct cookie c = { .name = SITE_LOOKED_COOKIE, .max_age_s = KEPT_S, .secure = p->site->is_https };
	int64_t before = 0, last = 0;
	const char *had = NULL;

	if (request_is_api(p->request))
		return 0;
	cookie_find(p->request->cookie, SITE_LOOKED_COOKIE, p->arena, &had);
	if (!parse(p, had, &before, &last))
		before = last = 0;
	if (!request_is(p->request, "GET") || request_param(p->request, "part") || (last && p->now - last < NOTE_S))
		return before;
	if (p->now - last >= ONE_LOOK_S)
		before = last;
	c.value = arena_printf(p->arena, "%" PRId64 ".%" PRId64, before, p->now);
	response_cookie(p->response, &c);
	return before;
}
