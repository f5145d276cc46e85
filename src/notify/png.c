#include "notify/png.h"

#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/cleanup.h"

#define PNG_MAX ((size_t)2 * 1024 * 1024)

#define BAR   10 /* of a slot, with the gap after it */
#define GAP   2
#define EDGE  12
#define TALL  56
#define LINE  2  /* below the bars */

enum colour { GROUND, OK, WARN, CRITICAL, OFF, UNKNOWN, FAINT };
static const uint32_t palette[] = { [GROUND] = 0xFFFFFF, [OK] = 0x1A7F37, [WARN] = 0xB87900, [CRITICAL] = 0xC21F2B,
				    [OFF] = 0x85888E, [UNKNOWN] = 0x7A3FC4, [FAINT] = 0xD8D9DB };

static void put32(uint8_t *to, uint32_t v)
{
	to[0] = (uint8_t)(v >> 24);
	to[1] = (uint8_t)(v >> 16);
	to[2] = (uint8_t)(v >> 8);
	to[3] = (uint8_t)v;
}

/* Length, type, data, and the sum of the last two. */
static void chunk(struct buf *out, const char *type, const void *data, size_t n)
{
	uint8_t four[4];
	uLong sum = crc32(crc32(0, NULL, 0), (const Bytef *)type, 4);

	put32(four, (uint32_t)n);
	buf_add(out, four, 4);
	buf_add(out, type, 4);
	if (n) {
		buf_add(out, data, n);
		sum = crc32(sum, data, (uInt)n);
	}
	put32(four, (uint32_t)sum);
	buf_add(out, four, 4);
}

/* Each row after the number of its filter, which is none. */
static void add_pixels(struct buf *out, const uint8_t *pixels, uint32_t width, uint32_t height, struct arena *a)
{
	size_t raw = (size_t)(width + 1) * height;
	uLongf n = compressBound(raw);
	uint8_t *rows = arena_alloc(a, raw), *packed = arena_alloc(a, n);

	for (uint32_t y = 0; y < height; y++)
		memcpy(rows + (size_t)y * (width + 1) + 1, pixels + (size_t)y * width, width);
	if (compress2(packed, &n, rows, raw, Z_BEST_COMPRESSION) == Z_OK)
		chunk(out, "IDAT", packed, n);
	else
		out->overflow = true;
}

const char *png_of_indices(const uint8_t *pixels, uint32_t width, uint32_t height, const uint32_t *colours, size_t n_colours, struct arena *a,
			   size_t *n)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(PNG_MAX);
	uint8_t head[13] = { 0 }, rgb[256 * 3];
	char *copy;

	if (!width || !height || width > PNG_SIDE_MAX || height > PNG_SIDE_MAX || !n_colours || n_colours > 256)
		return NULL;
	put32(head, width);
	put32(head + 4, height);
	head[8] = 8; /* bits an index */
	head[9] = 3; /* indices into a palette */
	for (size_t i = 0; i < n_colours; i++) {
		rgb[3 * i] = (uint8_t)(colours[i] >> 16);
		rgb[3 * i + 1] = (uint8_t)(colours[i] >> 8);
		rgb[3 * i + 2] = (uint8_t)colours[i];
	}
	buf_add(&out, "\x89PNG\r\n\x1a\n", 8);
	chunk(&out, "IHDR", head, sizeof(head));
	chunk(&out, "PLTE", rgb, 3 * n_colours);
	add_pixels(&out, pixels, width, height, a);
	chunk(&out, "IEND", NULL, 0);
	if (out.overflow)
		return NULL;
	copy = arena_alloc(a, out.len);
	memcpy(copy, out.data, out.len);
	*n = out.len;
	return copy;
}

/* Worse is taller; what was not seen is a line at the foot. */
static void look_of(enum slot s, enum colour *colour, uint32_t *height)
{
	static const struct {
		enum colour colour;
		uint32_t height;
	} looks[] = { [SLOT_UNSEEN] = { FAINT, 4 },  [SLOT_BEFORE] = { GROUND, 0 },	     [SLOT_OK] = { OK, 20 },	      [SLOT_WARN] = { WARN, 38 },
		      [SLOT_CRITICAL] = { CRITICAL, TALL }, [SLOT_OFF] = { OFF, 10 }, [SLOT_UNKNOWN] = { UNKNOWN, 28 } };

	*colour = looks[s].colour;
	*height = looks[s].height;
}

const char *png_of_strip(const struct strip *s, struct arena *a, size_t *n)
{
	uint32_t width = s->n <= PNG_SIDE_MAX ? (uint32_t)s->n * BAR + 2 * EDGE - GAP : 0, height = TALL + 2 * EDGE;
	uint8_t *pixels;

	if (s->n == 0 || width == 0 || width > PNG_SIDE_MAX)
		return NULL;
	pixels = arena_alloc(a, (size_t)width * height);
	for (size_t i = 0; i < s->n; i++) {
		enum colour colour;
		uint32_t tall;

		look_of(s->slots[i], &colour, &tall);
		for (uint32_t y = EDGE + TALL - tall; y < EDGE + TALL; y++)
			memset(pixels + (size_t)y * width + EDGE + i * BAR, (int)colour, BAR - GAP);
	}
	memset(pixels + (size_t)(EDGE + TALL + LINE) * width + EDGE, FAINT, width - 2 * EDGE);
	return png_of_indices(pixels, width, height, palette, ARRAY_SIZE(palette), a, n);
}
