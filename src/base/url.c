#include "base/url.h"

#include <string.h>

#include "base/cleanup.h"

#define ENCODED_MAX 16384

void url_add_encoded(struct buf *out, const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";

	for (; *s; s++) {
		if (strchr(plain, *s))
			buf_addc(out, *s);
		else
			buf_printf(out, "%%%02X", (unsigned char)*s);
	}
}

const char *url_encoded(struct arena *a, const char *s)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(ENCODED_MAX);

	url_add_encoded(&out, s);
	return arena_strdup(a, out.overflow ? "" : buf_str(&out));
}
