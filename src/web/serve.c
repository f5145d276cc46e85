#include "web/serve.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"

#define EXIT_DEADLINE 75
#define PAUSE_MS      100

struct worker {
	const struct server *server;
	struct arena *arena;
	struct buf out;
	int64_t deadline_ms;
	bool told_of_lost_peer;
};

extern char **environ;

int serve_listener(void)
{
	int n = sd_listen_fds(/* unset_environment= */ 1);

	if (n > 0)
		return SD_LISTEN_FDS_START;
	return sd_is_socket(STDIN_FILENO, AF_UNSPEC, SOCK_STREAM, /* listening= */ 1) > 0 ? STDIN_FILENO : -1;
}

/* libfcgi reads without a timeout and cannot be interrupted safely: the process itself is what ends. */
static void on_deadline(int signo)
{
	static const char line[] = "A request took longer than its deadline; this worker ends.\n";
	ssize_t ignored = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)signo;
	(void)ignored;
	_exit(EXIT_DEADLINE);
}

static void arm(int64_t ms)
{
	struct itimerval t = { .it_value = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 } };

	setitimer(ITIMER_REAL, &t, NULL);
}

static int64_t deadline_ms(void)
{
	int64_t ms;

	return str_parse_i64(getenv("HMC_DEADLINE_MS"), 50, 60000, &ms) ? ms : SERVE_DEADLINE_MS;
}

static void set_handler(int signo, void (*handler)(int))
{
	struct sigaction sa = { .sa_handler = handler };

	sigemptyset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
}

/* Makes the answer to one request in w->out. */
static void answer(struct worker *w, const struct request *r, int status, const char *reason)
{
	struct incoming in = {
		.request = r,
		.status = status,
		.reason = reason,
		.arena = w->arena,
		.deadline_us = clock_mono_us() + w->deadline_ms * 1000,
	};
	CLEANUP(response_done) struct response response;

	response_init(&response);
	w->server->handle(w->server->ctx, &in, &response);
	buf_clear(&w->out);
	response_print(&response, r, &w->out);
}

/*
 * Reads the announced body and one byte more, which shows that there is more;
 * of a request that is refused already the one byte alone, which shows
 * whether the peer keeps to the protocol. False when it does not (or aborted
 * the request, or its connection broke): such a peer gets no answer.
 *
 * FCGX_UNSUPPORTED_VERSION reads as the end of the body, for libfcgi 2.4.2
 * says so of good peers too: it does not skip the padding of the empty record
 * that ends the parameters. A body that should have come is then too short.
 */
static bool read_body(struct worker *w, struct request *r, FCGX_Stream *in, int *status, const char **reason)
{
	size_t want = *status ? 1 : (size_t)r->content_length + 1;
	char *body = arena_alloc(w->arena, want + 1);
	int n = FCGX_GetStr(body, (int)want, in);

	if (n < 0 || (FCGX_GetError(in) != 0 && FCGX_GetError(in) != FCGX_UNSUPPORTED_VERSION))
		return false;
	if (!*status)
		*status = request_set_body(r, body, (size_t)n, w->arena, reason);
	return true;
}

static void serve_fastcgi(struct worker *w, FCGX_Request *fcgi)
{
	struct request request;
	const char *reason = NULL;
	int status;

	arena_reset(w->arena);
	status = request_init(&request, REQUEST_FASTCGI, fcgi->envp, w->arena, &reason);
	if (!read_body(w, &request, fcgi->in, &status, &reason)) {
		FCGX_Free(fcgi, /* close= */ 1);
		return;
	}
	answer(w, &request, status, reason);
	/* -1: the peer has gone, or stopped reading. There is nobody left to tell. */
	if (FCGX_PutStr(buf_str(&w->out), (int)w->out.len, fcgi->out) < 0 && !w->told_of_lost_peer) {
		log_line(LOG_LEVEL_INFO, "a client left before its answer was sent (said once)");
		w->told_of_lost_peer = true;
	}
	/* A connection that is kept would hold this worker from its next request, perhaps for good. */
	fcgi->keepConnection = 0;
	FCGX_Finish_r(fcgi);
}

/* Errors of accept that pass: pause, so as not to spin, and go on. */
static bool is_passing(int error)
{
	switch (error) {
	case EMFILE: case ENFILE: case ENOMEM: case ENOBUFS: case EINTR: case ECONNABORTED: case EPROTO:
	case EAGAIN:
		return true;
	default:
		return false;
	}
}

/* Accepts and serves one request. False when the socket is of no more use. */
static bool serve_next(struct worker *w, FCGX_Request *fcgi)
{
	int rc;

	arm(w->deadline_ms);
	rc = FCGX_Accept_r(fcgi);
	if (rc == 0)
		serve_fastcgi(w, fcgi);
	arm(0);
	if (rc == 0 || rc == -EAGAIN)
		return true;
	if (rc == -9999 || is_passing(-rc)) { /* -9999: libfcgi failed without an errno */
		struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };

		nanosleep(&pause, NULL);
		return true;
	}
	log_line(LOG_LEVEL_ERROR, "cannot accept on the FastCGI socket: %s", strerror(-rc));
	return false;
}

/* Most of the time nobody looks, and what a page was made in need not stay ours. */
static void rest(struct worker *w)
{
	arena_reset(w->arena);
	buf_done(&w->out);
	if (w->server->rest)
		w->server->rest(w->server->ctx);
	malloc_trim(0);
}

/* Serves until a signal asks to stop; the listener is shared and stays open for the next worker. */
static int loop(struct worker *w, int listener, int signals)
{
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = listener, .events = POLLIN } };
	FCGX_Request fcgi;
	bool rests = true;
	int n;

	if (FCGX_InitRequest(&fcgi, listener, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return 1;
	for (;;) {
		n = poll(fds, ARRAY_SIZE(fds), rests ? -1 : SERVE_REST_MS);
		if (n < 0) {
			if (errno == EINTR)
				continue;
			log_line(LOG_LEVEL_ERROR, "cannot wait for requests: %s", strerror(errno));
			return 1;
		}
		rests = n == 0;
		if (rests) {
			rest(w);
			continue;
		}
		if (fds[0].revents)
			return 0;
		if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL)) {
			log_line(LOG_LEVEL_ERROR, "the FastCGI socket was closed");
			return 1;
		}
		if (fds[1].revents & POLLIN && !serve_next(w, &fcgi))
			return 1;
	}
}

static int run_fastcgi(struct worker *w, int listener)
{
	CLEANUP_FD int signals = -1;
	sigset_t stop;
	int flags;

	/* Blocked: a stop in mid-request would cut its answer; the loop reads it between two requests. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	signals = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	flags = fcntl(listener, F_GETFL);
	if (signals < 0 || flags < 0 || fcntl(listener, F_SETFL, flags | O_NONBLOCK) < 0) {
		log_line(LOG_LEVEL_ERROR, "cannot set up the FastCGI socket: %s", strerror(errno));
		return 1;
	}
	/* Milliseconds a silent new connection, and a peer that talks on after its request, may hold us. */
	setenv("LIBFCGI_IS_AF_UNIX_KEEPER_POLL_TIMEOUT", "200", 1);
	setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "100", 1);
	if (FCGX_Init() != 0) {
		log_line(LOG_LEVEL_ERROR, "libfcgi could not be started");
		return 1;
	}
	/* After FCGX_Init, which puts its own handlers there. */
	set_handler(SIGPIPE, SIG_IGN);
	set_handler(SIGUSR1, SIG_IGN);
	set_handler(SIGTERM, SIG_DFL);
	return loop(w, listener, signals);
}

/* Reads n bytes of stdin or up to its end. */
static size_t read_stdin(char *out, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(STDIN_FILENO, out + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return have;
}

static bool write_stdout(const char *s, size_t n)
{
	while (n > 0) {
		ssize_t put = write(STDOUT_FILENO, s, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		s += put;
		n -= (size_t)put;
	}
	return true;
}

static int run_cgi(struct worker *w)
{
	struct request request;
	const char *reason = NULL;
	int status;

	set_handler(SIGPIPE, SIG_IGN);
	arm(w->deadline_ms);
	status = request_init(&request, REQUEST_CGI, environ, w->arena, &reason);
	if (!status) {
		/* Exactly what was announced: a plain CGI's stdin need not end (RFC 3875, section 4.2). */
		char *body = arena_alloc(w->arena, (size_t)request.content_length + 1);
		size_t n = read_stdin(body, (size_t)request.content_length);

		status = request_set_body(&request, body, n, w->arena, &reason);
	}
	answer(w, &request, status, reason);
	return write_stdout(buf_str(&w->out), w->out.len) ? 0 : 1;
}

int serve_run(int listener, const struct server *server)
{
	struct worker w = {
		.server = server,
		.arena = arena_new(SERVE_ARENA_MAX),
		.out = BUF_INIT(RESPONSE_MAX_BYTES + RESPONSE_HEADERS_MAX),
		.deadline_ms = deadline_ms(),
	};
	sigset_t alarm;
	int rc;

	set_handler(SIGALRM, on_deadline);
	/* Whoever started us may have had it blocked, and a blocked deadline is none. */
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
	rc = listener < 0 ? run_cgi(&w) : run_fastcgi(&w, listener);
	buf_done(&w.out);
	arena_free(w.arena);
	return rc;
}
