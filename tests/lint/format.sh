#!/bin/sh
# format.sh ROOT: every C file below ROOT is as clang-format 14 would write it.
set -eu
. "$(dirname "$0")/files.sh"

files=$(our_code "$1")
[ -n "$files" ] || { echo "no C file below $1" >&2; exit 1; }
echo "$files" | tr '\n' '\0' | xargs -0 clang-format-14 --dry-run -Werror --style=file
echo "$(echo "$files" | wc -l) files are formatted"
