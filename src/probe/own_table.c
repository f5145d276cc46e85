#include "probe/own_table.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

#define WORDS_MAX (64 * 1024)
#define STATE     "/var/lib/hermes-mission-control"

#define INTERNET     "AF_UNIX AF_INET AF_INET6"
#define CALLS        "@system-service ~@privileged @resources"
#define EACH(v)      { v, v, v, v, v, v, v, v }
#define SYSTEMS(v)   { v, v, v, v, v, v, v, NULL }
#define LOCALS(v)    { v, v, v, v, v, NULL, NULL, NULL }
#define NOBODY       { NULL }

const struct own_setting own_settings[] = {
	/* a pane, Caddy, the hold on its port, the machine's exporter, an instance's, its notifier, backup or drill, the beat, one of a user's manager */
	{ "User", OWN_SAME, { "hmc", "hmc-caddy", "hmc-caddy", "hmc", "hmc", "hmc", "hmc-beat", NULL } },
	{ "Group", OWN_SAME, { "hmc", "hmc-caddy", "hmc-caddy", "hmc", NULL, NULL, "hmc-beat", NULL } },
	{ "SupplementaryGroups", OWN_AT_MOST, NOBODY },
	{ "ReadWritePaths", OWN_AT_MOST, { STATE "/auth " STATE "/marks " STATE "/answers " STATE "/audit " STATE "/refresh", NULL, NULL,
	    STATE "/reports/host " STATE "/alive/host " STATE "/host-told", NULL, NULL, STATE "/beat", NULL } },
	{ "BindPaths", OWN_AT_MOST, NOBODY },
	{ "BindReadOnlyPaths", OWN_AT_MOST, NOBODY },
	{ "ReadOnlyPaths", OWN_AT_LEAST, NOBODY },
	{ "InaccessiblePaths", OWN_AT_LEAST, { NULL, NULL, NULL, NULL, "/etc/ssl/certs", NULL, NULL, NULL } },
	{ "RuntimeDirectory", OWN_AT_MOST, { NULL, "hermes-mission-control-caddy" } },
	{ "StateDirectory", OWN_AT_MOST, NOBODY },
	{ "DeviceAllow", OWN_AT_MOST, NOBODY },
	{ "ExecStartPre", OWN_AT_MOST, NOBODY },
	{ "ExecStartPost", OWN_AT_MOST, NOBODY },
	{ "ExecStopPost", OWN_AT_MOST, NOBODY },
	{ "RestrictAddressFamilies", OWN_ALLOW_LIST,
	  { "AF_UNIX", INTERNET, "AF_UNIX AF_INET",
	    "AF_UNIX AF_NETLINK", "AF_UNIX", INTERNET, INTERNET, INTERNET } },
	{ "IPAddressAllow", OWN_AT_MOST, { NULL, "localhost" } },
	{ "IPAddressDeny", OWN_AT_LEAST, LOCALS("any") },
	{ "PrivateNetwork", OWN_SAME, { "yes" } },
	{ "CapabilityBoundingSet", OWN_NONE, SYSTEMS("") },
	{ "AmbientCapabilities", OWN_NONE, SYSTEMS("") },
	{ "NoNewPrivileges", OWN_SAME, EACH("yes") },
	{ "SystemCallFilter", OWN_CALLS,
	  { CALLS, "@system-service ~@privileged", CALLS, CALLS, CALLS, CALLS, CALLS, CALLS } },
	{ "SystemCallArchitectures", OWN_AT_MOST, EACH("native") },
	{ "ProtectSystem", OWN_SAME, SYSTEMS("strict") },
	{ "ProtectHome", OWN_HIDES, { "yes", "yes", "yes", "yes", "tmpfs", "tmpfs", "yes", NULL } },
	{ "ProtectProc", OWN_SAME, SYSTEMS("invisible") },
	{ "ProcSubset", OWN_SAME, { "pid", "pid", "pid", NULL, NULL, NULL, "pid", NULL } },
	{ "PrivateTmp", OWN_SAME, SYSTEMS("yes") },
	{ "PrivateDevices", OWN_SAME, SYSTEMS("yes") },
	{ "PrivateUsers", OWN_SAME, NOBODY },
	{ "PrivateIPC", OWN_SAME, SYSTEMS("yes") },
	{ "PrivateMounts", OWN_SAME, SYSTEMS("yes") },
	{ "DevicePolicy", OWN_SAME, SYSTEMS("closed") },
	{ "ProtectClock", OWN_SAME, SYSTEMS("yes") },
	{ "ProtectHostname", OWN_SAME, SYSTEMS("yes") },
	{ "ProtectKernelLogs", OWN_SAME, SYSTEMS("yes") },
	{ "ProtectKernelModules", OWN_SAME, SYSTEMS("yes") },
	{ "ProtectKernelTunables", OWN_SAME, SYSTEMS("yes") },
	{ "ProtectControlGroups", OWN_SAME, SYSTEMS("yes") },
	{ "RestrictNamespaces", OWN_NONE, SYSTEMS("yes") },
	{ "RestrictRealtime", OWN_SAME, EACH("yes") },
	{ "RestrictSUIDSGID", OWN_SAME, { NULL, "yes", "yes" } },
	{ "LockPersonality", OWN_SAME, EACH("yes") },
	{ "MemoryDenyWriteExecute", OWN_SAME, EACH("yes") },
	{ "RemoveIPC", OWN_SAME, SYSTEMS("yes") },
	{ "KeyringMode", OWN_SAME, SYSTEMS("private") },
	{ "UMask", OWN_MASK, EACH("0077") },
};
const size_t n_own_settings = ARRAY_SIZE(own_settings);

enum own_kind own_kind_of(const char *unit)
{
	if (str_starts(unit, "hmc-pane@"))
		return OWN_PANE;
	if (str_eq(unit, "hmc-caddy.service"))
		return OWN_CADDY;
	if (str_eq(unit, "hmc-port.service"))
		return OWN_PORT;
	if (str_eq(unit, "hmc-export-host.service"))
		return OWN_HOST;
	if (str_eq(unit, "hmc-beat.service"))
		return OWN_BEAT;
	if (str_starts(unit, "hmc-notify@") || str_starts(unit, "hmc-backup@") || str_starts(unit, "hmc-drill@"))
		return OWN_LOOP;
	return str_starts(unit, "hmc-export@") ? OWN_INSTANCE : OWN_UNKNOWN;
}

static const char *next_word(const char *at, size_t *n)
{
	at += strspn(at, " ");
	*n = strcspn(at, " ");
	return at;
}

bool own_has_word(const char *words, const char *word, size_t n)
{
	size_t len;

	for (const char *at = next_word(words, &len); len; at = next_word(at + len, &len))
		if (len == n && memcmp(at, word, n) == 0)
			return true;
	return false;
}

static bool grows(enum own_rule rule)
{
	return rule == OWN_AT_MOST || rule == OWN_AT_LEAST || rule == OWN_ALLOW_LIST;
}

static void add_words(struct buf *b, const char *words, size_t n)
{
	if (b->len && n)
		buf_addc(b, ' ');
	for (size_t i = 0; i < n; i++) {
		buf_addc(b, words[i]);
		i += words[i] == '%' && i + 1 < n && words[i + 1] == '%';
	}
}

const char *own_wanted(const struct own_setting *s, enum own_kind kind, const char *dropin, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(WORDS_MAX);
	const char *want = kind < OWN_KINDS ? s->want[kind] : NULL;
	size_t name = strlen(s->name);

	buf_adds(&b, want ? want : "");
	for (const char *line = dropin; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, s->name, name) != 0 || line[name] != '=')
			continue;
		if (!grows(s->rule))
			buf_clear(&b);
		line += name + 1;
		line += *line == '-';
		add_words(&b, line, strcspn(line, "\n"));
	}
	return arena_strdup(a, buf_str(&b));
}

const char *own_moved(enum own_kind kind, const char *state_dir, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(WORDS_MAX);
	size_t n;

	if (str_eq(state_dir, STATE))
		return NULL;
	for (size_t i = 0; i < n_own_settings; i++) {
		const char *words = kind < OWN_KINDS ? own_settings[i].want[kind] : NULL;

		for (const char *at = next_word(words ? words : "", &n); n; at = next_word(at + n, &n))
			if (str_starts(at, STATE "/"))
				buf_printf(&b, "%s=%s%.*s\n", own_settings[i].name, state_dir, (int)(n - strlen(STATE)), at + strlen(STATE));
	}
	return b.len ? arena_strdup(a, buf_str(&b)) : NULL;
}

/* "localhost", "any" and single addresses as systemd gives them: "127.0.0.0/8". */
static const char *address_word(const char *word, struct arena *a)
{
	unsigned char bytes[16];

	if (str_eq(word, "any"))
		return "0.0.0.0/0 ::/0";
	if (str_eq(word, "localhost"))
		return "127.0.0.0/8 ::1/128";
	if (inet_pton(AF_INET, word, bytes) == 1)
		return arena_printf(a, "%s/32", word);
	return inet_pton(AF_INET6, word, bytes) == 1 ? arena_printf(a, "%s/128", word) : word;
}

/* "-/x" is "/x" where that is there; "/x:/x:yes:0" is a mount of "/x" at its own place. */
static const char *plain_word(const char *word, size_t n, struct arena *a)
{
	char *text = arena_strndup(a, word + (*word == '-'), n - (*word == '-')), *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;

	if (*text == '/' && colon && strncmp(colon + 1, text, len) == 0 && (colon[1 + len] == ':' || !colon[1 + len]))
		*colon = '\0';
	return text;
}

static const char *plain(const struct own_setting *s, const char *words, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(WORDS_MAX);
	size_t n;

	for (const char *at = next_word(words, &n); n; at = next_word(at + n, &n)) {
		const char *word = plain_word(at, n, a);

		if (str_eq(s->name, "DeviceAllow") && str_eq(word, "char-rtc:r"))
			continue; /* ProtectClock= adds it by itself, and by it no clock is set */
		if (str_starts(s->name, "IPAddress"))
			word = address_word(word, a);
		add_words(&b, word, strlen(word));
	}
	return arena_strdup(a, buf_str(&b));
}

/* Whether each word of some is among all. */
static bool is_within(const char *some, const char *all)
{
	size_t n;

	for (const char *at = next_word(some, &n); n; at = next_word(at + n, &n))
		if (!own_has_word(all, at, n))
			return false;
	return true;
}

/* Of @privileged, @debug, @mount, @module, @reboot and @raw-io: what no @system-service holds once those are taken away. */
static bool allows_grave_calls(const char *calls)
{
	static const char *const grave[] = { "bpf", "chroot", "mount", "ptrace", "init_module", "reboot", "setuid", "kexec_load", "iopl", "swapon" };

	for (size_t i = 0; i < ARRAY_SIZE(grave); i++)
		if (own_has_word(calls, grave[i], strlen(grave[i])))
			return true;
	return false;
}

/* (bas): "yes:AF_UNIX AF_INET" is what is allowed, "no:…" what is not. */
static const char *allowed_in(const char *in_force)
{
	return str_starts(in_force, "yes:") ? in_force + strlen("yes:") : NULL;
}

bool own_is_loose(const struct own_setting *s, const char *wanted, const char *in_force, struct arena *a)
{
	const char *allowed;

	if (!in_force || (!*wanted && s->rule != OWN_AT_MOST && s->rule != OWN_NONE && s->rule != OWN_ALLOW_LIST))
		return false;
	switch (s->rule) {
	case OWN_SAME:
		return !str_eq(wanted, in_force);
	case OWN_HIDES:
		return !str_eq(in_force, "yes") && !str_eq(in_force, "tmpfs");
	case OWN_AT_MOST:
		return !is_within(plain(s, in_force, a), plain(s, wanted, a));
	case OWN_AT_LEAST:
		return !is_within(plain(s, wanted, a), plain(s, in_force, a));
	case OWN_ALLOW_LIST:
		allowed = allowed_in(in_force);
		return !allowed || !is_within(allowed, wanted);
	case OWN_CALLS:
		allowed = allowed_in(in_force);
		return !allowed || allows_grave_calls(allowed);
	case OWN_NONE:
		return !str_eq(in_force, "0");
	case OWN_MASK:
		return strtol(in_force, NULL, 10) != strtol(wanted, NULL, 8);
	}
	return false;
}
