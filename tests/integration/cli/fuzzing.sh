#!/bin/sh
# One finding from fuzzing to closing.
. "$(dirname "$0")/common.sh"

project here cli_test_broken cli_test_sound

run 1 fuzz cli_test_broken --project here --build "$build" --time 2s --seed 7 --json
"$json" fields harness target engine execs execs_per_second edges stability findings < out || fail "fuzz"
[ "$(field harness)" = cli_test_broken ] || fail "harness"
[ "$(field stability)" = null ] || fail "stability"
errs "ordeal repro F-1"

# --first ends at once; what was not attacked to the end is not judged.
begin=$(date +%s)
run 1 fuzz cli_test_broken --project here --build "$build" --time 100s --first --store first --json
[ $(($(date +%s) - begin)) -lt 90 ] || fail "--first used up its time"
run 1 fuzz cli_test_broken --project here --build "$build" --time 100s --first --store first
says "FAIL"
grep -q "PASS" out && fail "--first judged what it did not attack"

# Known findings count again, and are told as known.
run 1 fuzz cli_test_broken --project here --build "$build" --time 2s --json
grep -q '"F-1"' out || fail "a known finding is not among the run's"

run 0 findings --json
"$json" fields = id clause class severity state source targets occurrences replay fingerprint title < out ||
    fail "findings"
found=$("$json" count < out)
run 0 findings --clause 5.3-9 --json
[ "$("$json" count < out)" -eq 0 ] || fail "--clause"
run 0 findings --state fixed --json
[ "$("$json" count < out)" -eq 0 ] || fail "--state"
run 0 findings
says "5.13-1B"
run 0 findings show F-1
says "copy_field"
run 0 findings show F-1 --json
[ "$(field state)" = open ] || fail "state"

# Which programs showed it, and which build of the harness a run was of.
for variant in libfuzzer reproducer; do
    program=cli_test_broken.$variant
    hash=$(sha256sum < "$build/harnesses/$program" | cut -d ' ' -f 1)
    run 0 findings show F-1
    says "$hash  $program"
    grep -q "$hash  $program" ordeal-store/runs/R-1/manifest.json || fail "no hash in the manifest"
done
hash=$(sha256sum < "$build/harnesses/cli_test_broken.libfuzzer" | cut -c 1-12)
run 0 report --format md --project here
says "| $hash |"
grep -q 'clang version' ordeal-store/runs/R-1/manifest.json || fail "no compiler in the manifest"

# A native target of one's own.
mkdir here/targets
printf 'schema: 1\nname: my_device\nclass: native\nfirmware: {board: native, program: mine}\npower: {driver: process}\n' > here/targets/my_device.yaml
run 1 fuzz cli_test_broken -t my_device --project here --build "$build" --time 1s --json
[ "$(field target)" = my_device ] || fail "the target that was chosen is not the run's"
grep -q '"target": "my_device"' ordeal-store/runs/R-3/manifest.json || fail "no target in the manifest"
run 0 findings show F-1 --json
grep -q '"my_device"' out || fail "the target is not among the finding's"

run 1 repro F-1 --project here --build "$build" --json
"$json" fields = id reproduced attempts hits class frames < out || fail "repro"
[ "$(field reproduced)" = true ] || fail "not reproduced"
[ "$(field class)" = memory ] || fail "class"
run 1 repro F-1 --project here --build "$build" --attempts 1
says "F-1 reproduced: 1 of 1"

# A plain file, failing and not, in the sound harness and in the broken one.
printf '\017aaaaaaaaaaaaaaa' > input
run 1 repro input --harness cli_test_broken --project here --build "$build" --json
[ "$(field id)" = null ] || fail "a file has no id"
run 0 repro input --harness cli_test_sound --project here --build "$build"
says "did not reproduce"

run 0 findings close F-1 --why "bounds are checked now"
run 0 findings show F-1
says "bounds are checked now"
run 1 fuzz cli_test_broken --project here --build "$build" --time 2s
run 0 findings show F-1 --json
[ "$(field state)" = open ] || fail "a fixed finding does not open again"
run 0 findings --json
[ "$("$json" count < out)" -eq "$found" ] || fail "a finding was filed twice"

run 0 fuzz cli_test_sound --project here --build "$build" --time 2s --store sound
says "PASS"
run 0 report --store sound --format json --project here
grep -q '"verdict": "PASS"' out || fail "no PASS in the report"
run 2 report --format json,md --project here
run 0 report --format json,md,junit -o reports --project here
for file in report.json report.md junit.xml; do
    [ -s "reports/$file" ] || fail "no $file"
done
grep -q 'ordeal repro F-1' reports/junit.xml || fail "no repro line in junit.xml"
grep -q 'certifies nothing' reports/report.md || fail "no note in report.md"

# A harness that was not built says nothing about a device.
project unbuilt no_such_program
run 3 fuzz no_such_program --project unbuilt --build "$build" --time 1s --store unbuilt-store
[ "$(wc -l < err)" -eq 1 ] || fail "not one line"

# Nor does Ordeal's program of the same name say anything about the project's harness.
project namesake cli_test_sound
mkdir namesake/build
beside=$(dirname "$ordeal")/harnesses/cli_test_sound.libfuzzer
[ -x "$beside" ] || fail "no namesake beside ordeal"
run 3 fuzz cli_test_sound --project namesake --time 1s --store namesake-store
errs "namesake/build/harnesses/cli_test_sound.libfuzzer: not built"
errs "cmake --build"
run 0 list harnesses --project namesake
grep -q '^cli_test_sound  *no ' out || fail "a harness that is not built is listed as built"
