/*
 * notify/png.h -- a small picture, as PNG (ISO/IEC 15948) by zlib. Pure.
 */
#ifndef MC_NOTIFY_PNG_H
#define MC_NOTIFY_PNG_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "view/strip.h"

#define PNG_SIDE_MAX 2000

/*
 * width * height palette indices, row by row, as a PNG of *n bytes in `a`;
 * palette: n_colours (256 at most) of 0xRRGGBB. NULL where a side is 0 or over PNG_SIDE_MAX.
 */
const char *png_of_indices(const uint8_t *pixels, uint32_t width, uint32_t height, const uint32_t *palette, size_t n_colours, struct arena *a,
			   size_t *n);

/* A strip as bars: how it was by colour and by height both. NULL where it has no slots, or too many. */
const char *png_of_strip(const struct strip *s, struct arena *a, size_t *n);

#endif
