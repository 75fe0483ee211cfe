#!/bin/sh
# Prepares this machine for citygrid: .venv, the pinned packages, Mosquitto, Kafka's jars; with the word `browser` also what the tests of the pages and of InfluxDB need.
# Quick when nothing changed since the last time. Every failure ends in one sentence that says what to do.
set -eu

cd "$(dirname "$0")/../.."
venv=${CITYGRID_VENV:-.venv}
stamp="$venv/citygrid-setup"
report=${TMPDIR:-/tmp}/citygrid-setup.$$
trap 'rm -f "$report"' EXIT

say() { printf 'setup: %s\n' "$*"; }
stop() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# Runs a command quietly; what it said is kept for `explain`.
quietly() { "$@" >"$report" 2>&1; }

# Ends with the sentence for a step that failed: a known cause where there is one, else the command's last words.
explain() {
    if grep -qiE 'no space left|disk quota|not enough free space' "$report"; then
        stop "$1 failed because the disk is full: free 2 GB and run it again."
    elif grep -qiE 'resolve|resolution|timed out|unreachable|connection (refused|reset|aborted)|newconnectionerror|proxyerror|could not connect' "$report"; then
        stop "$1 failed because the network did not answer: check the connection (or proxy) and run it again."
    elif grep -qiE 'do not match the hashes|hash mismatch' "$report"; then
        stop "$1 failed because a package is not the one that was pinned: check your package index, or run 'make lock' if you changed pyproject.toml."
    elif grep -qiE 'permission denied|read-only file system|not permitted' "$report"; then
        stop "$1 failed because this user may not write there: $(tail -n 1 "$report")"
    fi
    stop "$1 failed: $(grep -v '^[[:space:]]*$' "$report" | tail -n 1)"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n true 2>/dev/null || say "sudo may ask for your password."; sudo "$@"; fi
}

# Installs system packages, or ends with a sentence when that cannot be done here.
install_packages() {
    command -v apt-get >/dev/null 2>&1 || stop "$1 is missing and this system has no apt-get: install $1 with your system's packages and run it again."
    [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1 ||
        stop "$1 is missing and this user may not install it: ask an administrator for 'apt-get install $*' and run it again."
    say "installing $* with apt-get"
    quietly as_root apt-get update || explain "Reading the package lists"
    quietly as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@" || explain "Installing $*"
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if new_enough "$candidate"; then python=$candidate; return; fi
    done
    stop "Python 3.11 or newer was not found: install it (Debian, Ubuntu: 'apt-get install python3 python3-venv'), or name one with PYTHON=/path/to/python3."
}

make_venv() {
    new_enough "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
    find_python
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        install_packages "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    fi
    say "making $venv with $("$python" --version)"
    quietly "$python" -m venv --clear "$venv" || explain "Making $venv"
}

install_python_packages() {
    say "installing the pinned Python packages (some minutes the first time)"
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --require-hashes -r requirements.lock ||
        explain "Installing the Python packages"
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps --no-build-isolation -e . ||
        explain "Installing citygrid into $venv"
}

find_mosquitto() { PATH="$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin" command -v mosquitto >/dev/null 2>&1; }

# Debian starts a broker on port 1883 with the package. Only its program is wanted here, so its service is masked while it is installed
# (a machine without systemd is told by RUNLEVEL=1 to start nothing) and left switched off. A broker that ran before had the program already.
install_mosquitto() {
    find_mosquitto && return
    systemd=no
    if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then systemd=yes; fi
    if [ $systemd = yes ]; then
        trap 'as_root systemctl unmask mosquitto.service >/dev/null 2>&1 || true; rm -f "$report"' EXIT
        quietly as_root systemctl mask mosquitto.service || explain "Keeping the system's Mosquitto from starting"
    fi
    install_packages mosquitto
    if [ $systemd = yes ]; then
        quietly as_root systemctl unmask mosquitto.service || explain "Unmasking the system's Mosquitto"
        trap 'rm -f "$report"' EXIT
        quietly as_root systemctl disable mosquitto.service || true
        say "the system's own Mosquitto service is left switched off; 'systemctl enable --now mosquitto' switches it on"
    fi
    find_mosquitto || stop "Mosquitto was installed but its program was not found: put its folder on PATH and run it again."
}

find_browser() {
    for candidate in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$candidate" >/dev/null 2>&1 && return
    done
    return 1
}

# Without a browser the rest can still be tested, so this is the one step whose failure does not end the set-up.
install_browser() {
    find_browser && return
    (install_packages chromium) || say "without a browser the tests of the pages are skipped"
}

# A server that speaks InfluxDB's write protocol, for the tests of history. Of it too only the program is wanted; without it those tests are skipped.
install_victoria() {
    command -v victoria-metrics >/dev/null 2>&1 && return
    systemd=no
    if [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; then systemd=yes; fi
    if [ $systemd = yes ]; then quietly as_root systemctl mask victoria-metrics.service || return 0; fi
    (install_packages victoria-metrics) || say "without victoria-metrics the tests of InfluxDB on a real server are skipped"
    if [ $systemd = yes ]; then
        quietly as_root systemctl unmask victoria-metrics.service || true
        quietly as_root systemctl disable victoria-metrics.service || true
    fi
}

fetch_kafka() { "$venv/bin/python" -m citygrid.local.jars || exit 1; }

enough_room() {
    free=$(df -Pk . | awk 'NR == 2 { print $4 }')
    [ "${free:-2000000}" -ge 1500000 ] || stop "The disk has only $((free / 1024)) MB free here and set-up needs 1500 MB: free some and run it again."
    [ -w . ] || stop "This user may not write in $(pwd): take ownership of the folder or clone it elsewhere."
}

if [ "${1:-}" = browser ]; then install_browser; install_victoria; fi
wanted=$(cat requirements.lock pyproject.toml citygrid/local/kafka.lock citygrid/local/setup.sh | cksum; pwd)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && new_enough "$venv/bin/python" && find_mosquitto; then
    fetch_kafka
    exit 0
fi
enough_room
make_venv
install_mosquitto
install_python_packages
fetch_kafka
printf '%s\n' "$wanted" >"$stamp"
say "ready: 'make up' starts the demonstration city"
