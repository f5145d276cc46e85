#include "hermes/message_row.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"

#define SQL_MAX     1024
#define ID_CHARS    200
#define WORD_CHARS  64
#define RESULT_MAX  (64 * 1024)  /* of a tool's result that is looked into */
#define CALLS_MAX   (1024 * 1024)
#define PARTS_MARK  "\0json:"    /* hermes_state.py: what a message of several parts begins with */
#define FORGIVING   (JSON_RAW_CONTROLS | JSON_REPLACE_BAD_UTF8 | JSON_PYTHON_NUMBERS)

/* clang-format off */
/* In this order in the statement. */
static const char *const row_columns[] = {
	"role", "content", "tool_call_id", "tool_calls", "tool_name", "token_count", "finish_reason",
};

enum { COL_ROLE, COL_CONTENT, COL_CALL_ID, COL_CALLS, COL_TOOL, COL_TOKENS, COL_FINISH };
/* clang-format on */

const char *message_row_sql(const struct statedb_columns *c, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(SQL_MAX);

	buf_adds(&b, "SELECT ");
	for (size_t i = 0; i < ARRAY_SIZE(row_columns); i++)
		buf_printf(&b, "%s%s", i ? ", " : "", statedb_has(c, row_columns[i]) ? row_columns[i] : "NULL");
	buf_adds(&b, " FROM messages WHERE rowid = ?1");
	return arena_strdup(a, buf_str(&b));
}

/* At most MESSAGE_RAW_MAX bytes, up to a NUL; a character cut in two is the redactor's to mend. */
static const char *raw(const char *text, size_t n, bool *is_cut, struct arena *a)
{
	*is_cut = n > MESSAGE_RAW_MAX;
	return n ? arena_strndup(a, text, *is_cut ? MESSAGE_RAW_MAX : n) : NULL;
}

/* The text among the parts of a message that has images too; NULL where there is none, or it is too large to look. */
static const char *text_of_parts(const char *json, size_t n, bool *is_cut, struct arena *a)
{
	CLEANUP_JSON cJSON *parts = n <= RESULT_MAX ? json_parse(json, n, FORGIVING, NULL) : NULL;
	CLEANUP(buf_done) struct buf text = BUF_INIT(RESULT_MAX);
	const cJSON *part;

	cJSON_ArrayForEach(part, parts) {
		const char *s = cJSON_IsObject(part) ? json_string(part, "text") : NULL;

		if (s && text.len)
			buf_addc(&text, ' ');
		if (s)
			buf_adds(&text, s);
	}
	return raw(buf_str(&text), text.len, is_cut, a);
}

static const char *text_of(const char *content, size_t n, bool *is_cut, struct arena *a)
{
	size_t mark = sizeof(PARTS_MARK) - 1;

	if (n >= mark && memcmp(content, PARTS_MARK, mark) == 0)
		return text_of_parts(content + mark, n - mark, is_cut, a);
	return raw(content, n, is_cut, a);
}

/*
 * agent/display.py:_detect_tool_failure: an exit code other than 0, or an
 * error; a result that is no object, or too large to look into, does not say.
 */
static void look_into_result(struct message *m, const char *content, size_t n)
{
	CLEANUP_JSON cJSON *result = NULL;
	const char *error;
	bool success = true;
	int64_t code = 0;

	if (n >= 5 && strncmp(content, "Error", 5) == 0)
		m->failed = TRI_YES;
	if (n == 0 || n > RESULT_MAX || content[0] != '{')
		return;
	result = json_parse(content, n, FORGIVING, NULL);
	if (!cJSON_IsObject(result))
		return;
	error = json_string(result, "error");
	json_bool(result, "success", &success);
	if (json_i64(result, "exit_code", &code) && code >= 0 && code <= INT32_MAX) /* -9 is a signal, no exit */
		m->exit_code = code;
	m->failed = (error && *error) || !success || code != 0 ? TRI_YES : TRI_NO;
}

static void read_call(struct tool_call *c, const cJSON *call, struct statedb *s, bool with_text)
{
	const cJSON *function = json_object(call, "function"), *arguments = json_get(function, "arguments");
	const char *name = json_string(function, "name"), *id = json_string(call, "id");
	const char *given = cJSON_GetStringValue(arguments);
	CLEANUP_FREE char *printed = arguments && !given ? json_print(arguments) : NULL;
	const char *text = given ? given : printed;

	*c = (struct tool_call){ .id = id ? str_clean(s->a, id, strlen(id), ID_CHARS) : NULL,
				 .name = name ? str_clean(s->a, name, strlen(name), WORD_CHARS) : NULL,
				 .bytes = text ? (int64_t)strlen(text) : COUNT_UNKNOWN };
	if (text && with_text)
		c->text = raw(text, strlen(text), &c->is_cut, s->a);
}

static void read_calls(struct message *m, struct statedb *s, sqlite3_stmt *st, bool with_text)
{
	const char *text = (const char *)sqlite3_column_text(st, COL_CALLS);
	int n = sqlite3_column_bytes(st, COL_CALLS);
	CLEANUP_JSON cJSON *calls = text && n > 0 && n <= CALLS_MAX ? json_parse(text, (size_t)n, FORGIVING, NULL) : NULL;
	const cJSON *call;

	if (!cJSON_IsArray(calls))
		return;
	m->calls = arena_calloc(s->a, TIMELINE_CALLS, sizeof(*m->calls));
	cJSON_ArrayForEach(call, calls)
		if (m->n_calls < TIMELINE_CALLS && cJSON_IsObject(call))
			read_call(&m->calls[m->n_calls++], call, s, with_text);
}

void message_row_read(struct message *m, struct statedb *s, sqlite3_stmt *st, bool with_text)
{
	/* Text first, bytes second: a UTF-16 file is converted by the first call. */
	const char *content = (const char *)sqlite3_column_text(st, COL_CONTENT);
	int n = sqlite3_column_bytes(st, COL_CONTENT);

	m->role = statedb_text(s, st, COL_ROLE, WORD_CHARS);
	m->tool = statedb_text(s, st, COL_TOOL, WORD_CHARS);
	m->call_id = statedb_text(s, st, COL_CALL_ID, ID_CHARS);
	m->tokens = statedb_count(st, COL_TOKENS);
	m->finish = statedb_text(s, st, COL_FINISH, WORD_CHARS);
	m->exit_code = COUNT_UNKNOWN;
	m->bytes = 0;
	read_calls(m, s, st, with_text);
	if (!content || n <= 0)
		return;
	m->bytes = n;
	if (str_eq(m->role, "tool"))
		look_into_result(m, content, (size_t)n);
	if (with_text)
		m->text = text_of(content, (size_t)n, &m->is_cut, s->a);
}
