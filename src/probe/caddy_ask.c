/* One GET of the loaded configuration. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "probe/caddy_parts.h"
#include "probe/curl_api.h"

#define LOADED_MAX (4 * 1024 * 1024)
#define LIMIT_MS   1200
#define MARGIN_MS  100

#define NO_NETWORK "this exporter may not use the network; name host.caddy.admin in the configuration, then 'hmc setup' and 'systemctl daemon-reload'"
#define NO_ACCESS  "permission denied; who may ask may also give it orders, so its file is enough: host.caddy.admin \"off\" in the configuration"

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
	struct buf *body = ctx;

	buf_add(body, data, size * n);
	return body->overflow ? 0 : size * n;
}

static long limit_ms(int64_t deadline_us)
{
	int64_t left = deadline_us > 0 ? (deadline_us - clock_mono_us()) / 1000 - MARGIN_MS : LIMIT_MS;

	return left < 1 ? 1 : left < LIMIT_MS ? (long)left : LIMIT_MS;
}

/*
 * Caddy refuses a Host or an Origin that it does not know. Over a socket an empty
 * one ("Host;" to libcurl) is known to every version; of a port it is its address.
 */
static void set_options(const struct curl_api *api, CURL *c, const char *socket, const char *url, struct curl_slist *headers, long ms)
{
	if (socket)
		api->setopt(c, CURLOPT_UNIX_SOCKET_PATH, socket);
	api->setopt(c, CURLOPT_URL, url);
	api->setopt(c, CURLOPT_HTTPHEADER, headers);
	api->setopt(c, CURLOPT_NOSIGNAL, 1L);
	api->setopt(c, CURLOPT_PROXY, "");
	api->setopt(c, CURLOPT_PROTOCOLS_STR, "http");
	api->setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	api->setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
	api->setopt(c, CURLOPT_CONNECTTIMEOUT_MS, ms);
	api->setopt(c, CURLOPT_TIMEOUT_MS, ms);
	api->setopt(c, CURLOPT_USERAGENT, "hermes-mission-control/" MC_VERSION);
	api->setopt(c, CURLOPT_WRITEFUNCTION, take);
}

static const char *why_not(const struct curl_api *api, CURL *c, CURLcode code, const struct buf *body, const char *admin, struct arena *a)
{
	long os = 0;

	api->getinfo(c, CURLINFO_OS_ERRNO, &os);
	if (body->overflow)
		return arena_printf(a, "its configuration is over %d MiB", LOADED_MAX >> 20);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return arena_printf(a, "%s gave no answer in time", admin);
	if (code == CURLE_COULDNT_CONNECT && (os == EACCES || os == EPERM))
		return str_starts(admin, "unix/") ? arena_printf(a, "%s: %s", admin, NO_ACCESS) : NO_NETWORK;
	if (code == CURLE_COULDNT_CONNECT)
		return arena_printf(a, "nobody takes connections at %s", admin);
	return arena_printf(a, "%s gave no answer: %s", admin, api->describe(code));
}

/* As shipped the unit allows no sockets of IP, which libcurl tells as if nobody were there. */
static bool has_network(void)
{
	CLEANUP_FD int four = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return four >= 0 || (errno != EAFNOSUPPORT && errno != EPERM && errno != EACCES);
}

static bool get(const struct curl_api *api, CURL *c, const char *admin, struct buf *body, struct arena *a, const char **reason)
{
	CURLcode code;
	long status = 0;

	api->setopt(c, CURLOPT_WRITEDATA, body);
	code = api->perform(c);
	api->getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK)
		*reason = why_not(api, c, code, body, admin, a);
	else if (status != 200)
		*reason = arena_printf(a, "%s answered with status %ld", admin, status);
	return code == CURLE_OK && status == 200;
}

/* "http://127.0.0.1:2019" for what a configuration or a Caddyfile may say. */
static const char *base_of(const char *admin, struct arena *a)
{
	if (str_starts(admin, "http://"))
		admin += strlen("http://");
	return arena_printf(a, "http://%.*s", (int)strcspn(admin, "/"), admin);
}

bool caddy_ask(struct caddy *to, const char *admin, struct arena *a, int64_t deadline_us, const char **reason)
{
	CLEANUP(buf_done) struct buf body = BUF_INIT(LOADED_MAX);
	const char *socket = str_starts(admin, "unix/") ? admin + strlen("unix/") : NULL;
	const char *base = socket ? "http://127.0.0.1" : base_of(admin, a), *url = arena_printf(a, "%s/config/", base);
	struct curl_slist no_host = { (char[]){ "Host;" }, NULL }, with_origin = { arena_printf(a, "Origin: %s", base), NULL };
	const struct curl_api *api = socket || has_network() ? curl_api() : NULL;
	CURL *c = api ? api->init() : NULL;
	bool ok;

	*reason = socket || has_network() ? CURL_MISSING : NO_NETWORK;
	if (!c)
		return false;
	set_options(api, c, socket, url, socket ? &no_host : &with_origin, limit_ms(deadline_us));
	ok = get(api, c, admin, &body, a, reason) && caddy_read_loaded(to, buf_str(&body), body.len, a, reason);
	api->cleanup(c);
	return ok;
}
