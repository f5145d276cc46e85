/*
 * config_yaml.c -- a home's config.yaml: settings, and the zone of cron.
 *
 * Not the skills: they would go and look into whatever folder of this machine the input names.
 */
#include "fuzz.h"

static const char jobs[] = "{\"jobs\":[{\"id\":\"one\",\"name\":\"One\",\"enabled\":true,\"schedule\":"
			   "{\"kind\":\"cron\",\"expr\":\"0 8 * * *\"}}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	struct instance_report r = { 0 };

	fuzz_put("config.yaml", data, size);
	fuzz_put("cron/jobs.json", jobs, sizeof(jobs) - 1);
	hermes_settings(&r.agent.settings, fuzz_home(), a, fuzz_deadline());
	hermes_cron(&r.cron, fuzz_home(), a, fuzz_deadline());
	fuzz_expect_reading(&settings_shape, &r.agent.settings);
	FUZZ_EXPECT(r.cron.probe.state == PROBE_OK);
	return 0;
}
