#!/bin/sh
# Installs what is missing of the Debian packages in the given lists; with nothing missing, apt is
# not asked at all.
#
#     sh install.sh LIST...
set -eu
[ $# -gt 0 ] || { echo "usage: sh install.sh LIST..." >&2; exit 2; }

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "install: this is no Debian (no dpkg-query); these must be there already:" \
        "$(cat -- "$@" | sed -e 's/#.*//' -e 's/|.*//' | tr -s '\n' ' ')" >&2
    exit 0
fi

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for choice in $(cat -- "$@" | sed 's/#.*//'); do
    found=no
    for package in $(echo "$choice" | tr '|' ' '); do
        ! is_installed "$package" || found=yes
    done
    [ $found = yes ] || missing="$missing ${choice%%|*}"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    # A password can be asked for only where somebody can type it.
    if command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=sudo
    else
        echo "install: Debian packages are missing, and it takes root to install them. As root:" >&2
        echo "    apt-get update && apt-get install --no-install-recommends$missing" >&2
        exit 2
    fi
fi

echo "Installing:$missing"
# A foreign source that does not answer must not stop Debian's own.
$as_root apt-get -q update || echo "install: apt-get update had trouble; going on" >&2
# shellcheck disable=SC2086 # packages are words
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends $missing || {
    echo "install: apt-get could not install:$missing" >&2
    echo "install: see its message above; network, mirror (/etc/apt) and disk are the usual" \
        "reasons" >&2
    exit 2
}
