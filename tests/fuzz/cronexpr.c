/* cronexpr.c -- cron expressions: times fit the fields, and both ways lead to the same ones. */
#include "fuzz.h"

#include "base/clock.h"
#include "hermes/cron_schedule.h"
#include "hermes/cronexpr.h"

#define OFFSET_S 19800

static void expect_fits(const struct cronexpr *c, int64_t t)
{
	int64_t wall = t + OFFSET_S;

	FUZZ_EXPECT(wall % 60 == 0);
	FUZZ_EXPECT(c->minutes >> (wall / 60 % 60) & 1);
	FUZZ_EXPECT(c->hours >> (wall / 3600 % 24) & 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct cronexpr c;
	int64_t next, again, last;

	if (!cronexpr_parse(text, &c))
		return 0;
	FUZZ_EXPECT((c.minutes & ~CRONEXPR_ALL_MINUTES) == 0 && (c.hours & ~CRONEXPR_ALL_HOURS) == 0);
	FUZZ_EXPECT((c.days & ~CRONEXPR_ALL_DAYS) == 0 && (c.months & ~CRONEXPR_ALL_MONTHS) == 0);
	FUZZ_EXPECT((c.weekdays & ~CRONEXPR_ALL_WEEKDAYS) == 0);
	FUZZ_EXPECT(fuzz_is_text(cron_words(&c, a)));
	FUZZ_EXPECT(cronexpr_period_s(&c, FUZZ_NOW, OFFSET_S) >= 0);
	if (!cronexpr_next(&c, FUZZ_NOW, OFFSET_S, &next))
		return 0;
	expect_fits(&c, next);
	FUZZ_EXPECT(next > FUZZ_NOW);
	FUZZ_EXPECT(cronexpr_next(&c, next - 1, OFFSET_S, &again) && again == next);
	FUZZ_EXPECT(cronexpr_last(&c, next, OFFSET_S, &last) && last == next);
	if (cronexpr_last(&c, FUZZ_NOW, OFFSET_S, &last)) {
		expect_fits(&c, last);
		FUZZ_EXPECT(last <= FUZZ_NOW);
		FUZZ_EXPECT(cronexpr_next(&c, last, OFFSET_S, &again) && again == next);
	}
	return 0;
}
