/*
 * hmc hold: keeps the site's port for the account it runs as.
 *
 * A port above 1023 goes to whoever binds it first: another user of this
 * machine who waits for Caddy to restart could take it, and be given the
 * cookies of all who come through the tailnet. Linux lets a second socket
 * bind a port with SO_REUSEPORT only if one and the same user made both
 * (socket(7)). Caddy 2.6 sets that, so a socket of Caddy's own user that is
 * bound and never listens keeps everybody else out, and no visitor comes to it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cmd/cmd.h"

/* "127.0.0.1:8480", as config_load() lets it be. */
static bool parse_listen(const char *listen, struct sockaddr_in *out)
{
	const char *colon = strrchr(listen, ':');
	char host[INET_ADDRSTRLEN];
	int64_t port;

	if (!colon || (size_t)(colon - listen) >= sizeof(host) || !str_parse_i64(colon + 1, 1, 65535, &port))
		return false;
	memcpy(host, listen, (size_t)(colon - listen));
	host[colon - listen] = '\0';
	*out = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

/* A socket that holds the address; -1 with errno. */
static int hold(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0 ||
			bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static void wait_for_the_end(void)
{
	sigset_t stop;
	int signo;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sd_notify(0, "READY=1");
	sigwait(&stop, &signo);
}

int cmd_hold(int argc, char **argv, const struct config *config)
{
	const char *listen = config->site_listen;
	struct sockaddr_in address;
	CLEANUP_FD int fd = -1;

	if (argc > 1)
		return cmd_usage_error("hold", "cannot understand '%s'", argv[1]);
	if (!parse_listen(listen, &address)) {
		fprintf(stderr, "hmc hold: site.listen is %s, and only an IPv4 address with a port can be held; write it like 127.0.0.1:8480\n", listen);
		return EXIT_CONFIG;
	}
	fd = hold(&address);
	if (fd < 0) {
		fprintf(stderr, "hmc hold: %s cannot be held: %s; %s\n", listen, strerror(errno),
			errno == EADDRINUSE ? "another user's program has it, 'ss -ltnp' as root says which: end that one, or choose another port"
					    : "see site.listen");
		return 1;
	}
	wait_for_the_end();
	return 0;
}
