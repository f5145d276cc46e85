#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "json/json.h"
#include "model/upkeep.h"

#define TOKEN_FILE "google_token.json"
#define TOKEN_MAX  ((size_t)256 * 1024)

/* Reads what google-auth wrote (google.oauth2.credentials.Credentials.to_json); times and counts leave, nothing else. */
static void read_token(struct google_token *g, const cJSON *token)
{
	const cJSON *scopes = json_array(token, "scopes");
	const char *refresh = json_string(token, "refresh_token"), *access = json_string(token, "token");

	g->expires_at = home_time(token, "expiry");
	g->refreshable = refresh && *refresh ? TRI_YES : TRI_NO;
	g->scopes = scopes ? cJSON_GetArraySize(scopes) : COUNT_UNKNOWN;
	if ((access && *access) || g->refreshable == TRI_YES)
		home_answer(&g->probe, PROBE_OK, NULL);
	else
		home_answer(&g->probe, PROBE_UNKNOWN, TOKEN_FILE " holds no token: run the Google setup again");
}

/* Parsing has copied every string; none is left behind in freed memory. */
static void wipe(cJSON *item)
{
	for (; item; item = item->next) {
		if (item->valuestring)
			explicit_bzero(item->valuestring, strlen(item->valuestring));
		wipe(item->child);
	}
}

void hermes_google(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	/* The file's text is a secret: it stays in an arena of its own and is wiped. */
	CLEANUP(arena_freep) struct arena *scratch = arena_new(2 * TOKEN_MAX);
	const struct hermes_source *src = in;
	CLEANUP_JSON cJSON *token = NULL;
	struct google_token *g = out;
	struct stat st;
	char *data;
	size_t len;

	(void)deadline_us;
	home_begin(&g->probe, TOKEN_FILE, src);
	g->scopes = COUNT_UNKNOWN;
	if (!home_is_there(&g->probe, src, a))
		return;
	if (!home_read_private(&g->probe, src, TOKEN_FILE, TOKEN_MAX, "Google Workspace is not set up here", scratch, a, &data,
			       &len, &st))
		return;
	g->refreshed_at = home_epoch((double)st.st_mtim.tv_sec);
	token = home_parse(&g->probe, TOKEN_FILE, data, len, a);
	explicit_bzero(data, len);
	if (cJSON_IsObject(token))
		read_token(g, token);
	else if (token)
		home_answer(&g->probe, PROBE_UNKNOWN, TOKEN_FILE " holds no object");
	wipe(token);
}
