# tests/box/loops.sh -- what runs while nobody looks, by its units and in their sandbox; for installed.sh, on the
# installed machine: vijay by the system, bheem by uma's own manager.
#
# Remotes are bare repositories behind Debian's sshd, each with a key that may do nothing but push and fetch it.
# The Bot API is a FAKE (tests/e2e/fake-telegram.mjs).
# shellcheck shell=bash disable=SC2154,SC2015 # set by who sources this; tap always succeeds
declare -A key=([vijay]=/root/.ssh/hermes-backup [bheem]=/home/uma/.ssh/hermes-backup)
declare -A bot_port=([vijay]=8441 [bheem]=8442)

listens_at() { ss -Hltn | grep -q ":$1 "; }

start_git() {
	useradd --system --create-home --home-dir /srv/git --shell /bin/sh --password "*" git # no password, but not locked: sshd would refuse
	# shellcheck disable=SC2016 # expanded there
	printf '%s\n' '#!/bin/sh' 'case "$SSH_ORIGINAL_COMMAND" in' \
		'"git-upload-pack '"'\$1'"'"|"git-receive-pack '"'\$1'"'") exec git-shell -c "$SSH_ORIGINAL_COMMAND" ;;' 'esac' \
		'echo "this key is for another repository" >&2' 'exit 1' > /srv/git/only
	chmod 755 /srv/git/only
	ssh-keygen -q -t ed25519 -N '' -f /srv/git/host
	printf '%s\n' 'Port 2222' 'ListenAddress 127.0.0.1' 'HostKey /srv/git/host' 'AuthorizedKeysFile /srv/git/keys' 'PidFile none' 'StrictModes no' \
		'UsePAM no' 'PasswordAuthentication no' 'KbdInteractiveAuthentication no' > /srv/git/sshd.conf
	mkdir -p /run/sshd
	systemd-run --quiet --unit=box-sshd /usr/sbin/sshd -D -e -f /srv/git/sshd.conf
}

# A remote, a key for it alone, and the clone that the example's configuration names.
give_remote() { # ID USER
	local id=$1 user=$2 dir
	dir=$(dirname "${key[$id]}")
	mkdir -p "$dir"
	chmod 700 "$dir"
	ssh-keygen -q -t ed25519 -N '' -f "${key[$id]}"
	echo "[127.0.0.1]:2222 $(cat /srv/git/host.pub)" > "$dir/known_hosts"
	git init -q --bare -b main "/srv/git/$id.git"
	echo "restrict,command=\"/srv/git/only /srv/git/$id.git\" $(cat "${key[$id]}.pub")" >> /srv/git/keys
	rm -rf "${repo[$id]}"
	git init -q -b main "${repo[$id]}"
	git -C "${repo[$id]}" remote add origin "ssh://git@127.0.0.1:2222/srv/git/$id.git"
	chown -R "$user:" "$dir" "${repo[$id]}"
	chown -R git: "/srv/git/$id.git"
	# hmc backup refuses what the sample plants there, which is another test's.
	sed -i -E 's/; the key is sk-ant-[A-Za-z0-9-]*//; s/(ghp_|sk-)[A-Za-z0-9_-]+|Bearer [^" ]+|:[^:@" ]+@/-/g' "${home[$id]}/cron/jobs.json"
}

start_bot() { # ID
	local id=$1 token chat
	token=$(sed -n 's/^TELEGRAM_BOT_TOKEN=//p' "${home[$id]}/.env")
	chat=$(sed -n 's/^TELEGRAM_HOME_CHANNEL=//p' "${home[$id]}/.env")
	systemd-run --quiet --unit="box-bot-$id" node "$top/tests/e2e/fake-telegram.mjs" "${bot_port[$id]}" "/srv/bot-$id" "$token" "$chat"
}

# A FAKE service of Healthchecks' kind, by the certificate of vijay's fake bot; what it is told goes to /srv/beats.
start_outside() {
	cat > /srv/outside.mjs <<- 'SERVER'
		import { appendFileSync, readFileSync } from 'node:fs'
		import { createServer } from 'node:https'
		const at = (name) => readFileSync(`/srv/bot-vijay/${name}`)
		createServer({ key: at('key.pem'), cert: at('ca.pem') }, async (req, res) => {
			let said = ''
			for await (const part of req) said += part
			appendFileSync('/srv/beats', `${req.method} ${req.url} ${said}\n`)
			res.end('OK')
		}).listen(8443, '127.0.0.1')
	SERVER
	systemd-run --quiet --unit=box-outside node /srv/outside.mjs
	install -m 0600 /dev/null /etc/hermes-mission-control/beat.url
	echo https://127.0.0.1:8443/ping/0f5e > /etc/hermes-mission-control/beat.url
}

beats() {
	truth "the beat's URL is handed over by systemd, and counts leave" eval "systemctl start hmc-beat.service; grep -q '^POST /ping/0f5e {\"instances\":2,' /srv/beats"
	truth "which is all that it writes" test "$(stat -c %U "$state/beat/sent.json")" = hmc-beat
}

configure_loops() {
	sed -i -e 's|"timer": "[a-z]*-hermes[a-z-]*-backup.timer", ||; s|"timer": "hermes-root-backup.timer", ||' \
		-e 's|"repo": "/home/uma/repos/uma_hostinger_hermes_vm",|& "key": "'"${key[bheem]}"'",|' \
		-e 's|"notify": { "enabled": true,|"notify": { "enabled": true, "api": "https://127.0.0.1:8441", "caFile": "/srv/bot-vijay/ca.pem",|' \
		-e 's|"hermesHome": "/home/uma/.hermes",|& "drill": { "every": "5d" }, "notify": { "api": "https://127.0.0.1:8442", "caFile": "/srv/bot-bheem/ca.pem" },|' \
		-e '/"beat": {/,/}/s|"caFile": null|"caFile": "/srv/bot-vijay/ca.pem"|' "$config"
}

pushed() { # ID PATH
	git -c safe.directory='*' -C "/srv/git/$1.git" cat-file -e "main:$2"
}

# Whatever is told, it is told once a minute at most by its timer alone.
loops_run() { # ID
	local id=$1
	truth "$id: its backup is pushed over ssh by its own key" pushed "$id" hermes_persistent_backup/manifest.json
	truth "$id: and its drill leaves a receipt there" eval "git -c safe.directory='*' -C /srv/git/$id.git ls-tree --name-only main drills/ | grep -q $id.json"
	truth "$id: both leave their rows" says "$id" '.readings.loops | (.backup.state | . == "done" or . == "nothing") and .drill.state == "done" and .drill.failed == 0'
	truth "$id: its backup's timer is the one that is watched" says "$id" '.readings.backupTimer | .state == "ok" and .service == "hmc-backup@'"$id"'.service"
		and (.nextRun | fromdateiso8601) > now and .scope == "'"${scope[$id]}"'"'
	ctl "$id" start "hmc-notify@$id.service"
	truth "$id: what its alert book holds arrives by its own bot" test -s "/srv/bot-$id/arrived.jsonl"
	truth "$id: and that it was told is a reading" says "$id" '.readings.loops.delivery | .goodAt != null and .waiting == 0'
	truth "$id: so is when its exporter and its notifier went well, for the others" test "$state/alive/$id/export" -nt /tmp/before-loops -a "$state/alive/$id/notify" -nt /tmp/before-loops
	truth "$id: its notifier's next pass is planned" eval "ctl $id list-timers --no-legend hmc-notify@$id.timer | grep -q hmc-notify"
}

# within UNIT COMMAND: in that unit's own sandbox, by that unit's account
within() {
	local unit=$1
	mkdir -p "/run/systemd/system/$unit.d"
	printf '%s\n' '[Service]' 'ExecStart=' "ExecStart=/bin/bash -c '$2'" 'Restart=no' > "/run/systemd/system/$unit.d/look.conf"
	systemctl daemon-reload
	systemctl start "$unit"
}

inside() { # SENTENCE UNIT COMMAND
	within "$2" "$3" 2> /tmp/within && tap ok "$1" || {
		tap "not ok" "$1"
		journalctl --no-pager --quiet --unit "$2" --lines 5 --output cat | sed 's/^/# /'
	}
}

# shellcheck disable=SC2016 # expanded in the sandbox
is_boxed_in() {
	local home=/root/.hermes clone=${repo[vijay]} secret=${key[vijay]} unit
	local sees_one='cat '$home'/.env > /dev/null && ! cat /home/uma/.hermes/.env && ! ls /home/uma && ! ls /run/user/*/bus'
	local is_read_only='! touch '$home'/x && ! echo x >> '$home'/.env && ! touch /etc/x /usr/x '$reports'/bheem/x '$reports'/host/x'
	local has_network='exec 3<> /dev/tcp/127.0.0.1/2222'
	for unit in hmc-{notify,backup,drill}@vijay.service; do
		inside "$unit sees its own home and no other, and writes none" "$unit" "$sees_one && $is_read_only && touch $reports/vijay/x && rm $reports/vijay/x && $has_network"
	done
	inside "the notifier sees neither key nor repository" hmc-notify@vijay.service "! cat $secret && ! ls $clone"
	inside "the backup reads its key and writes its repository" hmc-backup@vijay.service "! echo x >> $secret && cat $secret > /dev/null && touch $clone/x && rm $clone/x"
	inside "the drill writes no repository, and restores where there is room" hmc-drill@vijay.service "! touch $clone/x && [ \$TMPDIR = /var/tmp ] && touch /var/tmp/x"
	[ -e /var/tmp/x ] && tap "not ok" "in a folder of its own" || tap ok "in a folder of its own"
	inside "an exporter has no network and no key" hmc-export@vijay.service "! $has_network; ! cat $secret"
	rm -r /run/systemd/system/hmc-*.d
	systemctl daemon-reload
	# Before any drop-in: what ships. Root's instance, and hidden processes that are shown to it, score 0.4 to 0.6 more.
	for unit in hmc-{notify,backup,drill}@nobody.service hmc-beat.service; do truth "$unit scores 1.4 or less" score_at_most 14 "$unit"; done
}

are_looked_after() {
	truth "the units of loops are as they ship, too" host_says '.ownUnits | .state == "ok" and all(.units[]; .loose == 0 and .noNewPrivileges and .filtersCalls and .capabilities == "none")
		and (.units | map(select(.instanceId == "vijay") | .process) == ["Backup of vijay", "Drill of vijay", "Exporter of vijay", "Notifier of vijay"])
		and any(.units[]; .unit == "hmc-backup@vijay.service" and .network == "any" and (.writes | contains("/root/repos")) and (.writes | contains(".hermes") | not))'
	truth "the doctor knows their timers" doctor_says '.what == "hmc-drill@vijay.timer" and .status == "ok"'
	systemctl stop hmc-backup@vijay.timer
	truth "one that was stopped is told by the doctor" doctor_says '.what == "hmc-backup@vijay.timer" and .status == "warn" and (.cure | contains("enable --now"))'
	truth "and by the reading" says vijay '.readings.backupTimer | .state == "inactive" and .reason == "stopped"'
	systemctl start hmc-backup@vijay.timer
	mv "${key[vijay]}" /tmp/key.away
	systemctl start hmc-backup@vijay.service 2> /dev/null
	truth "a backup that fails is told, with what to do" says vijay '.readings | (.loops.backup | .state == "refused" and (.error | contains("cannot be read")))
		and .backupTimer.serviceResult == "exit-code" and .backupTimer.serviceExitStatus == 78'
	mv /tmp/key.away "${key[vijay]}"
	systemctl start hmc-backup@vijay.service
	systemctl stop box-sshd.service
	systemctl start hmc-backup@vijay.service 2> /dev/null
	truth "one that nobody answered is tried again by itself" eval "systemctl show --property=SubState --value hmc-backup@vijay.service | grep -qx auto-restart"
	systemctl stop hmc-backup@vijay.service
	systemctl reset-failed
}

# What the configuration wants no more is not left allowed.
loops_end() {
	cp "$config" /tmp/config.loops
	sed -i 's|"notify": { "enabled": true,|"notify": { "enabled": false,|' "$config"
	hmc setup > /tmp/setup.out 2>&1
	grep -q 'removed .*/hmc-notify@vijay.service.d/50-instance.conf' /tmp/setup.out && grep -q '^  systemctl disable --now hmc-notify@vijay.timer$' /tmp/setup.out &&
		[ ! -e /etc/systemd/system/hmc-notify@vijay.service.d ] && tap ok "what the configuration wants no more is taken away, and said" || {
		tap "not ok" "what the configuration wants no more is taken away, and said"
		sed 's/^/# /' /tmp/setup.out
	}
	cp /tmp/config.loops "$config"
	hmc setup > /tmp/setup.out 2>&1
	systemctl daemon-reload
	for id in vijay bheem; do ctl "$id" stop "hmc-notify@$id.timer"; done # the rest of this breaks things on purpose
}

runs_its_loops() {
	start_git
	give_remote vijay root
	give_remote bheem uma
	for id in vijay bheem; do start_bot $id; done
	for port in 2222 8441 8442; do wait_for listens_at $port; done
	start_outside
	wait_for listens_at 8443
	configure_loops
	touch /tmp/before-loops
	as_uma systemctl --user daemon-reload
	section "The timers of the loops"
	for id in vijay bheem; do loops_run $id; done
	as_uma systemctl --user show --property=TimersCalendar hmc-drill@bheem.timer | grep -q 'OnCalendar=\*-\*-\* 04:40:00' && tap ok "a drill that is due every five days runs every day" ||
		tap "not ok" "a drill that is due every five days runs every day"
	[ "$(stat -c '%a %U:%G' "$state/host-told" "$state/alive/bheem" "$state/beat" | tr '\n' ' ')" = "2750 hmc:root 755 uma:uma 755 hmc-beat:hmc-beat " ] &&
		tap ok "the machine's alerts are there for vijay alone" || {
		tap "not ok" "the machine's alerts are there for vijay alone"
		stat -c '# %a %U:%G %n' "$state/host-told" "$state/alive/bheem" "$state/beat"
	}
	beats
	is_boxed_in
	are_looked_after
	loops_end
}
