/* Whether this process has a network. Nothing is sent to anybody. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "probe/sandbox_parts.h"

#define DISCARD_PORT 9

/* An address for examples (RFC 5737, RFC 3849). Connecting a datagram socket sends nothing: the kernel only looks for a way. */
static socklen_t example_address(int family, struct sockaddr_storage *to)
{
	memset(to, 0, sizeof(*to));
	if (family == AF_INET) {
		struct sockaddr_in *in = (struct sockaddr_in *)to;

		*in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(DISCARD_PORT) };
		inet_pton(AF_INET, "192.0.2.1", &in->sin_addr);
		return sizeof(*in);
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;

	*in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(DISCARD_PORT) };
	inet_pton(AF_INET6, "2001:db8::1", &in6->sin6_addr);
	return sizeof(*in6);
}

/*
 * A datagram of no bytes to the address that packets would leave from: the
 * kernel hands it back on loopback, but only after IPAddressDeny= was asked.
 */
static enum tristate may_send(int fd, int family)
{
	CLEANUP_FD int sender = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_storage own;
	socklen_t n = sizeof(own);

	if (sender < 0 || getsockname(fd, (struct sockaddr *)&own, &n) < 0)
		return TRI_UNKNOWN;
	if (sendto(sender, "", 0, MSG_NOSIGNAL, (struct sockaddr *)&own, n) == 0)
		return TRI_YES;
	return errno == EPERM || errno == EACCES ? TRI_NO : TRI_UNKNOWN;
}

static enum tristate has_family(int family)
{
	CLEANUP_FD int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_storage to;
	socklen_t n = example_address(family, &to);

	if (fd < 0)
		return errno == EAFNOSUPPORT || errno == EPERM || errno == EACCES ? TRI_NO : TRI_UNKNOWN;
	if (connect(fd, (struct sockaddr *)&to, n) == 0)
		return may_send(fd, family);
	if (errno == ENETUNREACH || errno == EHOSTUNREACH || errno == EADDRNOTAVAIL || errno == EPERM || errno == EACCES)
		return TRI_NO; /* no interface that is up leads anywhere, or it may not be used */
	return TRI_UNKNOWN;
}

enum tristate sandbox_has_network(void)
{
	enum tristate four = has_family(AF_INET), six = has_family(AF_INET6);

	if (four == TRI_YES || six == TRI_YES)
		return TRI_YES;
	return four == TRI_NO && six == TRI_NO ? TRI_NO : TRI_UNKNOWN;
}
