/* Sites as both ways of reading find them. */
#include <arpa/inet.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/caddy_parts.h"
#include "probe/sockets.h"

#define WORD_CHARS 200

static bool has_word(const struct buf *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = buf_str(words); (at = strstr(at, word)); at += n)
		if ((at == words->data || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

void caddy_add_word(struct buf *words, const char *word, size_t n)
{
	struct arena *a = arena_new(64 * 1024);
	CLEANUP(buf_done) struct buf one = BUF_INIT(8 * WORD_CHARS);
	const char *clean = str_clean(a, word, n < 4096 ? n : 4096, WORD_CHARS);

	for (const char *p = clean; *p; p++) {
		if (*p == ' ')
			buf_adds(&one, "%20");
		else
			buf_addc(&one, *p);
	}
	if (one.len > 0 && !has_word(words, buf_str(&one))) {
		size_t before = words->len;

		if (before > 0)
			buf_addc(words, ' ');
		buf_adds(words, buf_str(&one));
		if (words->overflow)
			buf_cut(words, before);
	}
	arena_free(a);
}

void caddy_not_whole(struct caddy *to, const char *note)
{
	to->is_whole = TRI_NO;
	if (!to->note)
		to->note = note;
}

static bool parse_address(const char *host, struct socket_address *address)
{
	*address = (struct socket_address){ .port = 0 };
	if (inet_pton(AF_INET, host, address->bytes) == 1)
		return true;
	address->is_v6 = inet_pton(AF_INET6, host, address->bytes) == 1;
	return address->is_v6;
}

/* "tcp/127.0.0.1:80-90", "[::1]:80", ":443", "unix//run/x.sock": Caddy's "network address" convention. */
static const char *reach_of(const char *listen)
{
	const char *slash = strchr(listen, '/'), *host = slash ? slash + 1 : listen, *colon;
	struct socket_address address;
	char text[INET6_ADDRSTRLEN];
	size_t n;

	if (str_starts(listen, "unix"))
		return "loopback"; /* nobody beyond this machine opens a file of it */
	if (*host == '[') {
		host++;
		colon = strchr(host, ']');
	} else {
		colon = strrchr(host, ':');
	}
	n = colon ? (size_t)(colon - host) : strlen(host);
	if (n == 0)
		return "public";
	if (n >= sizeof(text))
		return NULL;
	memcpy(text, host, n);
	text[n] = '\0';
	if (str_eq(text, "localhost"))
		return "loopback";
	return parse_address(text, &address) ? socket_address_reach(&address) : NULL;
}

static const char *words_of(struct caddy *to, const struct buf *words, struct arena *a)
{
	if (words->overflow)
		caddy_not_whole(to, "a site has more names, upstreams or folders than are listed");
	return words->len > 0 ? arena_strdup(a, buf_str(words)) : NULL;
}

void caddy_add_site(struct caddy *to, const char *listen, const struct buf *hosts, const struct buf *upstreams,
		    const struct buf *roots, struct arena *a)
{
	struct caddy_site *s;

	if (!to->sites)
		to->sites = arena_calloc(a, CADDY_SITES_MAX, sizeof(*to->sites));
	if (to->n_sites == CADDY_SITES_MAX) {
		caddy_not_whole(to, "there are more sites than are listed");
		return;
	}
	s = &to->sites[to->n_sites++];
	s->listen = str_clean(a, listen, strlen(listen), WORD_CHARS);
	s->reach = reach_of(s->listen);
	/* Names that do not all fit would make the site look narrower than it is. */
	s->hosts = hosts->overflow ? NULL : words_of(to, hosts, a);
	s->upstreams = words_of(to, upstreams, a);
	s->roots = words_of(to, roots, a);
	if (hosts->overflow)
		words_of(to, hosts, a);
}

const char *caddy_take_address(const char *address, struct buf *host, struct arena *a)
{
	const char *start = strstr(address, "://"), *port = str_starts(address, "http://") ? "80" : "443", *end, *colon;

	start = start ? start + 3 : address;
	end = start + strcspn(start, "/");
	colon = *start == '[' ? strchr(start, ']') : start;
	colon = colon && colon < end ? memchr(colon, ':', (size_t)(end - colon)) : NULL;
	if (colon && colon + 1 < end)
		port = arena_strndup(a, colon + 1, (size_t)(end - colon - 1));
	caddy_add_word(host, start, (size_t)((colon ? colon : end) - start));
	return port;
}
