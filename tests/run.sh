#!/bin/sh
# Everything that can be tested, from a bare checkout: packages, build with sanitizers, fuzzers of
# clang, ctest.
#
#     sh tests/run.sh [CTEST_OPTION...]        for example -R store
#
# The exit code is ctest's, and its summary comes last.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd -P)
build=build-test

sh "$top/kiosk/install.sh" "$top/kiosk/packages" "$top/tests/packages"
sh "$top/kiosk/build.sh" $build -DBIAOGAN_WERROR=ON -DBIAOGAN_SANITIZE=ON \
    -DBIAOGAN_FUZZ=ON -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_C_FLAGS_DEBUG=-O1 -g"

# What the sanitizers find ends the test that showed it; nothing is suppressed.
export ASAN_OPTIONS="detect_leaks=1:halt_on_error=1:strict_string_checks=1:\
detect_stack_use_after_return=1:check_initialization_order=1"
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

cd "$top/$build"
exec ctest --output-on-failure --parallel 2 --timeout 300 "$@"
