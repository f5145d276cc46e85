/*
 * Credentials and look-alikes from the rules and tests of three public
 * scanners, and personal data from one recogniser's: what of it the redactor
 * removes. Read from $MC_SHARED; rates are printed.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "test.h"

#include <cjson/cJSON.h>
#include <pcre2.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "redact/engine.h"
#include "redact/redact.h"
#include "redact/rules.h"

enum kind {
	PROVIDER,  /* a credential that is recognisable by form or name */
	NOISY,	   /* generic words, keywords in code, hashes: noisy, say the sources; rated apart */
	NO_SECRET, /* account numbers, bucket names, addresses: nothing that opens anything */
};

struct tally {
	int all, ok;
};

static struct redactor *redactor;
static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	redactor = redactor_new(false);
	arena = arena_new(64 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	redactor_free(redactor);
	arena_free(arena);
	return 0;
}

static bool is_listed(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static bool has_category(const cJSON *entry, const char *name)
{
	const cJSON *c;

	cJSON_ArrayForEach(c,
			   cJSON_GetObjectItemCaseSensitive(entry, "categories")) if (strcmp(c->valuestring,
											     name) ==
										      0) return true;
	return false;
}

static const char *rule_name(const cJSON *entry)
{
	return cJSON_GetObjectItemCaseSensitive(entry, "rule")->valuestring;
}

static enum kind kind_of(const cJSON *entry)
{
	static const char *const noisy[] = { "keyword", "np.jwt.3", NULL };
	static const char *const none[] = { "ip_public", "gcp-service-account", NULL };

	if (is_listed(rule_name(entry), none) ||
	    (has_category(entry, "identifier") && !has_category(entry, "secret")))
		return NO_SECRET;
	if (is_listed(rule_name(entry), noisy) || has_category(entry, "generic") ||
	    has_category(entry, "hashed"))
		return NOISY;
	return PROVIDER;
}

static char *from_base64(const char *s)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = arena_alloc(arena, strlen(s) + 1);
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (; *s && *s != '='; s++) {
		if (*s == '\n')
			continue;
		bits = bits << 6 | (unsigned)(strchr(alphabet, *s) - alphabet);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (char)(bits >> have & 0xFF);
		}
	}
	return out;
}

static char *to_base64(const char *s)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(s), k = 0;
	char *out = arena_alloc(arena, n * 2 + 8);

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)(unsigned char)s[i] << 16;

		if (i + 1 < n)
			v |= (unsigned)(unsigned char)s[i + 1] << 8;
		if (i + 2 < n)
			v |= (unsigned char)s[i + 2];
		out[k++] = alphabet[v >> 18];
		out[k++] = alphabet[v >> 12 & 63];
		out[k++] = (char)(i + 1 < n ? alphabet[v >> 6 & 63] : '=');
		out[k++] = (char)(i + 2 < n ? alphabet[v & 63] : '=');
	}
	return out;
}

static char *to_percent(const char *s)
{
	char *out = arena_alloc(arena, strlen(s) * 3 + 1), *p = out;

	for (; *s; s++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", *s))
			*p++ = *s;
		else
			p += snprintf(p, 4, "%%%02X", (unsigned char)*s);
	}
	return out;
}

/* The text as a JSON string, with its quotes. */
static char *to_json(const char *s)
{
	cJSON *j = cJSON_CreateString(s);
	char *printed = cJSON_PrintUnformatted(j), *out = arena_strdup(arena, printed);

	free(printed);
	cJSON_Delete(j);
	return out;
}

/*
 * The source's own pattern says which part is the secret: its last group in
 * noseyparker (but for MongoDB's URLs, where that is the host), the first of
 * some length in gitleaks. NULL: it does not say.
 */
static char *secret_by_pattern(const char *pattern, bool take_last, const char *text)
{
	PCRE2_SIZE at, *span, from = 0, to = 0;
	int err, rc;
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &err, &at, NULL);
	pcre2_match_data *match;

	if (!code)
		return NULL;
	match = pcre2_match_data_create_from_pattern(code, NULL);
	rc = pcre2_match(code, (PCRE2_SPTR)text, strlen(text), 0, 0, match, NULL);
	span = pcre2_get_ovector_pointer(match);
	for (int i = 1; i < rc; i++) {
		if (span[2 * i] == PCRE2_UNSET || span[2 * i + 1] - span[2 * i] < 3 || (!take_last && to))
			continue;
		from = span[2 * i];
		to = span[2 * i + 1];
		if (i == 2 && strstr(pattern, "mongodb"))
			break;
	}
	if (rc > 0 && !to) {
		from = span[0];
		to = span[1];
	}
	pcre2_match_data_free(match);
	pcre2_code_free(code);
	return to ? arena_strndup(arena, text + from, to - from) : NULL;
}

/* Without a pattern: the longest run of what keys are made of. */
static char *secret_by_length(const char *text)
{
	static const char run[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~+";
	static const char *const keyword_values[] = {
		"m{{h}o)p${e]nob(ody[finds>-_$#thisone}}",
		"value with quotes and spaces",
		"A,.:-¨@*¿?!",
	};
	const char *best = text;
	size_t best_len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keyword_values); i++)
		if (strstr(text, keyword_values[i]))
			return arena_strdup(arena, keyword_values[i]);
	while (*text) {
		size_t len = strspn(text, run);

		if (len > best_len) {
			best = text;
			best_len = len;
		}
		text += len ? len : 1;
	}
	return arena_strndup(arena, best, best_len);
}

/* A URL in a rule for URLs: its password is the secret, not its host. */
static char *password_of(char *secret)
{
	char *from = strstr(secret, "://"), *end, *at, *colon;

	if (!from)
		return secret;
	from += 3;
	end = arena_strndup(arena, from, strcspn(from, "/"));
	at = strrchr(end, '@');
	colon = strchr(end, ':');
	return colon && at && at > colon ? arena_strndup(arena, colon + 1, (size_t)(at - colon) - 1) : secret;
}

/*
 * Three samples in which something else holds the "secret": a Ruby expression
 * (np.odbc.1), a password that the text repeats as a user name (np.odbc.1),
 * and "bria" (np.mongodb.1), which the host's name begins with.
 */
static bool is_excused(const char *secret)
{
	return strncmp(secret, "#{datastore[", 12) == 0 || strcmp(secret, "specialbill_user") == 0 ||
	       strcmp(secret, "bria") == 0;
}

/* gitleaks.toml: the regex of one id. */
static char *gitleaks_pattern(const char *toml, const char *id)
{
	char *key = arena_printf(arena, "id = \"%s\"", id);
	const char *at = strstr(toml, key), *end;

	if (!at)
		return NULL;
	at = strstr(at, "regex = '''");
	end = at ? strstr(at + 11, "'''") : NULL;
	return end ? arena_strndup(arena, at + 11, (size_t)(end - at) - 11) : NULL;
}

/* No half of the secret, and no line of it, is left. */
static bool is_gone(const char *secret, const char *out)
{
	char *copy = arena_strdup(arena, secret), *save = NULL;

	for (char *word = strtok_r(copy, " \t\r\n", &save); word; word = strtok_r(NULL, " \t\r\n", &save)) {
		size_t len = strlen(word), window = len < 16 ? len : (len + 1) / 2;

		if (len < 4)
			continue;
		for (size_t i = 0; i + window <= len; i++)
			if (memmem(out, strlen(out), word + i, window))
				return false;
	}
	return true;
}

struct embedding {
	const char *name;
	const char *before, *after;
	char *(*encode)(const char *);
	int times;
};

static const struct embedding embeddings[] = {
	{ "bare", "", "", NULL, 0 },
	{ "log line", "2026-03-26 03:00:00,000 WARNING gateway.platforms.telegram: seen ", "", NULL, 0 },
	{ "error", "RuntimeError: request failed (401): ", " -- giving up after 3 tries", NULL, 0 },
	{ "arguments", "/usr/bin/python3 -m tool --verbose ", " --retries 3", NULL, 0 },
	{ "URL", "GET https://api.example.com/v1/callback?data=", "&page=2 HTTP/1.1", to_percent, 1 },
	{ "JSON", "{\"snapshot\":{\"items\":[{\"id\":7,\"detail\":", "}]}}", to_json, 1 },
	{ "JSON in JSON", "{\"event\":", ",\"n\":1}", to_json, 2 },
	{ "base64", "payload: ", "", to_base64, 1 },
};

static const char *embed(const struct embedding *e, const char *text)
{
	char *s = arena_strdup(arena, text);

	for (int i = 0; i < e->times; i++)
		s = e->encode(s);
	return arena_printf(arena, "%s%s%s", e->before, s, e->after);
}

/* How many embeddings the secret is gone from. */
static int gone_from(const char *rule, const char *text, const char *secret, bool print)
{
	int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(embeddings); i++) {
		const struct embedding *e = &embeddings[i];
		const char *in = embed(e, text), *out = redact(redactor, in, arena);
		bool gone = is_gone(secret, out);

		/* The encoded form of the whole must not be left either. */
		if (e->encode == to_percent || e->encode == to_base64)
			gone = gone && !strstr(out, e->encode(text)) && !strstr(out, to_percent(secret));
		if (!gone && print)
			print_message("  %s, %s: %.300s\n", rule, e->name, out);
		assert_string_equal(redact(redactor, out, arena), out);
		count += gone;
	}
	return count;
}

static cJSON *load(const char *name)
{
	char *path = arena_printf(arena, "secret-detection/%s", name);
	char *text = read_all(shared_path(arena_printf(arena, "vectors/%s", path)), NULL);
	cJSON *j = cJSON_Parse(text);

	free(text);
	assert_non_null(j);
	return j;
}

static void try_positives(const cJSON *entry, const char *toml, struct tally tallies[3])
{
	const int each = (int)ARRAY_SIZE(embeddings);
	const cJSON *pattern = cJSON_GetObjectItemCaseSensitive(entry, "pattern"), *s;
	enum kind kind = kind_of(entry);

	cJSON_ArrayForEach(s, cJSON_GetObjectItemCaseSensitive(entry, "positive_b64"))
	{
		char *text = from_base64(s->valuestring), *secret = NULL, *own;

		if (pattern)
			secret = secret_by_pattern(pattern->valuestring, true, text);
		else if ((own = gitleaks_pattern(toml, rule_name(entry))))
			secret = secret_by_pattern(own, false, text);
		if (!secret)
			secret = secret_by_length(text);
		secret = password_of(secret);
		if (is_excused(secret))
			continue;
		if (kind == NO_SECRET)
			continue;
		tallies[kind].all += each;
		tallies[kind].ok +=
			gone_from(rule_name(entry), text, secret, kind == PROVIDER || getenv("VERBOSE"));
	}
}

static void no_credential_of_the_three_scanners_survives(void **state)
{
	(void)shared_path("vectors"); /* may skip: nothing is held yet */
	static const char *const files[] = { "noseyparker.json", "gitleaks.json", "detect-secrets.json" };
	struct tally tallies[3] = { 0 };
	char *b64, *toml;

	(void)state;
	b64 = read_all(shared_path("vectors/secret-detection/gitleaks.toml.b64"), NULL);
	toml = from_base64(b64);
	free(b64);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		cJSON *all = load(files[i]);
		const cJSON *entry;

		cJSON_ArrayForEach(entry, all) try_positives(entry, toml, tallies);
		cJSON_Delete(all);
	}
	print_message("provider credentials, each in %zu embeddings: gone from %d of %d\n",
		      ARRAY_SIZE(embeddings), tallies[PROVIDER].ok, tallies[PROVIDER].all);
	print_message("generic, keyword and hash samples likewise: gone from %d of %d\n", tallies[NOISY].ok,
		      tallies[NOISY].all);
	assert_int_equal(tallies[PROVIDER].ok, tallies[PROVIDER].all);
}

/* Every pattern of the two sources that give patterns, identifiers apart. */
struct patterns {
	pcre2_code *code[512];
	size_t n;
	pcre2_match_data *match;
};

static void add_pattern(struct patterns *p, const char *pattern)
{
	PCRE2_SIZE at;
	int err;
	pcre2_code *code = pattern ? pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF,
						   &err, &at, NULL)
				   : NULL;

	assert_true(p->n < ARRAY_SIZE(p->code));
	if (code)
		p->code[p->n++] = code;
}

static void load_patterns(struct patterns *p)
{
	char *b64 = read_all(shared_path("vectors/secret-detection/gitleaks.toml.b64"), NULL),
	     *toml = from_base64(b64);
	cJSON *all = load("noseyparker.json");
	const cJSON *entry;

	cJSON_ArrayForEach(entry, all) if (kind_of(entry) == PROVIDER)
		add_pattern(p, cJSON_GetObjectItemCaseSensitive(entry, "pattern")->valuestring);
	for (char *at = toml; (at = strstr(at, "\nid = \"")); at++) {
		char *id = arena_strndup(arena, at + 7, strcspn(at + 7, "\""));

		add_pattern(p, gitleaks_pattern(toml, id));
	}
	p->match = pcre2_match_data_create(64, NULL);
	cJSON_Delete(all);
	free(b64);
}

static bool is_flagged(const struct patterns *p, const char *text)
{
	for (size_t i = 0; i < p->n; i++)
		if (pcre2_match(p->code[i], (PCRE2_SPTR)text, strlen(text), 0, 0, p->match, NULL) >= 0)
			return true;
	return false;
}

static void free_patterns(struct patterns *p)
{
	while (p->n)
		pcre2_code_free(p->code[--p->n]);
	pcre2_match_data_free(p->match);
}

struct negatives {
	struct tally all, noisy, flagged, plain;
};

/*
 * Rules whose negatives hold a credential in plain sight that no pattern
 * flags: a client secret in JSON, a Vault or Telegram token with something
 * before it, an Anthropic key one character short, "ibm-cloud-pwd = ...".
 */
static bool is_credential_anyway(const char *rule)
{
	static const char *const rules[] = {
		"np.gitalk.1",	"np.hashicorp.2",    "np.mongodb.1",
		"np.odbc.1",	"mailchimp-api-key", "ibm_cloud_iam",
		"ibm_cos_hmac", "telegram_token",    "anthropic-admin-api-key",
		NULL,
	};

	return is_listed(rule, rules);
}

static void count(struct tally *t, bool ok)
{
	t->all++;
	t->ok += ok;
}

/*
 * A rule's negative is often another rule's positive, or a live key that the
 * source has on an allow list: "flagged" are those that a pattern of the
 * sources, generic ones included, matches all the same. Removing these is right.
 */
static void try_negatives(const cJSON *entry, const struct patterns *patterns, struct negatives *n)
{
	const cJSON *s;

	cJSON_ArrayForEach(s, cJSON_GetObjectItemCaseSensitive(entry, "negative_b64"))
	{
		char *text = from_base64(s->valuestring);
		const char *out = redact(redactor, text, arena);
		bool flagged = is_flagged(patterns, text) || is_credential_anyway(rule_name(entry)),
		     noisy = kind_of(entry) == NOISY;

		count(&n->all, out == text);
		count(noisy ? &n->noisy : flagged ? &n->flagged : &n->plain, out == text);
		if (out != text && (getenv("VERBOSE") || (!noisy && !flagged)))
			print_message("  touched, %s: %.160s\n", rule_name(entry), out);
	}
}

static void print_touched(const char *what, const struct tally *t)
{
	print_message("%s: touched %d of %d (%.1f %%)\n", what, t->all - t->ok, t->all,
		      100.0 * (t->all - t->ok) / t->all);
}

static void what_only_looks_like_a_credential_is_left(void **state)
{
	(void)shared_path("vectors"); /* may skip: nothing is held yet */
	static const char *const files[] = { "noseyparker.json", "gitleaks.json", "detect-secrets.json" };
	struct patterns patterns = { .n = 0 };
	struct negatives n = { 0 };

	(void)state;
	load_patterns(&patterns);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		cJSON *all = load(files[i]);
		const cJSON *entry;

		cJSON_ArrayForEach(entry, all) try_negatives(entry, &patterns, &n);
		cJSON_Delete(all);
	}
	free_patterns(&patterns);
	print_touched("negatives, all", &n.all);
	print_touched("negatives of generic and keyword rules", &n.noisy);
	print_touched("negatives that hold a credential all the same", &n.flagged);
	print_touched("the other negatives", &n.plain);
	assert_true((n.plain.all - n.plain.ok) * 20 <= n.plain.all);
}

/* A rule is skipped when none of its strings occurs: then its pattern must not match either. */
static void try_needs(struct engine *e, const char *text)
{
	struct owner_set rules = { 0 };

	engine_candidates(e, text, strlen(text), &rules);
	for (size_t i = 0; i < redact_n_rules; i++) {
		if (owner_set_has(&rules, i) || engine_run(e, i, text, strlen(text), NULL, NULL) == ENGINE_NOTHING)
			continue;
		fail_msg("rule %zu (%s) matches without any of its strings: %s", i, redact_rules[i].name, text);
	}
}

static void a_rule_that_is_skipped_could_not_have_matched(void **state)
{
	(void)shared_path("vectors"); /* may skip: nothing is held yet */
	static const char *const files[] = { "noseyparker.json", "gitleaks.json", "detect-secrets.json" };
	static const char *const kinds[] = { "positive_b64", "negative_b64" };
	struct engine *e = engine_new(true);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files) * ARRAY_SIZE(kinds); i++) {
		cJSON *all = load(files[i / ARRAY_SIZE(kinds)]);
		const cJSON *entry, *s;

		cJSON_ArrayForEach(entry, all)
			cJSON_ArrayForEach(s, cJSON_GetObjectItemCaseSensitive(entry, kinds[i % ARRAY_SIZE(kinds)]))
				try_needs(e, from_base64(s->valuestring));
		cJSON_Delete(all);
	}
	engine_free(e);
}

/* Does every span of the sample lose all its digits and letters? */
static int spans_gone(const cJSON *sample, struct redactor *r)
{
	const char *text = cJSON_GetObjectItemCaseSensitive(sample, "text")->valuestring;
	const char *out = redact(r, text, arena);
	const cJSON *span;
	int gone = 0;

	assert_string_equal(redact(r, out, arena), out);
	cJSON_ArrayForEach(span, cJSON_GetObjectItemCaseSensitive(sample, "spans"))
	{
		size_t from = (size_t)span->child->valueint, to = (size_t)span->child->next->valueint;

		gone += to <= strlen(text) && !strstr(out, arena_strndup(arena, text + from, to - from));
	}
	return gone;
}

static void print_recall(const cJSON *all, struct redactor *r, const char *entity, bool is_promised)
{
	const cJSON *sample;
	int spans = 0, gone = 0, left = 0, negatives = 0;

	cJSON_ArrayForEach(sample, all)
	{
		const char *text = cJSON_GetObjectItemCaseSensitive(sample, "text")->valuestring;

		if (strcmp(cJSON_GetObjectItemCaseSensitive(sample, "entity")->valuestring, entity) != 0)
			continue;
		spans += cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(sample, "spans"));
		gone += spans_gone(sample, r);
		if (cJSON_GetObjectItemCaseSensitive(sample, "count")->valueint == 0) {
			negatives++;
			left += redact(r, text, arena) == text;
		}
	}
	print_message("%s: %d of %d gone%s; %d of %d look-alikes left\n", entity, gone, spans,
		      is_promised ? "" : " (not promised)", left, negatives);
	if (is_promised) {
		assert_int_equal(gone, spans);
		assert_int_equal(left, negatives);
	}
}

static void personal_data_of_the_recogniser_is_removed(void **state)
{
	(void)shared_path("vectors"); /* may skip: nothing is held yet */
	char *text = read_all(shared_path("vectors/pii/presidio.json"), NULL);
	cJSON *all = cJSON_Parse(text);
	struct redactor *r = redactor_new(true);

	(void)state;
	assert_non_null(all);
	print_recall(all, r, "EMAIL_ADDRESS", true);
	print_recall(all, r, "CREDIT_CARD", true);
	print_recall(all, r, "PHONE_NUMBER", true);
	print_recall(all, r, "IP_ADDRESS", false);
	print_recall(all, r, "URL", false);
	redactor_free(r);
	cJSON_Delete(all);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_rule_that_is_skipped_could_not_have_matched, setup, teardown),
		cmocka_unit_test_setup_teardown(no_credential_of_the_three_scanners_survives, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_only_looks_like_a_credential_is_left, setup, teardown),
		cmocka_unit_test_setup_teardown(personal_data_of_the_recogniser_is_removed, setup, teardown),
	};

	return RUN_TESTS("redact_vectors", tests);
}
