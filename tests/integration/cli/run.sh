#!/bin/sh
# ordeal run: verdicts, replays, what is stored. Devices are processes of this machine.
. "$(dirname "$0")/common.sh"

source=$(cd "$(dirname "$0")/../../.." && pwd)
mkdir -p here
cp -r "$source/tests/integration/foreign/targets" here/targets
foreign="--project here --build $build"

# A sound device.
run 0 run --target native --scenario outage.power-idle --depth quick --json
"$json" fields = target rung results < out || fail "the fields of run"
[ "$(field rung)" = host ] || fail "the rung of a process is $(field rung)"
field results > results
"$json" fields scenario verdict clauses replay trials checks reason < results || fail "a result's fields"
grep -q '"verdict": *"PASS"' results || fail "a sound device does not pass: $(cat results)"
errs "outage.power-idle"
[ -s ordeal-store/runs/R-1/trials.log ] || fail "no log of the trials beside the store"
grep -q "fault proven: a start" ordeal-store/runs/R-1/trials.log || fail "the cut is not proven"
[ ! -e ordeal-store/runs/R-1/scratch ] || fail "the device's own files are left"
run 0 list clauses
says "outage.power-idle"
run 0 report --format md
says "outage.power-idle"

# The same scenarios on a product that shares nothing with the reference device but the adapter.
# shellcheck disable=SC2086 # several words
run 0 run --target foreign $foreign --scenario outage --scenario input.settings --depth quick
grep -qE '^outage.power-settings +PASS' out || fail "the foreign device's settings do not pass"
grep -qE '^input.settings +PASS' out || fail "the foreign device's input does not pass"

# A defect of it is found, has a finding, and comes again from its replay id and by repro.
export FOREIGN_DEFECT=torn-settings
# shellcheck disable=SC2086
run 1 run --target foreign $foreign --scenario outage.power-settings --store torn --seed 1
says "FAIL"
says "finding F-1"
replay=$(sed -n 's/.*--replay \([^`]*\)`.*/\1/p' out | head -n 1)
[ -n "$replay" ] || fail "no replay id"
# shellcheck disable=SC2086
run 1 run --replay "$replay" $foreign --store torn
# shellcheck disable=SC2086
run 1 repro F-1 $foreign --store torn
says "F-1 reproduced"
# shellcheck disable=SC2086
run 1 repro F-1 $foreign --store torn --json
"$json" fields = id reproduced attempts hits class frames < out || fail "the fields of repro"

# On another firmware it would prove nothing.
mkdir -p kept
other=${replay%@*}@000000000000
# shellcheck disable=SC2086
refuses 2 "this replay id is of firmware 000000000000" run --replay "$other" $foreign --store torn
# shellcheck disable=SC2086
run 1 run --replay "$other" --force $foreign --store torn
unset FOREIGN_DEFECT
# shellcheck disable=SC2086
run 0 run --replay "$replay" $foreign --store torn
# shellcheck disable=SC2086
run 0 repro F-1 $foreign --store torn
says "F-1 did not reproduce"
FOREIGN_DEFECT=long-line
export FOREIGN_DEFECT
# shellcheck disable=SC2086
run 1 run --target foreign $foreign --scenario input.settings --store long
unset FOREIGN_DEFECT

# Odd requests.
refuses 2 "did you mean outage.power-idle" run --scenario outage.power-idel
refuses 2 "no target" run --target nowhere
refuses 2 "is no replay id" run --replay nonsense
refuses 2 "did you mean" run --clause 5.9-9
refuses 2 "no scenario speaks to that" run --clause 5.2-1
refuses 2 "leave out" run --replay "$replay" --seed 1
refuses 2 "not of native" run --replay "$replay" --target native

# Judging nothing is no success.
printf 'schema: 1\nname: bare\nclass: native\nfirmware: {board: native, program: hearth-native}\npower: {driver: process}\n' \
    > here/targets/bare.yaml
# shellcheck disable=SC2086
run 4 run --target bare $foreign --scenario outage.power-idle --store bare
says "NOT TESTED"
says "the target lacks an adapter"

# A request to end is granted at once, and nothing is left; the next run is as any other. (SIGINT means the
# same, but a shell's background command ignores it.)
env ORDEAL_TEST_MARK="$mark" "$ordeal" run --target native --depth deep --scenario outage.power-settings \
    --store stopped > stopped.out 2> stopped.err &
runner=$!
is_under_way()
{
    [ -n "$(find stopped -name trials.log -size +2k 2> /dev/null)" ]
}
within 60 is_under_way || fail "the run does not begin"
kill -s TERM "$runner"
code=0
wait "$runner" || code=$?
[ "$code" -eq 130 ] || fail "an interrupted run ends with $code"
within 10 none_marked || fail "left running: $(marked)"
run 0 run --target native --scenario outage.power-idle --depth quick --store stopped

# As does the end of the rig itself.
env ORDEAL_TEST_MARK="$mark" "$ordeal" run --target native --depth deep --scenario outage.power-settings \
    --store killed > killed.out 2> killed.err &
runner=$!
is_killed_under_way()
{
    [ -n "$(find killed -name trials.log -size +2k 2> /dev/null)" ]
}
within 60 is_killed_under_way || fail "the run does not begin"
kill -s KILL "$runner"
wait "$runner" 2> /dev/null || true
within 10 none_marked || fail "left running: $(marked)"
