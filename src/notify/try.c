/* hmc notify --test: a message, its button, a picture; and what of it arrived. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "notify/day.h"
#include "notify/png.h"
#include "notify/send.h"
#include "notify/text.h"
#include "view/links.h"

static enum notify_end send_message(struct notify *n, const struct bot *bot, int64_t *id)
{
	struct outbox_item row = { .kind = OUTBOX_TEST, .state = OUTBOX_WAITING, .made_at = n->now, .next_at = n->now };
	enum notify_end how = NOTIFY_ALL;
	const char *error = NULL;

	row.key = arena_printf(n->a, "test:%" PRId64 ":%" PRId64, n->now, clock_mono_us());
	row.text = text_test(n);
	row.link = link_pane(n->a, "alerts", n->in->id);
	if (store_put_outbox(n->store, &row, &row.n, n->a, &error) < 0) {
		n->error = error;
		return NOTIFY_FAILED;
	}
	notify_send_row(n, bot, &row, &how);
	if (how == NOTIFY_PACED)
		n->error = "so many messages were sent within the last minute that this one waits; the next pass sends it";
	*id = row.message_id;
	return how == NOTIFY_ALL && row.state != OUTBOX_SENT ? NOTIFY_REFUSED : how;
}

static enum notify_end send_picture(struct notify *n, const struct bot *bot, int64_t *id)
{
	const char *png, *caption, *error = NULL;
	struct bot_answer r;
	struct strip strip;
	size_t size = 0;

	caption = notify_day(n, "The last 24 h", &strip, &error);
	png = caption ? png_of_strip(&strip, n->a, &size) : NULL;
	if (!png) {
		n->error = error ? error : "the picture could not be drawn";
		return NOTIFY_FAILED;
	}
	if (!notify_take_turn(n)) {
		n->error = "so many messages were sent within the last minute that the document has no turn; try again in a minute";
		return NOTIFY_PACED;
	}
	r = bot_send_document(bot, arena_printf(n->a, "%s-24h.png", n->in->id), "image/png", png, size, caption, n->a);
	n->now = clock_now_s();
	notify_heed(n, &r);
	r.is_for_all = r.result == BOT_REFUSED; /* the test failed, whatever it was */
	*id = r.message_id;
	return notify_ended(n, "the document", &r);
}

static void say_message(struct notify *n, int64_t id)
{
	if (str_starts(n->origin, "https://"))
		notify_say(n, "1️⃣ message %" PRId64 " arrived, with a button that opens %s", id, n->origin);
	else
		notify_say(n, "1️⃣ message %" PRId64 " arrived; %s is no address for others, so there is no button and the page is named in the text", id,
			   n->origin);
}

enum notify_end notify_test(struct notify *n, const struct bot *bot)
{
	int64_t until, failures, id = 0;
	enum notify_end how;
	const char *why;

	notify_say(n, "token from %s, chat %s from %s%s%s", bot->to.token_from, bot->to.chat, bot->to.chat_from, bot->to.thread ? ", topic " : "",
		   bot->to.thread ? bot->to.thread : "");
	/* A refusal is asked again, for it may have been mended; a wait that was asked for is kept. */
	if (notify_is_held(n, &until, &failures, &why) && str_starts(why, "Telegram asks to wait")) {
		n->error = arena_printf(n->a, "%s; try again in %" PRId64 " s", why, until - n->now);
		return NOTIFY_LATER;
	}
	how = send_message(n, bot, &id);
	if (how != NOTIFY_ALL)
		return how;
	say_message(n, id);
	how = send_picture(n, bot, &id);
	if (how == NOTIFY_ALL)
		notify_say(n, "2️⃣ document %" PRId64 " arrived: the strip of the last 24 h", id);
	return how;
}
