/* What a process says of its own sandbox, from files as the kernel writes them. */
#include "test_hermes.h"

#include "model/guard.h"
#include "probe/sandbox.h"

/* As a system timer's exporter finds it: hmc-export@bheem with its drop-in. */
#define STRICT                                                                              \
	"700 600 254:1 / / ro,relatime shared:1 - ext4 /dev/vda1 rw\n"                     \
	"701 700 0:50 / /home ro,nosuid,nodev,noexec - tmpfs tmpfs rw\n"                   \
	"702 701 254:1 /home/uma/.hermes /home/uma/.hermes rw - ext4 /dev/vda1 rw\n"       \
	"703 702 254:1 /home/uma/.hermes/.env /home/uma/.hermes/.env ro - ext4 /dev/vda1 rw\n" \
	"704 701 254:1 /home/uma/repos/r /home/uma/repos/r ro - ext4 /dev/vda1 rw\n"       \
	"705 700 0:51 / /root ro,nosuid - tmpfs tmpfs rw\n"                                \
	"706 700 0:52 / /dev rw,nosuid - tmpfs tmpfs rw\n"                                 \
	"707 700 0:53 / /tmp rw - tmpfs tmpfs rw\n"

#define LOOSE                                                  \
	"23 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n" \
	"24 23 0:5 / /dev rw - devtmpfs udev rw\n"

static void set(struct home *h, const char *mounts, const char *no_new, const char *seccomp, const char *caps)
{
	mkdir(in_home(h, "proc"), 0755);
	mkdir(in_home(h, "dev"), 0755);
	puts_(h, "proc/self/mountinfo", mounts);
	puts_(h, "proc/self/status", arena_printf(h->a, "Name:\thmc\nCapBnd:\t%s\nNoNewPrivs:\t%s\nSeccomp:\t%s\n", caps, no_new, seccomp));
}

static struct sandbox look(struct home *h)
{
	const struct sandbox_source src = { .proc_root = in_home(h, "proc"), .dev = in_home(h, "dev"),
					    .own = { "/home/uma/.hermes", "/home/uma/repos/r" } };
	struct sandbox s = { 0 };

	probe_sandbox(&s, &src, h->a, 0);
	return s;
}

static void the_shipped_sandbox_shows_as_it_is(void **state)
{
	struct home *h = *state;
	struct sandbox s;

	set(h, STRICT, "1", "2", "0000000000000000");
	puts_(h, "dev/null", "");
	s = look(h);
	assert_int_equal(s.probe.state, PROBE_OK);
	assert_int_equal(s.no_new_privileges, TRI_YES);
	assert_int_equal(s.filters_calls, TRI_YES);
	assert_int_equal(s.capabilities, 0);
	assert_int_equal(s.system_is_read_only, TRI_YES);
	assert_int_equal(s.homes_are_hidden, TRI_YES);
	assert_int_equal(s.devices_are_hidden, TRI_YES);
}

static void by_hand_nothing_is_hidden_and_that_is_told(void **state)
{
	struct home *h = *state;
	struct sandbox s;

	set(h, LOOSE, "0", "0", "000001ffffffffff");
	puts_(h, "dev/kmsg", "");
	s = look(h);
	assert_int_equal(s.probe.state, PROBE_OK);
	assert_int_equal(s.no_new_privileges, TRI_NO);
	assert_int_equal(s.filters_calls, TRI_NO);
	assert_int_equal(s.capabilities, 41);
	assert_int_equal(s.system_is_read_only, TRI_NO);
	assert_int_equal(s.homes_are_hidden, TRI_NO);
	assert_int_equal(s.devices_are_hidden, TRI_NO);
	assert_null(s.unit);
}

static void what_a_drop_in_shows_besides_is_seen(void **state)
{
	struct home *h = *state;

	set(h, STRICT "710 701 254:1 /home/ravi /home/ravi ro - ext4 /dev/vda1 rw\n", "1", "2", "0");
	assert_int_equal(look(h).homes_are_hidden, TRI_NO);
	set(h, STRICT "710 701 254:1 /home/uma/.hermes-other /home/uma/.hermes-other ro - ext4 /dev/vda1 rw\n", "1", "2", "0");
	assert_int_equal(look(h).homes_are_hidden, TRI_NO);
	set(h, STRICT "711 700 254:1 /usr /usr rw - ext4 /dev/vda1 rw\n", "1", "2", "0");
	assert_int_equal(look(h).system_is_read_only, TRI_NO);
	set(h, STRICT "712 705 254:2 / /root rw - ext4 /dev/vdb rw\n", "1", "2", "0"); /* mounted over the cover */
	assert_int_equal(look(h).homes_are_hidden, TRI_NO);
	set(h, LOOSE "25 23 0:60 / /home rw - tmpfs homes rw\n26 23 0:61 / /root rw - tmpfs homes rw\n", "1", "2", "0");
	assert_int_equal(look(h).homes_are_hidden, TRI_NO); /* homes that live in memory */
	set(h, "700 600 254:1 / / ro - ext4 /dev/vda1 rw\n"
	       "701 700 0:24 /systemd/inaccessible/dir /home ro - tmpfs tmpfs rw\n"
	       "702 700 0:24 /systemd/inaccessible/dir /root ro - tmpfs tmpfs rw\n", "1", "2", "0");
	assert_int_equal(look(h).homes_are_hidden, TRI_YES);
}

static void what_cannot_be_read_stays_unknown(void **state)
{
	struct home *h = *state;
	struct sandbox s = look(h);

	assert_int_equal(s.probe.state, PROBE_UNKNOWN);
	assert_non_null(s.probe.reason);
	set(h, "garbage\n\n - \na b c d e - x\n", "x", "", "zz");
	s = look(h);
	assert_int_equal(s.probe.state, PROBE_OK);
	assert_int_equal(s.no_new_privileges, TRI_UNKNOWN);
	assert_int_equal(s.filters_calls, TRI_UNKNOWN);
	assert_int_equal(s.capabilities, COUNT_UNKNOWN);
	assert_int_equal(s.system_is_read_only, TRI_UNKNOWN);
	assert_int_equal(s.homes_are_hidden, TRI_UNKNOWN);
}

static void who_started_it_is_told_by_its_group_of_processes(void **state)
{
	struct home *h = *state;
	struct started_by by;

	mkdir(in_home(h, "proc"), 0755);
	puts_(h, "proc/self/cgroup", "0::/system.slice/system-hmc\\x2dexport.slice/hmc-export@vijay.service\n");
	unsetenv("INVOCATION_ID");
	assert_string_equal(sandbox_started_by(in_home(h, "proc"), h->a).flavour, "by hand");
	setenv("INVOCATION_ID", "0", 1);
	by = sandbox_started_by(in_home(h, "proc"), h->a);
	assert_string_equal(by.flavour, "system timer");
	assert_string_equal(by.unit, "hmc-export@vijay.service");
	puts_(h, "proc/self/cgroup", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-hmc\\x2dexport.slice/hmc-export@bheem.service\n");
	by = sandbox_started_by(in_home(h, "proc"), h->a);
	assert_string_equal(by.flavour, "user timer");
	assert_string_equal(by.unit, "hmc-export@bheem.service");
	puts_(h, "proc/self/cgroup", "0::/user.slice/user-0.slice/session-3.scope\n");
	by = sandbox_started_by(in_home(h, "proc"), h->a);
	assert_string_equal(by.flavour, "by hand");
	assert_null(by.unit);
	unsetenv("INVOCATION_ID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(the_shipped_sandbox_shows_as_it_is),
		HOME_TEST(by_hand_nothing_is_hidden_and_that_is_told),
		HOME_TEST(what_a_drop_in_shows_besides_is_seen),
		HOME_TEST(what_cannot_be_read_stays_unknown),
		HOME_TEST(who_started_it_is_told_by_its_group_of_processes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
