#include "notify/bot.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "notify/text.h"

#define CAPTION_CHARS 1000 /* 1,024 are taken */
#define BODY_MAX      ((size_t)4 * 1024 * 1024)
#define BOUNDARY      "hmc-7d1c9f0a5b3e4826"

/* A button leads somewhere only where others reach our site; Telegram takes no address of a machine's own. */
static bool can_have_button(const struct bot *b, const struct outbox_item *x)
{
	return x->link && str_starts(b->origin, "https://");
}

static void add_where(const struct bot *b, cJSON *o)
{
	int64_t thread;

	json_add_string(o, "chat_id", b->to.chat);
	if (b->to.thread && str_parse_i64(b->to.thread, 1, INT64_MAX / 2, &thread))
		json_add_i64(o, "message_thread_id", thread);
}

static void add_button(const struct bot *b, cJSON *o, const struct outbox_item *x, struct arena *a)
{
	cJSON *row = cJSON_CreateArray(), *button = cJSON_CreateObject();

	json_add_string(button, "text", "Open");
	json_add_string(button, "url", arena_printf(a, "%s%s", b->origin, x->link));
	json_append(row, button);
	json_append(json_add_array(json_add_object(o, "reply_markup"), "inline_keyboard"), row);
}

const char *bot_message(const struct bot *b, const struct outbox_item *x, bool with_button, struct arena *a)
{
	CLEANUP_JSON cJSON *o = cJSON_CreateObject();
	CLEANUP_FREE char *printed = NULL;
	bool has_button = with_button && can_have_button(b, x);

	add_where(b, o);
	json_add_string(o, "text", !has_button && x->link ? text_fit(arena_printf(a, "%s\n%s", x->text, x->link), a) : x->text);
	json_add_bool(json_add_object(o, "link_preview_options"), "is_disabled", true);
	/* What is over, or only told, wakes nobody. */
	json_add_bool(o, "disable_notification", x->kind == OUTBOX_RECOVERED || x->kind == OUTBOX_MORNING || x->kind == OUTBOX_DONE);
	if (has_button)
		add_button(b, o, x, a);
	printed = json_print(o);
	return arena_strdup(a, printed);
}

static struct bot_answer post(const struct bot *b, const char *method, const char *type, const char *body, size_t n, struct arena *a)
{
	char *url = arena_printf(a, "%s/bot%s/%s", b->in->notify.api, b->to.token, method);
	const struct http_post p = { .url = url, .ca_file = b->in->notify.ca_file, .type = type, .body = body, .n = n };
	struct http_reply r = http_post(&p, a);

	explicit_bzero(url, strlen(url));
	return bot_read(b, &r, a);
}

struct bot_answer bot_send(const struct bot *b, const struct outbox_item *x, struct arena *a)
{
	const char *body = bot_message(b, x, /* with_button= */ true, a);
	struct bot_answer r = post(b, "sendMessage", "application/json", body, strlen(body), a);

	/* A button that Telegram does not like is no reason to say nothing. */
	if (r.result != BOT_REFUSED || !r.is_button || !can_have_button(b, x))
		return r;
	body = bot_message(b, x, /* with_button= */ false, a);
	return post(b, "sendMessage", "application/json", body, strlen(body), a);
}

static void add_field(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", name, value);
}

struct bot_answer bot_send_document(const struct bot *b, const char *name, const char *type, const char *data, size_t n, const char *caption,
				    struct arena *a)
{
	CLEANUP(buf_done) struct buf body = BUF_INIT(BODY_MAX);

	add_field(&body, "chat_id", b->to.chat);
	if (b->to.thread)
		add_field(&body, "message_thread_id", b->to.thread);
	add_field(&body, "caption", str_clean(a, caption, strlen(caption), CAPTION_CHARS));
	add_field(&body, "disable_notification", "true");
	buf_printf(&body, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"document\"; filename=\"%s\"\r\nContent-Type: %s\r\n\r\n", name, type);
	buf_add(&body, data, n);
	buf_adds(&body, "\r\n--" BOUNDARY "--\r\n");
	if (body.overflow)
		return (struct bot_answer){ .result = BOT_REFUSED, .why = "the picture is too large to be sent" };
	return post(b, "sendDocument", "multipart/form-data; boundary=" BOUNDARY, body.data, body.len, a);
}
