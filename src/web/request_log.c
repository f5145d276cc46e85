#include "web/request_log.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "base/str.h"

/* A method may be any word that a stranger thinks of. */
static const char *method_of(const struct request *r)
{
	static const char *const known[] = { "GET", "HEAD", "POST" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (request_is(r, known[i]))
			return known[i];
	return "other";
}

static enum log_level level_of(const struct pane *p, const char *route)
{
	int status = p->response->status;

	if (status >= 500)
		return LOG_LEVEL_WARN;
	return status == 304 || (status == 200 && str_eq(route, "/healthz")) ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;
}

void request_log(const struct pane *p, int64_t took_us)
{
	const char *method = method_of(p->request), *route = p->route ? p->route->path : "none";
	size_t bytes = request_is(p->request, "HEAD") || p->response->status == 304 ? 0 : p->response->body.len;
	const char *status = arena_printf(p->arena, "%d", p->response->status);
	const char *ms = arena_printf(p->arena, "%lld.%lld", (long long)(took_us / 1000), (long long)(took_us / 100 % 10));
	const char *size = arena_printf(p->arena, "%zu", bytes);
	const struct log_field fields[] = {
		{ "pane", p->name, false }, { "request", p->request_id, false }, { "method", method, false },
		{ "route", route, false },  { "status", status, true },		 { "ms", ms, true },
		{ "bytes", size, true },
	};

	log_event(level_of(p, route), fields, ARRAY_SIZE(fields), "%s %s %s in %s ms", method, route, status, ms);
}
