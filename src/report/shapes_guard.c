/* The guardrails of an instance. */
#include "model/guard.h"
#include "report/fields.h"

static const struct field file_guard_fields[] = {
	TEXT(struct file_guard, path, "path"),
	TEXT(struct file_guard, holds, "holds"),
	TEXT(struct file_guard, owner, "owner"),
	TEXT(struct file_guard, group, "group"),
	COUNT(struct file_guard, mode, "mode"),
	TRI(struct file_guard, is_private, "isPrivate"),
	TIME(struct file_guard, changed_at, "changedAt"),
	TEXT(struct file_guard, reason, "reason"),
};
const struct shape file_guard_shape = SHAPE(struct file_guard, file_guard_fields);

static const struct field secret_files_fields[] = {
	PROBE(struct secret_files),
	TEXT(struct secret_files, home_owner, "homeOwner"),
	COUNT(struct secret_files, home_mode, "homeMode"),
	LIST(struct secret_files, list, "files", file_guard_shape, SECRET_FILES_MAX),
};
const struct shape secret_files_shape = SHAPE(struct secret_files, secret_files_fields);

static const struct field push_credential_fields[] = {
	PROBE(struct push_credential),
	TEXT(struct push_credential, remote, "remote"),
	TEXT(struct push_credential, transport, "transport"),
	TEXT(struct push_credential, kind, "kind"),
	TEXT(struct push_credential, kind_from, "kindFrom"),
	TEXT(struct push_credential, key_file, "keyFile"),
	TEXT(struct push_credential, key_type, "keyType"),
	TEXT(struct push_credential, key_print, "keyFingerprint"),
	TIME(struct push_credential, key_changed_at, "keyChangedAt"),
	TRI(struct push_credential, key_is_private, "keyIsPrivate"),
	TEXT(struct push_credential, repo_owner, "repoOwner"),
	TEXT(struct push_credential, pushed_by, "pushedBy"),
	TIME(struct push_credential, pushed_at, "pushedAt"),
	TEXT(struct push_credential, unit, "unit"),
	TEXT(struct push_credential, unit_user, "unitUser"),
	TEXT(struct push_credential, note, "note"),
};
const struct shape push_credential_shape = SHAPE(struct push_credential, push_credential_fields);

static const struct field sandbox_fields[] = {
	PROBE(struct sandbox),
	TEXT(struct sandbox, unit, "unit"),
	TRI(struct sandbox, no_new_privileges, "noNewPrivileges"),
	TRI(struct sandbox, filters_calls, "filtersCalls"),
	COUNT(struct sandbox, capabilities, "capabilities"),
	TRI(struct sandbox, system_is_read_only, "systemIsReadOnly"),
	TRI(struct sandbox, homes_are_hidden, "homesAreHidden"),
	TRI(struct sandbox, devices_are_hidden, "devicesAreHidden"),
	TRI(struct sandbox, has_network, "hasNetwork"),
};
const struct shape sandbox_shape = SHAPE(struct sandbox, sandbox_fields);
