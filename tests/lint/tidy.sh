#!/bin/sh
# tidy.sh ROOT BUILD: clang-tidy, by ROOT/.clang-tidy, on each of our files that BUILD compiles.
set -eu
. "$(dirname "$0")/files.sh"

work=$2/lint/tidy
files=$(one_command_a_file "$1" "$2" "$work")
[ -n "$files" ] || { echo "$2/compile_commands.json names no file below $1" >&2; exit 1; }
# One file a process: the analyzer of clang 14 carries state from one file to the next, and then
# takes each va_list for uninitialised. Standard error only counts what system headers bring,
# unless clang-tidy itself fails.
if ! echo "$files" | tr '\n' '\0' |
    xargs -0 -n 1 -P 2 clang-tidy-14 -p "$work" --quiet --warnings-as-errors='*' 2> "$work/errors"; then
    grep -v 'warnings\{0,1\} .*generated\|^Suppressed' "$work/errors" >&2
    exit 1
fi
echo "$(echo "$files" | wc -l) files are clean"
