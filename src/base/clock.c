#include "base/clock.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
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

/* Writes v, at least two digits wide and below a hundred, and gives what follows it. */
static char *put_two(char *out, int v, char after)
{
	*out++ = (char)('0' + v / 10);
	*out++ = (char)('0' + v % 10);
	*out++ = after;
	return out;
}

/* By hand: a page holds hundreds of times. */
void clock_rfc3339(int64_t t_s, char out[CLOCK_TEXT_MAX])
{
	time_t t = (time_t)t_s;
	struct tm tm;
	int year;

	out[0] = '\0';
	if (!gmtime_r(&t, &tm) || tm.tm_year < 1 - 1900 || tm.tm_year > 9999 - 1900)
		return;
	year = tm.tm_year + 1900;
	out = put_two(out, year / 100, '0') - 1;
	out = put_two(out, year % 100, '-');
	out = put_two(out, tm.tm_mon + 1, '-');
	out = put_two(out, tm.tm_mday, 'T');
	out = put_two(out, tm.tm_hour, ':');
	out = put_two(out, tm.tm_min, ':');
	out = put_two(out, tm.tm_sec, 'Z');
	*out = '\0';
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

/* Reads "", "Z", "+hh:mm", "+hhmm" or Python's "+hh:mm:ss", up to the end of the string. */
static bool parse_zone(const char *s, int64_t local_offset_s, int64_t *offset_s)
{
	int sign, h, m, sec = 0;

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
	literal(&s, ':');
	m = digits(&s, 2);
	if (literal(&s, ':'))
		sec = digits(&s, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59)
		return false;
	*offset_s = (int64_t)sign * (h * 3600 + m * 60 + sec);
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

/* Reads "2026-11-24" at *s. */
static bool parse_date(const char **s, struct tm *tm)
{
	int y, m, d;

	y = digits(s, 4);
	if (y < 1 || !literal(s, '-'))
		return false;
	m = digits(s, 2);
	if (m < 1 || m > 12 || !literal(s, '-'))
		return false;
	d = digits(s, 2);
	if (d < 1 || d > days_in_month(y, m))
		return false;
	tm->tm_year = y - 1900;
	tm->tm_mon = m - 1;
	tm->tm_mday = d;
	return true;
}

/* Reads "05:22", "05:22:31" or "05:22:31.25" at *s; drops the fraction, takes a leap second. */
static bool parse_time(const char **s, struct tm *tm)
{
	tm->tm_hour = digits(s, 2);
	if (tm->tm_hour < 0 || tm->tm_hour > 23 || !literal(s, ':'))
		return false;
	tm->tm_min = digits(s, 2);
	if (tm->tm_min < 0 || tm->tm_min > 59)
		return false;
	if (!literal(s, ':'))
		return true;
	tm->tm_sec = digits(s, 2);
	if (tm->tm_sec < 0 || tm->tm_sec > 60)
		return false;
	if (!literal(s, '.') && !literal(s, ','))
		return true;
	if (digits(s, 1) < 0)
		return false;
	while (digits(s, 1) >= 0)
		;
	return true;
}

bool clock_parse_iso(const char *s, int64_t local_offset_s, int64_t *out)
{
	struct tm tm = { 0 };
	int64_t offset;

	if (!s || !parse_date(&s, &tm))
		return false;
	if (!literal(&s, 'T') && !literal(&s, 't') && !literal(&s, ' '))
		return false;
	if (!parse_time(&s, &tm) || !parse_zone(s, local_offset_s, &offset))
		return false;
	*out = (int64_t)timegm(&tm) - offset;
	return true;
}

int64_t clock_local_offset_s(int64_t t_s)
{
	time_t t = (time_t)t_s;
	struct tm tm;

	return localtime_r(&t, &tm) ? (int64_t)tm.tm_gmtoff : 0;
}

int64_t clock_midnight_s(int64_t t_s)
{
	return t_s - (t_s + clock_local_offset_s(t_s)) % 86400;
}
