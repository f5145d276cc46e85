/*
 * web/hex.h -- hashes as text.
 */
#ifndef MC_WEB_HEX_H
#define MC_WEB_HEX_H

#include <stddef.h>

/* Writes 2 * n lower-case digits and a NUL. */
static inline void hex_encode(const unsigned char *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}

#endif
