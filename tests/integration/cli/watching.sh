#!/bin/sh
# A defect that is met at once hides neither its finding nor the progress.
. "$(dirname "$0")/common.sh"

project here cli_test_broken

env ORDEAL_TEST_MARK="$mark" "$ordeal" fuzz cli_test_broken --time 10m --project here --build "$build" \
    > out 2> err &
fuzzing=$!
announced()
{
    grep -q '^new finding F-1 .*`ordeal repro F-1`$' err
}
within 20 announced || fail "the finding is not told while the run goes on"
told_twice()
{
    [ "$(grep -c '^cli_test_broken: .* left, .* findings: 1 new' err)" -ge 2 ]
}
within 40 told_twice || fail "no progress while jobs end all the time"
run 0 report --format md --project here
says "| running |"
kill -s TERM "$fuzzing"
code=0
wait "$fuzzing" || code=$?
[ "$code" -eq 130 ] || fail "exit code $code after SIGTERM"
within 10 none_marked || fail "processes are left: $(marked)"
[ ! -e ordeal-store/runs/R-1/scratch ] || fail "a scratch folder is left after SIGTERM"
