#!/bin/sh
# What `ordeal probe` does when one of its processes ends or hangs: it ends as the bench's fault, in one line
# that names the process, and nothing is left behind.
. "$(dirname "$0")/common.sh"

for tool in openocd qemu-system-arm; do
    command -v "$tool" > /dev/null && [ -e "$build/boards/mps2_an505/hearth-a.elf" ] || {
        echo "$tool or the board's firmware is missing: all of it is left out"
        exit 77
    }
done

# A device with a console is given the time to start.
opened()
{
    grep -q "its debug port is open" out && { [ "$target" != mps2_an505_qemu ] || grep -q "network: address" out; }
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

# signal_one SIGNAL NAME: opens $target, and sends one of its processes the signal.
target=mps2_an505_qemu
signal_one()
{
    env ORDEAL_TEST_MARK="$mark" "$ordeal" probe -t "$target" --build "$build" > out 2> err &
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

# tells TEXT: in the only line on standard error.
tells()
{
    errs "$1"
    [ "$(wc -l < err)" -eq 1 ] || fail "not one line: $1"
}

# The second has no console, by which its end would be seen.
targets=mps2_an505_qemu
if [ -e "$build/boards/microbit/hearth-a.elf" ]; then
    targets="$targets microbit_qemu"
fi
for target in $targets; do
    signal_one KILL openocd
    ends 3
    tells "OpenOCD ended, signal 9 (Killed): it told of no error"
    signal_one KILL qemu-system-arm
    ends 3
    tells "QEMU ended by itself, signal 9"
    signal_one KILL ordeal-virtual-
    ends 3
    tells "the virtual probe ended, signal 9"

    signal_one STOP openocd
    ends 3
    tells "OpenOCD does not answer: its process $victim is stopped"
    signal_one STOP qemu-system-arm
    ends 3
    tells "QEMU does not answer: its process $victim is stopped"
    signal_one STOP ordeal-virtual-
    ends 3
    tells "the virtual probe does not answer: its process $victim is stopped"
done
target=mps2_an505_qemu

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

# Ctrl-C and its like end it, too.
env ORDEAL_TEST_MARK="$mark" "$ordeal" probe -t "$target" --build "$build" > out 2> err &
probing=$!
within 60 opened || fail "the target is not opened"
kill -s TERM "$probing"
ends 130
