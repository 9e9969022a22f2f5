#!/bin/sh
# cppcheck.sh ROOT BUILD: cppcheck on each of our files that BUILD compiles.
set -eu
. "$(dirname "$0")/files.sh"

work=$2/lint/cppcheck
files=$(one_command_a_file "$1" "$2" "$work")
[ -n "$files" ] || { echo "$2/compile_commands.json names no file below $1" >&2; exit 1; }
# varFuncNullUB: POSIX has NULL as a pointer, so that it may end a list of variable arguments.
cppcheck --quiet -j 2 --std=c11 --enable=warning,portability,performance \
    --inline-suppr --suppress=varFuncNullUB --error-exitcode=1 --project="$work/compile_commands.json"
echo "$(echo "$files" | wc -l) files are clean"
