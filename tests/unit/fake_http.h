/*
 * tests/unit/fake_http.h -- a server on loopback that does wrong what real ones do wrong only once in a while.
 */
#ifndef MC_TESTS_FAKE_HTTP_H
#define MC_TESTS_FAKE_HTTP_H

#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server of a few lines: what it does wrong, real ones do only once in a while. */
struct fake_server {
	const char *answer;     /* sent at once; NULL: nothing is */
	const char *second;     /* sent instead from the second connection on; NULL: the same again */
	const char *again;      /* and this, until the other side has enough; NULL: the connection is closed */
	bool is_silent;         /* hold the connection open and say nothing more */
	int listener;
	int port;
	int n_asked;
	char request[4096];     /* the last one's beginning */
	atomic_bool stop;
	pthread_t thread;
};

static inline void serve_one(struct fake_server *f, int fd)
{
	const char *answer = f->n_asked++ && f->second ? f->second : f->answer;
	ssize_t n = recv(fd, f->request, sizeof(f->request) - 1, 0);
	char rest[256];

	f->request[n > 0 ? n : 0] = '\0';
	if (n <= 0 || (answer && send(fd, answer, strlen(answer), MSG_NOSIGNAL) < 0))
		return;
	while (f->again && !f->stop && send(fd, f->again, strlen(f->again), MSG_NOSIGNAL) > 0)
		;
	while (f->is_silent && recv(fd, rest, sizeof(rest), 0) > 0)
		;
}

static inline void *serve(void *ctx)
{
	struct fake_server *f = ctx;
	int fd;

	while ((fd = accept(f->listener, NULL, NULL)) >= 0) {
		serve_one(f, fd);
		close(fd);
	}
	return NULL;
}

static inline void server_start(struct fake_server *f)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(f->listener, 4), 0);
	assert_int_equal(getsockname(f->listener, (struct sockaddr *)&at, &len), 0);
	f->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
}

static inline void server_stop(struct fake_server *f)
{
	f->stop = true;
	shutdown(f->listener, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->listener);
}

#endif
