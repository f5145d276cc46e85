/*
 * tests/unit/fcgi.h -- a pane in child processes, and a FastCGI client that talks to it.
 *
 * FastCGI specification 1.0, sections 3 and 8.
 */
#ifndef MC_TESTS_FCGI_H
#define MC_TESTS_FCGI_H

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "web/pane.h"

#define PATIENCE_MS 30000 /* far more than anything needs; only a hang meets it */

struct stage {
	char dir[64];
	char config[96];
	char templates[96];
	char state[96];
	char socket[96];
	const char *program;
	const struct route *routes;
	const struct handler *handlers;
	int listener;
	pid_t pool;
};

static inline void write_text(const char *path, const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static inline void stage_write_files(struct stage *s)
{
	char path[160], text[1024];

	snprintf(path, sizeof(path), "%s/key", s->dir);
	write_text(path, "0123456789abcdef0123456789abcdef\n", 0600);
	snprintf(text, sizeof(text),
		 "{ \"stateDir\": \"%s\", \"site\": { \"listen\": \"127.0.0.1:8480\", \"origin\": \"http://127.0.0.1:8480\" },"
		 " \"auth\": { \"keys\": [ { \"kid\": \"local\", \"alg\": \"HS256\", \"file\": \"%s\" } ] },"
		 " \"instances\": [ { \"id\": \"vijay\", \"user\": \"root\", \"hermesHome\": \"/root/.hermes\" },"
		 " { \"id\": \"bheem\", \"user\": \"uma\", \"hermesHome\": \"/home/uma/.hermes\" } ] }",
		 s->state, path);
	write_text(s->config, text, 0644);
	snprintf(path, sizeof(path), "%s/page.html", s->templates);
	write_text(path, "<html>{{frame.user}} {{frame.role}} csrf={{frame.csrf}}. part={{frame.partHref}}. api={{frame.apiHref}}.\n"
			 "{{#frame.instances}}[{{id}} {{href}} {{isCurrent}}]{{/frame.instances}}\n{{{content}}}</html>\n", 0644);
	snprintf(path, sizeof(path), "%s/part.html", s->templates);
	write_text(path, "<part>{{frame.user}}</part>{{{content}}}", 0644);
	snprintf(path, sizeof(path), "%s/error.html", s->templates);
	write_text(path, "<h1>{{title}}</h1><p>{{message}}</p>", 0644);
	snprintf(path, sizeof(path), "%s/login.html", s->templates);
	write_text(path, "<form>{{message}} code={{code}} next={{next}}</form>", 0644);
	snprintf(path, sizeof(path), "%s/test.html", s->templates);
	write_text(path, "<section>{{text}}</section>", 0644);
}

/* A folder with configuration, key, templates and a listening socket. */
static inline void stage_open(struct stage *s, const char *program, const struct route *table,
			      const struct handler *handlers)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	*s = (struct stage){ .program = program, .routes = table, .handlers = handlers };
	snprintf(s->dir, sizeof(s->dir), "/tmp/mc-serve.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->config, sizeof(s->config), "%s/config.json", s->dir);
	snprintf(s->templates, sizeof(s->templates), "%s/templates", s->dir);
	snprintf(s->state, sizeof(s->state), "%s/state", s->dir);
	snprintf(s->socket, sizeof(s->socket), "%s/socket", s->dir);
	assert_int_equal(mkdir(s->templates, 0755), 0);
	assert_int_equal(mkdir(s->state, 0755), 0);
	stage_write_files(s);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", s->socket);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(s->listener, 256), 0);
}

/* Makes the calling child end with its parent, also when that has ended already. */
static inline void die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

/* Becomes a worker on the stage's socket; does not return. */
static inline void stage_become_worker(const struct stage *s, pid_t parent, const char *deadline_ms)
{
	die_with(parent);
	dup2(s->listener, 0);
	setenv("HMC_CONFIG", s->config, 1);
	setenv("HMC_TEMPLATES", s->templates, 1);
	setenv("HMC_DEADLINE_MS", deadline_ms, 1);
	setenv("HMC_LOG", "plain", 0);
	exit(pane_main_of(s->program, s->routes, s->handlers));
}

static inline pid_t stage_worker(const struct stage *s, const char *deadline_ms)
{
	pid_t parent = getpid(), pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		stage_become_worker(s, parent, deadline_ms);
	return pid;
}

/* n workers that are started again when they end, as systemd or multiwatch do. */
static inline void stage_pool(struct stage *s, int n, const char *deadline_ms)
{
	pid_t parent = getpid();

	fflush(NULL);
	s->pool = fork();
	assert_true(s->pool >= 0);
	if (s->pool > 0)
		return;
	die_with(parent);
	parent = getpid();
	for (int running = 0;;) {
		if (running == n) {
			while (wait(NULL) < 0 && errno == EINTR)
				;
			running--;
		}
		if (fork() == 0)
			stage_become_worker(s, parent, deadline_ms);
		running++;
	}
}

static inline void stage_close(struct stage *s)
{
	char *const argv[] = { (char *)"rm", (char *)"-rf", s->dir, NULL };
	pid_t pid;

	if (s->pool > 0) {
		kill(s->pool, SIGKILL); /* its workers die with it */
		waitpid(s->pool, NULL, 0);
	}
	close(s->listener);
	pid = fork();
	if (pid == 0) {
		execv("/bin/rm", argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static inline int fcgi_connect(const struct stage *s)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", s->socket);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		fail_msg("cannot connect: %s", strerror(errno));
	return fd;
}

/* Writes all of it; false when the worker has closed. */
static inline bool fcgi_send(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

static inline void fcgi_add_record(struct buf *out, int type, const void *bytes, size_t n)
{
	const unsigned char head[8] = { 1, (unsigned char)type, 0, 1, (unsigned char)(n >> 8), (unsigned char)n, 0, 0 };

	buf_add(out, head, sizeof(head));
	buf_add(out, bytes, n);
}

static inline void fcgi_add_length(struct buf *out, size_t n)
{
	if (n > 127)
		buf_add(out, (const unsigned char[]){ (unsigned char)(n >> 24 | 0x80), (unsigned char)(n >> 16),
						      (unsigned char)(n >> 8), (unsigned char)n }, 4);
	else
		buf_addc(out, (char)n);
}

struct reply {
	bool ended;             /* END_REQUEST came */
	int protocol_status;
	int status;             /* of the Status header; 0 = none */
	struct buf out;         /* all of STDOUT */
	size_t raw_len;
};

static inline void reply_done(struct reply *r)
{
	buf_done(&r->out);
}

/* Reads records until END_REQUEST of request 1, the peer's end, or limit_ms. */
static inline void fcgi_read(int fd, struct reply *r, int limit_ms)
{
	struct buf raw = BUF_INIT(8 * 1024 * 1024);
	int64_t end = clock_mono_us() + (int64_t)limit_ms * 1000;
	size_t at = 0;

	*r = (struct reply){ .protocol_status = -1, .out = BUF_INIT(4 * 1024 * 1024) };
	while (!r->ended) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left_ms = (end - clock_mono_us()) / 1000;
		char chunk[65536];
		ssize_t got;

		if (left_ms <= 0 || poll(&p, 1, (int)left_ms) <= 0)
			break;
		got = read(fd, chunk, sizeof(chunk));
		if (got <= 0)
			break;
		buf_add(&raw, chunk, (size_t)got);
		while (raw.len - at >= 8) {
			const unsigned char *h = (const unsigned char *)raw.data + at;
			size_t n = (size_t)h[4] << 8 | h[5], whole = 8 + n + h[6];

			if (raw.len - at < whole)
				break;
			if (h[1] == 6)
				buf_add(&r->out, h + 8, n);
			if (h[1] == 3 && h[3] == 1 && n == 8) {
				r->ended = true;
				r->protocol_status = h[12];
			}
			at += whole;
		}
	}
	r->raw_len = raw.len;
	buf_done(&raw);
	if (strncmp(buf_str(&r->out), "Status: ", 8) == 0)
		r->status = (int)strtol(buf_str(&r->out) + 8, NULL, 10);
}

/* Whole requests: pairs is NAME, value, ..., NULL. */
static inline void fcgi_start(int fd, const char *const *pairs, const char *body)
{
	struct buf params = BUF_INIT(65000), out = BUF_INIT(1024 * 1024);

	for (; pairs[0]; pairs += 2) {
		fcgi_add_length(&params, strlen(pairs[0]));
		fcgi_add_length(&params, strlen(pairs[1]));
		buf_adds(&params, pairs[0]);
		buf_adds(&params, pairs[1]);
	}
	fcgi_add_record(&out, 1, (const char[]){ 0, 1, 0, 0, 0, 0, 0, 0 }, 8);
	fcgi_add_record(&out, 4, buf_str(&params), params.len);
	fcgi_add_record(&out, 4, "", 0);
	if (body && *body)
		fcgi_add_record(&out, 5, body, strlen(body));
	fcgi_add_record(&out, 5, "", 0);
	fcgi_send(fd, buf_str(&out), out.len);
	buf_done(&params);
	buf_done(&out);
}

static inline void fcgi_ask(const struct stage *s, const char *const *pairs, const char *body, struct reply *r)
{
	int fd = fcgi_connect(s);

	fcgi_start(fd, pairs, body);
	fcgi_read(fd, r, PATIENCE_MS);
	close(fd);
}

/* The body of a reply; a header's value (static memory), NULL when it is not there. */
static inline const char *reply_body(const struct reply *r)
{
	const char *end = strstr(buf_str(&r->out), "\r\n\r\n");

	return end ? end + 4 : "";
}

static inline const char *reply_header(const struct reply *r, const char *name)
{
	static char value[8192];
	const char *end = strstr(buf_str(&r->out), "\r\n\r\n"), *line = buf_str(&r->out);
	size_t n = strlen(name);

	for (; end && line < end; line = strstr(line, "\r\n") + 2) {
		if (strncmp(line, name, n) != 0 || line[n] != ':')
			continue;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(line + n + 2, "\r"), line + n + 2);
		return value;
	}
	return NULL;
}

#endif
