/*
 * view/task_words.h -- Hermes's own words about a piece of work, as a person would say them.
 */
#ifndef MC_VIEW_TASK_WORDS_H
#define MC_VIEW_TASK_WORDS_H

#include "base/arena.h"
#include "model/sessions.h"
#include "model/timeline.h"

/* Why a session ended (an open set: others are given as they are); NULL for NULL. */
const char *end_reason_words(struct arena *a, const char *reason);

/* Who speaks in a session of that source: "Person", "Prompt", "Agent", ...; any other role as it is. */
const char *role_words(struct arena *a, const char *role, const char *source);

enum kinship {
	KIN_CONTINUED,              /* the context was compressed, and the work went on in the child */
	KIN_BRANCH,                 /* the child goes another way from there */
	KIN_SUBAGENT,               /* the child was given a part of the work */
	KIN_RESET,                  /* the child is the chat's next conversation */
	KIN_OTHER,                  /* the child names the parent, and nothing says why */
};

/*
 * What a child is to its parent (hermes-agent hermes_state.py). origin is what
 * the child itself says (since 0.20), NULL where it does not or is not known.
 */
enum kinship kinship_of(const struct session *parent, const struct session *child, const char *origin);

/* "compression", ...: for programs; "Continued from" and "Continued in": for people, of a parent and of a child. */
const char *kinship_name(enum kinship k);
const char *kinship_up(enum kinship k);
const char *kinship_down(enum kinship k);

/* What the instance's policy lets be seen of messages, as a sentence. */
const char *policy_words(int publish);

#endif
