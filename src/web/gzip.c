#include "web/gzip.h"

#include <zlib.h>

/* Under this the header of a packet outweighs what is saved. */
#define WORTH_IT 860
#define CHUNK    16384

bool gzip_is_worth_it(const struct buf *body)
{
	return body->len >= WORTH_IT;
}

bool gzip_pack(const struct buf *body, struct buf *out)
{
	unsigned char chunk[CHUNK];
	z_stream z = { 0 };
	int rc;

	if (!body->data)
		return false;
	/* 15 + 16: the largest window, in a gzip wrapper without a time stamp: equal bodies pack to equal bytes. */
	if (deflateInit2(&z, 5, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_in = (unsigned char *)body->data;
	z.avail_in = (unsigned)body->len;
	do {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		rc = deflate(&z, Z_FINISH);
		buf_add(out, chunk, sizeof(chunk) - z.avail_out);
	} while (rc == Z_OK);
	deflateEnd(&z);
	if (rc == Z_STREAM_END && !out->overflow && out->len < body->len)
		return true;
	buf_clear(out);
	return false;
}
