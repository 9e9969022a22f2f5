#!/bin/sh
# Standard output: JSON and nothing else, and no silence when it cannot be written.
. "$(dirname "$0")/common.sh"

project here cli_test_broken

run 0 list harnesses --json --project here --build "$build"
"$json" fields = name title clause judges built file < out || fail "list harnesses"
run 0 list targets --json --project here
"$json" fields = name class title fidelity file < out || fail "list targets"
run 0 list clauses --json --project here
"$json" fields = id status testability title scenarios harnesses verdict < out || fail "list clauses"
[ "$("$json" count < out)" -eq 78 ] || fail "not 78 clauses"
[ ! -e ordeal-store ] || fail "a list made a store"

run 0 list harnesses --project here --build "$build"
says "cli_test_broken"
[ ! -s err ] || fail "messages beside a list"

code=0
"$ordeal" doctor --json --project here --build "$build" > out 2> err || code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || fail "doctor ends with $code"
"$json" fields = ok checks probes < out || fail "doctor"
[ ! -s err ] || fail "messages beside doctor's JSON"
[ ! -e ordeal-store ] || fail "doctor made a store"

# A missing tool is named with the way to get it.
mkdir bare
code=0
PATH=$work/bare "$ordeal" doctor --project here --build "$build" > out 2> err || code=$?
[ "$code" -eq 3 ] || fail "doctor without tools ends with $code"
says "apt-get install llvm-14"

if [ -c /dev/full ]; then
    code=0
    "$ordeal" list clauses --project here > /dev/full 2> err || code=$?
    [ "$code" -eq 3 ] || fail "a full disk gives $code"
    errs "cannot write to standard output: No space left on device"
    code=0
    "$ordeal" --help > /dev/full 2> err || code=$?
    [ "$code" -eq 3 ] || fail "a full disk gives $code for help"
fi

# A reader that has gone away.
mkfifo pipe
sh -c 'exec < pipe; :' &
{ "$ordeal" list clauses --project here 2> err || echo $? > code; } > pipe || true
wait
[ ! -s err ] || errs "cannot write to standard output: Broken pipe"
"$ordeal" list clauses --json --project here 2> err 1>&- && fail "a closed output is no success"
errs "cannot write to standard output"
