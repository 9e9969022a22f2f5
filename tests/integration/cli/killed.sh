#!/bin/sh
# SIGKILL of a campaign: no process is left, no logged finding is lost, the next run goes on.
. "$(dirname "$0")/common.sh"

project here cli_test_broken

env ORDEAL_TEST_MARK="$mark" "$ordeal" campaign deep --jobs 2 --project here --build "$build" \
    > out 2> err &
campaign=$!
logged()
{
    "$ordeal" findings --json 2> /dev/null > logged.json && grep -q '"id": "F-1"' logged.json
}
within 60 logged || fail "no finding is logged"
fuzzes()
{
    [ "$(marked | wc -l)" -ge 2 ]
}
within 30 fuzzes || fail "no child is running"
kill -s KILL "$campaign"
wait "$campaign" 2> /dev/null || true
within 10 none_marked || fail "processes are left: $(marked)"

run 0 findings --json
for id in $(grep -o '"id": "F-[0-9]*"' logged.json | tr -d ' '); do
    tr -d ' ' < out | grep -qF "$id" || fail "$id is lost"
done
run 1 repro F-1 --project here --build "$build"

run 0 report --format md --project here
says "| interrupted |"

# An input that made a fuzzer stop, and that nobody had looked at.
scratch=ordeal-store/runs/R-1/scratch
[ -d "$scratch" ] || fail "the killed run has no scratch folder"
mkdir -p "$scratch/job-0"
printf 'unseen' > "$scratch/job-0/crash-unseen"
run 1 fuzz cli_test_broken --project here --build "$build" --time 2s --json
[ ! -e "$scratch" ] || fail "the killed run's scratch folder is left"
[ -e ordeal-store/corpus/cli_test_broken/crash-unseen ] || fail "an input that was on disk is lost"
grep -q '"F-1"' out || fail "the next run does not find what is known"
run 0 report --format json --project here
grep -q '"finished": false' out || fail "the killed run is not shown as such"
