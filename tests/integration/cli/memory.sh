#!/bin/sh
# However little memory there is: the work is done, or one line says why not.
. "$(dirname "$0")/common.sh"

project here cli_test_broken
run 1 fuzz cli_test_broken --project here --build "$build" --time 1s

# tight KIB ARGUMENT...: runs ordeal with that much address space.
tight()
{
    limit=$1
    shift
    (
        ulimit -v "$limit"
        exec "$ordeal" "$@" > "$work/out" 2> "$work/err" < /dev/null
    )
}

for command in "list clauses" "findings show F-1 --json" "report --no-coverage --format json"; do
    short=0
    limit=3000
    code=127
    # From too little for the dynamic loader (which ends with 127) to enough.
    while [ "$code" -ne 0 ]; do
        code=0
        # shellcheck disable=SC2086
        tight "$limit" $command || code=$?
        case $code in
        0 | 127) ;;
        3)
            short=$((short + 1))
            [ "$(wc -l < err)" -eq 1 ] || fail "not one line with $limit KiB: $command"
            grep -q '^ordeal: .*out of memory' err || fail "no reason with $limit KiB: $command"
            ;;
        *) fail "exit code $code with $limit KiB: $command" ;;
        esac
        limit=$((limit + 50))
        [ "$limit" -lt 100000 ] || fail "$limit KiB are not enough: $command"
    done
    [ "$short" -gt 0 ] || fail "memory never was short: $command"
done
