/*
 * notify/bot.h -- the Bot API's send methods, and what its answers mean.
 *
 * core.telegram.org/bots/api: "Making requests", sendMessage, sendDocument,
 * ResponseParameters. Nothing here ever asks for updates or sends a button
 * that answers: both are the gateway's.
 */
#ifndef MC_NOTIFY_BOT_H
#define MC_NOTIFY_BOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "hermes/telegram.h"
#include "notify/notify.h"
#include "probe/http_post.h"

struct bot {
	const struct instance *in;
	const char *origin;         /* of our site */
	struct telegram to;         /* token and chat */
	struct redactor *redactor;
};

enum bot_result {
	BOT_SENT,
	BOT_LATER,              /* it has not taken it, and may later */
	BOT_REFUSED,            /* it will never take it so */
	BOT_UNCLEAR,            /* it may have taken it */
};

struct bot_answer {
	enum bot_result result;
	int64_t message_id;     /* with BOT_SENT */
	int64_t retry_after_s;  /* with BOT_LATER: as it asked; 0 = it did not */
	bool is_for_all;        /* with BOT_REFUSED: no other message would fare better */
	bool is_button;         /* with BOT_REFUSED: for its button's sake */
	const char *why;        /* one line that says what to do; never with the token */
};

/*
 * Fills token and chat from the configuration and from where Hermes keeps
 * them. NULL, or one line that says what is missing and what to do.
 */
const char *bot_find(struct bot *b, const struct hermes_source *src, int64_t gateway_pid, struct arena *a);

/* Wipes the token. */
void bot_done(struct bot *b);

/* Sends a message. Its link is a button where our site has an address that others reach, else a line of the text. */
struct bot_answer bot_send(const struct bot *b, const struct outbox_item *x, struct arena *a);

/* Sends a file of n bytes with a caption. */
struct bot_answer bot_send_document(const struct bot *b, const char *name, const char *type, const char *data, size_t n, const char *caption,
				    struct arena *a);

/* What an answer means. Pure but for the redactor's counts. */
struct bot_answer bot_read(const struct bot *b, const struct http_reply *r, struct arena *a);

/* The body of a message's request, as JSON in `a`; with_button: where there can be one. Pure. */
const char *bot_message(const struct bot *b, const struct outbox_item *x, bool with_button, struct arena *a);

#endif
