#!/bin/sh
# Fill .venv from a hash-pinned lock:  sh deploy/install.sh runtime|dev
# Nothing happens while the locks are unchanged: their SHA-256 stands in .venv/.installed.
# uv (itself pinned by hash in bootstrap.lock) does it in seconds; where it cannot be had, or with NO_UV=1, pip does.
set -eu
cd "$(dirname "$0")/.."
venv=.venv
stamp=$venv/.installed

say() { printf '%s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }

digest() {
    if command -v sha256sum >/dev/null 2>&1; then sum=sha256sum; else sum='shasum -a 256'; fi
    cat bootstrap.lock "$1" | $sum | cut -d' ' -f1
}

# A development environment holds everything the server needs, so it serves both and is never stripped down again.
satisfied() {
    have=$(cat "$stamp" 2>/dev/null || true)
    [ "$have" = "dev $(digest requirements-dev.lock)" ] && return 0
    [ "$kind" = runtime ] && [ "$have" = "runtime $(digest requirements.lock)" ]
}

find_python() {
    for candidate in ${PYTHON:-python3.11 python3 python3.12 python3.13}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    refuse "No Python 3.11 or newer was found (tried: ${PYTHON:-python3.11, python3}); install it, or name it: make run PYTHON=/path/to/python3.11"
}

create() {
    "$venv/bin/python" -c 'import pip' 2>/dev/null && return
    python=$(find_python)
    say "Creating $venv with $($python --version) ..."
    "$python" -m venv "$venv" ||
        refuse "$venv could not be created: this Python lacks the venv module; on Debian and Ubuntu install the package python3-venv."
}

with_uv() {
    [ -z "${NO_UV:-}" ] || return 1
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-compile --require-hashes -r bootstrap.lock &&
        "$venv/bin/uv" pip sync -q --require-hashes --python "$venv/bin/python" "$1"
}

with_pip() {
    say "The fast installer is not used; pip installs the same packages and takes a minute or two ..."
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes -r "$1"
}

kind=${1:-}
case $kind in runtime | dev) ;; *) refuse "Say which environment: sh deploy/install.sh runtime, or dev." ;; esac
if satisfied; then exit 0; fi

mkdir -p "$venv"
if command -v flock >/dev/null 2>&1; then
    exec 9>"$venv/.installing" # not .lock: uv waits for that one
    flock 9
    if satisfied; then exit 0; fi
fi
case "$(cat "$stamp" 2>/dev/null || true)" in dev*) kind=dev ;; esac
lock=requirements.lock
[ "$kind" = runtime ] || lock=requirements-dev.lock
rm -f "$stamp"
create
say "Installing $(grep -c '^[A-Za-z0-9]' "$lock") packages from $lock, each checked by its hash ..."
with_uv "$lock" || with_pip "$lock" ||
    refuse "The packages of $lock could not be installed (pip's reason stands above). Check the connection to your package index and run the same command again; nothing outside $venv was changed."
printf '%s %s\n' "$kind" "$(digest "$lock")" >"$stamp"
