/* What the Bot API's answers mean, and what to do about those that are no. */
#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "notify/bot.h"
#include "notify/text.h"

#define WORDS_CHARS 160
#define RETRY_MAX_S 86400

/* What it says may hold anything. */
static const char *words(const struct bot *b, const char *s, struct arena *a)
{
	const char *shown = s ? text_plain(b->redactor, s, WORDS_CHARS, a) : "";
	const char *colon = strchr(b->to.token, ':'), *secret = colon ? colon + 1 : b->to.token;

	/* Behind the colon, which may stand there as %3A. */
	if (s && *secret && strstr(s, secret))
		return "(what it says holds the token, and is left out)";
	return *shown ? shown : "no reason is given";
}

static struct bot_answer later(const char *why, int64_t after_s)
{
	after_s = after_s > 0 ? after_s : 0;
	return (struct bot_answer){ .result = BOT_LATER, .retry_after_s = after_s < RETRY_MAX_S ? after_s : RETRY_MAX_S, .why = why };
}

static struct bot_answer refused(const char *why, bool is_for_all)
{
	return (struct bot_answer){ .result = BOT_REFUSED, .is_for_all = is_for_all, .why = why };
}

static struct bot_answer unclear(const char *why)
{
	return (struct bot_answer){ .result = BOT_UNCLEAR, .why = why };
}

static bool is_of_chat(const char *said)
{
	static const char *const parts[] = { "chat not found", "chat_id", "thread not found", "TOPIC_CLOSED", "not enough rights", "PEER_ID_INVALID" };

	for (size_t i = 0; said && i < ARRAY_SIZE(parts); i++)
		if (str_holds(said, parts[i]))
			return true;
	return false;
}

static struct bot_answer read_refusal(const struct bot *b, const cJSON *j, int64_t code, struct arena *a)
{
	const char *said = json_string(j, "description"), *shown = words(b, said, a);
	struct bot_answer r;
	int64_t moved = 0;

	if (json_i64(json_object(j, "parameters"), "migrate_to_chat_id", &moved))
		return refused(arena_printf(a, "the group has become a supergroup: its chat is %" PRId64 " now; say so as notify.chat, or /sethome there, "
					       "then: hmc notify --test", moved), true);
	if (code == 401 || code == 404)
		return refused(arena_printf(a, "Telegram does not know the bot's token (%s); look at %s, then: hmc notify --test", shown, b->to.token_from),
			       true);
	if (code == 403)
		return refused(arena_printf(a, "the bot may not write to chat %s (%s); unblock it or let it in, then: hmc notify --test", b->to.chat, shown),
			       true);
	if (is_of_chat(said))
		return refused(arena_printf(a, "the bot cannot write to chat %s, from %s (%s); /sethome in the right chat or correct it, then: hmc notify "
					       "--test", b->to.chat, b->to.chat_from, shown), true);
	r = refused(arena_printf(a, "Telegram takes no such message (%" PRId64 "): %s", code, shown), false);
	r.is_button = said && (str_holds(said, "button") || str_holds(said, "url"));
	return r;
}

static struct bot_answer read_json(const struct bot *b, const struct http_reply *r, const cJSON *j, struct arena *a)
{
	struct bot_answer sent = { .result = BOT_SENT };
	int64_t code = r->status, after = 0;
	bool ok = false;

	json_i64(j, "error_code", &code);
	json_i64(json_object(j, "parameters"), "retry_after", &after);
	if (json_bool(j, "ok", &ok) && ok) {
		json_i64(json_object(j, "result"), "message_id", &sent.message_id);
		return sent;
	}
	if (code == 429)
		return later(after > 0 ? arena_printf(a, "Telegram asks to wait for %" PRId64 " s (429)", after) : "Telegram asks to wait (429)", after);
	if (code >= 500)
		return later(arena_printf(a, "Telegram has trouble of its own (%" PRId64 "): %s", code, words(b, json_string(j, "description"), a)), after);
	return read_refusal(b, j, code, a);
}

/* An answer that is none of the Bot API's. */
static struct bot_answer read_other(const struct bot *b, const struct http_reply *r, struct arena *a)
{
	const char *api = b->in->notify.api;

	if (r->status >= 300 && r->status < 400)
		return later(arena_printf(a, "%s answers with a redirect, which is not followed; look at notify.api, and at what stands between", api), 0);
	if (r->status == 429 || r->status >= 500)
		return later(arena_printf(a, "%s answers %ld, and not as the Bot API does", api, r->status), 0);
	if (r->status >= 400)
		return refused(arena_printf(a, "%s answers %ld, and not as the Bot API does; look at notify.api", api, r->status), true);
	return unclear(arena_printf(a, "%s answered, but %s; it may have arrived, and is not sent again", api,
				    r->reason ? r->reason : "not as the Bot API does"));
}

struct bot_answer bot_read(const struct bot *b, const struct http_reply *r, struct arena *a)
{
	CLEANUP_JSON cJSON *j = NULL;

	if (!r->has_status && r->is_out)
		return unclear(arena_printf(a, "%s was given the message, and then %s; it may have arrived, and is not sent again", b->in->notify.api,
					    r->reason ? r->reason : "nothing came"));
	if (!r->has_status)
		return later(arena_printf(a, "%s: %s", b->in->notify.api, r->reason ? r->reason : "nothing came"), 0);
	if (!r->reason && r->len)
		j = json_parse(r->data, r->len, JSON_REPLACE_BAD_UTF8, NULL);
	return cJSON_IsObject(j) && json_get(j, "ok") ? read_json(b, r, j, a) : read_other(b, r, a);
}
