/*
 * probe/http.h -- one HTTP request, by libcurl.
 */
#ifndef MC_PROBE_HTTP_H
#define MC_PROBE_HTTP_H

#include "base/arena.h"
#include "model/instance.h"
#include "model/upkeep.h"

/*
 * A probe_fn: `in` is a struct instance, `out` a struct http_answer. Asks
 * http://127.0.0.1:<dashboard_port>/ for anything at all; whatever status
 * comes back is an answer. Not /api/status: in Hermes 0.15 and before, each
 * poll of it opens state.db for writing (hermes_cli/web_server.py).
 */
void probe_http_answer(void *out, const void *in, struct arena *a, int64_t deadline_us);

enum http_result {
	HTTP_ANSWERED = 0,      /* status and took_us are set */
	HTTP_REFUSED,           /* nobody listens there */
	HTTP_FAILED,            /* no answer that is one: reason says why */
};

struct http_response {
	enum http_result result;
	long status;
	int64_t took_us;        /* until the head of the answer was in */
	const char *reason;     /* one line in the arena; NULL when answered */
};

/*
 * GETs url within limit_us, in any thread: no proxy, no redirect, no cookie,
 * http and https alone; the body is dropped, and the transfer ended once
 * HTTP_BODY_MAX of it has come.
 */
#define HTTP_BODY_MAX (64 * 1024)
struct http_response http_get(const char *url, int64_t limit_us, struct arena *a);

#endif
