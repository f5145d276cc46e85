/*
 * report/fields.h -- the words that shapes*.c write their tables in.
 *
 * TEXT is a name or a state; TITLE and EXCERPT are what people and agents
 * wrote, published only where the instance's policy allows it.
 */
#ifndef MC_REPORT_FIELDS_H
#define MC_REPORT_FIELDS_H

#include <stddef.h>

#include "base/cleanup.h"
#include "report/shapes.h"

#define LONG_TEXT_MAX 1000 /* lists of names that stand in one text */
#define TEXT(t, member, json)     { .name = json, .kind = FIELD_TEXT, .offset = offsetof(t, member) }
#define CONTENT(t, member, json, least) \
	{ .name = json, .kind = FIELD_TEXT, .offset = offsetof(t, member), .content = (least) }
#define LONG_TEXT(t, member, json) { .name = json, .kind = FIELD_TEXT, .offset = offsetof(t, member), .max = LONG_TEXT_MAX }
#define TITLE(t, member, json)    CONTENT(t, member, json, PUBLISH_TITLES)
#define EXCERPT(t, member, json)  CONTENT(t, member, json, PUBLISH_EXCERPTS)
#define COUNT(t, member, json)    { .name = json, .kind = FIELD_COUNT, .offset = offsetof(t, member) }
#define TIME(t, member, json)     { .name = json, .kind = FIELD_TIME, .offset = offsetof(t, member) }
#define TOOK(t, member, json)     { .name = json, .kind = FIELD_DURATION_US, .offset = offsetof(t, member) }
#define NUMBER(t, member, json)   { .name = json, .kind = FIELD_NUMBER, .offset = offsetof(t, member) }
#define MICROUSD(t, member, json) { .name = json, .kind = FIELD_MICROUSD, .offset = offsetof(t, member) }
#define TRI(t, member, json)      { .name = json, .kind = FIELD_TRISTATE, .offset = offsetof(t, member) }
#define ENUM(t, member, json, w)  { .name = json, .kind = FIELD_ENUM, .offset = offsetof(t, member), .words = (w) }
#define OBJECT(t, member, json, s) \
	{ .name = json, .kind = FIELD_OBJECT, .offset = offsetof(t, member), .shape = &(s) }
#define PART(json, s)             { .name = json, .kind = FIELD_OBJECT, .offset = 0, .shape = &(s) }
#define PROBE(t)                  { .kind = FIELD_EMBED, .offset = offsetof(t, probe), .shape = &probe_shape }
#define LIST(t, member, json, s, n)                                                                               \
	{                                                                                                         \
		.name = json, .kind = FIELD_LIST, .offset = offsetof(t, member),                                  \
		.count_offset = offsetof(t, n_##member), .max = (n), .shape = &(s)                                \
	}
#define TEXTS(t, member, json, n)                                                                                 \
	{                                                                                                         \
		.name = json, .kind = FIELD_TEXTS, .offset = offsetof(t, member),                                 \
		.count_offset = offsetof(t, n_##member), .max = (n)                                               \
	}
#define SHAPE(t, list) { .size = sizeof(t), .fields = (list), .n_fields = ARRAY_SIZE(list) }

#endif
