/* report.c -- a report that nobody vouches for: read, told apart, printed, shown on the overview. */
#include "fuzz.h"

#include "base/str.h"
#include "report/report.h"
#include "report/shapes.h"
#include "view/overview_view.h"

static const struct instance instance = { .id = "bheem", .label = "Bheem", .user = "uma", .hermes_home = "/home/uma/.hermes" };

/* As a pane does with it; every text of a page must be one. */
static void show(const struct snapshot *s, struct arena *a)
{
	CLEANUP_JSON cJSON *api = snapshot_json(s, NULL), *page = overview_view(s, NULL, NULL, a), *again = NULL;
	CLEANUP_FREE char *one = json_print(api), *two = json_print(page);

	FUZZ_EXPECT(str_is_utf8(one, strlen(one)) && !strchr(one, '<'));
	FUZZ_EXPECT(str_is_utf8(two, strlen(two)) && !strchr(two, '<'));
	again = json_parse(two, strlen(two), JSON_STRICT, NULL);
	FUZZ_EXPECT(again != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	CLEANUP_FREE char *text = fuzz_text(data, size);
	CLEANUP_JSON cJSON *json = json_parse(text, size, JSON_STRICT, NULL);
	struct instance_snapshot in = { .instance = &instance };
	struct snapshot s = { .now = FUZZ_NOW, .instances = &in, .n_instances = 1 };

	if (!json)
		return 0;
	in.has_report = report_read_instance(json, &instance, 30, FUZZ_NOW, a, &in);
	s.host.has_report = report_read_host(json, 30, FUZZ_NOW, a, &s.host);
	FUZZ_EXPECT(in.probe.state == PROBE_OK || in.probe.reason);
	if (in.has_report)
		fuzz_expect_shape(&instance_report_shape, &in.report);
	if (s.host.has_report)
		fuzz_expect_shape(&host_report_shape, &s.host.report);
	show(&s, a);
	return 0;
}
