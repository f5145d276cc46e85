#include "probe/host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"

/* 100.64.0.0/10: the range that Tailscale gives addresses from (RFC 6598). */
static bool in_tailscale_range(const struct ifaddrs *i)
{
	uint32_t address;

	if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET)
		return false;
	address = ntohl(((const struct sockaddr_in *)i->ifa_addr)->sin_addr.s_addr);
	return (address & 0xFFC00000U) == 0x64400000U;
}

static const char *address_text(const struct ifaddrs *i, char text[INET_ADDRSTRLEN])
{
	return inet_ntop(AF_INET, &((const struct sockaddr_in *)i->ifa_addr)->sin_addr, text,
			 INET_ADDRSTRLEN);
}

/*
 * How surely this entry is Tailscale's; 0 = not at all. Some providers number
 * their own networks from the same range, so a name says more than a number.
 */
static int likeness(const struct ifaddrs *i, const char *expected)
{
	bool is_named = str_starts(i->ifa_name, "tailscale");
	char text[INET_ADDRSTRLEN];

	if (i->ifa_flags & IFF_LOOPBACK)
		return 0;
	if (!in_tailscale_range(i))
		return is_named ? 1 : 0;
	if (is_named)
		return 4;
	return str_eq(address_text(i, text), expected) ? 3 : 2;
}

void tailscale_pick(struct tailscale *out, const struct ifaddrs *list, const char *expected, struct arena *a)
{
	const struct ifaddrs *best = NULL;
	char text[INET_ADDRSTRLEN];

	out->expected = arena_strdup(a, expected);
	out->probe.source = "the list of network interfaces";
	for (const struct ifaddrs *i = list; i; i = i->ifa_next) {
		if (likeness(i, expected) > (best ? likeness(best, expected) : 0))
			best = i;
	}
	if (!best) {
		out->probe.state = PROBE_INACTIVE;
		out->probe.reason = "no tailscale interface on this machine";
		return;
	}
	out->probe.state = PROBE_OK;
	out->interface = arena_strdup(a, best->ifa_name);
	out->is_up = (best->ifa_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING) ? TRI_YES : TRI_NO;
	if (in_tailscale_range(best))
		out->address = arena_strdup(a, address_text(best, text));
}

void probe_tailscale(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct tailscale *t = out;
	struct ifaddrs *list = NULL;

	(void)deadline_us;
	if (getifaddrs(&list) < 0) {
		t->expected = arena_strdup(a, in);
		t->probe.reason = arena_printf(a, "the network interfaces cannot be listed: %s",
					       strerrordesc_np(errno));
		return;
	}
	tailscale_pick(t, list, in, a);
	freeifaddrs(list);
}
