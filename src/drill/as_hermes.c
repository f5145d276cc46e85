/* The restored home, read as Hermes would, by the readers that the exporter reads a live one with. */
#include <string.h>

#include "base/str.h"
#include "drill/drill.h"
#include "hermes/hermes.h"
#include "model/agent.h"
#include "model/cron.h"

/* A home in the payload: the instance's own, or a profile's. */
struct home {
	struct drill *d;
	const char *prefix;         /* "" or "profiles/work/" */
	struct hermes_source src;
};

/* The file itself; of a folder, a file below it that ends so. */
static bool is_there(const struct home *h, const char *path, const char *end)
{
	const char *full = arena_printf(h->d->b.a, "%s%s", h->prefix, path);

	for (size_t i = 0; i < h->d->b.n_files; i++) {
		const char *is = h->d->b.files[i].path;

		if (end ? str_starts(is, full) && str_ends(is, end) : str_eq(is, full))
			return true;
	}
	return false;
}

static void judge_if(const struct home *h, bool is_expected, const char *path, const struct probe *p)
{
	if (p->state != PROBE_OK && is_expected)
		drill_find(h->d, "%s%s cannot be read as Hermes would: %s", drill_shown(h->d, h->prefix), path,
			   p->reason ? drill_shown(h->d, p->reason) : "no reason is given");
}

static void judge(const struct home *h, const char *path, const struct probe *p)
{
	judge_if(h, is_there(h, path, NULL), path, p);
}

/* A folder without a file of the name that Hermes looks for has nothing for it to read: notes, parts of something. */
static void judge_folder(const struct home *h, const char *path, const char *looked_for, const struct probe *p)
{
	/* All files are ours: what our reader could not find out is more than it lists. That is its limit and not the backup's. */
	if (p->state == PROBE_UNKNOWN)
		backup_note(&h->d->b, &h->d->told, "%s%s was not read as Hermes would: %s", drill_shown(h->d, h->prefix), path, drill_shown(h->d, p->reason));
	else
		judge_if(h, is_there(h, path, looked_for), path, p);
}

static void judge_memory(const struct home *h, const char *path, const struct memory_file *m)
{
	judge(h, path, &m->probe);
	if (m->probe.state == PROBE_OK && m->limit > 0 && m->characters > m->limit)
		backup_note(&h->d->b, &h->d->told, "%s%s has %lld characters, more than its limit of %lld", drill_shown(h->d, h->prefix), path,
			    (long long)m->characters, (long long)m->limit);
}

static void read_json(const struct home *h, const char *path)
{
	const char *full = arena_printf(h->d->b.a, "%s%s", h->prefix, path);

	for (size_t i = 0; i < h->d->b.n_files; i++) {
		const struct backup_file *f = &h->d->b.files[i];
		cJSON *tree = str_eq(f->path, full) ? json_parse(f->data, f->n, JSON_RAW_CONTROLS | JSON_REPLACE_BAD_UTF8 | JSON_PYTHON_NUMBERS, NULL) : NULL;

		if (str_eq(f->path, full) && !tree)
			drill_find(h->d, "%s is no JSON", drill_shown(h->d, full));
		cJSON_Delete(tree);
	}
}

static void read_texts(struct drill *d)
{
	for (size_t i = 0; i < d->b.n_files; i++) {
		const struct backup_file *f = &d->b.files[i];

		if ((str_ends(f->path, "SOUL.md") || str_ends(f->path, "SKILL.md")) && !str_is_utf8(f->data, f->n))
			drill_find(d, "%s is not UTF-8", drill_shown(d, f->path));
	}
}

static void read_home(struct drill *d, const char *prefix)
{
	struct arena *a = d->b.a;
	struct home h = { .d = d, .prefix = prefix };
	struct settings settings = { 0 };
	struct cron cron = { 0 };
	struct memory_file memory = { 0 }, user = { 0 };
	struct skills skills = { 0 };
	struct extensions extensions = { 0 };

	h.src = (struct hermes_source){ .home = arena_printf(a, "%s/home/%.*s", d->scratch, (int)strlen(prefix), prefix), .proc_root = "/proc" };
	hermes_settings(&settings, &h.src, a, d->b.deadline_us);
	judge(&h, "config.yaml", &settings.probe);
	hermes_cron(&cron, &h.src, a, d->b.deadline_us);
	judge(&h, "cron/jobs.json", &cron.probe);
	hermes_memory_md(&memory, &h.src, a, d->b.deadline_us);
	judge_memory(&h, "memories/MEMORY.md", &memory);
	hermes_user_md(&user, &h.src, a, d->b.deadline_us);
	judge_memory(&h, "memories/USER.md", &user);
	hermes_skills(&skills, &h.src, a, d->b.deadline_us);
	judge_folder(&h, "skills/", "/SKILL.md", &skills.probe);
	hermes_extensions(&extensions, &h.src, a, d->b.deadline_us);
	judge_folder(&h, "hooks/", "/HOOK.yaml", &extensions.probe);
	judge_folder(&h, "plugins/", "/plugin.yaml", &extensions.probe);
	read_json(&h, "channel_directory.json");
}

void drill_read(struct drill *d)
{
	const char *last = "";

	backup_say(&d->b, "reading it as Hermes would");
	read_home(d, "");
	for (size_t i = 0; i < d->b.n_files; i++) {
		const char *path = d->b.files[i].path, *end;

		if (!str_starts(path, "profiles/") || (*last && str_starts(path, last)))
			continue;
		end = strchr(path + strlen("profiles/"), '/');
		if (end) {
			last = arena_strndup(d->b.a, path, (size_t)(end + 1 - path));
			read_home(d, last);
		}
	}
	read_texts(d);
}
