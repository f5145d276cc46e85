/* hmc drill without a process or a network: src/drill/ over a bare repository of this test's own. */
#include "test_hermes.h"

#include <git2.h>
#include <openssl/sha.h>
#include <sys/file.h>

#include "base/str.h"
#include "drill/drill.h"
#include "model/agent.h"
#include "model/loops.h"
#include "probe/git.h"

/*
 * libgit2 1.5 loses its match data each time that a setting's name does not fit "url.*.insteadof" (git_regexp_match), whenever a
 * remote is made or looked up. Seen whole, such a leak is known by its caller, and ours are still told.
 */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void); /* NOLINT(bugprone-reserved-identifier): the sanitizer's name */
const char *__lsan_default_suppressions(void) /* NOLINT(bugprone-reserved-identifier) */
{
	return "leak:libgit2\n";
}

__attribute__((visibility("default"))) const char *__asan_default_options(void); /* NOLINT(bugprone-reserved-identifier): the sanitizer's name */
const char *__asan_default_options(void) /* NOLINT(bugprone-reserved-identifier) */
{
	return "fast_unwind_on_malloc=0";
}

#define ID "bheem"
#define SOUL "Kind.\n"
#define JOBS "{\"jobs\": [{\"id\": \"a\"}, {\"id\": \"b\"}]}\n"
#define MEMORY "Likes short letters.\n\xc2\xa7\nLives in Pune.\n"
#define HOOK "#!/bin/sh\n"

/* What the remote is made of, before it is made. */
struct stage {
	struct home *h;
	struct instance in;
	struct backup_file files[64];
	size_t n_files;
	const char *manifest;
	git_repository *remote;
	git_index *index;
	struct drill d;
};

static void add_payload(struct stage *s, const char *path, const char *data, unsigned mode)
{
	struct backup_file *f = &s->files[s->n_files++];
	unsigned char sum[SHA256_DIGEST_LENGTH];

	assert_true(s->n_files < 64);
	*f = (struct backup_file){ .path = path, .data = data, .n = strlen(data), .mode = mode };
	SHA256((const unsigned char *)data, f->n, sum);
	for (size_t i = 0; i < sizeof(sum); i++)
		snprintf(f->sha256 + 2 * i, 3, "%02x", sum[i]);
}

static git_repository *init(const char *path, bool is_bare)
{
	git_repository_init_options o;
	git_repository *repo = NULL;

	git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	o.flags = GIT_REPOSITORY_INIT_MKPATH | (is_bare ? GIT_REPOSITORY_INIT_BARE : 0);
	o.initial_head = "main";
	assert_int_equal(git_repository_init_ext(&repo, path, &o), 0);
	return repo;
}

/* A remote, a clone of it, a state folder, an empty home and a scratch folder; the payload is four files. */
static struct stage *stage(struct home *h)
{
	struct stage *s = arena_calloc(h->a, 1, sizeof(*s));
	git_repository *clone;
	git_remote *origin;

	git_libgit2_init();
	s->h = h;
	s->in = (struct instance){ .id = ID, .label = "Bheem", .user = "x", .hermes_home = in_home(h, "live"), .backup_repo = in_home(h, "clone") };
	mkdir(in_home(h, "live"), 0700);
	mkdir(in_home(h, "state"), 0700);
	mkdir(in_home(h, "tmp"), 0700);
	setenv("RUNTIME_DIRECTORY", in_home(h, "tmp"), 1);
	s->remote = init(in_home(h, "remote.git"), true);
	clone = init(in_home(h, "clone"), false);
	assert_int_equal(git_remote_create(&origin, clone, "origin", in_home(h, "remote.git")), 0);
	git_remote_free(origin);
	git_repository_free(clone);
	assert_int_equal(git_index_new(&s->index), 0);
	add_payload(s, "SOUL.md", SOUL, 0600);
	add_payload(s, "cron/jobs.json", JOBS, 0600);
	add_payload(s, "hooks/a/run.sh", HOOK, 0755);
	add_payload(s, "memories/MEMORY.md", MEMORY, 0600);
	return s;
}

static void put_entry(struct stage *s, const char *path, const char *data, unsigned mode)
{
	git_index_entry e = { .path = path, .mode = mode };

	assert_int_equal(git_blob_create_from_buffer(&e.id, s->remote, data, strlen(data)), 0);
	assert_int_equal(git_index_add(s->index, &e), 0);
}

static const char *make_manifest(struct stage *s)
{
	struct backup b = { .in = &s->in, .a = s->h->a, .files = s->files, .n_files = s->n_files };
	size_t n;

	return backup_manifest(&b, NULL, 0, &n);
}

static void commit_tree(struct stage *s, const git_oid *id)
{
	git_signature *who;
	git_tree *tree;
	git_oid made;

	assert_int_equal(git_signature_new(&who, "x", "x@example.net", 1700000000, 0), 0);
	assert_int_equal(git_tree_lookup(&tree, s->remote, id), 0);
	assert_int_equal(git_commit_create(&made, s->remote, NULL, who, who, NULL, "x", tree, 0, NULL), 0);
	git_tree_free(tree);
	git_signature_free(who);
	{
		git_reference *ref;

		assert_int_equal(git_reference_create(&ref, s->remote, "refs/heads/main", &made, 1, "x"), 0);
		git_reference_free(ref);
	}
}

/* The payload, its manifest and whatever else stands in the index, as the remote's only commit. */
static void publish(struct stage *s)
{
	git_oid id;

	for (size_t i = 0; i < s->n_files; i++)
		put_entry(s, arena_printf(s->h->a, PAYLOAD_DIR "/%s", s->files[i].path), s->files[i].data,
			  s->files[i].mode & 0100 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB);
	put_entry(s, PAYLOAD_DIR "/manifest.json", s->manifest ? s->manifest : make_manifest(s), GIT_FILEMODE_BLOB);
	assert_int_equal(git_index_write_tree_to(&id, s->index, s->remote), 0);
	commit_tree(s, &id);
}

static int count_in(const char *folder)
{
	DIR *d = opendir(folder);
	int n = -2;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static struct drill *drill(struct stage *s, bool no_push)
{
	struct drill *d = &s->d;

	*d = (struct drill){ .no_push = no_push, .scratch_fd = -1 };
	d->b = (struct backup){ .in = &s->in, .state_dir = in_home(s->h, "state"), .a = s->h->a, .redactor = redactor_new(false),
				.deadline_us = clock_mono_us() + 60 * INT64_C(1000000) };
	drill_run(d);
	redactor_free(d->b.redactor);
	return d;
}

static void done(struct stage *s)
{
	git_index_free(s->index);
	git_repository_free(s->remote);
	git_libgit2_shutdown();
}

static void expect(const struct drill *d, const char *words)
{
	assert_int_equal(d->row.state, LOOP_FAILED);
	if (!d->row.error || !strstr(d->row.error, words))
		fail_msg("'%s' is not in: %s", words, d->row.error ? d->row.error : "(no error)");
	assert_null(strchr(d->row.error, '\n'));
}

static bool is_told(const struct drill *d, const char *words)
{
	for (size_t i = 0; i < d->told.n; i++)
		if (strstr(d->told.list[i], words))
			return true;
	return false;
}

/* `text` with the first `from` replaced. */
static const char *swap(struct home *h, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	assert_non_null(at);
	return arena_printf(h->a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void a_whole_backup_is_proven_and_leaves_nothing_but_its_receipt(void **state)
{
	struct stage *s = stage(*state);
	struct drill *d;
	cJSON *receipt;

	publish(s);
	d = drill(s, true);
	if (d->row.error)
		fail_msg("%s", d->row.error);
	assert_int_equal(d->row.state, LOOP_DONE);
	assert_int_equal(d->row.files, 4);
	assert_int_equal(d->row.checked, 4);
	assert_int_equal(d->row.bytes, (int64_t)(strlen(SOUL) + strlen(JOBS) + strlen(HOOK) + strlen(MEMORY)));
	assert_int_equal(d->row.failed, 0);
	assert_int_equal(count_in(in_home(s->h, "tmp")), 0);
	receipt = json_parse(d->row.receipt, strlen(d->row.receipt), JSON_STRICT, NULL);
	assert_non_null(receipt);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(receipt, "isProven")));
	assert_string_equal(json_string(receipt, "commit"), d->row.commit);
	cJSON_Delete(receipt);
	done(s);
}

static void a_manifest_that_lies_is_found_out(void **state)
{
	static const struct {
		const char *from, *to, *says;
	} rows[] = {
		{ "\"path\":\"SOUL.md\",\"bytes\":6", "\"path\":\"SOUL.md\",\"bytes\":7", "SOUL.md has 6 bytes, and the manifest says 7" },
		{ "\"path\":\"SOUL.md\",\"bytes\":6", "\"path\":\"SOUL.md\",\"bytes\":-6", "SOUL.md has 6 bytes, and the manifest says -6" },
		{ "\"path\":\"SOUL.md\",\"bytes\":6", "\"path\":\"SOUL.md\",\"bytes\":\"6\"", "names no file, size or sum" },
		{ "\"path\":\"SOUL.md\"", "\"path\":\"SOLE.md\"", "SOLE.md is in the manifest and not in the backup" },
		{ "\"path\":\"SOUL.md\"", "\"path\":\"../SOUL.md\"", "../SOUL.md is in the manifest and not in the backup" },
		{ "\"path\":\"SOUL.md\"", "\"path\":\"cron/jobs.json\"", "cron/jobs.json has" },
		{ "\"sha256\":\"", "\"sha256\":\"0", "SOUL.md is not the file that was backed up" },
		{ "\"mode\":\"0600\"", "\"mode\":\"0700\"", "SOUL.md cannot be run, and the manifest says otherwise" },
		{ "\"mode\":\"0755\"", "\"mode\":\"0644\"", "hooks/a/run.sh can be run, and the manifest says otherwise" },
		{ "\"instanceId\": \"bheem\"", "\"instanceId\": \"vijay\"", "of another instance" },
		{ "\"madeAt\": \"2", "\"madeAt\": \"3", "time lies in the future" },
		{ "\"madeAt\": \"", "\"madeAt\": \"x", "does not say when" },
		{ "\"items\":2", "\"items\":3", "the manifest counts 3 of" },
		{ "\"kind\": \"hermes-persistent-backup\"", "\"kind\": \"x\"", "broken or none of hmc backup" },
		{ "\"version\": 1", "\"version\": 2", "of version 2, and this hmc knows 1" },
		{ "\"files\": [", "\"filed\": [", "broken or none of hmc backup" },
		{ "{\n", "{{\n", "broken or none of hmc backup" },
	};
	struct stage *s = stage(*state);
	const char *true_one = make_manifest(s);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s->manifest = swap(s->h, true_one, rows[i].from, rows[i].to);
		publish(s);
		expect(drill(s, true), rows[i].says);
		assert_int_equal(count_in(in_home(s->h, "tmp")), 0);
	}
	done(s);
}

static void what_is_there_and_not_listed_or_twice_listed_is_found(void **state)
{
	struct stage *s = stage(*state);
	const char *line;

	s->manifest = make_manifest(s);
	add_payload(s, "skills/x/SKILL.md", "x", 0600);
	publish(s);
	expect(drill(s, true), "skills/x/SKILL.md is in the backup and not in its manifest");
	s->n_files--;
	assert_int_equal(git_index_remove(s->index, PAYLOAD_DIR "/skills/x/SKILL.md", 0), 0);
	line = strstr(s->manifest, "  {\"path\":\"SOUL.md\"");
	assert_non_null(line);
	line = arena_strndup(s->h->a, line, strcspn(line, "\n"));
	s->manifest = swap(s->h, s->manifest, line, arena_printf(s->h->a, "%s\n%s", line, line));
	publish(s);
	expect(drill(s, true), "SOUL.md is in the manifest twice");
	done(s);
}

static void links_submodules_and_what_lies_too_deep_are_found_and_never_followed(void **state)
{
	struct stage *s = stage(*state);
	git_index_entry module = { .path = PAYLOAD_DIR "/plugins/far", .mode = GIT_FILEMODE_COMMIT };

	put_entry(s, PAYLOAD_DIR "/memories/LINK.md", "/etc/passwd", GIT_FILEMODE_LINK);
	publish(s);
	expect(drill(s, true), "memories/LINK.md is a link; it was not followed");
	assert_int_equal(s->d.row.files, 4);
	git_index_remove(s->index, PAYLOAD_DIR "/memories/LINK.md", 0);
	assert_int_equal(git_oid_fromstr(&module.id, "1234567890123456789012345678901234567890"), 0);
	assert_int_equal(git_index_add(s->index, &module), 0);
	publish(s);
	expect(drill(s, true), "plugins/far is a submodule; it was not followed");
	git_index_remove(s->index, PAYLOAD_DIR "/plugins/far", 0);
	put_entry(s, PAYLOAD_DIR "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/x", "x", GIT_FILEMODE_BLOB);
	publish(s);
	expect(drill(s, true), "lies deeper than any backup");
	done(s);
}

/* A tree as no git would write it, in the place of the payload's. */
static void publish_raw(struct stage *s, const char *name, unsigned mode)
{
	git_oid blob, payload, top;
	git_odb *odb;
	char raw[512];
	int n;

	assert_int_equal(git_repository_odb(&odb, s->remote), 0);
	assert_int_equal(git_blob_create_from_buffer(&blob, s->remote, "x", 1), 0);
	n = snprintf(raw, sizeof(raw), "%o %s", mode, name) + 1;
	memcpy(raw + n, blob.id, GIT_OID_RAWSZ);
	n += GIT_OID_RAWSZ;
	assert_int_equal(git_blob_create_from_buffer(&blob, s->remote, make_manifest(s), strlen(make_manifest(s))), 0);
	n += snprintf(raw + n, sizeof(raw) - (size_t)n, "100644 manifest.json") + 1;
	memcpy(raw + n, blob.id, GIT_OID_RAWSZ);
	n += GIT_OID_RAWSZ;
	assert_int_equal(git_odb_write(&payload, odb, raw, (size_t)n, GIT_OBJECT_TREE), 0);
	n = snprintf(raw, sizeof(raw), "40000 " PAYLOAD_DIR) + 1;
	memcpy(raw + n, payload.id, GIT_OID_RAWSZ);
	n += GIT_OID_RAWSZ;
	assert_int_equal(git_odb_write(&top, odb, raw, (size_t)n, GIT_OBJECT_TREE), 0);
	git_odb_free(odb);
	commit_tree(s, &top);
}

static void names_that_lead_elsewhere_are_not_written(void **state)
{
	static const char *const names[] = { "..", ".", ".git", ".GIT", "a/b", "../../live/x" };
	struct stage *s = stage(*state);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		publish_raw(s, names[i], GIT_FILEMODE_BLOB);
		expect(drill(s, true), "has a name that no backup gives; it was not written");
		assert_int_equal(s->d.row.files, 0);
		publish_raw(s, names[i], GIT_FILEMODE_TREE);
		drill(s, true);
		assert_int_equal(s->d.row.state, LOOP_FAILED);
		assert_int_equal(count_in(in_home(s->h, "live")), 0);
		assert_int_equal(count_in(in_home(s->h, "tmp")), 0);
	}
	done(s);
}

static void each_part_is_read_as_hermes_would(void **state)
{
	static const struct {
		const char *path, *data, *says;
	} rows[] = {
		{ "config.yaml", "a: [\n", "config.yaml cannot be read as Hermes would" },
		{ "profiles/work/config.yaml", "a: [\n", "profiles/work/config.yaml cannot be read as Hermes would" },
		{ "profiles/work/cron/jobs.json", "{", "profiles/work/cron/jobs.json cannot be read as Hermes would" },
		{ "channel_directory.json", "{\"a\": ", "channel_directory.json is no JSON" },
		{ "profiles/work/channel_directory.json", "[", "profiles/work/channel_directory.json is no JSON" },
		{ "profiles/work/SOUL.md", "K\xff", "profiles/work/SOUL.md is not UTF-8" },
		{ "skills/x/SKILL.md", "\xc3(", "skills/x/SKILL.md is not UTF-8" },
	};
	struct stage *s = stage(*state);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		add_payload(s, rows[i].path, rows[i].data, 0600);
		publish(s);
		expect(drill(s, true), rows[i].says);
		s->n_files--;
		git_index_remove(s->index, arena_printf(s->h->a, PAYLOAD_DIR "/%s", rows[i].path), 0);
	}
	done(s);
}

static void more_skills_than_our_reader_lists_do_not_unprove_a_backup(void **state)
{
	struct stage *s = stage(*state);
	static struct backup_file many[SKILLS_MAX + 1];
	struct backup b = { .in = &s->in, .a = s->h->a, .files = many, .n_files = SKILLS_MAX + 1 };
	size_t n;

	for (size_t i = 0; i <= SKILLS_MAX; i++) {
		s->n_files = 0;
		add_payload(s, arena_printf(s->h->a, "skills/s%04zu/SKILL.md", i), "x", 0600);
		many[i] = s->files[0];
		put_entry(s, arena_printf(s->h->a, PAYLOAD_DIR "/%s", many[i].path), "x", GIT_FILEMODE_BLOB);
	}
	s->n_files = 0;
	s->manifest = backup_manifest(&b, NULL, 0, &n);
	publish(s);
	if (drill(s, true)->row.error)
		fail_msg("%s", s->d.row.error);
	assert_true(is_told(&s->d, "skills/ was not read as Hermes would: there are more than"));
	done(s);
}

static void a_secret_is_named_by_its_rule_and_never_shown(void **state)
{
	struct stage *s = stage(*state);
	const char *secret = "sk-proj-Ab3dEf6hIj9kAb3dEf6hIj9kAb3dEf6hIj9kAb3dEf6hIj9k";

	add_payload(s, "skills/x/SKILL.md", arena_printf(s->h->a, "key %s\n", secret), 0600);
	publish(s);
	expect(drill(s, true), "skills/x/SKILL.md holds a secret (rule ");
	assert_null(strstr(s->d.row.receipt, "Ab3dEf6h"));
	s->files[s->n_files - 1] = (struct backup_file){ 0 };
	s->n_files--;
	git_index_remove(s->index, PAYLOAD_DIR "/skills/x/SKILL.md", 0);
	add_payload(s, arena_printf(s->h->a, "skills/%s.md", secret), "x", 0600);
	publish(s);
	expect(drill(s, true), "holds a secret (rule ");
	assert_null(strstr(s->d.row.receipt, "Ab3dEf6h"));
	assert_null(strstr(s->d.row.error, "Ab3dEf6h"));
	done(s);
}

/* ---- against the live home ---- */

static void put_live(struct stage *s, int64_t at)
{
	for (size_t i = 0; i < s->n_files; i++) {
		const char *path = arena_printf(s->h->a, "live/%s", s->files[i].path);
		struct timespec when[2] = { { .tv_sec = at }, { .tv_sec = at } };

		if (strchr(s->files[i].path, '/')) {
			char *folder = arena_printf(s->h->a, "live/%s", s->files[i].path);

			for (char *c = folder + strlen("live/"); (c = strchr(c, '/')); *c++ = '/') {
				*c = '\0';
				mkdir(in_home(s->h, folder), 0700);
			}
		}
		put(s->h, path, s->files[i].data, s->files[i].n);
		assert_int_equal(chmod(in_home(s->h, path), s->files[i].mode), 0);
		utimensat(AT_FDCWD, in_home(s->h, path), when, 0);
	}
}

static void what_differs_and_is_younger_than_the_backup_is_told(void **state)
{
	struct stage *s = stage(*state);

	publish(s);
	put_live(s, 1600000000);
	puts_(s->h, "live/SOUL.md", "Kinder.\n");
	puts_(s->h, "live/cron/jobs.json", "{\"jobs\": []}\n");
	assert_int_equal(drill(s, true)->row.state, LOOP_DONE);
	assert_true(is_told(&s->d, "SOUL.md differs from the live one; it changed after the backup"));
	assert_true(is_told(&s->d, "cronJobs: live has 0, the backup 2"));
	unlink(in_home(s->h, "live/SOUL.md"));
	assert_int_equal(drill(s, true)->row.state, LOOP_DONE);
	assert_true(is_told(&s->d, "SOUL.md is only in the backup"));
	done(s);
}

static void what_differs_and_was_so_when_it_was_backed_up_is_found(void **state)
{
	struct stage *s = stage(*state);
	struct drill *d = &s->d;

	put_live(s, 1600000000);
	puts_(s->h, "live/SOUL.md", "Kinder.\n");
	puts_(s->h, "live/memories/USER.md", "Ravi\n");
	publish(s);
	*d = (struct drill){ .no_push = true, .scratch_fd = -1, .backup_at = clock_now_s() + 60 };
	d->b = (struct backup){ .in = &s->in, .state_dir = in_home(s->h, "state"), .a = s->h->a, .redactor = redactor_new(false),
				.deadline_us = clock_mono_us() + 60 * INT64_C(1000000) };
	drill_run(d);
	redactor_free(d->b.redactor);
	expect(d, "SOUL.md differs from the live one, and was last changed before the backup");
	assert_int_equal(d->findings.n, 2);
	assert_non_null(strstr(d->findings.list[1], "memories/USER.md is missing from the backup"));
	done(s);
}

/* ---- receipts ---- */

static void more_findings_than_are_named_are_counted_and_the_ledger_takes_the_receipt(void **state)
{
	struct stage *s = stage(*state);
	char *long_name = arena_alloc(s->h->a, 256);
	cJSON *receipt;
	int64_t failed = 0;

	s->manifest = make_manifest(s);
	for (int i = 0; i < 60; i++)
		memcpy(long_name + 4 * i, "\xf0\x9f\x99\x82", 4);
	long_name[240] = '\0';
	for (int i = 0; i < 40; i++)
		add_payload(s, arena_printf(s->h->a, "skills/%s/%s%02d", long_name, long_name, i), "x", 0600);
	publish(s);
	mkdir(in_home(s->h, "live/skills"), 0700);
	for (int i = 0; i < 30; i++) /* as many to tell, with names as long */
		puts_(s->h, arena_printf(s->h->a, "live/skills/%s/%s%02d", long_name + 4, long_name, i), "x");
	drill(s, true);
	assert_true(s->d.told.n >= 30);
	assert_int_equal(s->d.row.failed, 41); /* and their count */
	assert_true(strlen(s->d.row.receipt) <= RECEIPT_BYTES_MAX);
	receipt = json_parse(s->d.row.receipt, strlen(s->d.row.receipt), JSON_STRICT, NULL);
	assert_non_null(receipt);
	assert_true(json_i64(receipt, "failed", &failed));
	assert_int_equal(failed, 41);
	assert_true(cJSON_GetArraySize(json_array(receipt, "findings")) >= 5);
	cJSON_Delete(receipt);
	done(s);
}

static size_t in_remote(struct stage *s, const char *path)
{
	git_object *tree = NULL;
	size_t n = 0;

	if (git_revparse_single(&tree, s->remote, arena_printf(s->h->a, "main:%s", path)) == 0)
		n = git_object_type(tree) == GIT_OBJECT_TREE ? git_tree_entrycount((git_tree *)tree) : 1;
	git_object_free(tree);
	return n;
}

static void twenty_receipts_of_this_instance_are_kept_and_no_other_file_goes(void **state)
{
	struct stage *s = stage(*state);

	for (int i = 0; i < 25; i++)
		put_entry(s, arena_printf(s->h->a, "drills/202601%02dT000000Z-bheem.json", i + 1), "{}", GIT_FILEMODE_BLOB);
	put_entry(s, "drills/20200101T000000Z-vijay.json", "{}", GIT_FILEMODE_BLOB);
	put_entry(s, "drills/20200101T000000Z-bheem.json.old", "{}", GIT_FILEMODE_BLOB);
	put_entry(s, "drills/2020-101T000000Z-bheem.json", "{}", GIT_FILEMODE_BLOB);
	put_entry(s, "drills/sub/20200101T000000Z-bheem.json", "{}", GIT_FILEMODE_BLOB);
	put_entry(s, "README", "mine", GIT_FILEMODE_BLOB);
	publish(s);
	drill(s, false);
	if (s->d.row.error)
		fail_msg("%s", s->d.row.error);
	assert_int_equal(in_remote(s, "drills"), 20 + 4);
	assert_int_equal(in_remote(s, "drills/20260106T000000Z-bheem.json"), 0);
	assert_int_equal(in_remote(s, "drills/20260107T000000Z-bheem.json"), 1);
	assert_int_equal(in_remote(s, "drills/20200101T000000Z-vijay.json"), 1);
	assert_int_equal(in_remote(s, "README"), 1);
	assert_int_equal(in_remote(s, PAYLOAD_DIR), 5);
	done(s);
}

/* ---- the scratch folder ---- */

static void what_a_killed_drill_left_goes_and_what_is_anothers_stays(void **state)
{
	struct stage *s = stage(*state);
	int held;

	publish(s);
	mkdir(in_home(s->h, "tmp/hmc-drill.bheem.abcdef"), 0700);
	puts_(s->h, "live/precious", "x");
	puts_(s->h, "tmp/hmc-drill.bheem.abcdef/file", "x");
	assert_int_equal(symlink(in_home(s->h, "live"), in_home(s->h, "tmp/hmc-drill.bheem.abcdef/link")), 0);
	mkdir(in_home(s->h, "tmp/hmc-drill.vijay.abcdef"), 0700);
	mkdir(in_home(s->h, "tmp/hmc-drill.bheem.abcdefg"), 0700);
	assert_int_equal(symlink(in_home(s->h, "live"), in_home(s->h, "tmp/hmc-drill.bheem.linked")), 0);
	mkdir(in_home(s->h, "tmp/hmc-drill.bheem.locked"), 0700);
	held = open(in_home(s->h, "tmp/hmc-drill.bheem.locked"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(held, LOCK_EX | LOCK_NB), 0);
	drill(s, true);
	assert_int_not_equal(access(in_home(s->h, "tmp/hmc-drill.bheem.abcdef"), F_OK), 0);
	assert_int_equal(count_in(in_home(s->h, "tmp")), 4);
	assert_int_equal(access(in_home(s->h, "live/precious"), F_OK), 0);
	close(held);
	drill(s, true);
	assert_int_not_equal(access(in_home(s->h, "tmp/hmc-drill.bheem.locked"), F_OK), 0);
	done(s);
}

static void a_folder_that_cannot_be_made_is_said_and_nothing_is_asked(void **state)
{
	struct stage *s = stage(*state);

	publish(s);
	setenv("RUNTIME_DIRECTORY", in_home(s->h, "nowhere"), 1);
	expect(drill(s, true), "no scratch folder can be made in");
	assert_non_null(strstr(s->d.row.error, "set TMPDIR"));
	done(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(a_whole_backup_is_proven_and_leaves_nothing_but_its_receipt),
		HOME_TEST(a_manifest_that_lies_is_found_out),
		HOME_TEST(what_is_there_and_not_listed_or_twice_listed_is_found),
		HOME_TEST(links_submodules_and_what_lies_too_deep_are_found_and_never_followed),
		HOME_TEST(names_that_lead_elsewhere_are_not_written),
		HOME_TEST(each_part_is_read_as_hermes_would),
		HOME_TEST(more_skills_than_our_reader_lists_do_not_unprove_a_backup),
		HOME_TEST(a_secret_is_named_by_its_rule_and_never_shown),
		HOME_TEST(what_differs_and_is_younger_than_the_backup_is_told),
		HOME_TEST(what_differs_and_was_so_when_it_was_backed_up_is_found),
		HOME_TEST(more_findings_than_are_named_are_counted_and_the_ledger_takes_the_receipt),
		HOME_TEST(twenty_receipts_of_this_instance_are_kept_and_no_other_file_goes),
		HOME_TEST(what_a_killed_drill_left_goes_and_what_is_anothers_stays),
		HOME_TEST(a_folder_that_cannot_be_made_is_said_and_nothing_is_asked),
	};

	return RUN_TESTS("drill", tests);
}
