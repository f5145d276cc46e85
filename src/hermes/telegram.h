/*
 * hermes/telegram.h -- the bot and the home chat of an instance, as Hermes itself would find them.
 *
 * The token is a secret: it is for `hmc notify` alone, which wipes it, and
 * goes into no report. In this order: what the gateway was started with,
 * .env, config.yaml.
 */
#ifndef MC_HERMES_TELEGRAM_H
#define MC_HERMES_TELEGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "hermes/hermes.h"

#define TELEGRAM_TOKEN_MAX  128
#define TELEGRAM_CHAT_MAX   64
#define TELEGRAM_THREAD_MAX 24

struct telegram {
	char token[TELEGRAM_TOKEN_MAX + 1]; /* "" = none was found */
	const char *token_from;     /* "the gateway's environment", ".env"; NULL = not found */
	const char *chat;           /* "-1001234567890"; NULL = not found */
	const char *chat_from;
	const char *thread;         /* the topic of a forum; NULL = none */
	const char *thread_from;
	const char *trouble;        /* what could not be read; NULL = nothing */
};

/* Fills *out; strings in `a`, the token in *out alone. gateway_pid: of the instance's gateway, 0 = none is known to run. */
void hermes_telegram(struct telegram *out, const struct hermes_source *src, int64_t gateway_pid, struct arena *a);

/*
 * Whether Hermes has given up delivering to that chat
 * (gateway/dead_targets.json): why, in `a`; NULL = it has not, or keeps no list.
 */
const char *hermes_telegram_dead(const struct hermes_source *src, const char *chat, struct arena *a);

/* "123456:AbC-d_e": what may stand in a URL as it is. */
bool telegram_is_token(const char *s);

/* A number, perhaps negative, or "@name". */
bool telegram_is_chat(const char *s);
bool telegram_is_thread(const char *s);

#endif
