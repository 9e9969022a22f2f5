#!/bin/sh
# What `ordeal probe` does when one of its processes ends or hangs: it ends as the bench's fault, or
# when it is asked to, and nothing is left behind.
. "$(dirname "$0")/common.sh"

for tool in openocd qemu-system-arm; do
    command -v "$tool" > /dev/null && [ -e "$build/boards/mps2_an505/hearth-a.elf" ] || {
        echo "$tool or the board's firmware is missing: all of it is left out"
        exit 77
    }
done

opened()
{
    grep -q "its debug port is open" out && grep -q "network: address" out
}

# process_named NAME: the process of this test with that name, of which the system keeps 15 bytes.
process_named()
{
    for process in $(marked); do
        if [ "$(cat "/proc/$process/comm" 2> /dev/null)" = "$1" ]; then
            echo "$process"
        fi
    done
}

# signal_one SIGNAL NAME: opens the target, and sends one of its processes the signal.
signal_one()
{
    env ORDEAL_TEST_MARK="$mark" "$ordeal" probe -t mps2_an505_qemu --build "$build" > out 2> err &
    probing=$!
    within 60 opened || fail "the target is not opened"
    victim=$(process_named "$2")
    [ -n "$victim" ] || fail "there is no process $2"
    kill -s "$1" "$victim"
}

# It has, and waits to be waited for.
ended()
{
    [ ! -e "/proc/$probing" ] || grep -q '^State:[[:space:]]*Z' "/proc/$probing/status"
}

# ends CODE: within 15 s, and nothing is left.
ends()
{
    within 15 ended || fail "ordeal probe does not end"
    code=0
    wait "$probing" || code=$?
    [ "$code" -eq "$1" ] || fail "exit code $code instead of $1"
    within 10 none_marked || fail "processes are left: $(marked)"
    [ -z "$(ls -A ordeal-store 2> /dev/null)" ] || fail "files are left: $(ls -A ordeal-store)"
}

signal_one KILL openocd
ends 3
errs "OpenOCD ended, signal 9"
signal_one KILL qemu-system-arm
ends 3
errs "QEMU ended by itself, signal 9"
signal_one KILL ordeal-virtual-
ends 3
errs "the virtual probe ended, signal 9"
[ "$(wc -l < err)" -eq 1 ] || fail "not one line when the virtual probe ends"

# fake COMMAND: opens the target with an OpenOCD that does this, and waits for the end.
mkdir fake
fake()
{
    printf '#!/bin/sh\n%s\n' "$1" > fake/openocd
    chmod +x fake/openocd
    env PATH="$work/fake:$PATH" ORDEAL_TEST_MARK="$mark" \
        "$ordeal" probe -t mps2_an505_qemu --build "$build" > out 2> err &
    probing=$!
}

# While it starts: one that dies is the bench's fault, one that refuses its files is the files'.
# shellcheck disable=SC2016 # it is the fake that expands it
fake 'kill -s KILL $$'
ends 3
errs "OpenOCD ended, signal 9"
fake 'echo "Error: Unable to open adapter" >&2; exit 255'
ends 3
errs "Unable to open adapter"
fake 'echo "Error: invalid command name" >&2; exit 1'
ends 2
errs "invalid command name"

# One that hangs harms nobody until it is asked something; then there is an end to it all the same.
for name in openocd qemu-system-arm ordeal-virtual-; do
    signal_one STOP "$name"
    kill -s TERM "$probing"
    ends 130
done
