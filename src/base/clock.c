#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>
#include <time.h>

int64_t clock_now_s(void)
{
	return (int64_t)time(NULL);
}

int64_t clock_mono_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void clock_rfc3339(int64_t t_s, char out[CLOCK_TEXT_MAX])
{
	time_t t = (time_t)t_s;
	struct tm tm;

	out[0] = '\0';
	if (!gmtime_r(&t, &tm) || tm.tm_year < 1 - 1900 || tm.tm_year > 9999 - 1900)
		return;
	if (strftime(out, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

/* Reads exactly n digits at *s and moves on; -1 when they are not there. */
static int digits(const char **s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		char c = (*s)[i];

		if (c < '0' || c > '9')
			return -1;
		v = v * 10 + (c - '0');
	}
	*s += n;
	return v;
}

static bool literal(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* Reads "", "Z", "+hh:mm" or "+hhmm" up to the end of the string. */
static bool parse_zone(const char *s, int64_t local_offset_s, int64_t *offset_s)
{
	int sign, h, m;

	*offset_s = local_offset_s;
	if (*s == '\0')
		return true;
	*offset_s = 0;
	if (*s == 'Z' || *s == 'z')
		return s[1] == '\0';
	if (*s != '+' && *s != '-')
		return false;
	sign = *s++ == '-' ? -1 : 1;
	h = digits(&s, 2);
	if (*s == ':')
		s++;
	m = digits(&s, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return false;
	if (*s == ':') { /* Python prints seconds of an offset where a zone has them */
		s++;
		if (digits(&s, 2) < 0)
			return false;
	}
	*offset_s = (int64_t)sign * (h * 3600 + m * 60);
	return *s == '\0';
}

static bool is_leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int days_in_month(int y, int m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return m == 2 && is_leap(y) ? 29 : days[m - 1];
}

bool clock_parse_iso(const char *s, int64_t local_offset_s, int64_t *out)
{
	struct tm tm = { 0 };
	int64_t offset;
	int y, mo, d, h, mi, sec = 0;

	if (!s)
		return false;
	y = digits(&s, 4);
	if (y < 1 || !literal(&s, '-'))
		return false;
	mo = digits(&s, 2);
	if (mo < 1 || mo > 12 || !literal(&s, '-'))
		return false;
	d = digits(&s, 2);
	if (d < 1 || d > days_in_month(y, mo))
		return false;
	if (*s != 'T' && *s != 't' && *s != ' ')
		return false;
	s++;
	h = digits(&s, 2);
	if (h < 0 || h > 23 || !literal(&s, ':'))
		return false;
	mi = digits(&s, 2);
	if (mi < 0 || mi > 59)
		return false;
	if (literal(&s, ':')) {
		sec = digits(&s, 2);
		if (sec < 0 || sec > 60)
			return false;
	}
	if (*s == '.' || *s == ',') {
		const char *start = ++s;

		while (*s >= '0' && *s <= '9')
			s++;
		if (s == start)
			return false;
	}
	if (!parse_zone(s, local_offset_s, &offset))
		return false;
	tm.tm_year = y - 1900;
	tm.tm_mon = mo - 1;
	tm.tm_mday = d;
	tm.tm_hour = h;
	tm.tm_min = mi;
	tm.tm_sec = sec;
	*out = (int64_t)timegm(&tm) - offset;
	return true;
}

int64_t clock_local_offset_s(int64_t t_s)
{
	time_t t = (time_t)t_s;
	struct tm tm;

	return localtime_r(&t, &tm) ? (int64_t)tm.tm_gmtoff : 0;
}
