# tests/box/machine.sh -- the machine of the example configuration (Vijay as root with system units, Bheem as uma
# with user units), for scripts that run inside the box; they set build, top, n and failures.
# shellcheck shell=bash disable=SC2154,SC2034 # set and used by those who source this

as_uma() {
	runuser -u uma -- env HOME=/home/uma XDG_RUNTIME_DIR="/run/user/$uid" "$@"
}

# systemctl of an instance's manager
ctl() {
	local id=$1
	shift
	if [ "$id" = vijay ]; then systemctl "$@"; else as_uma systemctl --user "$@"; fi
}

tap() {
	local verdict=$1
	n=$((n + 1))
	shift
	echo "$verdict $n - $*"
	[ "$verdict" = ok ] || failures=$((failures + 1))
}

# --- the machine

wait_for() {
	for _ in {1..200}; do
		"$@" > /dev/null 2>&1 && return
		sleep 0.1
	done
	tap "not ok" "waiting for: $*"
	echo "1..$n"
	exit 1
}

user_manager_is_up() {
	[ -S "/run/user/$uid/bus" ] && as_uma systemctl --user is-active basic.target
}

start_user_manager() {
	loginctl enable-linger uma
	wait_for user_manager_is_up
}

make_users() {
	userdel -f uma 2> /dev/null # a real one of this machine's: only the box's copy of passwd changes
	groupdel uma 2> /dev/null
	useradd --create-home --user-group --shell /bin/bash uma || exit 1
	uid=$(id -u uma)
	start_user_manager
}

install_home() {
	local sample=$1 home=$2 repo=$3
	mkdir -p "$(dirname "$repo")"
	mv "/tmp/homes/$sample" "$home"
	mv "/tmp/homes/repos/$sample" "$repo"
	mkdir -p "$home/hermes-agent/gateway"
	install -m 755 "$top/tests/box/gateway.sh" "$home/hermes-agent/gateway/run.py"
}

make_homes() {
	"$build/tests/fixtures/sample-homes" /tmp/homes > /dev/null || exit 1
	install_home vijay /root/.hermes /root/repos/bytelyst_hostinger_hermes_vm
	install_home bheem /home/uma/.hermes /home/uma/repos/uma_hostinger_hermes_vm
	chown -R uma:uma /home/uma
}

# write_units DIR HOME GATEWAY DASHBOARD BACKUP TARGET TIMER-LINE...: the units of one instance
write_units() {
	local dir=$1 home=$2 gateway=$3 dashboard=$4 backup=$5 target=$6
	shift 6
	mkdir -p "$dir"
	printf '%s\n' '[Service]' "Environment=HERMES_HOME=$home" "ExecStart=/bin/bash $home/hermes-agent/gateway/run.py" \
		'[Install]' "WantedBy=$target" > "$dir/$gateway.service"
	printf '%s\n' '[Service]' 'ExecStart=/bin/sleep infinity' '[Install]' "WantedBy=$target" > "$dir/$dashboard.service"
	printf '%s\n' '[Service]' 'Type=oneshot' "ExecStart=/bin/bash $home/backup.sh" > "$dir/$backup.service"
	printf '%s\n' '[Timer]' "$@" '[Install]' 'WantedBy=timers.target' > "$dir/$backup.timer"
	echo 'exit 0' > "$home/backup.sh"
}

# Its files are written: what changes in a home from now on is somebody else's doing.
gateway_is_up() {
	grep -q "\"pid\": $(ctl "$1" show --property=MainPID --value "${gateway[$1]}")," "${home[$1]}/gateway_state.json"
}

make_units() {
	# Not in /etc: there a unit could not be masked.
	write_units /usr/local/lib/systemd/system /root/.hermes hermes-gateway hermes-root-dashboard \
		hermes-root-backup basic.target OnCalendar=daily
	write_units /home/uma/.config/systemd/user /home/uma/.hermes uma-hermes-gateway uma-hermes-dashboard \
		uma-hermes-backup default.target OnActiveSec=1s OnUnitActiveSec=24h AccuracySec=1s
	chown -R uma:uma /home/uma
	for id in vijay bheem; do
		ctl "$id" daemon-reload
		ctl "$id" --quiet enable --now "${gateway[$id]}" "${dashboard[$id]}" "${backup[$id]}.timer"
		wait_for gateway_is_up "$id"
	done
}

declare -A gateway=([vijay]=hermes-gateway.service [bheem]=uma-hermes-gateway.service)
declare -A dashboard=([vijay]=hermes-root-dashboard.service [bheem]=uma-hermes-dashboard.service)
declare -A backup=([vijay]=hermes-root-backup [bheem]=uma-hermes-backup)
declare -A home=([vijay]=/root/.hermes [bheem]=/home/uma/.hermes)
declare -A units=([vijay]=/usr/local/lib/systemd/system [bheem]=/home/uma/.config/systemd/user)
declare -A scope=([vijay]=system [bheem]=user)
declare -A repo=([vijay]=/root/repos/bytelyst_hostinger_hermes_vm [bheem]=/home/uma/repos/uma_hostinger_hermes_vm)

# Replaces the gateway's unit by these lines of [Service]; with none, puts the true one back.
set_gateway_unit() {
	local id=$1 dir
	dir=${units[$id]}/${gateway[$id]}.d
	shift
	rm -rf "$dir"
	if [ $# -gt 0 ]; then
		mkdir -p "$dir"
		printf '%s\n' '[Unit]' 'StartLimitIntervalSec=0' '[Service]' 'ExecStart=' "$@" > "$dir/override.conf"
	fi
	ctl "$id" daemon-reload
}

start_gateway() {
	ctl "$1" reset-failed "${gateway[$1]}" 2> /dev/null
	ctl "$1" start "${gateway[$1]}"
}
