#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/listeners.h"
#include "probe/sockets.h"

static struct arena *a;
static char proc[64];

static int setup(void **s)
{
	char net[96];

	(void)s;
	a = arena_new(64 * 1024 * 1024);
	snprintf(proc, sizeof(proc), "/tmp/mc-proc.XXXXXX");
	assert_non_null(mkdtemp(proc));
	snprintf(net, sizeof(net), "%s/net", proc);
	assert_int_equal(mkdir(net, 0755), 0);
	return 0;
}

static int teardown(void **s)
{
	char command[128];

	(void)s;
	snprintf(command, sizeof(command), "rm -rf %s", proc);
	assert_int_equal(system(command), 0);
	arena_free(a);
	return 0;
}

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

static void table(const char *name, const char *lines)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/net/%s", proc, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, HEAD "%s", lines);
	fclose(f);
}

static void all_tables(const char *tcp, const char *tcp6, const char *udp)
{
	table("tcp", tcp);
	table("tcp6", tcp6);
	table("udp", udp);
	table("udp6", "");
}

static const struct listener *find(const struct listeners *l, int64_t port)
{
	for (size_t i = 0; i < l->n_list; i++)
		if (l->list[i].port == port)
			return &l->list[i];
	return NULL;
}

static void every_line_is_read_as_the_kernel_means_it(void **s)
{
	struct listeners l = { 0 };

	(void)s;
	all_tables("   0: 0100007F:2120 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0\n"
		   "   1: 0A355764:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 12 1 0 100 0 0 10 0\n"
		   "   2: 0100007F:2120 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0 100 0 0 10 0\n",
		   "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000"
		   " 00:00000000 00000000  4242        0 14 1 0 100 0 0 10 0\n"
		   "   1: 0000000000000000FFFF00000100007F:0051 00000000000000000000000000000000:0000 0A 00000000:00000000"
		   " 00:00000000 00000000  4242        0 15 1 0 100 0 0 10 0\n",
		   "   5: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 16 2 0 0\n"
		   "   6: 0100007F:0045 0100007F:0035 01 00000000:00000000 00:00000000 00000000     0        0 17 2 0 0\n");
	probe_listeners(&l, proc, a, 0);
	assert_int_equal(l.probe.state, PROBE_OK);
	assert_int_equal(l.n_list, 5);
	assert_string_equal(find(&l, 0x2120)->address, "127.0.0.1");
	assert_string_equal(find(&l, 0x2120)->reach, "loopback");
	assert_string_equal(find(&l, 0x2120)->user, "root");
	assert_string_equal(find(&l, 443)->address, "100.87.53.10");
	assert_string_equal(find(&l, 443)->reach, "tailnet");
	assert_string_equal(find(&l, 80)->address, "::");
	assert_string_equal(find(&l, 80)->reach, "public");
	assert_string_equal(find(&l, 80)->user, "4242");
	assert_string_equal(find(&l, 0x51)->address, "127.0.0.1"); /* IPv4 inside IPv6 */
	assert_string_equal(find(&l, 68)->protocol, "udp");
	assert_null(find(&l, 69)); /* talks to one peer */
}

static void an_address_reaches_as_far_as_its_network(void **s)
{
	static const struct {
		const char *text;
		const char *reach;
	} cases[] = {
		{ "127.0.0.1", "loopback" }, { "127.9.9.9", "loopback" }, { "::1", "loopback" },
		{ "100.64.0.1", "tailnet" }, { "100.127.255.255", "tailnet" }, { "100.128.0.1", "public" },
		{ "fd7a:115c:a1e0::1", "tailnet" }, { "fd00::1", "private" }, { "fe80::1", "private" },
		{ "10.1.2.3", "private" }, { "172.16.0.1", "private" }, { "172.31.255.255", "private" },
		{ "172.32.0.1", "public" }, { "192.168.1.1", "private" }, { "192.169.1.1", "public" },
		{ "169.254.1.1", "private" }, { "0.0.0.0", "public" }, { "::", "public" }, { "8.8.8.8", "public" },
		{ "2001:db8::1", "public" },
	};

	(void)s;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct socket_address x = { .is_v6 = strchr(cases[i].text, ':') != NULL };

		assert_int_equal(inet_pton(x.is_v6 ? AF_INET6 : AF_INET, cases[i].text, x.bytes), 1);
		if (!str_eq(socket_address_reach(&x), cases[i].reach))
			fail_msg("%s: %s", cases[i].text, socket_address_reach(&x));
		assert_string_equal(socket_address_text(&x, a), cases[i].text);
	}
}

static void broken_lines_are_passed_over_and_a_missing_table_is_said(void **s)
{
	struct listeners l = { 0 }, none = { 0 };

	(void)s;
	all_tables("garbage\n\n   0: 0100007F 0A\n   0: ZZ00007F:2120 00000000:0000 0A 0:0 0:0 0 0 0 11\n"
		   "   1: 0100007F:2121 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1\n", "", "");
	probe_listeners(&l, proc, a, 0);
	assert_int_equal(l.probe.state, PROBE_OK);
	assert_int_equal(l.n_list, 1);
	assert_int_equal(unlink(arena_printf(a, "%s/net/tcp", proc)), 0);
	probe_listeners(&none, proc, a, 0);
	assert_int_equal(none.probe.state, PROBE_UNKNOWN);
	assert_non_null(strstr(none.probe.reason, "cannot be read"));
}

static void more_sockets_than_fit_are_unknown_and_not_a_short_list(void **s)
{
	char *lines = arena_alloc(a, 1024 * 1024), *at = lines;
	struct listeners l = { 0 };

	(void)s;
	for (int i = 1; i <= LISTENERS_MAX + 1; i++)
		at += sprintf(at, "  1: 0100007F:%04X 00000000:0000 0A 0:0 0:0 0     0        0 %d 1\n", i, i);
	all_tables(lines, "", "");
	probe_listeners(&l, proc, a, 0);
	assert_int_equal(l.probe.state, PROBE_UNKNOWN);
	assert_non_null(strstr(l.probe.reason, "too many to list"));
}

static void our_own_listener_is_found_with_owner_and_process(void **s)
{
	CLEANUP_FD int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	const struct listener *mine;
	struct listeners l = { 0 };

	(void)s;
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	probe_listeners(&l, "/proc", a, 0);
	if (l.probe.state == PROBE_UNKNOWN) /* a machine with more sockets than we list */
		skip();
	mine = find(&l, ntohs(at.sin_port));
	assert_non_null(mine);
	assert_string_equal(mine->process, "test_sockets");
	assert_string_equal(mine->reach, "loopback");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(every_line_is_read_as_the_kernel_means_it),
		T(an_address_reaches_as_far_as_its_network),
		T(broken_lines_are_passed_over_and_a_missing_table_is_said),
		T(more_sockets_than_fit_are_unknown_and_not_a_short_list),
		T(our_own_listener_is_found_with_owner_and_process),
	};

	return RUN_TESTS("sockets", tests);
}
