#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "json/json.h"

/*
 * Printed here and not by cJSON, which prints 16-digit integers that end in 0
 * with an exponent, lets broken UTF-8 pass and leaves '<' as it is.
 */
#define PRINT_MAX ((size_t)1 << 30)

/* Below this an integer is printed in full, as JavaScript does; every double this large is one. */
#define FULL_INTEGER_MAX 1e21

static void print_value(struct buf *out, const cJSON *j);

const char *json_number_text(double v, char out[JSON_NUMBER_TEXT])
{
	if (!isfinite(v))
		snprintf(out, JSON_NUMBER_TEXT, "null");
	else if (fabs(v) < 1e18 && floor(v) == v) /* no "-0", and quicker than "%.0f" */
		snprintf(out, JSON_NUMBER_TEXT, "%" PRId64, (int64_t)v);
	else if (fabs(v) < FULL_INTEGER_MAX && floor(v) == v)
		snprintf(out, JSON_NUMBER_TEXT, "%.0f", v);
	else
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(out, JSON_NUMBER_TEXT, "%.*g", digits, v);
			if (strtod(out, NULL) == v)
				break;
		}
	return out;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<';
}

static void print_special(struct buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *known = memchr(from, c, sizeof(from) - 1);

	if (known) {
		buf_addc(out, '\\');
		buf_addc(out, to[known - from]);
	} else {
		buf_printf(out, "\\u%04x", c);
	}
}

/* How many bytes at s may stand in a string as they are. */
static size_t plain_run(const char *s, size_t left)
{
	size_t n = 0;

	while (n < left) {
		unsigned char c = (unsigned char)s[n];
		size_t len = c >= 0x80 ? str_utf8_len(s + n, left - n) : is_plain(c);

		if (!len)
			break;
		n += len;
	}
	return n;
}

static void print_string(struct buf *out, const char *s)
{
	size_t left = s ? strlen(s) : 0, n;

	buf_addc(out, '"');
	while (left) {
		n = plain_run(s, left);
		buf_add(out, s, n);
		s += n;
		left -= n;
		if (!left)
			break;
		if ((unsigned char)*s >= 0x80) {
			buf_adds(out, "\xEF\xBF\xBD");
			n = str_utf8_broken_len(s, left);
		} else {
			print_special(out, (unsigned char)*s);
			n = 1;
		}
		s += n;
		left -= n;
	}
	buf_addc(out, '"');
}

static void print_children(struct buf *out, const cJSON *j, const char brackets[2])
{
	buf_addc(out, brackets[0]);
	for (const cJSON *child = j->child; child; child = child->next) {
		if (child != j->child)
			buf_addc(out, ',');
		if (brackets[0] == '{') {
			print_string(out, child->string);
			buf_addc(out, ':');
		}
		print_value(out, child);
	}
	buf_addc(out, brackets[1]);
}

static void print_value(struct buf *out, const cJSON *j)
{
	char number[JSON_NUMBER_TEXT];

	switch (j->type & 0xFF) {
	case cJSON_False:
		buf_adds(out, "false");
		break;
	case cJSON_True:
		buf_adds(out, "true");
		break;
	case cJSON_Number:
		buf_adds(out, json_number_text(j->valuedouble, number));
		break;
	case cJSON_Raw: /* json_add_i64() beyond 2^53 */
		buf_adds(out, j->valuestring);
		break;
	case cJSON_String:
		print_string(out, j->valuestring);
		break;
	case cJSON_Array:
		print_children(out, j, "[]");
		break;
	case cJSON_Object:
		print_children(out, j, "{}");
		break;
	default:
		buf_adds(out, "null");
	}
}

char *json_print(const cJSON *j)
{
	struct buf out = BUF_INIT(PRINT_MAX);

	print_value(&out, j);
	if (out.overflow) {
		fprintf(stderr, "mission-control: a JSON text grew over 1 GiB\n");
		abort();
	}
	return buf_take(&out);
}
