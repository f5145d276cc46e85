/*
 * web/serve.h -- the request loop of one worker.
 *
 * A worker is one thread and serves one request at a time. Whatever goes
 * wrong with a peer (a stall, a flood, broken records) costs this process at
 * most its deadline; other workers share the socket and the supervisor starts
 * this one again.
 */
#ifndef MC_WEB_SERVE_H
#define MC_WEB_SERVE_H

#include <stdint.h>

#include "base/arena.h"
#include "web/request.h"
#include "web/response.h"

#define SERVE_DEADLINE_MS  10000              /* accept, read, handle and finish together */
#define SERVE_REST_MS      2000               /* without a request, until the server rests */
#define SERVE_ARENA_MAX    (64 * 1024 * 1024)

struct incoming {
	const struct request *request;
	int status;                 /* not 0: the request is refused with this ... */
	const char *reason;         /* ... for this reason */
	struct arena *arena;        /* emptied after the request */
	int64_t deadline_us;        /* monotonic */
};

struct server {
	void (*handle)(void *ctx, const struct incoming *in, struct response *out);
	void (*rest)(void *ctx);    /* nobody has asked for a while: let go of what is not needed; may be NULL */
	void *ctx;
};

/*
 * The listening socket this process was given: from systemd
 * (sd_listen_fds(3)), else descriptor 0. -1 when there is none, and the
 * process is a plain CGI.
 */
int serve_listener(void);

/*
 * Serves requests from the socket until SIGTERM or SIGINT, finishing the one
 * at hand; with -1 answers the one in the environment on stdout. Returns the
 * exit status: 0, or 1 when the socket failed (a line says why).
 *
 * $HMC_DEADLINE_MS (50 to 60,000) sets another deadline. When it passes the
 * process ends with status 75.
 */
int serve_run(int listener, const struct server *server) __attribute__((nonnull));

#endif
