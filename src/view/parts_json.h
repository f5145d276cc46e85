/*
 * view/parts_json.h -- pieces of model that several panes have in common.
 */
#ifndef MC_VIEW_PARTS_JSON_H
#define MC_VIEW_PARTS_JSON_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "view/judge.h"
#include "view/verdict.h"

/*
 * Adds a time under three names: <name>At (RFC 3339 or null), <name>Text
 * ("12 s ago") and <name>Exact ("2026-11-24 14:02:09 UTC"). name is a
 * literal: the tree keeps its names without copying them.
 */
#define add_time(object, name, t, now, a) add_time_as(object, name "At", name "Text", name "Exact", t, now, a)
void add_time_as(cJSON *object, const char *at, const char *text, const char *exact, int64_t t, int64_t now,
		 struct arena *a);

/*
 * Adds what every pane's model begins with: "title" (with the count of what
 * needs someone, for the tab), "heading", "generatedAt", "instanceId",
 * "isSample", "asOf…", "verdict", "badges" (of every instance, for the switch). heading is static.
 */
void add_head(cJSON *model, const char *heading, const struct snapshot *s, const struct verdict *v,
	      const char *choice, struct arena *a);

/* Foreign or configured text, cut to max characters; NULL adds null. */
void add_text(cJSON *object, const char *name, const char *text, size_t max, struct arena *a);

/* One judgement; "evidence" is null unless it is wanted. */
cJSON *reading_json(const struct judgement *j, const char *instance_id, bool with_evidence, int64_t now,
		    struct arena *a);

/* "2 h ago by anna: “after the trip”": when, who and why; in `a`, not cleaned. */
const char *answer_said(const struct answer *x, int64_t now, struct arena *a);

/* {id, kind, instanceId, by, reason, times, text}: who said what of an alert, and how long it holds. NULL gives NULL. */
cJSON *answer_json(const struct answer *x, int64_t now, struct arena *a);

/* The same without "text", added to an object. */
void add_answer(cJSON *o, const struct answer *x, int64_t now, struct arena *a);

/* Adds "attention" and what belongs to it: every judgement that needs someone, worst first, then those that were answered. */
void add_attention(cJSON *model, const struct verdict *v, int64_t now, struct arena *a);

/* {id, label, user, hermesHome}: an instance as others name it (HermesInstanceRef). NULL, the machine, gives NULL. */
cJSON *ref_json(const struct instance *in, struct arena *a);

/* An instance's or the host's card: status, readings, actions. */
cJSON *instance_card(const struct verdict_part *p, bool is_compact, int64_t now, struct arena *a);
cJSON *host_card(const struct verdict_part *p, const struct host_snapshot *s, int64_t now, struct arena *a);

/*
 * Adds "actions" (commands to copy) and "links": where to go on from here.
 * Commands are made of the configuration and the machine's name, and only of
 * characters that no shell takes for more than a word; nothing runs them.
 * A NULL p adds none of either.
 */
void add_actions(cJSON *card, const struct verdict_part *p, const char *hostname, struct arena *a);

/* Adds "latest": sessions of all covered instances, newest first, and why there are none. */
void add_latest(cJSON *model, const struct verdict *v, int64_t now, struct arena *a);

#endif
