#!/bin/sh
# Configures (once) and builds everything in a directory of the checkout.
#
#     sh build.sh DIRECTORY [CMAKE_OPTION...]
set -eu
top=$(cd "$(dirname "$0")/.." && pwd -P)
directory=$top/${1:?usage: sh build.sh DIRECTORY [CMAKE_OPTION...]}
shift

# A build directory remembers where it was configured; one that came along with a copied checkout
# would build the original.
cache=$directory/CMakeCache.txt
if [ -f "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$cache"; then
    echo "$directory was configured for another checkout; making it anew"
    rm -rf -- "$directory"
fi

if [ ! -f "$cache" ]; then
    if command -v ninja >/dev/null 2>&1; then
        set -- -G Ninja "$@"
    else
        set -- -G "Unix Makefiles" "$@"
    fi
fi
cmake -S "$top" -B "$directory" "$@"
cmake --build "$directory" --parallel "$(nproc)"
