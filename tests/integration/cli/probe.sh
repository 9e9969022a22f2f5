#!/bin/sh
# A target that is opened to a debugger: gdb sees the reference firmware, and nothing is left behind.
. "$(dirname "$0")/common.sh"

# No probe: one line, and nothing is begun.
run 2 probe -t native
errs "has no section \`probe\`"
[ "$(wc -l < err)" -eq 1 ] || fail "not one line without a probe"
run 2 probe -t nobody
[ "$(wc -l < err)" -eq 1 ] || fail "not one line for an unknown target"
[ ! -e ordeal-store ] || fail "a folder was made without a probe"

symbols=$build/boards/mps2_an505/hearth-a.elf
for tool in openocd gdb-multiarch qemu-system-arm; do
    command -v "$tool" > /dev/null && [ -e "$symbols" ] || {
        echo "$tool or the board's firmware is missing: the rest is left out"
        exit 77
    }
done

env ORDEAL_TEST_MARK="$mark" "$ordeal" probe -t mps2_an505_qemu --build "$build" > out 2> err &
probing=$!
opened()
{
    grep -q "its debug port is open" out && grep -q "network: address" out
}
within 60 opened || fail "the target is not opened"
says "gdb-multiarch -ex 'target extended-remote localhost:"
port=$(sed -n 's/.*extended-remote localhost:\([0-9]*\).*/\1/p' out)

# A person's way: look where it is, start anew, stop at a breakpoint and see who called.
timeout 60 gdb-multiarch -q -batch -ex "target extended-remote localhost:$port" \
    -ex 'monitor reset halt' -ex 'break hal_idle' -ex continue -ex backtrace "$symbols" > gdb 2>&1 ||
    fail "gdb: $(cat gdb)"
grep -q '^#0 .*hal_idle' gdb || fail "no breakpoint: $(cat gdb)"
grep -q '^#1 .*stage_main' gdb || fail "no backtrace: $(cat gdb)"

# A signal ends all of it. (A shell that is no terminal's starts its children with SIGINT ignored.)
kill -s TERM "$probing"
code=0
wait "$probing" || code=$?
[ "$code" -eq 130 ] || fail "exit code $code at SIGTERM"
within 10 none_marked || fail "processes are left: $(marked)"
[ -z "$(ls -A ordeal-store 2> /dev/null)" ] || fail "files are left: $(ls -A ordeal-store)"
