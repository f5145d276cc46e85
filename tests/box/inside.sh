#!/bin/bash
# tests/box/inside.sh -- runs inside the box: sets up the machine of the example configuration, then breaks
# it in every way and looks at the reports.
#
#   inside.sh BUILD TOP
# shellcheck disable=SC2015 # tap always succeeds
set -u
build=$1 top=$2
reports=/var/lib/hermes-mission-control/reports
n=0 failures=0

# shellcheck source=tests/box/machine.sh
. "$top/tests/box/machine.sh"

# --- how to look

take() {
	if [ "$1" = vijay ]; then
		timeout 20 hmc export --instance vijay
	else
		as_uma timeout 20 hmc export --instance bheem
	fi
}

# expect SENTENCE ID FILTER: exports until the filter holds over .readings, for 20 s: what systemd is told
# to do takes a moment to show.
expect() {
	local sentence=$1 id=$2 filter=$3 until=$((SECONDS + 20)) out
	while :; do
		out=$(take "$id" 2>&1)
		if jq -e ".readings | $filter" "$reports/$id/report.json" > /dev/null 2>&1; then
			tap ok "$id: $sentence"
			return
		fi
		[ $SECONDS -lt $until ] || break
		sleep 0.2
	done
	tap "not ok" "$id: $sentence"
	echo "# wanted: $filter"
	[ -z "$out" ] || echo "# export said: $out"
	jq -c '.readings | {gatewayUnit, gateway, dashboardUnit, backupTimer, backupRepo} | to_entries[]' \
		"$reports/$id/report.json" 2>&1 | cut -c1-600 | sed 's/^/#   /'
}

install_us() {
	install -m 755 "$build/hmc" /usr/local/bin/hmc
	rm -rf /var/lib/hermes-mission-control /etc/hermes-mission-control
	install -d /etc/hermes-mission-control "$reports" "$reports/vijay"
	install -d -o uma -g uma "$reports/bheem"
	cp "$top/docs/config.example.json" /etc/hermes-mission-control/config.json
}

# --- what is looked at

healthy() {
	local id=$1
	expect "a running gateway is ok with its facts" "$id" '.gatewayUnit |
		.state == "ok" and .activeState == "active" and .subState == "running" and .loadState == "loaded" and
		.scope == "'"${scope[$id]}"'" and .unitFileState == "enabled" and .mainPid > 1 and .restarts == 0 and
		.result == "success" and .exitStatus == null and
		(.since | fromdateiso8601) > (now - 300) and (.since | fromdateiso8601) <= now'
	expect "the process that systemd started is the gateway that lives" "$id" \
		'.gateway.pidState == "alive" and .gateway.pid == .gatewayUnit.mainPid and .gateway.gatewayState == "running"'
	expect "the dashboard runs" "$id" '.dashboardUnit | .state == "ok" and .activeState == "active"'
	expect "the backup repository is clean and has a head" "$id" \
		'.backupRepo | .state == "ok" and .isDirty == false and (.head | test("^[0-9a-f]{7}$")) and .headAt != null'
}

timers() {
	expect "a timer that never ran has a next run and no last one" vijay '.backupTimer |
		.state == "ok" and .activeState == "active" and .lastRun == null and (.nextRun | fromdateiso8601) > now and
		.service == "hermes-root-backup.service" and .serviceResult == null and .serviceExitStatus == null'
	expect "a timer that ran has a last run, its result, and the next one counted from it" bheem '.backupTimer |
		.state == "ok" and (.lastRun | fromdateiso8601) > (now - 300) and
		(.nextRun | fromdateiso8601) > (now + 23 * 3600) and (.nextRun | fromdateiso8601) < (now + 25 * 3600) and
		.serviceState == "inactive" and .serviceResult == "success" and .serviceExitStatus == 0'
	for id in vijay bheem; do
		echo 'sleep infinity' > "${home[$id]}/backup.sh"
		ctl "$id" --no-block start "${backup[$id]}.service"
		expect "a backup that runs now is activating" "$id" '.backupTimer | .state == "ok" and .serviceState == "activating"'
		ctl "$id" stop "${backup[$id]}.service" 2> /dev/null # "can still be activated by its timer"
		echo 'exit 3' > "${home[$id]}/backup.sh"
		ctl "$id" start "${backup[$id]}.service" 2> /dev/null
		expect "a backup that failed shows behind its healthy timer" "$id" '.backupTimer |
			.state == "ok" and .serviceState == "failed" and .serviceResult == "exit-code" and .serviceExitStatus == 3'
		ctl "$id" stop "${backup[$id]}.timer"
		expect "a stopped timer is inactive and plans nothing" "$id" \
			'.backupTimer | .state == "inactive" and .reason == "stopped" and .nextRun == null'
	done
}

states_of_a_unit() {
	local id=$1 file=${units[$1]}/${gateway[$1]}

	ctl "$id" stop "${gateway[$id]}"
	expect "a stopped unit is inactive and keeps its facts" "$id" '.gatewayUnit |
		.state == "inactive" and .reason == "stopped" and .activeState == "inactive" and .result == "success" and
		.mainPid == 0 and .unitFileState == "enabled" and .exitStatus == 0 and
		(.since | fromdateiso8601) > (now - 300)'
	expect "a gateway that left properly says so itself" "$id" '.gateway.gatewayState == "stopped"'
	# systemd forgets a unit that nothing wants any more, times and all; its file still answers.
	ctl "$id" --quiet disable "${gateway[$id]}"
	expect "a stopped and disabled unit is inactive" "$id" '.gatewayUnit |
		.state == "inactive" and .reason == "stopped" and .unitFileState == "disabled" and .loadState == "loaded"'
	ctl "$id" start "${gateway[$id]}"
	expect "a disabled unit that runs is ok" "$id" '.gatewayUnit | .state == "ok" and .unitFileState == "disabled"'
	ctl "$id" stop "${gateway[$id]}"

	set_gateway_unit "$id" ExecStart=/bin/false
	ctl "$id" start "${gateway[$id]}"
	expect "a failed unit is ok, with its result" "$id" '.gatewayUnit |
		.state == "ok" and .activeState == "failed" and .result == "exit-code" and .exitStatus == 1'

	set_gateway_unit "$id" ExecStart=/bin/false Restart=always RestartSec=1s
	ctl "$id" start "${gateway[$id]}"
	expect "a restart loop shows as auto-restart with a growing count" "$id" '.gatewayUnit |
		.state == "ok" and .activeState == "activating" and .subState == "auto-restart" and .restarts >= 2'
	ctl "$id" stop "${gateway[$id]}"
	set_gateway_unit "$id"

	mv "$file" "$file.away"
	ln -s /dev/null "$file"
	ctl "$id" daemon-reload
	expect "a masked unit is inactive" "$id" '.gatewayUnit |
		.state == "inactive" and .reason == "masked" and .loadState == "masked" and .unitFileState == "masked"'
	rm "$file"
	ctl "$id" daemon-reload
	expect "a unit that is not there is inactive" "$id" '.gatewayUnit |
		.state == "inactive" and .reason == "no such unit: '"${gateway[$id]}"'" and .loadState == "not-found"'
	printf '%s\n' '[Service]' 'Type=oneshot' 'Restart=always' > "$file"
	ctl "$id" daemon-reload
	expect "a broken unit file is inactive and says what is wrong" "$id" '.gatewayUnit |
		.state == "inactive" and (.reason | startswith("its unit file is broken: ")) and .loadState == "bad-setting"'
	mv "$file.away" "$file"
	ctl "$id" daemon-reload
	start_gateway "$id"
	expect "and runs again" "$id" '.gatewayUnit.activeState == "active" and .gateway.pidState == "alive"'
}

killed_gateway() {
	local id=$1
	ctl "$id" kill --signal=KILL --kill-who=main "${gateway[$id]}"
	expect "a killed gateway is dead though its file says running" "$id" '.gateway.gatewayState == "running" and
		.gateway.pidState == "dead" and .gatewayUnit.activeState == "failed" and .gatewayUnit.result == "signal"'
	# Its number now belongs to somebody else: this shell, started at another time.
	for file in gateway.pid gateway_state.json; do
		jq --argjson pid $$ '.pid = $pid' "${home[$id]}/$file" > /tmp/new
		cat /tmp/new > "${home[$id]}/$file"
	done
	expect "a recycled number is not the gateway" "$id" '.gateway.pidState == "other"'
	start_gateway "$id"
	expect "a new start is found" "$id" '.gateway.pidState == "alive"'
}

repositories() {
	local id=$1
	echo x > "${repo[$id]}/new-file"
	expect "a new file makes the repository dirty" "$id" '.backupRepo.isDirty == true'
	rm "${repo[$id]}/new-file"
	chown -R nobody "${repo[$id]}"
	expect "somebody else's repository is unknown" "$id" \
		'.backupRepo | .state == "unknown" and (.reason | contains("belongs to user"))'
	rm -rf "${repo[$id]}"
	expect "a deleted repository is inactive" "$id" \
		'.backupRepo | .state == "inactive" and (.reason | startswith("no such directory"))'
}

# A bus that was stopped in its tracks: connections are accepted and nothing is ever said.
dead_bus() {
	local id=$1 pid=$2 start=$SECONDS
	kill -STOP "$pid"
	take "$id"
	[ $((SECONDS - start)) -le 10 ] && tap ok "$id: an export ends while the bus is dead" ||
		tap "not ok" "$id: an export ends while the bus is dead ($((SECONDS - start)) s)"
	expect "units on a dead bus are unknown, and the process is known all the same" "$id" '
		(.gatewayUnit, .dashboardUnit, .backupTimer | .state == "unknown" and (.reason | length) > 0) and
		.gateway.pidState == "alive" and .sessions.state == "ok"'
	kill -CONT "$pid"
	expect "and known again once it goes on" "$id" '.gatewayUnit.state == "ok"'
}

no_user_manager() {
	loginctl disable-linger uma
	systemctl stop "user@$uid.service"
	expect "without a user manager its units are unknown, and the cure is named" bheem '
		(.gatewayUnit, .dashboardUnit, .backupTimer |
			.state == "unknown" and (.reason | contains("loginctl enable-linger uma"))) and
		.gateway.pidState != "alive" and .sessions.state == "ok"'
	expect "the neighbour does not notice" vijay '.gatewayUnit.state == "ok"'
	start_user_manager
	start_gateway bheem
	expect "and is back with it" bheem '.gatewayUnit.activeState == "active" and .gateway.pidState == "alive"'
}

no_other_users_home() {
	if hmc export --instance bheem > /dev/null 2>&1; then
		tap "not ok" "root's exporter leaves uma's instance to uma's"
	else
		tap ok "root's exporter leaves uma's instance to uma's"
	fi
}

make_users
make_homes
install_us
make_units
healthy vijay
healthy bheem
timers
for id in vijay bheem; do
	states_of_a_unit "$id"
	killed_gateway "$id"
done
dead_bus vijay "$(systemctl show --property=MainPID --value dbus.service)"
dead_bus bheem "$(as_uma systemctl --user show --property=MainPID --value dbus.service)"
no_user_manager
no_other_users_home
for id in vijay bheem; do repositories "$id"; done
echo "1..$n"
[ $failures -eq 0 ]
