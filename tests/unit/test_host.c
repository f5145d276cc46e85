/* The machine under the instances. */
#include "test.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "probe/host.h"

static char root[64];
static struct arena *arena;

static void put(const char *name, const char *text)
{
	FILE *f = fopen(arena_printf(arena, "%s/%s", root, name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(8 * 1024 * 1024);
	snprintf(root, sizeof(root), "%s", "/tmp/mc-host.XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "meminfo", "loadavg", "uptime", "stat", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		remove(arena_printf(arena, "%s/%s", root, names[i]));
	arena_freep(&arena);
	return 0;
}

static void the_root_file_system_has_figures(void **state)
{
	struct disk d = { 0 };

	(void)state;
	probe_disk(&d, "/", arena, 0);
	assert_int_equal(d.probe.state, PROBE_OK);
	assert_true(d.size_bytes > 0);
	assert_in_range(d.available_bytes, 0, d.size_bytes);
	assert_string_equal(d.mount, "/");
}

static void a_missing_mount_is_inactive(void **state)
{
	struct disk d = { 0 };

	(void)state;
	probe_disk(&d, "/nonexistent/data", arena, 0);
	assert_int_equal(d.probe.state, PROBE_INACTIVE);
	assert_string_equal(d.probe.reason, "no such directory: /nonexistent/data");
}

static void the_real_proc_reads(void **state)
{
	struct memory m = { 0 };
	struct load l = { 0 };
	struct uptime u = { 0 };

	(void)state;
	probe_memory(&m, "/proc", arena, 0);
	probe_load(&l, "/proc", arena, 0);
	probe_uptime(&u, "/proc", arena, 0);
	assert_int_equal(m.probe.state, PROBE_OK);
	assert_in_range(m.available_bytes, 1, m.total_bytes);
	assert_int_equal(l.probe.state, PROBE_OK);
	assert_true(l.one >= 0 && l.cpus >= 1);
	assert_int_equal(u.probe.state, PROBE_OK);
	assert_in_range(u.booted_at, 1, time(NULL) + 1);
}

static void meminfo_is_read_in_bytes(void **state)
{
	struct memory m = { 0 };

	(void)state;
	put("meminfo", "MemTotal:       16310788 kB\nMemFree:  1 kB\nMemAvailable:    2048 kB\n"
		       "SwapTotal:             0 kB\nSwapFree:              0 kB\n");
	probe_memory(&m, root, arena, 0);
	assert_int_equal(m.probe.state, PROBE_OK);
	assert_int_equal(m.total_bytes, 16310788LL * 1024);
	assert_int_equal(m.available_bytes, 2048 * 1024);
	assert_int_equal(m.swap_total_bytes, 0);
}

static void odd_meminfo_is_unknown_not_zero(void **state)
{
	static const char *const texts[] = { "",
					     "MemTotal: 5 kB\n",
					     "MemTotal: 5 kB\nMemAvailable: x kB\n",
					     "MemTotal: 5 kB\nMemAvailable: 5 MB\n",
					     "MemTotal: 5 kB\nMemAvailable: 99999999999999999999 kB\n",
					     "MemTotal: -5 kB\nMemAvailable: 5 kB\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct memory m = { 0 };

		put("meminfo", texts[i]);
		probe_memory(&m, root, arena, 0);
		assert_int_equal(m.probe.state, PROBE_UNKNOWN);
		assert_non_null(m.probe.reason);
	}
}

static void missing_swap_lines_are_unknown_counts(void **state)
{
	struct memory m = { 0 };

	(void)state;
	put("meminfo", "MemTotal: 5 kB\nMemAvailable: 4 kB\n");
	probe_memory(&m, root, arena, 0);
	assert_int_equal(m.probe.state, PROBE_OK);
	assert_int_equal(m.swap_total_bytes, COUNT_UNKNOWN);
}

static void load_has_three_numbers_or_is_unknown(void **state)
{
	struct load l = { 0 };

	(void)state;
	put("loadavg", "0.42 1.05 12.00 1/234 5678\n");
	probe_load(&l, root, arena, 0);
	assert_int_equal(l.probe.state, PROBE_OK);
	assert_float_equal(l.one, 0.42, 1e-9);
	assert_float_equal(l.five, 1.05, 1e-9);
	assert_float_equal(l.fifteen, 12.0, 1e-9);
	put("loadavg", "0.42 1,05\n");
	l = (struct load){ 0 };
	probe_load(&l, root, arena, 0);
	assert_int_equal(l.probe.state, PROBE_UNKNOWN);
}

static void uptime_and_boot_are_read(void **state)
{
	struct uptime u = { 0 };

	(void)state;
	put("uptime", "12345.67 99.0\n");
	put("stat", "cpu 1\nbtime 1700000000\n");
	probe_uptime(&u, root, arena, 0);
	assert_int_equal(u.probe.state, PROBE_OK);
	assert_int_equal(u.uptime_s, 12345);
	assert_int_equal(u.booted_at, 1700000000);
	remove(arena_printf(arena, "%s/stat", root));
	u = (struct uptime){ 0 };
	probe_uptime(&u, root, arena, 0);
	assert_in_range(u.booted_at, time(NULL) - 12345 - 5, time(NULL) - 12345 + 1);
}

static void a_missing_proc_is_unknown(void **state)
{
	struct memory m = { 0 };
	struct load l = { 0 };
	struct uptime u = { 0 };

	(void)state;
	probe_memory(&m, "/nonexistent", arena, 0);
	probe_load(&l, "/nonexistent", arena, 0);
	probe_uptime(&u, "/nonexistent", arena, 0);
	assert_int_equal(m.probe.state, PROBE_UNKNOWN);
	assert_string_equal(l.probe.reason, "/nonexistent/loadavg cannot be read: No such file or directory");
	assert_int_equal(u.probe.state, PROBE_UNKNOWN);
}

/* An interface list of up to four entries; an address of NULL is an entry without one, as getifaddrs gives. */
struct entry {
	const char *name, *address;
	unsigned flags;
};

static struct tailscale pick(const struct entry *entries, size_t n, const char *expected)
{
	struct tailscale t = { 0 };
	struct ifaddrs list[4] = { 0 };
	struct sockaddr_in in[4] = { 0 };

	for (size_t i = 0; i < n; i++) {
		list[i].ifa_name = (char *)entries[i].name;
		list[i].ifa_flags = entries[i].flags;
		list[i].ifa_next = i + 1 < n ? &list[i + 1] : NULL;
		if (!entries[i].address)
			continue;
		in[i].sin_family = AF_INET;
		assert_int_equal(inet_pton(AF_INET, entries[i].address, &in[i].sin_addr), 1);
		list[i].ifa_addr = (struct sockaddr *)&in[i];
	}
	tailscale_pick(&t, n ? list : NULL, expected, arena);
	return t;
}

#define UP (IFF_UP | IFF_RUNNING)

static void tailscale_is_found_by_its_name(void **state)
{
	const struct entry e[] = { { "lo", "127.0.0.1", UP | IFF_LOOPBACK },
				   { "eth0", "100.100.0.9", UP },
				   { "tailscale0", NULL, UP },
				   { "tailscale0", "100.87.53.10", UP } };
	struct tailscale t = pick(e, 4, "100.87.53.10");

	(void)state;
	assert_int_equal(t.probe.state, PROBE_OK);
	assert_string_equal(t.interface, "tailscale0");
	assert_string_equal(t.address, "100.87.53.10");
	assert_int_equal(t.is_up, TRI_YES);
}

static void another_address_than_expected_is_a_fact(void **state)
{
	const struct entry e[] = { { "tailscale0", "100.99.1.1", UP } };
	struct tailscale t = pick(e, 1, "100.87.53.10");

	(void)state;
	assert_int_equal(t.probe.state, PROBE_OK);
	assert_string_equal(t.address, "100.99.1.1");
	assert_string_equal(t.expected, "100.87.53.10");
}

static void an_address_of_the_range_is_enough_where_the_name_differs(void **state)
{
	const struct entry e[] = { { "eth0", "100.100.0.9", UP }, { "utun3", "100.87.53.10", UP } };

	(void)state;
	assert_string_equal(pick(e, 2, "100.87.53.10").interface, "utun3");
	assert_string_equal(pick(e, 2, NULL).interface, "eth0");
}

static void the_range_is_100_64_to_100_127(void **state)
{
	static const struct {
		const char *address;
		enum probe_state want;
	} cases[] = { { "100.63.255.255", PROBE_INACTIVE },
		      { "100.64.0.0", PROBE_OK },
		      { "100.127.255.255", PROBE_OK },
		      { "100.128.0.0", PROBE_INACTIVE },
		      { "10.64.0.1", PROBE_INACTIVE } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct entry e[] = { { "eth0", cases[i].address, UP } };

		assert_int_equal(pick(e, 1, NULL).probe.state, cases[i].want);
	}
}

static void an_interface_that_is_down_or_without_address_is_told(void **state)
{
	const struct entry down[] = { { "tailscale0", "100.87.53.10", 0 } };
	const struct entry bare[] = { { "tailscale0", NULL, UP } };

	(void)state;
	assert_int_equal(pick(down, 1, NULL).is_up, TRI_NO);
	assert_int_equal(pick(bare, 1, NULL).probe.state, PROBE_OK);
	assert_null(pick(bare, 1, NULL).address);
}

static void no_tailscale_is_inactive(void **state)
{
	const struct entry e[] = { { "lo", "100.64.0.1", UP | IFF_LOOPBACK } };
	struct tailscale t = pick(e, 1, "100.64.0.1");

	(void)state;
	assert_int_equal(t.probe.state, PROBE_INACTIVE);
	assert_non_null(t.probe.reason);
	assert_int_equal(pick(NULL, 0, NULL).probe.state, PROBE_INACTIVE);
}

static void this_machine_answers_about_tailscale(void **state)
{
	struct tailscale t = { 0 };

	(void)state;
	probe_tailscale(&t, NULL, arena, 0);
	assert_int_not_equal(t.probe.state, PROBE_UNKNOWN);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(the_root_file_system_has_figures),
		T(a_missing_mount_is_inactive),
		T(the_real_proc_reads),
		T(meminfo_is_read_in_bytes),
		T(odd_meminfo_is_unknown_not_zero),
		T(missing_swap_lines_are_unknown_counts),
		T(load_has_three_numbers_or_is_unknown),
		T(uptime_and_boot_are_read),
		T(a_missing_proc_is_unknown),
		T(tailscale_is_found_by_its_name),
		T(another_address_than_expected_is_a_fact),
		T(an_address_of_the_range_is_enough_where_the_name_differs),
		T(the_range_is_100_64_to_100_127),
		T(an_interface_that_is_down_or_without_address_is_told),
		T(no_tailscale_is_inactive),
		T(this_machine_answers_about_tailscale),
	};

	return RUN_TESTS("host", tests);
}
