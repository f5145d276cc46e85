/*
 * cron/scheduler.py:_get_home_target_chat_id, gateway/config.py:_apply_env_overrides: the environment that the
 * gateway was started with wins over .env, and both over config.yaml, where 0.5 wrote a key at the top.
 */
#include "hermes/telegram.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"
#include "hermes/dotenv.h"
#include "hermes/home.h"
#include "hermes/settings.h"
#include "json/json.h"

#define ENVIRON_MAX  ((size_t)256 * 1024)
#define DEAD_FILE    "gateway/dead_targets.json"
#define DEAD_MAX     ((size_t)1024 * 1024)
#define REASON_CHARS 120
#define PREFIX       "TELEGRAM_"

/* What one place says; "" = nothing. */
struct found {
	char token[TELEGRAM_TOKEN_MAX + 1];
	char chat[TELEGRAM_CHAT_MAX + 1];
	char thread[TELEGRAM_THREAD_MAX + 1];
	char cron_thread[TELEGRAM_THREAD_MAX + 1];
};

/* Each in its turn: the first that says something. */
struct way {
	const char *name;
	struct found f;
};

enum { ENVIRON, DOTENV, BLOCK, OLD, WAYS };

static bool is_digits(const char *s, size_t max)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n <= max && s[n] == '\0';
}

bool telegram_is_token(const char *s)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t n = strspn(s, "0123456789"), m;

	if (n == 0 || n > 20 || s[n] != ':')
		return false;
	m = strspn(s + n + 1, ok);
	return m > 0 && s[n + 1 + m] == '\0' && n + 1 + m <= TELEGRAM_TOKEN_MAX;
}

bool telegram_is_chat(const char *s)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

	if (*s == '@')
		return isalpha((unsigned char)s[1]) && strlen(s) <= TELEGRAM_CHAT_MAX && strspn(s + 1, ok) == strlen(s + 1);
	return is_digits(*s == '-' ? s + 1 : s, 20);
}

bool telegram_is_thread(const char *s)
{
	return is_digits(s, 18);
}

/* What does not fit is not taken at all: half a token is none. */
static void keep(char *to, size_t size, const char *value, size_t n)
{
	if (n == 0 || n >= size)
		return;
	memcpy(to, value, n);
	to[n] = '\0';
}

static void take(const char *name, const char *value, size_t n, void *ctx)
{
	struct found *f = ctx;

	if (!str_starts(name, PREFIX))
		return;
	name += strlen(PREFIX);
	if (str_eq(name, "BOT_TOKEN"))
		keep(f->token, sizeof(f->token), value, n);
	else if (str_eq(name, "HOME_CHANNEL"))
		keep(f->chat, sizeof(f->chat), value, n);
	else if (str_eq(name, "HOME_CHANNEL_THREAD_ID"))
		keep(f->thread, sizeof(f->thread), value, n);
	else if (str_eq(name, "CRON_THREAD_ID"))
		keep(f->cron_thread, sizeof(f->cron_thread), value, n);
}

/* /proc/<pid>/environ holds what the unit gave, and not what Hermes itself has loaded since. */
static void take_environ(struct found *f, const struct hermes_source *src, int64_t pid, struct arena *a)
{
	const char *path = arena_printf(a, "%s/%lld/environ", src->proc_root, (long long)pid);
	CLEANUP_FD int fd = pid > 0 ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;
	CLEANUP_FREE char *data = fd < 0 ? NULL : malloc(ENVIRON_MAX + 1);
	ssize_t n = data ? io_read(fd, data, ENVIRON_MAX) : -1;
	char *next;

	if (n <= 0)
		return;
	data[n] = '\0';
	for (char *entry = data; entry < data + n; entry = next) {
		char *value = strchr(entry, '=');

		next = entry + strlen(entry) + 1;
		if (!value)
			continue;
		*value++ = '\0';
		take(entry, value, strlen(value), f);
	}
	explicit_bzero(data, (size_t)n);
}

static void take_text(const yaml_node_t *node, char *to, size_t size, struct arena *a)
{
	const char *s = ydoc_text(node, size, a);

	if (s)
		keep(to, size, s, strlen(s));
}

/* Both of config.yaml's ways; `old` is the key at the top. */
static void take_yaml(struct found *block, struct found *old, struct telegram *out, const struct hermes_source *src, struct arena *a)
{
	struct ydoc y = { 0 };
	struct probe p = { 0 };

	if (settings_load(&y, &p, src, a)) {
		yaml_node_t *home = ydoc_at(&y, "platforms.telegram.home_channel");

		take_text(ydoc_get(&y, home, "chat_id"), block->chat, sizeof(block->chat), a);
		take_text(ydoc_get(&y, home, "thread_id"), block->thread, sizeof(block->thread), a);
		take_text(ydoc_at(&y, "TELEGRAM_HOME_CHANNEL"), old->chat, sizeof(old->chat), a);
	} else if (p.state == PROBE_UNKNOWN) {
		out->trouble = p.reason;
	}
	ydoc_done(&y);
}

/* TELEGRAM_CRON_THREAD_ID, then the home channel's; the block's own goes with the block's own chat alone. */
static void choose_thread(struct telegram *out, const struct way *w, struct arena *a)
{
	for (int i = ENVIRON; i <= DOTENV && !out->thread; i++)
		if (w[i].f.cron_thread[0]) {
			out->thread = arena_strdup(a, w[i].f.cron_thread);
			out->thread_from = w[i].name;
		}
	for (int i = ENVIRON; i <= BLOCK && !out->thread; i++)
		if (w[i].f.thread[0] && (i != BLOCK || out->chat_from == w[BLOCK].name)) {
			out->thread = arena_strdup(a, w[i].f.thread);
			out->thread_from = w[i].name;
		}
}

static void choose(struct telegram *out, const struct way *w, struct arena *a)
{
	for (int i = 0; i < WAYS; i++) {
		if (!out->token_from && w[i].f.token[0]) {
			memcpy(out->token, w[i].f.token, sizeof(out->token));
			out->token_from = w[i].name;
		}
		if (!out->chat_from && w[i].f.chat[0]) {
			out->chat = arena_strdup(a, w[i].f.chat);
			out->chat_from = w[i].name;
		}
	}
	choose_thread(out, w, a);
}

void hermes_telegram(struct telegram *out, const struct hermes_source *src, int64_t gateway_pid, struct arena *a)
{
	struct way w[WAYS] = { [ENVIRON] = { .name = "the gateway's environment" },
			       [DOTENV] = { .name = ".env" },
			       [BLOCK] = { .name = "platforms.telegram.home_channel of config.yaml" },
			       [OLD] = { .name = "TELEGRAM_HOME_CHANNEL of config.yaml" } };
	const char *reason;

	*out = (struct telegram){ .token = "" };
	take_environ(&w[ENVIRON].f, src, gateway_pid, a);
	reason = dotenv_each_value(src, take, &w[DOTENV].f, a);
	take_yaml(&w[BLOCK].f, &w[OLD].f, out, src, a);
	if (reason)
		out->trouble = arena_printf(a, ".env could not be read: %s", reason);
	choose(out, w, a);
	explicit_bzero(w, sizeof(w));
}

const char *hermes_telegram_dead(const struct hermes_source *src, const char *chat, struct arena *a)
{
	struct probe p = { 0 };
	CLEANUP_JSON cJSON *j = NULL;
	const cJSON *entry;
	const char *why;
	char *data;
	size_t len;

	if (!home_read(&p, src, DEAD_FILE, DEAD_MAX, "none", a, &data, &len))
		return NULL;
	j = home_parse(&p, DEAD_FILE, data, len, a);
	entry = json_object(j, arena_printf(a, "telegram:%s", chat));
	if (!entry)
		return NULL;
	why = home_text(entry, "reason", REASON_CHARS, a);
	return why ? why : "no reason is recorded";
}
