#include "probe/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"

#define LINE_MAX_BYTES 512
#define LINES_MAX      200000

static const char *const table_names[SOCKETS_TABLES] = { "tcp", "tcp6", "udp", "udp6" };

const char *socket_table_name(enum socket_table table)
{
	return table_names[table];
}

/* n hexadecimal digits; false when there are fewer, and *p behind them. */
static bool hex(const char **p, int n, uint64_t *out)
{
	static const char digits[] = "0123456789ABCDEF";

	*out = 0;
	for (int i = 0; i < n; i++, (*p)++) {
		const char *d = **p ? strchr(digits, **p) : NULL;

		if (!d)
			return false;
		*out = *out << 4 | (uint64_t)(d - digits);
	}
	return true;
}

/* ::ffff:a.b.c.d, which is IPv4 in a socket of the other family. */
static void unmap(struct socket_address *a)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	if (!a->is_v6 || memcmp(a->bytes, prefix, sizeof(prefix)) != 0)
		return;
	memmove(a->bytes, a->bytes + 12, 4);
	memset(a->bytes + 4, 0, 12);
	a->is_v6 = false;
}

/* "0100007F:1F90" or 32 digits of it. */
static bool read_address(const char **p, bool is_v6, struct socket_address *out)
{
	uint64_t word;

	*out = (struct socket_address){ .is_v6 = is_v6 };
	for (int i = 0; i < (is_v6 ? 4 : 1); i++) {
		uint32_t raw;

		if (!hex(p, 8, &word))
			return false;
		raw = (uint32_t)word; /* printed as a number of this machine's order: its bytes are the address */
		memcpy(out->bytes + 4 * i, &raw, sizeof(raw));
	}
	if (**p != ':' || !((*p)++, hex(p, 4, &word)))
		return false;
	out->port = (int)word;
	unmap(out);
	return true;
}

/* The next column, as a number; false at the end of the line. */
static bool read_number(const char **p, uint64_t *out)
{
	char *end;

	while (**p == ' ')
		(*p)++;
	if (**p < '0' || **p > '9')
		return false;
	*out = strtoull(*p, &end, 10);
	*p = end;
	return true;
}

static void skip_column(const char **p)
{
	*p += strspn(*p, " ");
	*p += strcspn(*p, " ");
}

/* "  sl  local rem st tx:rx tr:when retrnsmt uid timeout inode ..." */
static bool read_line(const char *p, enum socket_table table, struct socket_line *out)
{
	bool is_v6 = table == SOCKETS_TCP6 || table == SOCKETS_UDP6;
	uint64_t state, uid, timeout;

	out->table = table;
	skip_column(&p);
	p += strspn(p, " ");
	if (!read_address(&p, is_v6, &out->local))
		return false;
	p += strspn(p, " ");
	if (!read_address(&p, is_v6, &out->remote))
		return false;
	p += strspn(p, " ");
	if (!hex(&p, 2, &state))
		return false;
	for (int i = 0; i < 3; i++)
		skip_column(&p);
	if (!read_number(&p, &uid) || !read_number(&p, &timeout) || !read_number(&p, &out->inode))
		return false;
	out->state = (int)state;
	out->uid = (uint32_t)uid;
	return true;
}

const char *sockets_each(const char *proc, enum socket_table table, bool (*each)(const struct socket_line *line, void *ctx),
			 void *ctx, int64_t deadline_us, struct arena *a)
{
	const char *path = arena_printf(a, "%s/net/%s", proc, table_names[table]);
	CLEANUP_FILE FILE *f = fopen(path, "re");
	char text[LINE_MAX_BYTES];
	struct socket_line line;

	if (!f && errno == ENOENT && (table == SOCKETS_TCP6 || table == SOCKETS_UDP6))
		return NULL;
	if (!f)
		return arena_printf(a, "%s cannot be read: %s", path, strerrordesc_np(errno));
	for (int i = 0; fgets(text, sizeof(text), f); i++) {
		if (i > LINES_MAX || ((i & 255) == 255 && deadline_us > 0 && clock_mono_us() > deadline_us))
			return arena_printf(a, "%s has more sockets than could be looked at in time", path);
		if (read_line(text, table, &line) && !each(&line, ctx))
			return NULL;
	}
	return ferror(f) ? arena_printf(a, "%s cannot be read: %s", path, strerrordesc_np(errno)) : NULL;
}

uint64_t socket_inode_of_link(const char *link)
{
	return str_starts(link, "socket:[") ? strtoull(link + strlen("socket:["), NULL, 10) : 0;
}

static uint32_t v4_of(const struct socket_address *a)
{
	return (uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 | (uint32_t)a->bytes[2] << 8 | a->bytes[3];
}

bool socket_address_is_loopback(const struct socket_address *address)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (address->is_v6)
		return memcmp(address->bytes, one, sizeof(one)) == 0;
	return address->bytes[0] == 127;
}

/* Networks that nobody routes beyond their owner's; RFC 1918, 3927, 4193, 4291, 6598, and Tailscale's own. */
static const struct network {
	bool is_v6;
	uint8_t bytes[8];
	int bits;
	const char *reach;
} networks[] = {
	{ true, { 0xfd, 0x7a, 0x11, 0x5c, 0xa1, 0xe0 }, 48, "tailnet" },
	{ true, { 0xfc }, 7, "private" },
	{ true, { 0xfe, 0x80 }, 10, "private" },
	{ false, { 100, 64 }, 10, "tailnet" },
	{ false, { 10 }, 8, "private" },
	{ false, { 172, 16 }, 12, "private" },
	{ false, { 192, 168 }, 16, "private" },
	{ false, { 169, 254 }, 16, "private" },
};

static bool is_within(const struct socket_address *address, const struct network *n)
{
	int whole = n->bits / 8, rest = n->bits % 8;

	if (address->is_v6 != n->is_v6 || memcmp(address->bytes, n->bytes, (size_t)whole) != 0)
		return false;
	return rest == 0 || (address->bytes[whole] ^ n->bytes[whole]) >> (8 - rest) == 0;
}

const char *socket_address_reach(const struct socket_address *address)
{
	if (socket_address_is_loopback(address))
		return "loopback";
	for (size_t i = 0; i < ARRAY_SIZE(networks); i++)
		if (is_within(address, &networks[i]))
			return networks[i].reach;
	return "public"; /* every address (0.0.0.0, ::) among them */
}

const char *socket_address_text(const struct socket_address *address, struct arena *a)
{
	char text[INET6_ADDRSTRLEN];
	uint32_t v4 = htonl(v4_of(address));

	if (address->is_v6)
		return arena_strdup(a, inet_ntop(AF_INET6, address->bytes, text, sizeof(text)));
	return arena_strdup(a, inet_ntop(AF_INET, &v4, text, sizeof(text)));
}
