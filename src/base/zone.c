#include "base/zone.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/str.h"

#define ZONE_DIR "/usr/share/zoneinfo"
#define HOUR_S   3600

static bool is_name(const char *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char others[] = "0123456789_+-/";

	if (!s || !*s || strlen(s) > ZONE_NAME_MAX || !strchr(letters, *s) || str_ends(s, "/") || strstr(s, "//"))
		return false;
	for (const char *c = s; *c; c++)
		if (!strchr(letters, *c) && !strchr(others, *c))
			return false;
	return true;
}

/* Not zones of their own: leap-second and plain copies, the machine's choice, a placeholder. */
static bool is_left_out(const char *s)
{
	static const char *const names[] = { "localtime", "posixrules", "Factory" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(s, names[i]))
			return true;
	return str_starts(s, "right/") || str_starts(s, "posix/");
}

static void path_of(const char *name, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%s", ZONE_DIR, name);
}

bool zone_is_known(const char *name)
{
	char path[PATH_MAX], magic[4] = "";
	CLEANUP_FILE FILE *f = NULL;
	struct stat st;

	if (!is_name(name) || is_left_out(name))
		return false;
	if (str_eq(name, "UTC"))
		return true;
	path_of(name, path);
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	f = fopen(path, "rbe");
	return f && fread(magic, 1, sizeof(magic), f) == sizeof(magic) && memcmp(magic, "TZif", sizeof(magic)) == 0;
}

/* The name within a path that leads into the folder of zones, whatever is before it. */
static const char *name_in(const char *path)
{
	const char *at = strstr(path, "/zoneinfo/");

	return at ? at + strlen("/zoneinfo/") : path;
}

/* One zone, one name: machines without a place of their own are set to any of these. */
static bool is_utc(const char *name)
{
	static const char *const names[] = { "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

const char *zone_local(struct arena *a)
{
	CLEANUP_FREE char *target = NULL;
	const char *tz = getenv("TZ"), *name;

	if (tz && *tz) {
		name = name_in(*tz == ':' ? tz + 1 : tz);
	} else {
		target = realpath("/etc/localtime", NULL);
		name = target ? name_in(target) : "UTC";
	}
	return arena_strdup(a, zone_is_known(name) && !is_utc(name) ? name : "UTC");
}

/*
 * The process in another zone, for as long as it takes to ask libc: nothing
 * else reads zone files right, footers and all.
 */
struct zone_visit {
	char *home;             /* the former $TZ; NULL = none */
};

static struct zone_visit enter(const char *name)
{
	const char *tz = getenv("TZ");
	struct zone_visit v = { tz ? strdup(tz) : NULL };
	char path[PATH_MAX + 1] = ":";

	if (tz && !v.home)
		abort();
	path_of(name, path + 1);
	setenv("TZ", str_eq(name, "UTC") ? "UTC0" : path, 1);
	tzset();
	return v;
}

static void leave(struct zone_visit *v)
{
	if (v->home)
		setenv("TZ", v->home, 1);
	else
		unsetenv("TZ");
	free(v->home);
	tzset();
}

/* A date as one number that sorts. */
static int date_at(int64_t t_s)
{
	time_t t = (time_t)t_s;
	struct tm tm;

	if (!localtime_r(&t, &tm))
		return 0;
	return (tm.tm_year * 12 + tm.tm_mon) * 31 + tm.tm_mday;
}

/*
 * The first moment of the date that holds t_s. Not by mktime(), which guesses
 * where midnight is left out or comes twice: by halving between two moments
 * of which one is before that date and the other of it.
 */
static int64_t begin_of_date(int64_t t_s)
{
	int date = date_at(t_s);
	int64_t before = t_s - 26 * HOUR_S, within = t_s;

	while (within - before > 1) {
		int64_t middle = before + (within - before) / 2;

		if (date_at(middle) < date)
			before = middle;
		else
			within = middle;
	}
	return within;
}

void zone_days(const char *name, int64_t now, size_t n, struct zone_day *out)
{
	struct zone_visit v = enter(name);
	int64_t at = now;

	for (size_t i = n; i-- > 0;) {
		struct zone_day *d = &out[i];
		time_t t;
		struct tm tm = { 0 };

		d->from_s = begin_of_date(at);
		/* 30 hours on lies in the next day, whose own begin may be anywhere in it. */
		d->to_s = i + 1 < n ? out[i + 1].from_s : begin_of_date(d->from_s + 30 * HOUR_S);
		t = (time_t)d->from_s;
		localtime_r(&t, &tm);
		d->year = tm.tm_year + 1900;
		d->month = tm.tm_mon + 1;
		d->day = tm.tm_mday;
		d->weekday = tm.tm_wday;
		at = d->from_s - 1;
	}
	leave(&v);
}

int64_t zone_offset_s(const char *name, int64_t t_s)
{
	struct zone_visit v = enter(name);
	time_t t = (time_t)t_s;
	struct tm tm = { 0 };

	localtime_r(&t, &tm);
	leave(&v);
	return (int64_t)tm.tm_gmtoff;
}
