#include "base/tzif.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/io.h"

#define FOLDER       "/usr/share/zoneinfo/"
#define OWN_ZONE     "/etc/localtime"
#define FILE_MAX     ((size_t)64 * 1024)
#define HEADER_BYTES 44
#define CHANGES_MAX  2000
#define TYPES_MAX    256
#define DAY_S        86400

static int64_t number(const char *p, size_t bytes)
{
	uint64_t v = (unsigned char)p[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | (unsigned char)p[i];
	return (int64_t)v;
}

/* The counts of a header, in the order of RFC 8536, section 3.1. */
struct counts {
	size_t isut, isstd, leap, time, type, chars;
};

static bool read_counts(const char *p, size_t left, struct counts *c)
{
	size_t *const all[] = { &c->isut, &c->isstd, &c->leap, &c->time, &c->type, &c->chars };

	if (left < HEADER_BYTES || memcmp(p, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		int64_t v = number(p + 20 + 4 * i, 4);

		if (v < 0 || v > (int64_t)FILE_MAX)
			return false;
		*all[i] = (size_t)v;
	}
	return c->time <= CHANGES_MAX && c->type >= 1 && c->type <= TYPES_MAX;
}

static size_t block_bytes(const struct counts *c, size_t time_bytes)
{
	return c->time * time_bytes + c->time + c->type * 6 + c->chars + c->leap * (time_bytes + 4) + c->isstd + c->isut;
}

static bool read_block(const char *p, const struct counts *c, struct tzif *out, struct arena *a)
{
	const char *index = p + c->time * 8, *types = index + c->time;
	int64_t *changes = arena_calloc(a, c->time + 1, sizeof(*changes));
	int64_t *offsets = arena_calloc(a, c->time + 1, sizeof(*offsets));

	for (size_t i = 0; i < c->time; i++) {
		size_t type = (unsigned char)index[i];

		if (type >= c->type)
			return false;
		changes[i] = number(p + 8 * i, 8);
		offsets[i] = number(types + 6 * type, 4);
		if ((i && changes[i] <= changes[i - 1]) || offsets[i] <= -DAY_S || offsets[i] >= DAY_S)
			return false;
	}
	*out = (struct tzif){ number(types, 4), changes, offsets, c->time };
	return out->first_s > -DAY_S && out->first_s < DAY_S;
}

/* The rule behind the table, "\nCET-1CEST,M3.5.0,M10.5.0/3\n": one with a comma goes on changing. */
static bool goes_on(const char *rule, size_t len)
{
	return memchr(rule, ',', len) != NULL;
}

bool tzif_parse(const char *data, size_t len, int64_t until_s, struct tzif *out, struct arena *a)
{
	struct counts c;
	struct tzif z;
	size_t at;

	/* Version 1 counts in 32 bits; what it holds stands once more after it. */
	if (!read_counts(data, len, &c) || data[4] < '2')
		return false;
	at = HEADER_BYTES + block_bytes(&c, 4);
	if (at > len || !read_counts(data + at, len - at, &c))
		return false;
	at += HEADER_BYTES;
	if (block_bytes(&c, 8) > len - at || !read_block(data + at, &c, &z, a))
		return false;
	at += block_bytes(&c, 8);
	if ((z.n == 0 || z.changes[z.n - 1] < until_s) && goes_on(data + at, len - at))
		return false;
	*out = z;
	return true;
}

static bool is_name(const char *s)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";

	return *s && *s != '/' && strlen(s) < 64 && strspn(s, safe) == strlen(s);
}

bool tzif_load(const char *name, int64_t until_s, struct tzif *out, struct arena *a)
{
	const char *path = OWN_ZONE;
	struct stat st;
	ssize_t n;
	char *data;

	if (name && !is_name(name))
		return false;
	if (name)
		path = arena_printf(a, FOLDER "%s", name);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size > FILE_MAX)
		return false;
	data = arena_alloc(a, (size_t)st.st_size + 1);
	n = io_read(fd, data, (size_t)st.st_size);
	return n > 0 && tzif_parse(data, (size_t)n, until_s, out, a);
}

int64_t tzif_offset_s(const struct tzif *z, int64_t t_s)
{
	size_t low = 0, high = z->n; /* of the first change after t_s */

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->changes[mid] <= t_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? z->offsets[low - 1] : z->first_s;
}

int64_t tzif_to_utc(const struct tzif *z, int64_t wall_s)
{
	/* A day away no change of the clocks is still to come, or not yet made. */
	int64_t before = wall_s - tzif_offset_s(z, wall_s - DAY_S), after = wall_s - tzif_offset_s(z, wall_s + DAY_S);

	if (tzif_offset_s(z, before) == wall_s - before)
		return before;
	if (tzif_offset_s(z, after) == wall_s - after)
		return after;
	return before;
}
