#!/bin/bash
# tests/box/installed.sh -- runs inside the box: docs/operations.md from end to end, by its own commands, with the
# package installed; in between, what timers publish must follow what happens to the instances.
#
#   installed.sh BUILD TOP
# shellcheck disable=SC2015 # tap always succeeds
set -u
build=$1 top=$2
reports=/var/lib/hermes-mission-control/reports
config=/etc/hermes-mission-control/config.json
n=0 failures=0

# shellcheck source=tests/box/machine.sh
. "$top/tests/box/machine.sh"
# shellcheck source=tests/box/abuse.sh
. "$top/tests/box/abuse.sh"
# shellcheck source=tests/box/loops.sh
. "$top/tests/box/loops.sh"

# section NAME: what a person would paste of that chapter
section() {
	awk -v name="## $1" '/^## / { on = $0 == name } /^```/ { code = on && $0 == "```sh"; next } on && code' \
		"$top/docs/operations.md" > /tmp/section
	[ -s /tmp/section ] && (cd /tmp/deb && bash -e /tmp/section) > /tmp/section.out 2>&1 && tap ok "the commands of '$1' work" || {
		tap "not ok" "the commands of '$1' work"
		tail -n 25 /tmp/section.out | sed 's/^/# /'
	}
}

# truth SENTENCE COMMAND...: polled for 25 s, for what systemd and timers do takes a moment
truth() {
	local sentence=$1 until=$((SECONDS + 25))
	shift
	until "$@" > /tmp/truth 2>&1; do
		[ $SECONDS -lt $until ] || {
			tap "not ok" "$sentence"
			tail -n 25 /tmp/truth | cut -c1-400 | sed 's/^/# /'
			return
		}
		sleep 0.2
	done
	tap ok "$sentence"
}

# The newest report of a timer says it, and was written after this was asked.
says() { # ID FILTER
	local id=$1 filter=$2
	jq -e "$filter" "$reports/$id/report.json" || {
		jq -c '{exporter, states: (.readings | map_values(.state? // "list"))}, .readings.gatewayUnit, .readings.gateway' "$reports/$id/report.json"
		systemctl status --no-pager "hmc-export@$id.service" | tail -n 5
		return 1
	}
}

status_is() { # CODE ID
	hmc status --instance "$2"
	local code=$?
	echo "exit status $code"
	[ $code -eq "$1" ]
}

says_in_status() { # ID WORD
	hmc status --instance "$1" > /tmp/status
	cat /tmp/status
	grep -q "$2" /tmp/status
}

score_at_most() { # LIMIT UNIT
	systemd-analyze security --no-pager --threshold="$1" "$2"
}

host_refused() {
	jq -e '.readings.products.products[] | select(.id == "web") | .outcome == "refused"' "$reports/host/report.json"
}

page_answers() {
	curl --silent --show-error --max-time 5 --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:8480$1" | grep -qx "$2"
}

signed_in_answers() {
	curl --silent --show-error --max-time 5 --header "Authorization: Bearer $(hmc token --sub box --role viewer)" "http://127.0.0.1:8480$1" | grep -q "$2"
}

pages_know_both() {
	curl --silent --max-time 5 --header "Authorization: Bearer $(hmc token --sub box --role viewer)" http://127.0.0.1:8480/api/hermes/overview > /tmp/overview.json
	jq -e '.counts | .instances == 2 and .running == 2 and .runningUnknown == 0' /tmp/overview.json || {
		jq -c '.verdict, .attention[0]' /tmp/overview.json
		return 1
	}
}

# Everything of the instances but what SQLite keeps beside a database that is open.
checksum() {
	find /root/.hermes /root/repos /home/uma/.hermes /home/uma/repos /home/uma/.config -type f ! -name '*-shm' ! -name '*-wal' \
		! -path '*/timers.target.wants/*' -print0 | sort -z | xargs -0 sha256sum
}

# The shipped timers run every 30 s; here there is no time for that.
hurry() {
	local unit
	for unit in system/hmc-export@ system/hmc-export-host user/hmc-export@; do
		mkdir -p "/etc/systemd/$unit.timer.d"
		printf '%s\n' '[Timer]' 'OnActiveSec=' 'OnActiveSec=100ms' 'OnUnitInactiveSec=1s' 'AccuracySec=50ms' \
			> "/etc/systemd/$unit.timer.d/hurry.conf"
	done
	sed -i 's/"interval": "30s"/"interval": "3s"/' "$config"
	as_uma systemctl --user daemon-reload
}

prepare() {
	rm -f /usr/sbin/policy-rc.d # of a machine that is a container: here services do start
	rm -rf /var/lib/hermes-mission-control /etc/hermes-mission-control
	mkdir -p /tmp/deb
	cp "$build"/hermes-mission-control_*.deb /tmp/deb
	echo 'services: { shop: { ports: ["8080:80"], healthcheck: { test: "curl http://localhost/up" } } }' > /tmp/deb/docker-compose.yml
	printf '#!/bin/sh\necho "$@" > /tmp/tailscale-was-told\n' > /usr/local/bin/stand-in-for-tailscale
	chmod 755 /usr/local/bin/stand-in-for-tailscale
	ln -s stand-in-for-tailscale /usr/local/bin/tailscale
}

# What an exporter tells of itself, and of who backs up, against a network that leads somewhere.
tells_what_it_may() {
	ip address add 10.77.0.2/32 dev lo && ip route add default dev lo src 10.77.0.2
	truth "vijay: the system timer's sandbox is what ships" says vijay '.readings.sandbox | .state == "ok" and .unit == "hmc-export@vijay.service"
		and .noNewPrivileges and .filtersCalls and .capabilities == 0 and .systemIsReadOnly and .homesAreHidden and .devicesAreHidden'
	truth "vijay: and loopback is no network" says vijay '.readings.sandbox.hasNetwork == false'
	truth "bheem: a user's own manager hides no file, and that is told" says bheem '.readings.sandbox | .state == "ok" and
		.unit == "hmc-export@bheem.service" and .noNewPrivileges and .filtersCalls and .systemIsReadOnly == false and .homesAreHidden == false'
	truth "bheem: nor does it keep the network away" says bheem '.readings.sandbox.hasNetwork == true'
	for id in vijay bheem; do
		truth "$id: the modes of its secrets are told" says "$id" '.readings.secretFiles | .state == "ok" and (.files | any(.path == ".env" and .owner != null and .mode != null))'
	done
	truth "bheem: uma's manager backs up as uma" says bheem '.readings.pushCredential | .unit == "uma-hermes-backup.service" and .unitUser == "uma"'
	printf '%s\n' '[Service]' 'Type=oneshot' 'ExecStart=/bin/true' > /etc/systemd/system/by-root.service
	printf '%s\n' '[Timer]' 'OnCalendar=daily' > /etc/systemd/system/by-root.timer
	systemctl daemon-reload
	cp "$config" /tmp/config.own
	sed -i 's/{ "timer": "uma-hermes-backup.timer",/{ "timer": "by-root.timer", "scope": "system",/' "$config"
	truth "bheem: a service of the system that backs up uma's home as root is told" says bheem '.readings.pushCredential | .unit == "by-root.service" and .unitUser == "root"'
	mkdir /etc/systemd/system/by-root.service.d
	printf '%s\n' '[Service]' 'User=uma' > /etc/systemd/system/by-root.service.d/user.conf
	systemctl daemon-reload
	truth "bheem: and as uma, when it has User=" says bheem '.readings.pushCredential.unitUser == "uma"'
	cp /tmp/config.own "$config"
	rm -r /etc/systemd/system/by-root.*
	systemctl daemon-reload
	ip route del default && ip address del 10.77.0.2/32 dev lo
}

installs_and_starts() {
	local before
	before=$(checksum)
	section Install
	[ -z "$(ss -Hltn)" ] && tap ok "an installed package listens nowhere before it is set up" || tap "not ok" "an installed package listens nowhere before it is set up"
	section "Set up"
	[ "$(stat -c '%a %U:%G' "$reports/bheem" /etc/hermes-mission-control/jwt.key | tr '\n' ' ')" = "2750 uma:hmc 640 root:hmc " ] &&
		tap ok "reports are their user's, and the key is read by the pages alone" ||
		tap "not ok" "reports are their user's, and the key is read by the pages alone"
	[ "$(stat -c '%a %U' /etc/hermes-mission-control/fingerprint.key "$reports"/{vijay,bheem}/fingerprint.key | tr '\n' ' ')" = "600 root 400 root 400 uma " ] &&
		tap ok "each exporter alone reads its copy of the fingerprint key" || tap "not ok" "each exporter alone reads its copy of the fingerprint key"
	cp "$config" /tmp/config.before
	hmc setup > /tmp/again 2>&1
	cmp -s "$config" /tmp/config.before && ! grep -q written /tmp/again && tap ok "a second set-up changes nothing" ||
		tap "not ok" "a second set-up changes nothing"
	hurry
	loginctl disable-linger ravi 2> /dev/null
	section Start
	truth "vijay is read by a timer of the system" says vijay '.exporter.flavour == "system timer" and .exporter.user == "root"'
	truth "bheem is read by a timer of uma's own manager" says bheem '.exporter.flavour == "user timer" and .exporter.user == "uma"'
	tells_what_it_may
	for id in vijay bheem; do truth "$id: its exporter has the key to compare keys by" says $id '.readings.keys.leftOut != null'; done
	[ "$(checksum)" = "$before" ] && tap ok "nothing of an instance was changed" || tap "not ok" "nothing of an instance was changed"
	section Phone
	grep -q '^https://vm-01.example.ts.net/login?code=' /tmp/section.out && tap ok "the link leads to the origin" || tap "not ok" "the link leads to the origin"
	for page in /healthz /login; do truth "$page answers" page_answers $page 200; done
	truth "a page asks for signing in" page_answers /hermes 303
	truth "the pages believe both reports, each of its own user" pages_know_both
	truth "the runbook is there for who is signed in" signed_in_answers /hermes/runbook 'id="backup.age"'
	[ "$(ss -Hltn | awk '{print $4}')" = 127.0.0.1:8480 ] && tap ok "there is one listener, on loopback" || {
		tap "not ok" "there is one listener, on loopback"
		ss -Hltn | sed 's/^/# /'
	}
}

is_confined() {
	for unit in hmc-pane@{auth,overview,ops}.service; do truth "$unit scores 0.5 or less" score_at_most 5 "$unit"; done
	# Before any drop-in: what ships. An instance with a dashboard's port may also speak to loopback.
	truth "the shipped exporter scores 1.0 or less" score_at_most 10 hmc-export@nobody.service
	# With its drop-in, which lets it ask the example's product over loopback; without one it scores as the other.
	truth "the machine's exporter scores 1.4 or less" score_at_most 14 hmc-export-host.service
	truth "and asks a product over loopback: nobody is there" host_refused
}

# The machine's exporter, started afresh: what it looks at every other minute is looked at now.
host_says() { # FILTER
	rm -f "$reports/host/report.json"
	systemctl start hmc-export-host.service
	jq -e ".readings | $1" "$reports/host/report.json" || {
		jq -c '.readings | .caddy, .ownUnits, (.ownFiles.files[]? | select(.isPrivate != true))' "$reports/host/report.json"
		return 1
	}
}

# What this machine has in force of ours, and what its own Caddy serves.
knows_itself() {
	local loosened=/etc/systemd/system/hmc-pane@ops.service.d
	truth "every unit of ours is as it ships" host_says '.ownUnits | .state == "ok" and all(.units[]; .loose == 0 and .noNewPrivileges and .filtersCalls and .capabilities == "none")'
	truth "panes are told of as one, without a network" host_says '.ownUnits.units | map(select(.unit == "hmc-pane@*.service")) | length == 1 and .[0].network == "none" and .[0].user == "hmc"'
	truth "an exporter is its user's" host_says '.ownUnits.units[] | select(.instanceId == "vijay") | .user == "root" and (.writes | contains("/root/.hermes"))'
	truth "our files are private" host_says '.ownFiles | .state == "ok" and (.files | length) > 8 and all(.files[]; .isPrivate)'
	mkdir -p "$loosened"
	printf '%s\n' '[Service]' 'PrivateNetwork=no' 'RestrictAddressFamilies=AF_INET' 'IPAddressAllow=10.0.0.7' 'BindPaths=-/srv' > "$loosened/loose.conf"
	systemctl daemon-reload
	truth "a drop-in that loosens a pane is told" host_says '.ownUnits.units[] | select(.unit == "hmc-pane@ops.service") |
		.loose == 4 and .looseNames == "BindPaths RestrictAddressFamilies IPAddressAllow PrivateNetwork" and (.network | contains("10.0.0.7")) and (.writes | contains("/srv"))'
	rm -r "$loosened"
	systemctl daemon-reload
	chmod o+r /etc/hermes-mission-control/jwt.key
	truth "a key that others may read is told" host_says '.ownFiles.files[] | select(.path | endswith("jwt.key")) | .isPrivate == false'
	chmod o-r /etc/hermes-mission-control/jwt.key
	has_a_caddy
}

# doctor_says FILTER: over one check, with what it found and what to do
doctor_says() {
	hmc doctor --json > /tmp/doctor
	jq -e '[.checks[]] | any(.[]; '"$1"')' /tmp/doctor > /dev/null || {
		jq -c '.checks[] | select(.status != "ok")' /tmp/doctor
		return 1
	}
}

# But for what the sample is made to show: an instance that asks nobody before it acts.
nothing_fails() {
	hmc doctor --json > /tmp/doctor
	jq -c '.checks[] | select(.status == "critical")' /tmp/doctor
	jq -e '.isInstalled and ([.checks[] | select(.status == "critical") | .what] == ["Bheem / Uma: Approvals"])' /tmp/doctor
}

has_a_doctor() {
	section "When something is wrong"
	truth "the doctor finds nothing that fails" nothing_fails
	truth "and every pane's socket" doctor_says '.what == "hmc-pane@posture.socket" and .status == "ok"'
	chmod o+r /etc/hermes-mission-control/jwt.key
	truth "a key that others may read fails, with what to do" doctor_says '.what == "Sign-in keys" and .status == "critical" and (.found | contains("chmod 0640"))'
	chmod o-r /etc/hermes-mission-control/jwt.key
	systemctl stop hmc-pane@ops.socket
	truth "so does a pane that is stopped" doctor_says '.what == "hmc-pane@ops.socket" and .status == "critical" and .cure == "systemctl start hmc-pane@ops.socket"'
	systemctl start hmc-pane@ops.socket
	systemctl stop hmc-caddy.service
	truth "and a site that does not answer" doctor_says '.what == "The site" and .status == "critical"'
	systemctl start hmc-caddy.service
	truth "and then all is well again" nothing_fails
}

has_a_caddy() {
	truth "a Caddy that is stopped serves nothing" host_says '.caddy | .state == "inactive" and (.reason | contains("caddy"))'
	mkdir -p /etc/caddy
	printf '%s\n' '{' ' auto_https off' '}' 'http://public.example.com:8081 {' ' reverse_proxy 127.0.0.1:8480' '}' > /etc/caddy/Caddyfile
	systemctl --quiet unmask caddy.service
	systemctl start caddy.service
	truth "a public site of the machine's Caddy is told, from its file" host_says '.caddy | .how == "file" and .sites[0] == { listen: ":8081", reach: "public", hosts: "public.example.com", upstreams: "127.0.0.1:8480", roots: null }'
	cp "$config" /tmp/config.file-alone
	sed -i 's,"admin": "off","admin": "http://127.0.0.1:2019",' "$config"
	hmc setup > /dev/null
	systemctl daemon-reload
	truth "and, where the configuration opens it, from what it has loaded" host_says '.caddy | .how == "loaded configuration" and .isWhole and .sites[0].reach == "public" and .sites[0].upstreams == "127.0.0.1:8480"'
	truth "which is not called loose" host_says '.ownUnits.units[] | select(.unit == "hmc-export-host.service") | .loose == 0 and .network == "loopback"'
	systemctl stop caddy.service
	systemctl --quiet mask caddy.service
	cp /tmp/config.file-alone "$config"
	hmc setup > /dev/null
	systemctl daemon-reload
	rm -r /etc/caddy
	# Looked at afresh, or what it served is believed for two minutes more.
	truth "and a Caddy that is stopped serves nothing again" host_says '.caddy.state == "inactive"'
}

# What both ways of reading must show of what happens, without anybody exporting by hand.
follows() {
	local id=$1
	truth "$id: every kind of thing is read in this box" says "$id" '.readings |
		.gatewayUnit.state == "ok" and .dashboardUnit.state == "ok" and .backupTimer.state == "ok" and
		.backupRepo.state == "ok" and .sessions.state == "ok" and .gateway.pidState == "alive"'
	ctl "$id" stop "${gateway[$id]}"
	truth "$id: a stopped gateway is seen" says "$id" '.readings.gatewayUnit | .state == "inactive" and .reason == "stopped"'
	ctl "$id" start "${gateway[$id]}"
	truth "$id: a started one too" says "$id" '.readings.gatewayUnit.state == "ok" and .readings.gateway.pidState == "alive"'
	kill -9 "$(ctl "$id" show --property=MainPID --value "${gateway[$id]}")"
	truth "$id: a killed one is failed by a signal" says "$id" '.readings.gatewayUnit | .activeState == "failed" and .result == "signal"'
	ctl "$id" reset-failed "${gateway[$id]}"
	mv "${units[$id]}/${gateway[$id]}" /tmp/unit.away
	ln -s /dev/null "${units[$id]}/${gateway[$id]}"
	ctl "$id" daemon-reload
	truth "$id: a masked one is inactive" says "$id" '.readings.gatewayUnit | .state == "inactive" and .reason == "masked"'
	rm "${units[$id]}/${gateway[$id]}"
	mv /tmp/unit.away "${units[$id]}/${gateway[$id]}"
	ctl "$id" daemon-reload
	mv "${repo[$id]}" "${repo[$id]}.away"
	truth "$id: a deleted repository is inactive" says "$id" '.readings.backupRepo | .state == "inactive" and (.reason | startswith("no such directory"))'
	mv "${repo[$id]}.away" "${repo[$id]}"
	cp "$config" /tmp/config.unpaused
	sed -i '/"paused": null/d; /"privacy": false/s/,//; /"id": "'"$id"'"/a "paused": "on leave",' "$config"
	truth "$id: an instance that is paused in the configuration says so" says_in_status "$id" "on leave"
	cp /tmp/config.unpaused "$config"
	start_gateway "$id"
}

# As an admin's page does, by the form of that session.
ask_for() { # ID
	local bearer csrf
	bearer="Authorization: Bearer $(hmc token --sub box --role admin)"
	csrf=$(curl --silent --max-time 5 --header "$bearer" http://127.0.0.1:8480/hermes/ops | grep -o 'name="csrf" value="[^"]*"' | head -n 1 | cut -d'"' -f4)
	curl --silent --show-error --max-time 5 --output /dev/null --write-out '%{http_code}' --header "$bearer" --header 'Sec-Fetch-Site: same-origin' \
		--data "csrf=$csrf&instance=$1" http://127.0.0.1:8480/hermes/refresh | grep -qx 303
}

# No timer helps: the path unit alone. The report must name the very request.
gets_what_is_asked_for() { # ID
	ctl "$1" start "hmc-export@$1.path"
	ask_for "$1" && tap ok "$1: an admin may ask for new readings" || tap "not ok" "$1: an admin may ask for new readings"
	truth "$1: and gets them by the path unit alone" says "$1" \
		'(.exporter.askedAt | fromdateiso8601) == '"$(sed 's/^0*//' "/var/lib/hermes-mission-control/refresh/$1")"
}

# As docs/operations.md says: by the request's fields, by the name that an answer carries, and what was changed.
journal_tells() {
	local id
	id=$(curl --silent --max-time 5 --dump-header - --output /dev/null http://127.0.0.1:8480/hermes/nothing | tr -d '\r' | awk 'tolower($1) == "x-request-id:" { print $2 }')
	truth "the journal has a request by its name" eval "journalctl --quiet --no-pager HMC_REQUEST=$id HMC_STATUS=404 HMC_ROUTE=none | grep -q ."
	truth "and who asked for new readings" eval "journalctl --quiet --no-pager MESSAGE_ID=dffba43bc1a747c2a3e52782472f8838 HMC_ACTION=refresh HMC_SUBJECT=box HMC_INSTANCE=vijay | grep -q ."
	journalctl --quiet --no-pager --output cat | grep -qE 'eyJ[A-Za-z0-9_-]{20}|Bearer ' && tap "not ok" "the journal holds no token" || tap ok "the journal holds no token"
}

# Two intervals and what a run may take: hmc status then knows nothing of it (2) and says so.
go_stale() {
	for id in vijay bheem; do ctl "$id" stop "hmc-export@$id.timer"; done
	for id in vijay bheem; do truth "$id: an exporter that is stopped makes it unknown" status_is 2 "$id"; done
	for id in vijay bheem; do gets_what_is_asked_for "$id"; done
	for id in vijay bheem; do
		ctl "$id" start "hmc-export@$id.timer"
		truth "$id: and known again" says "$id" '(.generatedAt | sub("\\.[0-9]+"; "") | fromdateiso8601) > (now - 4)'
	done
}

one_more() {
	userdel -rf ravi 2> /dev/null
	useradd --create-home --user-group ravi
	cp -a /home/uma/.hermes /home/ravi/.hermes
	chown -R ravi:ravi /home/ravi
	section "One more instance"
	truth "ravi is read by his own exporter" says ravi '.exporter.user == "ravi" and .readings.sessions.state == "ok"'
	truth "the site still answers" page_answers /healthz 200
	section Products
	grep -q '"url": "http://127.0.0.1:8080/up"' /tmp/section.out && tap ok "and propose the product of a compose file" ||
		tap "not ok" "and propose the product of a compose file"
	section "Change something"
	section "Rotate the key"
	truth "the site answers with another key" page_answers /healthz 200
	section "End a sign-in"
	section Upgrade
	truth "and after an upgrade" page_answers /healthz 200
}

leaves() {
	local before
	touch /etc/systemd/system/hmc-export@vijay.service.d/mine.conf
	before=$(checksum)
	section Remove
	[ "$(checksum)" = "$before" ] && tap ok "purging leaves the instances as they were" || tap "not ok" "purging leaves the instances as they were"
	[ -z "$(ls -d /etc/hermes-mission-control /var/lib/hermes-mission-control /usr/lib/hermes-mission-control \
		/usr/share/hermes-mission-control /etc/systemd/system/hmc-export@bheem.service.d 2> /dev/null)" ] &&
		tap ok "purging takes what is ours" || tap "not ok" "purging takes what is ours"
	[ -e /etc/systemd/system/hmc-export@vijay.service.d/mine.conf ] && tap ok "but not a drop-in that a person wrote" ||
		tap "not ok" "but not a drop-in that a person wrote"
	for id in vijay bheem; do
		ctl "$id" --quiet is-active "${gateway[$id]}" && tap ok "$id: its gateway runs on" || tap "not ok" "$id: its gateway runs on"
	done
	[ -z "$(systemctl list-units --all --no-legend 'hmc*.service' 'hmc*.timer' 'hmc*.socket' 'hmc*.target')" ] && tap ok "no unit of ours is left" || {
		tap "not ok" "no unit of ours is left"
		systemctl list-units --all --no-legend 'hmc*' | sed 's/^/# /'
	}
}

make_users
make_homes
make_units
prepare
installs_and_starts
is_confined
knows_itself
has_a_doctor
runs_its_loops
hostile_accounts
for id in vijay bheem; do follows "$id"; done
go_stale
journal_tells
one_more
leaves
echo "1..$n"
[ $failures -eq 0 ]
