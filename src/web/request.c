#include "web/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/str.h"
#include "web/hex.h"

/* What the environment may tell us; everything else, REMOTE_USER and X-Forwarded-* among it, is passed over. */
enum variable {
	VAR_METHOD, VAR_PATH, VAR_SCRIPT, VAR_QUERY, VAR_LENGTH, VAR_TYPE,
	VAR_HOST, VAR_COOKIE, VAR_ORIGIN, VAR_SITE, VAR_ACCEPT, VAR_MATCH, VAR_AUTH, VAR_ENCODING,
	VAR__MAX,
};

static const char *const variable_names[VAR__MAX] = {
	[VAR_METHOD] = "REQUEST_METHOD",
	[VAR_PATH] = "PATH_INFO",
	[VAR_SCRIPT] = "SCRIPT_NAME",
	[VAR_QUERY] = "QUERY_STRING",
	[VAR_LENGTH] = "CONTENT_LENGTH",
	[VAR_TYPE] = "CONTENT_TYPE",
	[VAR_HOST] = "HTTP_HOST",
	[VAR_COOKIE] = "HTTP_COOKIE",
	[VAR_ORIGIN] = "HTTP_ORIGIN",
	[VAR_SITE] = "HTTP_SEC_FETCH_SITE",
	[VAR_ACCEPT] = "HTTP_ACCEPT",
	[VAR_MATCH] = "HTTP_IF_NONE_MATCH",
	[VAR_AUTH] = "HTTP_AUTHORIZATION",
	[VAR_ENCODING] = "HTTP_ACCEPT_ENCODING",
};

/* Which variable the string "NAME=value" sets, with its value; VAR__MAX for one of no interest. */
static enum variable which(const char *entry, const char **value)
{
	const char *eq = strchr(entry, '=');

	if (!eq)
		return VAR__MAX;
	*value = eq + 1;
	for (size_t i = 0; i < VAR__MAX; i++)
		if (strlen(variable_names[i]) == (size_t)(eq - entry) &&
		    memcmp(variable_names[i], entry, (size_t)(eq - entry)) == 0)
			return (enum variable)i;
	return VAR__MAX;
}

static int read_environment(char *const *env, const char *values[VAR__MAX], const char **reason)
{
	size_t total = 0;

	for (size_t i = 0; env && env[i]; i++) {
		const char *value = NULL;
		enum variable v;

		total += strlen(env[i]) + 1;
		if (total > REQUEST_ENV_MAX) {
			*reason = "The request's headers are larger than 128 KiB together.";
			return 431;
		}
		v = which(env[i], &value);
		if (v == VAR__MAX)
			continue;
		if (values[v]) {
			*reason = "A header of the request occurs twice.";
			return 400;
		}
		values[v] = value;
	}
	return 0;
}

static int check_method(struct request *r, const char *method, const char **reason)
{
	if (!method && r->source == REQUEST_CGI)
		method = "GET";
	if (!method || !*method || strlen(method) > 16 ||
	    strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(method)) {
		*reason = "The request has no proper method.";
		return 400;
	}
	r->method = method;
	return 0;
}

/*
 * Caddy hands over the decoded path, in which "%2f" has become "/". Routes
 * are exact, so whatever could be read in two ways is refused here.
 */
static int check_path(struct request *r, const char *path, const char **reason)
{
	size_t n = strlen(path);

	if (str_starts(path, "/api/"))
		r->path = "/api/"; /* a program is refused as programs are, whatever is wrong with the rest */
	*reason = "There is no such page."; /* no route is that long, either */
	if (n > REQUEST_PATH_MAX)
		return 404;
	if (!str_is_utf8(path, n)) {
		*reason = "The address is not valid UTF-8.";
		return 400;
	}
	if (path[0] != '/' || strstr(path, "//") || strstr(path, "..") || strpbrk(path, "\\%"))
		return 404;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)path[i];

		if (c < 0x20 || c == 0x7F) {
			*reason = "The address holds a control character.";
			return 400;
		}
	}
	r->path = path;
	return 0;
}

static bool has_control(const char *s)
{
	for (; *s; s++)
		if (((unsigned char)*s < 0x20 && *s != '\t') || *s == 0x7F)
			return true;
	return false;
}

static int check_query(struct request *r, const char *query, struct arena *a, const char **reason)
{
	const char *twice;

	if (strlen(query) > REQUEST_QUERY_MAX) {
		*reason = "The query is longer than 8 KiB.";
		return 414;
	}
	if (has_control(query)) {
		*reason = "The query holds a control character.";
		return 400;
	}
	if (!params_decode(query, strlen(query), a, &r->params, reason))
		return 400;
	twice = params_duplicate(&r->params);
	if (twice) {
		*reason = "A parameter occurs twice.";
		return 400;
	}
	r->query = query;
	return 0;
}

/* RFC 3875, section 4.1.2: digits alone. Caddy says "-1" for a chunked body it does not buffer. */
static int check_length(struct request *r, const char *length, const char **reason)
{
	if (!length || !*length) {
		if (!request_is(r, "POST"))
			return 0;
		*reason = "A POST must say how long it is (Content-Length).";
		return 411;
	}
	if (strspn(length, "0123456789") != strlen(length)) {
		*reason = "Content-Length is not a number.";
		return 400;
	}
	if (!str_parse_i64(length, 0, REQUEST_BODY_MAX, &r->content_length)) {
		*reason = "The request's body is larger than 64 KiB.";
		return 413;
	}
	return 0;
}

static void take_headers(struct request *r, const char *values[VAR__MAX])
{
	r->host = values[VAR_HOST];
	r->cookie = values[VAR_COOKIE];
	r->origin = values[VAR_ORIGIN];
	r->sec_fetch_site = values[VAR_SITE];
	r->content_type = values[VAR_TYPE];
	r->accept = values[VAR_ACCEPT];
	r->if_none_match = values[VAR_MATCH];
	r->authorization = values[VAR_AUTH];
	r->accept_encoding = values[VAR_ENCODING];
}

int request_init(struct request *r, enum request_source source, char *const *env, struct arena *a,
		 const char **reason)
{
	const char *values[VAR__MAX] = { NULL };
	const char *path;
	int status;

	*r = (struct request){ .source = source, .method = "", .path = "", .query = "", .body = "" };
	status = read_environment(env, values, reason);
	if (status)
		return status;
	take_headers(r, values);
	path = values[VAR_PATH] && *values[VAR_PATH] ? values[VAR_PATH] : values[VAR_SCRIPT];
	status = check_method(r, values[VAR_METHOD], reason);
	if (!status)
		status = check_path(r, path ? path : "", reason);
	if (!status)
		status = check_query(r, values[VAR_QUERY] ? values[VAR_QUERY] : "", a, reason);
	if (!status)
		status = check_length(r, values[VAR_LENGTH], reason);
	return status;
}

/* The media type alone, or with charset=utf-8 after it. */
static bool is_form_type(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *rest;

	if (!type || strncasecmp(type, form, strlen(form)) != 0)
		return false;
	rest = type + strlen(form);
	rest += strspn(rest, " \t");
	if (*rest == '\0')
		return true;
	if (*rest++ != ';')
		return false;
	rest += strspn(rest, " \t");
	return strcasecmp(rest, "charset=utf-8") == 0;
}

int request_set_body(struct request *r, const char *body, size_t n, struct arena *a, const char **reason)
{
	char *copy;

	if (n != (size_t)r->content_length) {
		*reason = n < (size_t)r->content_length ? "The request's body ended early."
							: "The request's body is longer than it said.";
		return 400;
	}
	copy = arena_alloc(a, n + 1);
	if (n)
		memcpy(copy, body, n);
	r->body = copy;
	r->body_len = n;
	if (!request_is(r, "POST") || n == 0)
		return 0;
	/* text/plain and multipart are what a foreign page's form can send without asking first. */
	if (!is_form_type(r->content_type)) {
		*reason = "A POST here is a form: application/x-www-form-urlencoded.";
		return 415;
	}
	if (!params_decode(r->body, n, a, &r->form, reason))
		return 400;
	if (params_duplicate(&r->form)) {
		*reason = "A field of the form occurs twice.";
		return 400;
	}
	return 0;
}

bool request_is(const struct request *r, const char *method)
{
	return strcmp(r->method, method) == 0;
}

bool request_is_read(const struct request *r)
{
	return request_is(r, "GET") || request_is(r, "HEAD");
}

bool request_is_api(const struct request *r)
{
	return str_starts(r->path, "/api/");
}

bool request_is_for_programs(const struct request *r)
{
	return request_is_api(r) || str_eq(r->path, "/metrics") || str_ends(r->path, ".atom");
}

const char *request_param(const struct request *r, const char *name)
{
	return params_get(&r->params, name);
}

const char *request_field(const struct request *r, const char *name)
{
	return params_get(&r->form, name);
}

const char *request_id_new(struct arena *a)
{
	unsigned char bytes[8];
	char *id = arena_alloc(a, 2 * sizeof(bytes) + 1);

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort();
	hex_encode(bytes, sizeof(bytes), id);
	return id;
}
