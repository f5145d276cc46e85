# tests/box/story/world.sh -- the world of the story: a clock that can be set, two healthy Hermes homes that live on, a git
# server with a key an instance, a fake Bot API a bot, and what a person or the calendar does to them.
#
# The parts that are no real ones: the clock (fake-clock.c), the Bot API (fake-telegram.mjs), the gateways (gateway.sh) and what
# a running gateway writes into its home each minute (hermes_lives).
# shellcheck shell=bash disable=SC2154,SC2034 # set by, and for, who sources this

declare -A bot=([vijay]=7011111111:AAPLANTEDstoryVijay-0123456789abcdefgh [bheem]=6922222222:AAPLANTEDstoryBheem-0123456789abcdefgh)
declare -A chat=([vijay]=-1001111111111 [bheem]=-1002222222222)
declare -A port=([vijay]=9443 [bheem]=9444)
post=/run/story # what arrived, and the certificates

as() { # ID COMMAND...
	local id=$1
	shift
	if [ "$id" = vijay ]; then HOME=/root "$@"; else as_uma "$@"; fi
}

# --- the clock

declare -i ahead=0 clock
settings=''
eight_bytes() { # NUMBER: as printf takes them, the lowest first
	local i
	for ((i = 0; i < 64; i += 8)); do printf '\\%03o' $(($1 >> i & 255)); done
}

# Written at once and beside what is there; by its last field a setting counts. What runs then takes a second or three, never a
# minute: the story's times are made so that it tells the same with those.
set_clock() { # EPOCH
	local now=${EPOCHREALTIME/./} real
	clock=$1
	real=$((now - ahead))
	ahead=$((clock * 1000000 - real))
	settings+=$(eight_bytes $ahead)$(eight_bytes $real)
	# shellcheck disable=SC2059 # bytes
	printf "$settings" 1<> /etc/fake-clock
	hermes_lives
}

later() { set_clock $((clock + $1)); } # SECONDS

# The coming Wednesday: what comes by the week comes on the same day of each telling. (The epoch began on a Thursday.)
first_day() { echo $(((EPOCHSECONDS / 86400 + 1 + 6 - (EPOCHSECONDS / 86400 + 1) % 7) * 86400)); }

# at DAY HH:MM: the first day of the story is 1
at() {
	set_clock $((first + ($1 - 1) * 86400 + 10#${2%:*} * 3600 + 10#${2#*:} * 60 + 10))
}

begin_clock() {
	ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime
	head -c 16384 /dev/zero > /etc/fake-clock
	chmod 644 /etc/fake-clock
	install -m 755 "$parts/fake-clock.so" /usr/local/lib/fake-clock.so
	echo /usr/local/lib/fake-clock.so > /etc/ld.so.preload
	systemctl daemon-reexec
}

# --- two homes that have nothing wrong, but for the one thing that the story is to find

write_env() { # ID: what must never be seen again
	printf '%s\n' "TELEGRAM_BOT_TOKEN=${bot[$1]}" "TELEGRAM_HOME_CHANNEL=${chat[$1]}" \
		"OPENROUTER_API_KEY=sk-or-v1-PLANTED$1$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')" > "${home[$1]}/.env"
}

# The one daily job of each; its prompt holds a key until somebody takes it out.
daily() { # ID JOB HH:MM
	local jobs=${home[$1]}/cron/jobs.json next=$((first + 10#${3%:*} * 3600 + 10#${3#*:} * 60))
	jq --arg id "$2" --argjson next $next '.jobs |= map(select(.id == $id) | .last_delivery_error = null
		| .last_run_at = ($next - 86400 | todate) | .next_run_at = ($next | todate))' "$jobs" > /tmp/jobs
	cat /tmp/jobs > "$jobs"
}

take_out_the_key() { sed -i 's/; the key is [^"]*"/"/' "${home[$1]}/cron/jobs.json"; }

mend_homes() {
	local id
	for id in vijay bheem; do
		write_env $id
		rm -rf "${home[$id]}"/skills/{broken,.hub} "${home[$id]}/gateway/dead_targets.json" "${home[$id]}/logs" "${home[$id]}/auth.json"
		sed -i 's/^timezone:.*/timezone: "UTC"/; s/mode: off/mode: smart/' "${home[$id]}/config.yaml"
		chmod 600 "${home[$id]}/config.yaml"
	done
	daily vijay 5eed00a10001 07:00
	daily bheem b0b0b0b10002 12:15
	take_out_the_key bheem
	chown -R uma:uma /home/uma
}

# What a gateway that runs leaves: its scheduler's ticks, its list of chats, the runs of its jobs.
hermes_lives() {
	local id now h
	printf -v now '%(%FT%TZ)T' -1
	for id in vijay bheem; do
		h=${home[$id]}
		[ -e "$h/gateway.pid" ] || continue
		kill -0 "$(jq .pid "$h/gateway.pid")" 2> /dev/null || continue
		touch -d "@$EPOCHSECONDS" "$h/channel_directory.json"
		[ "$id" = vijay ] || {
			echo "$EPOCHSECONDS.5" | tee "$h/cron/ticker_heartbeat" > "$h/cron/ticker_last_success"
			echo "{\"pid\": $(jq .pid "$h/gateway.pid"), \"updated_at\": \"$now\", \"monotonic\": 1.5}" > "$h/state/gateway.heartbeat"
		}
		jq '.jobs |= map((.next_run_at | fromdateiso8601) as $next | ((now - $next) / 86400 | floor) as $days
			| if $days < 0 then . else .last_run_at = ($next + $days * 86400 | todate) | .next_run_at = ($next + ($days + 1) * 86400 | todate)
				| .last_status = "ok" | .last_error = null end)' \
			"$h/cron/jobs.json" > /tmp/jobs
		cmp -s /tmp/jobs "$h/cron/jobs.json" || cat /tmp/jobs > "$h/cron/jobs.json"
	done
}

# Until its next run, which ends well.
job_fails() { # ID WORDS
	jq --arg why "$2" '.jobs[0] |= (.next_run_at as $next | .last_run_at = $next | .next_run_at = ($next | fromdateiso8601 + 86400 | todate)
		| .last_status = "error" | .last_error = $why)' "${home[$1]}/cron/jobs.json" > /tmp/jobs
	cat /tmp/jobs > "${home[$1]}/cron/jobs.json"
}

# --- the other side of backups: Debian's sshd; a key may push its own repository and nothing else

make_git_server() {
	local id key
	useradd --create-home --home-dir /srv/git --shell /bin/sh git
	mkdir -p /srv/git/.ssh
	printf '%s\n' 'ListenAddress 127.0.0.1' 'PasswordAuthentication no' > /etc/ssh/sshd_config.d/story.conf
	ssh-keygen -A > /dev/null
	for id in vijay bheem; do
		key=${home[$id]%/.hermes}/.ssh/hermes-backup
		as $id mkdir -p -m 700 "${key%/*}"
		as $id ssh-keygen -q -t ed25519 -N '' -C "backup of $id" -f "$key"
		echo "restrict,command=\"/usr/local/bin/one-repository $id\" $(cat "$key.pub")" >> /srv/git/.ssh/authorized_keys
		as $id sh -c "echo '127.0.0.1 $(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)' > ${key%/*}/known_hosts"
		git init -q --bare -b main "/srv/git/$id.git"
		rm -rf "${repo[$id]}"
		as $id git -c init.defaultBranch=main init -q "${repo[$id]}"
		as $id git -C "${repo[$id]}" remote add origin "ssh://git@127.0.0.1/srv/git/$id.git"
	done
	cat > /usr/local/bin/one-repository <<-'END'
		#!/bin/sh
		# one-repository ID: what a key may ask for
		case $SSH_ORIGINAL_COMMAND in
		"git-receive-pack '/srv/git/$1.git'" | "git-upload-pack '/srv/git/$1.git'") exec git-shell -c "$SSH_ORIGINAL_COMMAND" ;;
		esac
		echo "this key is for $1.git alone" >&2
		exit 1
	END
	chmod 755 /usr/local/bin/one-repository
	chown -R git:git /srv/git
	systemctl start ssh.service
}

remote_refuses() { # ID WORDS
	printf '#!/bin/sh\necho "%s" >&2\nexit 1\n' "$2" > "/srv/git/$1.git/hooks/pre-receive"
	chmod 755 "/srv/git/$1.git/hooks/pre-receive"
}

remote_takes() { rm "/srv/git/$1.git/hooks/pre-receive"; } # ID

make_shop() {
	printf '%s\n' '[Service]' "ExecStart=/usr/bin/node -e 'require(\"http\").createServer((q, r) => r.end(\"ok\")).listen(3049, \"127.0.0.1\")'" \
		> /etc/systemd/system/shop.service
	systemctl daemon-reload
	systemctl start shop.service
}

# --- the fake Bot APIs

make_bots() {
	local id
	mkdir -p $post
	for id in vijay bheem; do
		mkdir -p $post/$id
		node "$top/tests/e2e/fake-telegram.mjs" "${port[$id]}" $post/$id "${bot[$id]}" "${chat[$id]}" > $post/$id/log 2>&1 &
	done
	for id in vijay bheem; do wait_for grep -q "a fake Bot API" $post/$id/log; done
	chmod -R a+rX $post
}

bot_fails() { # ID JSON
	curl --silent --show-error --cacert "$post/$1/ca.pem" --data "$2" "https://127.0.0.1:${port[$1]}/fake/fail" > /dev/null
}

# --- what the timers do

# The timers of every minute are too slow for a story of days, and would come in between: those passes are started here, by their
# services. Backups and drills are started by their own timers, when the calendar of the story says so.
set_timers() {
	local id unit
	for unit in system/hmc-export@ system/hmc-notify@ system/hmc-export-host user/hmc-export@ user/hmc-notify@; do
		mkdir -p "/etc/systemd/$unit.timer.d"
		printf '%s\n' '[Timer]' 'OnActiveSec=' 'OnUnitInactiveSec=' 'OnActiveSec=1d' > "/etc/systemd/$unit.timer.d/story.conf"
	done
	for unit in system/hmc-backup@ system/hmc-drill@ user/hmc-backup@ user/hmc-drill@; do
		mkdir -p "/etc/systemd/$unit.timer.d"
		printf '%s\n' '[Timer]' 'RandomizedDelaySec=0' > "/etc/systemd/$unit.timer.d/story.conf"
	done
	for id in vijay bheem; do
		ctl $id daemon-reload
		ctl $id --quiet enable --now hmc-{export,notify,backup,drill}@$id.timer
	done
	systemctl --quiet enable --now hmc.target
}

# A service once, now; what it says is in the journal.
loop() { ctl "$1" start "hmc-$2@$1.service" 2> /dev/null; } # ID export|notify|backup|drill

# What the calendar has started since this hour began is over.
has_run() { # ID backup|drill SINCE
	local at
	at=$(ctl "$1" show --property=ExecMainExitTimestamp --timestamp=unix --value "hmc-$2@$1.service")
	[ "${at#@}" -ge "$3" ] 2> /dev/null
}

calendar_brings() { # backup|drill
	local id since=$EPOCHSECONDS
	for id in vijay bheem; do wait_for has_run $id "$1" "$since"; done
}

declare -A stopped=()
readings() {
	local id
	systemctl start hmc-export-host.service
	for id in vijay bheem; do [ -n "${stopped[$id]-}" ] || loop $id export; done
}

tell() { for id in vijay bheem; do loop $id notify; done; }

pass() { readings; tell; }

# minutes N [SECONDS]: a pass each
minutes() {
	local i
	for ((i = 0; i < $1; i++)); do
		later "${2:-60}"
		pass
	done
}

# quiet DAY HH:MM...: hours in which nothing happens; at each of them two passes, as after a sleep.
quiet() {
	local day=$1 hour
	for hour in "${@:2}"; do
		at "$day" "$hour"
		pass
		minutes 1
	done
}

# night DAY: with what it has at 03:20
night() {
	quiet "$1" 00:00
	at "$1" 03:20
	calendar_brings backup
	minutes 2
}

# --- what people do

# acknowledge ID READING REASON: by the form of the page, as an admin's browser sends it
acknowledge() {
	local bearer page csrf seen
	bearer="Authorization: Bearer $(hmc token --sub asha --role admin)"
	page=$(curl --silent --max-time 5 --header "$bearer" "http://127.0.0.1:8480/hermes/alerts?instance=$1" | tr -d '\n' | sed 's/<form/\n&/g' |
		grep 'value="acknowledge"' | grep "name=\"reading\" value=\"$2\"")
	csrf=$(grep -o 'name="csrf" value="[^"]*"' <<< "$page" | cut -d'"' -f4)
	seen=$(grep -o 'name="seen" value="[^"]*"' <<< "$page" | cut -d'"' -f4)
	curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' --header "$bearer" --header 'Sec-Fetch-Site: same-origin' \
		--data-urlencode "csrf=$csrf" --data-urlencode "seen=$seen" --data-urlencode "reason=$3" \
		--data "instance=$1&reading=$2&choice=all&show=all&action=acknowledge" \
		http://127.0.0.1:8480/hermes/alerts/answer | grep -qx 303
}
