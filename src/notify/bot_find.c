/* Whose token, which chat: what the configuration says, else what Hermes has. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"
#include "notify/bot.h"

/* A file that only its owner, who is us, may read. NULL, or what is wrong with it. */
static const char *what_is_open(const struct bot *b, int fd, int why, const char *path, struct arena *a)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return arena_printf(a, "the token file %s cannot be read: %s; it must be a file of user %s, mode 0600", path,
				    why == ELOOP ? "it is a link" : strerrordesc_np(why), b->in->user);
	if (!S_ISREG(st.st_mode))
		return arena_printf(a, "the token file %s is not a plain file", path);
	if (st.st_uid != geteuid())
		return arena_printf(a, "the token file %s belongs to another user; an instance speaks by its own bot: chown %s %s", path, b->in->user, path);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return arena_printf(a, "the token file %s may be read by others; make that token void, put a new one there, then: chmod 600 %s", path, path);
	return NULL;
}

static const char *read_token(struct bot *b, const char *path, struct arena *a)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *wrong = what_is_open(b, fd, errno, path, a);
	char text[TELEGRAM_TOKEN_MAX + 8];
	ssize_t n;

	explicit_bzero(b->to.token, sizeof(b->to.token)); /* that of Hermes is not meant */
	b->to.token_from = path;
	if (wrong)
		return wrong;
	n = io_read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	if (telegram_is_token(text))
		memcpy(b->to.token, text, strlen(text) + 1);
	explicit_bzero(text, sizeof(text));
	return b->to.token[0] ? NULL : arena_printf(a, "the token file %s holds no bot token in its first line", path);
}

static void take_configured(struct bot *b)
{
	const struct notify_rules *r = &b->in->notify;

	if (r->chat) {
		b->to.chat = r->chat;
		b->to.chat_from = "notify.chat";
		b->to.thread = NULL;
		b->to.thread_from = NULL;
	}
	if (r->thread && *r->thread) {
		b->to.thread = r->thread;
		b->to.thread_from = "notify.thread";
	}
}

static const char *what_is_wrong(const struct bot *b, struct arena *a)
{
	const char *besides = b->to.trouble ? arena_printf(a, " (%s)", b->to.trouble) : "";

	if (!b->to.token[0])
		return arena_printf(a, "no bot token is found: neither the gateway's environment nor .env sets TELEGRAM_BOT_TOKEN%s; set it there, or name a file "
				       "with one as notify.tokenFile", besides);
	if (!telegram_is_token(b->to.token))
		return arena_printf(a, "what %s has for a bot token is none: it must be digits, a colon and letters", b->to.token_from);
	if (!b->to.chat)
		return arena_printf(a, "no home chat is found%s; send /sethome in the chat that is meant, or name its number as notify.chat", besides);
	if (!telegram_is_chat(b->to.chat))
		return arena_printf(a, "what %s has for a home chat is none: it must be a number, or @name", b->to.chat_from);
	if (b->to.thread && !telegram_is_thread(b->to.thread))
		return arena_printf(a, "what %s has for a topic is none: it must be a number", b->to.thread_from);
	return NULL;
}

const char *bot_find(struct bot *b, const struct hermes_source *src, int64_t gateway_pid, struct arena *a)
{
	const char *wrong = NULL;

	hermes_telegram(&b->to, src, gateway_pid, a);
	if (b->in->notify.token_file)
		wrong = read_token(b, b->in->notify.token_file, a);
	take_configured(b);
	return wrong ? wrong : what_is_wrong(b, a);
}

void bot_done(struct bot *b)
{
	explicit_bzero(b->to.token, sizeof(b->to.token));
}
