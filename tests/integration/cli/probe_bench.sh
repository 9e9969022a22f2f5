#!/bin/sh
# ordeal probe on an attached board whose OpenOCD is not as it should be: one line, the right exit code, in time,
# and nothing is left behind. With a sound OpenOCD and no hardware the probe is open, and says what it sees.
. "$(dirname "$0")/common.sh"

mkdir -p here/targets/openocd kept tools bare
XDG_RUNTIME_DIR=$work/runtime
export XDG_RUNTIME_DIR
mkdir -m 700 "$XDG_RUNTIME_DIR"
usual_path=$PATH

# board NAME: a target whose scripts have OpenOCD's dummy adapter.
board()
{
    printf 'schema: 1\nname: %s\nclass: board\nprobe: {driver: openocd, openocd: [dummy.cfg]}\n' "$1" \
        > "here/targets/$1.yaml"
}
cat > here/targets/openocd/dummy.cfg <<'END'
adapter driver dummy
adapter speed 1000
transport select jtag
jtag newtap fake cpu -irlen 4 -expected-id 0x4ba00477
dap create fake.dap -chain-position fake.cpu
target create fake.cpu cortex_m -dap fake.dap
END
ln -s "$build/tests/fake_openocd" tools/openocd

nothing_left()
{
    within 10 none_marked || fail "processes are left: $(marked)"
    [ -z "$(ls -A ordeal-store 2> /dev/null)" ] || fail "files are left: $(ls -A ordeal-store)"
}

# on_board CODE BEHAVIOUR TEXT: a probe whose OpenOCD behaves so.
on_board()
{
    PATH=$work/tools:$usual_path
    FAKE_OPENOCD=$2
    ORDEAL_TEST_MARK=$mark
    export PATH FAKE_OPENOCD ORDEAL_TEST_MARK
    refuses "$1" "$3" probe -t board --project here
    unset ORDEAL_TEST_MARK
    nothing_left
}

# Two that only the deadline ends, while the others are looked at.
for behaviour in silent mute; do
    board "$behaviour"
    PATH=$work/tools:$usual_path FAKE_OPENOCD=$behaviour "$ordeal" probe -t "$behaviour" --project here \
        --store "store-$behaviour" > "$behaviour.out" 2> "$behaviour.err" &
    eval "$behaviour=\$!"
done

board board
on_board 3 cannot-load "exit code 127: openocd: error while loading shared libraries"
on_board 3 crashes "OpenOCD ended, signal 9"
on_board 3 garbage "OpenOCD's answer is no answer"
on_board 3 endless "answers with more than"
on_board 3 event "OpenOCD's answer is no answer: type target_event"
on_board 3 other "what answers is no OpenOCD"
on_board 3 leaves "the adapter has caught fire"
on_board 2 refuses "mine.cfg:3: no such command"
PATH=$usual_path
code=0
env PATH="$work/bare" "$ordeal" probe -t board --project here > out 2> err || code=$?
[ "$code" -eq 3 ] || fail "exit code $code without OpenOCD"
errs "openocd"
[ "$(wc -l < err)" -eq 1 ] || fail "not one line without OpenOCD"
nothing_left

# shellcheck disable=SC2154 # silent and mute are set by eval
for behaviour in silent mute; do
    code=0
    eval "wait \$$behaviour" || code=$?
    [ "$code" -eq 3 ] || fail "exit code $code of the $behaviour one: $(cat "$behaviour.err")"
    [ "$(wc -l < "$behaviour.err")" -eq 1 ] || fail "not one line of the $behaviour one"
    [ ! -s "$behaviour.out" ] || fail "something on standard output of the $behaviour one"
    [ -z "$(ls -A "store-$behaviour")" ] || fail "files of the $behaviour one are left"
done
grep -q "did not open its Tcl port in time" silent.err || fail "silent: $(cat silent.err)"
grep -q "OpenOCD's Tcl port" mute.err || fail "mute: $(cat mute.err)"

# The real one: nothing is on the wire of its dummy, and that is told.
command -v openocd > /dev/null || {
    echo "openocd is missing: the rest is left out"
    exit 77
}
env ORDEAL_TEST_MARK="$mark" "$ordeal" probe -t board --project here > out 2> err &
probing=$!
opened()
{
    grep -q "Ctrl-C ends all of it" out
}
within 60 opened || fail "the target is not opened"
says "board: its debug port is unplugged (Invalid ACK (7)"
kill -s TERM "$probing"
code=0
wait "$probing" || code=$?
[ "$code" -eq 130 ] || fail "exit code $code at SIGTERM"
nothing_left

# A script that it refuses.
echo no_such_command >> here/targets/openocd/dummy.cfg
refuses 2 'dummy.cfg:7: Error: invalid command name "no_such_command"' probe -t board --project here
nothing_left
