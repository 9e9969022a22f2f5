#!/bin/sh
# budget.sh FOLDER LIMITS_FOLDER HEARTH_BUDGET BOOT_LIBRARIES LIBRARIES: the board's programs keep their
# budget, and each limit, lowered to less than they take, is told as exceeded. The libraries that boot
# stage and application are linked with are words of one argument each.
set -eu
folder=$1
limits=$2
budget=$3
boot_libraries=$4
libraries=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail()
{
    echo "FAILED: $*" >&2
    cat "$work/output" >&2
    exit 1
}

# check LIMITS_FILE PROGRAM CALL_FOLDER...: its exit code is in `code`, what it said in $work/output.
check()
{
    stated=$1
    program=$2
    shift 2
    remaining=$#
    while [ "$remaining" -gt 0 ]; do
        set -- "$@" --calls "$folder/CMakeFiles/$1.dir"
        shift
        remaining=$((remaining - 1))
    done
    code=0
    "$budget" --elf "$folder/$program.elf" --limits "$stated" "$@" > "$work/output" 2>&1 || code=$?
}

# both LIMITS_FILE PROGRAM CALL_FOLDER...
both()
{
    file=$1
    shift
    check "$file" "$@"
    [ "$code" -eq 0 ] || fail "$1: exit code $code with its own limits"
    for part in text data bss stack; do
        sed "s/^$part [0-9]*\$/$part 8/" "$file" > "$work/low"
        check "$work/low" "$@"
        [ "$code" -eq 1 ] || fail "$1: exit code $code with too low a limit of $part"
        grep -q "$part.*above" "$work/output" || fail "$1: nothing was said of $part"
    done
}

# shellcheck disable=SC2086 # one word a folder
{
    both "$limits/hearth-boot.budget" hearth-boot hearth-boot $boot_libraries
    both "$limits/hearth.budget" hearth-a hearth-a $libraries
}
echo "each limit is kept, and can be exceeded"
