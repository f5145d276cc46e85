/* state_db.c -- the bytes of state.db, for all who read it. */
#include "fuzz.h"

#include "hermes/timeline.h"
#include "hermes/work.h"

static void read_timelines(const struct work_batch *work, struct arena *a)
{
	struct timeline_want wants[4] = { 0 };
	struct timeline_source in = { .home = *fuzz_home(), .request = { .wants = wants } };
	struct timeline_batch out = { 0 };

	for (size_t i = 0; i < work->n_rows && i < ARRAY_SIZE(wants); i++)
		wants[in.request.n_wants++] = (struct timeline_want){ .number = (int64_t)i + 1, .id = work->rows[i].id };
	hermes_timeline(&out, &in, a, fuzz_deadline());
	FUZZ_EXPECT(out.probe.state != PROBE_OK || out.n_items <= in.request.n_wants);
	for (size_t i = 0; i < out.n_items; i++) {
		FUZZ_EXPECT(fuzz_is_text(out.items[i].reason) && fuzz_is_text(out.items[i].origin));
		for (size_t k = 0; k < out.items[i].n_rows; k++) {
			const struct message *m = &out.items[i].rows[k];

			FUZZ_EXPECT(fuzz_is_text(m->role) && fuzz_is_text(m->tool) && fuzz_is_text(m->finish));
			FUZZ_EXPECT(m->n_calls <= TIMELINE_CALLS && (k == 0 || m[-1].id < m->id));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct work_source in = { .home = *fuzz_home() };
	struct work_batch work = { 0 };
	struct instance_report r = { 0 };

	fuzz_put("state.db", data, size);
	hermes_sessions(&r.sessions, fuzz_home(), a, fuzz_deadline());
	hermes_life(&r.life, fuzz_home(), a, fuzz_deadline());
	hermes_work(&work, &in, a, fuzz_deadline());
	fuzz_expect_report(&r, &r.sessions.probe);
	FUZZ_EXPECT(work.n_rows <= WORK_BATCH);
	for (size_t i = 0; i < work.n_rows; i++)
		FUZZ_EXPECT(work.rows[i].id && fuzz_is_text(work.rows[i].id) && fuzz_is_text(work.rows[i].title));
	read_timelines(&work, a);
	return 0;
}
