#!/bin/bash
# tests/box/package.sh -- what is installed: by make, as a package, and in the box by docs/operations.md (TAP).
set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=$(cd "${MC_BUILD:-$top/build}" && pwd) || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/hmc-package.XXXXXX")
trap 'rm -rf "$work"' EXIT
n=0 failures=0

# check NAME COMMAND...: its words are shown when it fails
check() {
	local name=$1
	shift
	n=$((n + 1))
	if "$@" > "$work/log" 2>&1; then
		echo "ok $n - $name"
	else
		failures=$((failures + 1))
		echo "not ok $n - $name"
		tail -n 20 "$work/log" | sed 's/^/# /'
	fi
}

in_tree() { make -s -C "$top" BUILD="$build" DESTDIR="$work/root" PREFIX=/usr UNITDIR=/lib/systemd/system "$@"; }

names_its_places() {
	! grep -rn '@[A-Z_]*@' "$work/root/lib" "$work/root/usr/lib/systemd" &&
		grep -q '^ExecStart=/usr/bin/hmc export --instance %i$' "$work/root/lib/systemd/system/hmc-export@.service"
}

# The programs they start are looked for in the place where they will be.
units_are_sound() {
	local dir=$work/units found
	mkdir -p "$dir/user"
	cp "$work"/root/lib/systemd/system/* "$dir"
	cp "$work"/root/usr/lib/systemd/user/* "$dir/user"
	sed -i "s,=/usr/bin/hmc,=$work/root/usr/bin/hmc,; s,-- /usr/lib/hermes,-- $work/root/usr/lib/hermes," "$dir"/*.service "$dir"/user/*.service
	found=$(cd "$dir" && {
		systemd-analyze verify --man=no ./hmc.target ./hmc-pane@auth.service ./hmc-export@vijay.timer ./hmc-export-host.timer ./hmc-{notify,backup,drill}@vijay.timer ./hmc-beat.timer ./hmc-caddy.service ./hmc-port.service
		cd user && systemd-analyze verify --man=no ./hmc-{export,notify,backup,drill}@bheem.timer
	} 2>&1 | grep -F hmc)
	echo "$found"
	[ -z "$found" ]
}

nothing_is_left() { [ -z "$(find "$work/root" -type f -o -type l | tee /dev/stderr)" ]; }

check "make install puts everything below DESTDIR" in_tree install
check "units name the places of this PREFIX" names_its_places
check "systemd-analyze verify finds nothing" units_are_sound
check "make uninstall takes what make install brought" in_tree uninstall
check "and leaves no file behind" nothing_is_left
check "the package builds" env BUILD="$build" "$top/deps/deb"
check "lintian finds no error and no warning" lintian --allow-root --fail-on error,warning "$build"/hermes-mission-control_*.deb

"$here/box" -t 300 -b "$build:/opt/mc/build" -b "$top:/opt/mc/top" "$here/installed.sh" /opt/mc/build /opt/mc/top > "$work/box"
status=$?
case $status in
125)
	echo "not ok $((n + 1)) - the box comes up and ends in time"
	sed 's/^/# /' "$work/box"
	failures=$((failures + 1))
	n=$((n + 1))
	;;
126)
	n=$((n + 1))
	# Where tests are meant to be complete, a box that cannot be made is a failure.
	if [ -n "${CI-}" ]; then
		echo "not ok $n - cannot make namespaces here"
		failures=$((failures + 1))
	else
		echo "ok $n - the installed package # SKIP skipped: cannot make namespaces here"
	fi
	;;
*)
	[ $status -eq 0 ] || failures=$((failures + 1))
	awk -v n="$n" '/^(not )?ok [0-9]+ / { sub(/ok [0-9]+/, "ok " ++n) } !/^1\.\./' "$work/box"
	n=$((n + $(grep -cE '^(not )?ok ' "$work/box")))
	;;
esac
echo "1..$n"
[ $failures -eq 0 ]
