#!/bin/sh
# A campaign: a bench error stops nobody, SIGTERM leaves a report.
. "$(dirname "$0")/common.sh"

project here no_such_program cli_test_sound cli_test_broken

# A report folder that cannot be made is refused before anything is fuzzed.
: > taken
for folder in taken taken/report; do
    refuses 2 taken campaign quick --project here --build "$build" -o $folder --store unused
    [ ! -e unused/runs/R-1 ] || fail "the campaign began without a report folder"
done

run 1 campaign quick --time 3s --jobs 1 --project here --build "$build" -o report --json
"$json" fields = harnesses scenarios clauses report < out || fail "campaign"
# The project has harnesses of its own, so Ordeal's have no turn.
[ "$(grep -c '"outcome":' out)" -eq 3 ] || fail "not just the project's three harnesses"
grep -q '"outcome": "ERROR"' out || fail "the harness without a program is no error"
grep -q '"outcome": "FAIL"' out || fail "the broken harness does not fail"
errs "no_such_program"
errs "ordeal repro F-"
for file in report.json report.md junit.xml; do
    [ -s "report/$file" ] || fail "no $file"
done

env ORDEAL_TEST_MARK="$mark" "$ordeal" campaign deep --project here --build "$build" -o stopped \
    --store stopped-store > out 2> err &
campaign=$!
found()
{
    "$ordeal" findings --json --store stopped-store 2> /dev/null | grep -q '"F-1"' ||
        grep -q 'cli_test_sound: .* inputs' err
}
within 60 found || fail "nothing happens"
kill -s TERM "$campaign"
code=0
wait "$campaign" || code=$?
[ "$code" -eq 130 ] || fail "exit code $code after SIGTERM"
[ -s stopped/report.json ] || fail "no report after SIGTERM"
within 10 none_marked || fail "processes are left: $(marked)"
