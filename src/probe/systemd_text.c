/* Any value of D-Bus as text, for settings that are compared and shown. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "probe/systemd_bus.h"

#define DEPTH_MAX 8

static int write_value(sd_bus_message *m, struct buf *out, int depth);

static void add_string(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == ' ')
			buf_adds(out, "%20");
		else
			buf_addc(out, *s);
	}
}

static int write_basic(sd_bus_message *m, struct buf *out, char type)
{
	union {
		const char *s;
		int b;
		uint8_t y;
		int32_t i;
		uint32_t u;
		int64_t x;
		uint64_t t;
	} v;
	int r = sd_bus_message_read_basic(m, type, &v);

	if (r < 0)
		return r;
	switch (type) {
	case 's':
	case 'o':
	case 'g':
		add_string(out, v.s);
		break;
	case 'b':
		buf_adds(out, v.b ? "yes" : "no");
		break;
	case 'y':
		buf_printf(out, "%u", v.y);
		break;
	case 'i':
		buf_printf(out, "%" PRId32, v.i);
		break;
	case 'u':
		buf_printf(out, "%" PRIu32, v.u);
		break;
	case 'x':
		buf_printf(out, "%" PRId64, v.x);
		break;
	case 't':
		buf_printf(out, "%" PRIu64, v.t);
		break;
	default:
		buf_adds(out, "?"); /* of types that no setting has */
	}
	return 1;
}

static int write_members(sd_bus_message *m, struct buf *out, char type, const char *contents, char between, int depth)
{
	int r = sd_bus_message_enter_container(m, type, contents);

	for (bool is_first = true; r >= 0; is_first = false) {
		r = sd_bus_message_at_end(m, 0);
		if (r != 0)
			break;
		if (!is_first)
			buf_addc(out, between);
		r = write_value(m, out, depth + 1);
	}
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* (iayu): family, address, length of the prefix. */
static int write_address(sd_bus_message *m, struct buf *out)
{
	char text[INET6_ADDRSTRLEN] = "?";
	const void *bytes = NULL;
	uint32_t prefix = 0;
	int32_t family = 0;
	size_t n = 0;
	int r = sd_bus_message_enter_container(m, 'r', "iayu");

	if (r >= 0)
		r = sd_bus_message_read(m, "i", &family);
	if (r >= 0)
		r = sd_bus_message_read_array(m, 'y', &bytes, &n);
	if (r >= 0)
		r = sd_bus_message_read(m, "u", &prefix);
	if (r >= 0 && ((family == AF_INET && n == 4) || (family == AF_INET6 && n == 16)))
		inet_ntop(family, bytes, text, sizeof(text));
	buf_printf(out, "%s/%" PRIu32, text, prefix);
	return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int write_value(sd_bus_message *m, struct buf *out, int depth)
{
	const char *contents = NULL;
	char type = 0;
	int r = sd_bus_message_peek_type(m, &type, &contents);

	if (r < 0)
		return r;
	if (depth > DEPTH_MAX)
		return -EBADMSG;
	if (type == 'r' && str_eq(contents, "iayu"))
		return write_address(m, out);
	if (type == 'a')
		return write_members(m, out, type, contents, ' ', depth);
	if (type == 'r' || type == 'e' || type == 'v')
		return write_members(m, out, type, contents, ':', depth);
	return write_basic(m, out, type);
}

int bus_text(sd_bus_message *m, struct buf *out)
{
	return write_value(m, out, 0);
}
