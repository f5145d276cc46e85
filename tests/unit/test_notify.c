/* What is said, when, and what the Bot API's answers mean: notify/, store/store_outbox.h. */
#include "test_hermes.h"

#include "base/str.h"
#include "notify/bot.h"
#include "notify/png.h"
#include "notify/text.h"
#include "notify/times.h"
#include "store/store_parts.h"

#define NOW INT64_C(1795400000)
#define HOUR 3600

/* ---- times ---- */

static void one_message_a_second_and_twenty_a_minute(void **state)
{
	struct home *h = *state;
	struct bucket b = { .n = 0 };
	int64_t ms = 1000000, taken = 0;

	for (int64_t end = ms + 60000; ms < end; ms += 100)
		if (bucket_wait_ms(&b, ms) == 0) {
			bucket_take(&b, ms);
			taken++;
		}
	assert_int_equal(taken, BUCKET_ROOM);
	assert_int_equal(bucket_wait_ms(&b, 1000000 + 59999), 1);
	assert_int_equal(bucket_wait_ms(&b, 1000000 + 60000), 0);
	bucket_read(&b, bucket_word(&b, h->a), ms);
	assert_int_equal(b.n, BUCKET_ROOM);
	assert_int_equal(b.at_ms[0], 1000000);
	assert_true(strlen(bucket_word(&b, h->a)) < 400);
}

static void a_clock_that_was_set_back_waits_no_longer_than_a_minute(void **state)
{
	struct bucket b;

	(void)state;
	bucket_read(&b, "9000000,9001000,rubbish", 1000000);
	assert_int_equal(b.n, 2);
	assert_int_equal(bucket_wait_ms(&b, 1000000), 1000);
	bucket_read(&b, NULL, 5);
	assert_int_equal(bucket_wait_ms(&b, 5), 0);
}

static void patience_doubles_up_to_a_quarter_of_an_hour(void **state)
{
	(void)state;
	assert_int_equal(notify_backoff_s(1), 15);
	assert_int_equal(notify_backoff_s(2), 30);
	assert_int_equal(notify_backoff_s(6), 480);
	assert_int_equal(notify_backoff_s(7), BACKOFF_MAX_S);
	assert_int_equal(notify_backoff_s(INT64_MAX), BACKOFF_MAX_S);
}

static void quiet_hours_may_lie_across_midnight(void **state)
{
	static const struct {
		int from, to, at;   /* minutes of the day, by the zone */
		bool is_quiet;
		int lasts;          /* minutes */
	} rows[] = { { 22 * 60, 7 * 60, 23 * 60, true, 8 * 60 }, { 22 * 60, 7 * 60, 0, true, 7 * 60 },	   { 22 * 60, 7 * 60, 7 * 60, false, 0 },
		     { 22 * 60, 7 * 60, 12 * 60, false, 0 },	 { 13 * 60, 14 * 60, 13 * 60, true, 60 }, { 13 * 60, 14 * 60, 14 * 60, false, 0 } };
	const int64_t offset = 19800, midnight = 86400 * INT64_C(20000) - offset;
	int64_t until;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct notify_rules r = { .quiet_from = rows[i].from, .quiet_to = rows[i].to };
		int64_t now = midnight + rows[i].at * 60;

		assert_int_equal(notify_is_quiet(&r, now, offset, &until), rows[i].is_quiet);
		assert_int_equal(until, now + rows[i].lasts * 60);
	}
	assert_false(notify_is_quiet(&(struct notify_rules){ .quiet_from = -1, .quiet_to = -1 }, midnight, offset, &until));
}

static void a_morning_line_is_due_for_some_hours(void **state)
{
	const struct notify_rules r = { .morning = 8 * 60 }, none = { .morning = -1 };
	const int64_t midnight = 86400 * INT64_C(20000);
	int64_t day;

	(void)state;
	assert_false(notify_is_morning(&r, midnight + 8 * HOUR - 1, 0, &day));
	assert_true(notify_is_morning(&r, midnight + 8 * HOUR, 0, &day));
	assert_int_equal(day, 20000);
	assert_false(notify_is_morning(&r, midnight + 14 * HOUR, 0, &day));
	assert_false(notify_is_morning(&none, midnight + 9 * HOUR, 0, &day));
}

static void reminders_come_after_one_hour_four_and_then_daily(void **state)
{
	const struct notify_rules r = { .remind_s = { HOUR, 4 * HOUR, 24 * HOUR }, .n_remind = 3 }, none = { .n_remind = 0 };

	(void)state;
	assert_int_equal(notify_reminder(&r, NOW, NOW + HOUR - 1), 0);
	assert_int_equal(notify_reminder(&r, NOW, NOW + HOUR), 1);
	assert_int_equal(notify_reminder(&r, NOW, NOW + 23 * HOUR), 2);
	assert_int_equal(notify_reminder(&r, NOW, NOW + 24 * HOUR), 3);
	assert_int_equal(notify_reminder(&r, NOW, NOW + 49 * HOUR), 4);
	assert_int_equal(notify_reminder(&r, NOW, NOW - HOUR), 0);
	assert_int_equal(notify_reminder(&none, NOW, NOW + 49 * HOUR), 0);
}

/* ---- texts ---- */

static void nothing_reads_as_a_command_or_as_a_file_to_send(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "/approve", "∕approve" }, { "say /deny@bot now", "say ∕deny@bot now" }, { "(/stop)", "(∕stop)" },
		{ "see /root/.hermes/x", "see /root/.hermes/x" }, { "/approve/x", "∕approve/x" }, { "/DENY/x", "∕DENY/x" },
		{ "a/b 1/2", "a/b 1/2" }, { "https://x/y", "https://x/y" }, { "MEDIA:/etc/x", "MEDIA∶/etc/x" }, { "media:x", "media∶x" },
		{ "[[audio_as_voice]]", "[ [audio_as_voice]]" }, { "[x]", "[x]" },
		{ "[[[as_document]]", "[ [ [as_document]]" }, { "[[[[x", "[ [ [ [x" }, { "—/approve", "—∕approve" }, { "✅/deny all", "✅∕deny all" },
		{ "/ /1", "/ /1" }, { "", "" },
	};
	struct home *h = *state;
	struct redactor *r = redactor_new(false);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(text_plain(r, rows[i].from, 200, h->a), rows[i].to);
	assert_string_equal(text_plain(r, NULL, 200, h->a), "");
	redactor_free(r);
}

static void a_text_is_one_message_by_utf16(void **state)
{
	struct home *h = *state;
	char *plain = arena_alloc(h->a, 5001), *party = arena_alloc(h->a, 4 * 3000 + 1);

	memset(plain, 'x', 5000);
	for (int i = 0; i < 3000; i++)
		memcpy(party + (size_t)4 * i, "🎉", 4);
	assert_int_equal(text_units("aé…🎉"), 5);
	assert_true(text_units(text_fit(plain, h->a)) <= TEXT_UNITS_MAX);
	assert_true(text_units(text_fit(party, h->a)) <= TEXT_UNITS_MAX);
	assert_true(strlen(text_fit(plain, h->a)) <= OUTBOX_TEXT_MAX);
	assert_true(str_is_utf8(text_fit(party, h->a), strlen(text_fit(party, h->a))));
	assert_string_equal(text_fit("short", h->a), "short");
}

static struct notify a_pass(struct home *h, struct redactor *r)
{
	static const struct instance in = { .id = "bheem", .label = "Bheem / Uma", .notify = { .min_severity = ALERT_WARN } };

	return (struct notify){ .in = &in, .origin = "https://vm.example.net", .redactor = r, .a = h->a, .now = NOW };
}

static void a_summary_names_the_worst_first_and_ten_at_most(void **state)
{
	struct home *h = *state;
	struct redactor *r = redactor_new(false);
	const struct notify n = a_pass(h, r);
	struct store_alert alerts[14] = { { 0 } };
	struct text_summary s = { &alerts[1], 13, &alerts[0], 1, 2, true };
	const char *text;

	for (int i = 0; i < 14; i++)
		alerts[i] = (struct store_alert){ .n = i, .reading = "r", .title = arena_printf(h->a, "No. %d.", i),
						  .severity = i == 13 ? ALERT_CRITICAL : ALERT_WARN };
	text = text_summary(&n, &s);
	assert_true(str_starts(text, "🔴 Bheem: 13 open, 3 over\nSome of it could not be told before.\nOpen:\n🔴 No. 13.\n🟠 No. 1.\n"));
	assert_non_null(strstr(text, "\n🟠 No. 9.\n… and 3 more\nOver:\n🟢 No. 0."));
	redactor_free(r);
}

static void steps_are_numbered_by_emoji(void **state)
{
	static const char *const steps[] = { "copied", "scanned", "pushed" };
	struct home *h = *state;
	struct redactor *r = redactor_new(false);
	const struct notify n = a_pass(h, r);

	assert_string_equal(text_done(&n, "Backup pushed", steps, 3), "✅ Bheem: Backup pushed\n1️⃣ copied\n2️⃣ scanned\n3️⃣ pushed");
	redactor_free(r);
}

/* ---- the Bot API ---- */

struct answer_row {
	const char *name;
	struct http_reply reply;
	enum bot_result result;
	int64_t number;         /* message or seconds */
	bool is_for_all;
	const char *says;
};

#define JSON(code, text) { .has_status = true, .status = (code), .data = (text), .len = sizeof(text) - 1 }

static const struct answer_row answers[] = {
	{ "sent", JSON(200, "{\"ok\":true,\"result\":{\"message_id\":41}}"), BOT_SENT, 41, false, NULL },
	{ "429", JSON(429, "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":7}}"), BOT_LATER, 7, false, "for 7 s" },
	{ "429 bare", JSON(429, "{\"ok\":false,\"error_code\":429}"), BOT_LATER, 0, false, "asks to wait" },
	{ "429 for years", JSON(429, "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":99999999}}"), BOT_LATER, 86400, false, "asks to wait" },
	{ "429 below zero", JSON(429, "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":-5}}"), BOT_LATER, 0, false, "asks to wait" },
	{ "502", JSON(502, "{\"ok\":false,\"error_code\":502,\"description\":\"Bad Gateway\"}"), BOT_LATER, 0, false, "Bad Gateway" },
	{ "html", JSON(503, "<h1>no</h1>"), BOT_LATER, 0, false, "answers 503" },
	{ "redirect", JSON(302, ""), BOT_LATER, 0, false, "not followed" },
	{ "401", JSON(401, "{\"ok\":false,\"error_code\":401,\"description\":\"Unauthorized\"}"), BOT_REFUSED, 0, true, "token" },
	{ "403", JSON(403, "{\"ok\":false,\"error_code\":403,\"description\":\"Forbidden: bot was kicked\"}"), BOT_REFUSED, 0, true, "unblock" },
	{ "no chat", JSON(400, "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"}"), BOT_REFUSED, 0, true, "/sethome" },
	{ "moved", JSON(400, "{\"ok\":false,\"error_code\":400,\"parameters\":{\"migrate_to_chat_id\":-100777}}"), BOT_REFUSED, 0, true, "-100777" },
	{ "too long", JSON(400, "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: message is too long\"}"), BOT_REFUSED, 0, false, "too long" },
	{ "not ours", JSON(404, "nothing here"), BOT_REFUSED, 0, true, "notify.api" },
	{ "200 without sense", JSON(200, "{"), BOT_UNCLEAR, 0, false, "not sent again" },
	{ "200 of another kind", JSON(200, "[1]"), BOT_UNCLEAR, 0, false, "not sent again" },
	{ "cut off", { .has_status = true, .status = 200, .data = "", .reason = "it was cut off" }, BOT_UNCLEAR, 0, false, "cut off" },
	{ "no DNS", { .data = "", .reason = "no name" }, BOT_LATER, 0, false, "no name" },
	{ "lost", { .data = "", .is_out = true, .reason = "it hung" }, BOT_UNCLEAR, 0, false, "not sent again" },
	{ "holds the token", JSON(400, "{\"ok\":false,\"error_code\":400,\"description\":\"odd 1:abcdefgh\"}"), BOT_REFUSED, 0, false, "left out" },
	{ "holds it as a URL does", JSON(400, "{\"ok\":false,\"error_code\":400,\"description\":\"odd /bot1%3Aabcdefgh/x\"}"), BOT_REFUSED, 0, false, "left out" },
};

static void every_answer_has_its_meaning_and_says_what_to_do(void **state)
{
	struct home *h = *state;
	const struct instance in = { .id = "bheem", .notify = { .api = "https://api.example.net" } };
	struct redactor *r = redactor_new(false);
	const struct bot b = { .in = &in, .redactor = r, .to = { .token = "1:abcdefgh", .token_from = ".env", .chat = "-5", .chat_from = ".env" } };

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		const struct answer_row *row = &answers[i];
		struct bot_answer x = bot_read(&b, &row->reply, h->a);

		if (x.result != row->result || x.is_for_all != row->is_for_all || (x.message_id ? x.message_id : x.retry_after_s) != row->number)
			fail_msg("%s: result %d, %lld, for all %d", row->name, (int)x.result, (long long)(x.message_id + x.retry_after_s), x.is_for_all);
		if (row->says && (!x.why || !strstr(x.why, row->says) || strstr(x.why, "abcdefgh") || strchr(x.why, '\n')))
			fail_msg("%s: says \"%s\"", row->name, x.why ? x.why : "nothing");
	}
	redactor_free(r);
}

static void a_message_is_plain_text_with_a_button_that_only_leads_somewhere(void **state)
{
	struct home *h = *state;
	const struct outbox_item x = { .text = "a <b> & \"c\"", .link = "/hermes/alerts?instance=bheem", .kind = OUTBOX_OPENED };
	struct bot b = { .origin = "https://vm.example.net", .to = { .chat = "-5", .thread = "7" } };
	const char *with = bot_message(&b, &x, true, h->a), *without;

	assert_non_null(strstr(with, "\"chat_id\":\"-5\",\"message_thread_id\":7"));
	assert_non_null(strstr(with, "\"inline_keyboard\":[[{\"text\":\"Open\",\"url\":\"https://vm.example.net/hermes/alerts?instance=bheem\"}]]"));
	assert_null(strstr(with, "callback_data"));
	assert_null(strstr(with, "parse_mode"));
	b.origin = "http://127.0.0.1:8480";
	without = bot_message(&b, &x, true, h->a);
	assert_null(strstr(without, "reply_markup"));
	assert_non_null(strstr(without, "\\n/hermes/alerts?instance=bheem"));
}

/* ---- where Hermes keeps them ---- */

static void tokens_chats_and_topics_that_are_none_are_not_taken(void **state)
{
	(void)state;
	assert_true(telegram_is_token("123456:AbC-d_e"));
	assert_false(telegram_is_token("123456"));
	assert_false(telegram_is_token(":abc"));
	assert_false(telegram_is_token("1:a/../b"));
	assert_false(telegram_is_token("1:a?b"));
	assert_true(telegram_is_chat("-1001234567890"));
	assert_true(telegram_is_chat("@some_channel"));
	assert_false(telegram_is_chat("-"));
	assert_false(telegram_is_chat("12 3"));
	assert_false(telegram_is_chat("@"));
	assert_true(telegram_is_thread("42"));
	assert_false(telegram_is_thread("-1"));
}

/* ---- picture ---- */

static uint32_t word_at(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void a_strip_is_a_picture_of_the_right_size(void **state)
{
	struct home *h = *state;
	enum slot slots[48] = { SLOT_OK, SLOT_WARN, SLOT_CRITICAL, SLOT_OFF, SLOT_UNKNOWN };
	const struct strip s = { .slots = slots, .n = 48, .slot_s = 1800 }, none = { .n = 0 };
	size_t n = 0;
	const char *png = png_of_strip(&s, h->a, &n);

	assert_non_null(png);
	assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
	assert_int_equal(word_at(png + 16), 48 * 10 + 22);
	assert_int_equal(word_at(png + 20), 80);
	assert_memory_equal(png + n - 8, "IEND", 4);
	assert_null(png_of_strip(&none, h->a, &n));
	assert_null(png_of_indices((const uint8_t *)"", 0, 1, (const uint32_t[]){ 0 }, 1, h->a, &n));
	assert_null(png_of_indices((const uint8_t *)"", PNG_SIDE_MAX + 1, 1, (const uint32_t[]){ 0 }, 1, h->a, &n));
}

/* ---- outbox ---- */

static struct store *ledger(struct home *h)
{
	const char *error = NULL;
	struct store *s;

	mkdir(in_home(h, "ledger"), 0755);
	s = store_open(in_home(h, "ledger"), h->a, &error);
	if (!s)
		fail_msg("%s", error);
	return s;
}

static int64_t put_row(struct home *h, struct store *s, const char *key, enum outbox_state how, int64_t alert, int64_t made)
{
	const struct outbox_item x = { .key = key, .kind = OUTBOX_OPENED, .state = how, .alert = alert, .severity = 2, .text = "a\nb", .made_at = made,
				       .next_at = made };
	const char *error = NULL;
	int64_t n = -1;

	assert_int_equal(store_put_outbox(s, &x, &n, h->a, &error), 0);
	return n;
}

static void a_key_is_told_once(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	struct outbox_item x;

	assert_true(put_row(h, s, "alert:1:opened:0", OUTBOX_WAITING, 1, NOW) > 0);
	assert_int_equal(put_row(h, s, "alert:1:opened:0", OUTBOX_WAITING, 1, NOW + 5), 0);
	assert_true(store_outbox_find(s, "alert:1:opened:0", &x, h->a));
	assert_int_equal(x.made_at, NOW);
	assert_string_equal(x.text, "a\nb");
	assert_false(store_outbox_find(s, "alert:2:opened:0", &x, h->a));
}

static void what_was_being_sent_is_unclear_and_what_is_old_goes(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const struct outbox_query all = { 0 }, of_one = { .alert = 7 };
	struct outbox_item *rows, x;
	const char *error = NULL;
	int64_t n = 0;
	size_t count;

	put_row(h, s, "a", OUTBOX_SENDING, 0, NOW);
	put_row(h, s, "b", OUTBOX_WAITING, 7, NOW - OUTBOX_KEPT_S - 5);
	put_row(h, s, "c", OUTBOX_SENT, 7, NOW - OUTBOX_KEPT_S - 5);
	put_row(h, s, "d", OUTBOX_SENT, 0, NOW);
	assert_int_equal(store_outbox_sweep(s, NOW - OUTBOX_KEPT_S, h->a, &error), 0);
	assert_true(store_outbox_find(s, "c", &x, h->a)); /* among so few nothing goes, whatever the clock says */
	for (int i = 0; i < OUTBOX_KEPT_N; i++)
		put_row(h, s, arena_printf(h->a, "n%d", i), OUTBOX_SENT, 0, NOW);
	assert_int_equal(store_outbox_unclear(s, "killed", &n, h->a, &error), 0);
	assert_int_equal(n, 1);
	assert_int_equal(store_outbox_sweep(s, NOW - OUTBOX_KEPT_S, h->a, &error), 0);
	assert_int_equal(store_outbox(s, &all, &rows, &count, h->a, &error), 0);
	assert_int_equal(count, 3 + OUTBOX_KEPT_N);
	assert_int_equal(rows[0].state, OUTBOX_UNCLEAR);
	assert_string_equal(rows[0].error, "killed");
	assert_int_equal(store_outbox(s, &of_one, &rows, &count, h->a, &error), 0);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].key, "b");
}

static void a_transaction_is_whole_or_nothing(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	struct outbox_item x;
	const char *error = NULL;

	assert_int_equal(store_begin(s, h->a, &error), 0);
	put_row(h, s, "a", OUTBOX_WAITING, 0, NOW);
	assert_int_equal(store_commit(s, -1, h->a, &error), -1);
	assert_false(store_outbox_find(s, "a", &x, h->a));
	assert_int_equal(store_begin(s, h->a, &error), 0);
	put_row(h, s, "a", OUTBOX_WAITING, 0, NOW);
	assert_int_equal(store_commit(s, 0, h->a, &error), 0);
	assert_true(store_outbox_find(s, "a", &x, h->a));
}

static void a_report_says_how_delivery_goes(void **state)
{
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const char *error = NULL;
	struct delivery d;

	assert_int_equal(store_delivery(s, NOW, &d, h->a, &error), 0);
	assert_int_equal(d.ran_at, 0);
	assert_int_equal(d.is_dead, TRI_UNKNOWN);
	put_row(h, s, "a", OUTBOX_WAITING, 0, NOW - 100);
	put_row(h, s, "b", OUTBOX_WAITING, 0, NOW + 100); /* until quiet hours are over */
	put_row(h, s, "c", OUTBOX_REFUSED, 0, NOW);
	assert_int_equal(store_put_state(s, NOTIFY_RAN, NOW - 5, "the bot was blocked", h->a, &error), 0);
	assert_int_equal(store_put_state(s, NOTIFY_GOOD, NOW - 50, NULL, h->a, &error), 0);
	assert_int_equal(store_put_state(s, NOTIFY_DEAD, 0, NULL, h->a, &error), 0);
	assert_int_equal(store_delivery(s, NOW, &d, h->a, &error), 0);
	assert_int_equal(d.waiting, 2);
	assert_int_equal(d.waiting_since, NOW - 100);
	assert_int_equal(d.refused, 1);
	assert_int_equal(d.good_at, NOW - 50);
	assert_int_equal(d.is_dead, TRI_NO);
	assert_string_equal(d.error, "the bot was blocked");
}

/* At the end of the night what came up in it has waited for a moment, not since yesterday. */
static void what_was_not_to_be_said_yet_has_not_waited(void **state)
{
	const struct outbox_item x = { .key = "a", .kind = OUTBOX_OPENED, .state = OUTBOX_WAITING, .severity = 2, .text = "a", .made_at = NOW - 8 * 3600,
				       .next_at = NOW - 20 };
	struct home *h = *state;
	CLEANUP(store_closep) struct store *s = ledger(h);
	const char *error = NULL;
	struct delivery d;
	int64_t n;

	assert_int_equal(store_put_outbox(s, &x, &n, h->a, &error), 0);
	assert_int_equal(store_delivery(s, NOW, &d, h->a, &error), 0);
	assert_int_equal(d.waiting_since, NOW - 20);
}


int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(one_message_a_second_and_twenty_a_minute),
		HOME_TEST(a_clock_that_was_set_back_waits_no_longer_than_a_minute),
		HOME_TEST(patience_doubles_up_to_a_quarter_of_an_hour),
		HOME_TEST(quiet_hours_may_lie_across_midnight),
		HOME_TEST(a_morning_line_is_due_for_some_hours),
		HOME_TEST(reminders_come_after_one_hour_four_and_then_daily),
		HOME_TEST(nothing_reads_as_a_command_or_as_a_file_to_send),
		HOME_TEST(a_text_is_one_message_by_utf16),
		HOME_TEST(a_summary_names_the_worst_first_and_ten_at_most),
		HOME_TEST(steps_are_numbered_by_emoji),
		HOME_TEST(every_answer_has_its_meaning_and_says_what_to_do),
		HOME_TEST(a_message_is_plain_text_with_a_button_that_only_leads_somewhere),
		HOME_TEST(tokens_chats_and_topics_that_are_none_are_not_taken),
		HOME_TEST(a_strip_is_a_picture_of_the_right_size),
		HOME_TEST(a_key_is_told_once),
		HOME_TEST(what_was_being_sent_is_unclear_and_what_is_old_goes),
		HOME_TEST(a_transaction_is_whole_or_nothing),
		HOME_TEST(a_report_says_how_delivery_goes),
		HOME_TEST(what_was_not_to_be_said_yet_has_not_waited),
	};

	return RUN_TESTS("notify", tests);
}
