#include "hermes/gateway.h"

#include <string.h>

#include "base/str.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "json/json.h"
#include "model/gateway.h"
#include "probe/process.h"

#define STATE_FILE     "gateway_state.json"
#define PID_FILE       "gateway.pid"
#define STATE_MAX      ((size_t)1024 * 1024)
#define PID_MAX        ((size_t)64 * 1024)
#define PLATFORMS_MAX  64
#define NAME_MAX_CHARS 64
#define TEXT_MAX_CHARS 300

/* What a file says of a process: gateway/status.py:_build_pid_record. */
struct pid_record {
	int64_t pid;         /* 0 = none */
	int64_t start_ticks; /* 0 = not recorded (old releases wrote a bare number) */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_hermes_command(const char *arg)
{
	return str_eq(base_name(arg), "hermes") || str_eq(arg, "hermes_cli.main") ||
	       str_ends(arg, "hermes_cli/main.py");
}

/* "[--profile X] gateway [run|restart|--option...]" */
static bool is_gateway_subcommand(char *const *argv, size_t argc)
{
	size_t i = 0;

	while (i < argc && argv[i][0] == '-') {
		bool has_value = str_eq(argv[i], "--profile") || str_eq(argv[i], "-p");

		i += has_value ? 2 : 1;
	}
	if (i >= argc || !str_eq(argv[i], "gateway"))
		return false;
	for (i++; i < argc && argv[i][0] == '-'; i++)
		if (str_eq(argv[i], "--profile") || str_eq(argv[i], "-p"))
			i++;
	return i >= argc || str_eq(argv[i], "run") || str_eq(argv[i], "restart");
}

bool gateway_is_command(char *const *argv, size_t argc)
{
	for (size_t i = 0; i < argc; i++) {
		if (str_eq(base_name(argv[i]), "hermes-gateway") || str_ends(argv[i], "gateway/run.py"))
			return true;
		if (is_hermes_command(argv[i]) && is_gateway_subcommand(argv + i + 1, argc - i - 1))
			return true;
	}
	return false;
}

static struct pid_record record_of(const cJSON *j)
{
	struct pid_record r = { 0 };
	int64_t v;

	if (cJSON_IsNumber(j)) {
		if (j->valuedouble >= 1 && j->valuedouble <= INT32_MAX)
			r.pid = (int64_t)j->valuedouble;
		return r;
	}
	if (json_i64(j, "pid", &v) && v >= 1 && v <= INT32_MAX)
		r.pid = v;
	if (json_i64(j, "start_time", &v) && v > 0)
		r.start_ticks = v;
	return r;
}

/* gateway.pid: a JSON object, a JSON number, or from old releases digits with blanks around them. */
static struct pid_record read_pid_file(struct probe *p, const struct hermes_source *src, struct arena *a)
{
	CLEANUP_JSON cJSON *j = NULL;
	struct pid_record r = { 0 };
	char *data;
	size_t len;

	if (!home_read(p, src, PID_FILE, PID_MAX, "no " PID_FILE, a, &data, &len))
		return r;
	j = home_parse(p, PID_FILE, data, len, a);
	if (!j)
		return r;
	r = record_of(j);
	home_answer(p, r.pid ? PROBE_OK : PROBE_UNKNOWN, r.pid ? NULL : PID_FILE " names no process");
	return r;
}

static enum pid_state state_of(const struct pid_record *r, const struct process *proc)
{
	if (proc->reason)
		return PID_UNKNOWN;
	if (!proc->exists)
		return PID_DEAD;
	if (r->start_ticks && (uint64_t)r->start_ticks != proc->start_ticks)
		return PID_OTHER;
	if (!proc->argv)
		return PID_UNKNOWN;
	return gateway_is_command(proc->argv, proc->argc) ? PID_ALIVE : PID_OTHER;
}

static void look_up(struct gateway *g, const struct pid_record *r, const struct hermes_source *src,
		    struct arena *a)
{
	struct process proc = process_look_up(src->proc_root, r->pid, a);

	g->pid = r->pid;
	g->pid_state = state_of(r, &proc);
	g->process_started_at = g->pid_state == PID_ALIVE ? proc.started_at : 0;
}

/*
 * gateway/status.py:resolve_gateway_liveness: first the pid file, then the
 * process that the state file names, unless it says itself that it has ended.
 */
static void find_process(struct gateway *g, const cJSON *state, const struct hermes_source *src,
			 struct arena *a)
{
	struct probe pid_probe = { 0 };
	struct pid_record from_pid = read_pid_file(&pid_probe, src, a);
	struct pid_record from_state = record_of(state);
	struct gateway second = { 0 };

	g->pid_state = pid_probe.state == PROBE_UNKNOWN ? PID_UNKNOWN : PID_NONE;
	if (from_pid.pid)
		look_up(g, &from_pid, src, a);
	if (g->pid_state == PID_ALIVE || !from_state.pid || from_state.pid == from_pid.pid ||
	    str_eq(g->state, "stopped") || str_eq(g->state, "startup_failed"))
		return;
	look_up(&second, &from_state, src, a);
	if (second.pid_state == PID_ALIVE || g->pid_state == PID_NONE) {
		g->pid = second.pid;
		g->pid_state = second.pid_state;
		g->process_started_at = second.process_started_at;
	}
}

/*
 * Since 0.20 an entry names who wrote it; the native dashboard drops those of
 * an earlier process, for their "connected" is a dead one's.
 */
static bool is_left_over(const cJSON *entry, const struct gateway *g, int64_t start_ticks)
{
	int64_t pid, start;

	if (g->pid_state != PID_ALIVE || !json_i64(entry, "writer_pid", &pid))
		return false;
	if (pid != g->pid)
		return true;
	return start_ticks && json_i64(entry, "writer_start_time", &start) && start != start_ticks;
}

static void read_platform(struct platform *out, const cJSON *entry, struct arena *a)
{
	bool flag;

	out->name = str_clean(a, entry->string, strlen(entry->string), NAME_MAX_CHARS);
	out->state = home_text(entry, "state", NAME_MAX_CHARS, a);
	out->error_code = home_text(entry, "error_code", NAME_MAX_CHARS, a);
	out->error_message = home_text(entry, "error_message", TEXT_MAX_CHARS, a);
	out->updated_at = home_time(entry, "updated_at");
	if (json_bool(entry, "needs_attention", &flag))
		out->needs_attention = flag ? TRI_YES : TRI_NO;
}

static void read_platforms(struct gateway *g, const cJSON *state, struct arena *a)
{
	const cJSON *platforms = json_object(state, "platforms");
	struct pid_record writer = record_of(state);
	const cJSON *entry;

	g->platforms = arena_calloc(a, PLATFORMS_MAX, sizeof(*g->platforms));
	cJSON_ArrayForEach(entry, platforms)
	{
		if (g->n_platforms == PLATFORMS_MAX)
			break;
		if (!cJSON_IsObject(entry) ||
		    is_left_over(entry, g, writer.pid == g->pid ? writer.start_ticks : 0))
			continue;
		read_platform(&g->platforms[g->n_platforms++], entry, a);
	}
}

void hermes_gateway(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct hermes_source *src = in;
	CLEANUP_JSON cJSON *state = NULL;
	struct gateway *g = out;
	char *data;
	size_t len;

	(void)deadline_us;
	home_begin(&g->probe, STATE_FILE, src);
	g->active_agents = COUNT_UNKNOWN;
	if (!home_is_there(&g->probe, src, a))
		return;
	if (home_read(&g->probe, src, STATE_FILE, STATE_MAX,
		      "no " STATE_FILE ": the gateway has not run here yet", a, &data, &len))
		state = home_parse(&g->probe, STATE_FILE, data, len, a);
	if (state && !cJSON_IsObject(state)) {
		home_answer(&g->probe, PROBE_UNKNOWN,
			    STATE_FILE " holds something else than a gateway's state");
		json_freep(&state);
	}
	g->state = home_text(state, "gateway_state", NAME_MAX_CHARS, a);
	find_process(g, state, src, a);
	if (!state)
		return;
	g->exit_reason = home_text(state, "exit_reason", TEXT_MAX_CHARS, a);
	g->updated_at = home_time(state, "updated_at");
	g->active_agents = home_count(state, "active_agents");
	read_platforms(g, state, a);
	home_answer(&g->probe, PROBE_OK, NULL);
}
