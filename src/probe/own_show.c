#include "probe/own_show.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "probe/names.h"

#define TEXT_MAX 990
#define NAME_MAX_CHARS 100

/* linux/capability.h, by number. */
static const char *const capability_names[] = {
	"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
	"NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
	"SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME",
	"SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
	"WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
};

static const char *value_of(const char *const *values, const char *name)
{
	for (size_t i = 0; i < n_own_settings; i++)
		if (str_eq(own_settings[i].name, name))
			return values[i];
	return NULL;
}

static enum tristate yes_no(const char *value)
{
	return str_eq(value, "yes") ? TRI_YES : str_eq(value, "no") ? TRI_NO : TRI_UNKNOWN;
}

/* A number where a drop-in names the user by one. No user at all is root's. */
static const char *user_of(const char *user, struct arena *a)
{
	int64_t uid;

	if (!user)
		return NULL;
	if (!*user)
		return "root";
	if (!str_parse_i64(user, 0, UINT32_MAX, &uid))
		return str_clean(a, user, strlen(user), NAME_MAX_CHARS);
	return name_of_user((uid_t)uid, a);
}

static const char *capabilities_of(const char *set, struct arena *a)
{
	const uint64_t every = (UINT64_C(1) << ARRAY_SIZE(capability_names)) - 1;
	CLEANUP(buf_done) struct buf b = BUF_INIT(TEXT_MAX);
	uint64_t bits;

	if (!set || !isdigit((unsigned char)*set))
		return NULL;
	bits = strtoull(set, NULL, 10);
	if (bits == 0)
		return "none";
	if ((bits & every) == every)
		return "all";
	for (size_t i = 0; i < ARRAY_SIZE(capability_names); i++)
		if (bits >> i & 1)
			buf_printf(&b, "%s%s", b.len ? " " : "", capability_names[i]);
	return arena_strdup(a, buf_str(&b));
}

/* Whether sockets of IP can be made at all. */
static enum tristate may_use_ip(const char *families)
{
	bool is_allow_list = str_starts(families, "yes:");

	if (!families)
		return TRI_UNKNOWN;
	families = strchr(families, ':') ? strchr(families, ':') + 1 : "";
	return is_allow_list == (own_has_word(families, "AF_INET", 7) || own_has_word(families, "AF_INET6", 8)) ? TRI_YES : TRI_NO;
}

/* No list of what is refused means that nothing is; what is allowed is allowed all the same. */
static const char *network_of(const char *const *values, struct arena *a)
{
	const char *allowed = value_of(values, "IPAddressAllow"), *denied = value_of(values, "IPAddressDeny");
	enum tristate ip = may_use_ip(value_of(values, "RestrictAddressFamilies"));

	if (str_eq(value_of(values, "PrivateNetwork"), "yes") || ip == TRI_NO)
		return "none";
	if (ip == TRI_UNKNOWN || !allowed || !denied)
		return NULL;
	if (!own_has_word(denied, "0.0.0.0/0", 9) || !own_has_word(denied, "::/0", 4) || own_has_word(allowed, "0.0.0.0/0", 9) ||
	    own_has_word(allowed, "::/0", 4))
		return "any";
	if (!*allowed)
		return "none";
	if (str_eq(allowed, "127.0.0.0/8 ::1/128") || str_eq(allowed, "::1/128 127.0.0.0/8"))
		return "loopback";
	return arena_printf(a, "these addresses: %.300s", allowed);
}

/* Adds "/x" for "-/x" and for "/x:/x:yes:0". */
static void add_places(struct buf *b, const char *words)
{
	for (const char *at = words ? words : ""; *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " "), skip = *at == '-';
		size_t len = strcspn(at + skip, ": ");

		if (b->len)
			buf_addc(b, ' ');
		buf_add(b, at + skip, len < n ? len : n - skip);
		at += n;
	}
}

static const char *writes_of(const char *const *values, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(TEXT_MAX);

	if (!str_eq(value_of(values, "ProtectSystem"), "strict"))
		return "whatever its user may";
	add_places(&b, value_of(values, "ReadWritePaths"));
	add_places(&b, value_of(values, "BindPaths"));
	if (b.overflow)
		return "many folders";
	return b.len ? arena_strdup(a, buf_str(&b)) : "nothing";
}

static const char *reads_of(enum own_kind kind, const char *const *values, struct arena *a)
{
	static const char *const fixed[] = { [OWN_PANE] = "the configuration, the keys of sign-in, every report and ledger",
					     [OWN_CADDY] = "its static files",
					     [OWN_PORT] = "the configuration",
					     [OWN_HOST] = "/proc, the list of interfaces, the system bus, the machine's Caddyfile",
					     [OWN_BEAT] = "the configuration, its copy of the URL, when each exporter and notifier ran" };
	CLEANUP(buf_done) struct buf b = BUF_INIT(TEXT_MAX);

	add_places(&b, value_of(values, "BindPaths"));
	add_places(&b, value_of(values, "BindReadOnlyPaths"));
	if (kind < ARRAY_SIZE(fixed) && fixed[kind])
		return b.len ? arena_printf(a, "%s; %s", fixed[kind], buf_str(&b)) : fixed[kind];
	return b.len ? arena_printf(a, "%s", buf_str(&b)) : NULL;
}

/* "Notifier of bheem" */
static const char *of_instance(const char *what, const char *unit, struct arena *a)
{
	const char *at = strchr(unit, '@');

	return arena_printf(a, "%s of %.*s", what, (int)strcspn(at + 1, "."), at + 1);
}

static const char *process_of(const struct own_unit *u, enum own_kind kind, struct arena *a)
{
	switch (kind) {
	case OWN_CADDY:
		return "Our Caddy";
	case OWN_PORT:
		return "Hold on our port";
	case OWN_HOST:
		return "Exporter of the machine";
	case OWN_INSTANCE:
		return of_instance("Exporter", u->unit, a);
	case OWN_LOOP:
		return of_instance(str_starts(u->unit, "hmc-notify@") ? "Notifier" : str_starts(u->unit, "hmc-drill@") ? "Drill" : "Backup", u->unit, a);
	case OWN_BEAT:
		return "Beat to the outside";
	default:
		return u->unit;
	}
}

void own_show(struct own_unit *u, enum own_kind kind, const char *const *values, struct arena *a)
{
	const char *calls = value_of(values, "SystemCallFilter");

	u->process = process_of(u, kind, a);
	u->user = user_of(value_of(values, "User"), a);
	u->network = network_of(values, a);
	u->reads = reads_of(kind, values, a);
	u->writes = writes_of(values, a);
	u->capabilities = capabilities_of(value_of(values, "CapabilityBoundingSet"), a);
	u->no_new_privileges = yes_no(value_of(values, "NoNewPrivileges"));
	u->filters_calls = !calls ? TRI_UNKNOWN : str_starts(calls, "yes:") ? TRI_YES : TRI_NO;
}
