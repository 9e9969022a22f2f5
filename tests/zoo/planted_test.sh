#!/bin/sh
# planted_test.sh BUILD PROGRAM TEST SAYS: runs one test of BUILD/tests/device.PROGRAM on the emulated
# board mps2_an505, or the one that the program is named after, in the present folder, where it leaves
# nothing.
#
# A test that fails has seen a defect only if its output holds SAYS: a bench that is broken fails,
# too. Exit code: 0 the test passed; 1 it failed and said so; 3 anything else, with its last lines.
set -eu

limit=180 # seconds: a test's own deadlines are far below
program=$1/tests/device.$2
name=$3
says=$4
case $2 in
    microbit) target=microbit_qemu ;;
    *) target=mps2_an505_qemu ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT

other()
{
    tail -n 5 "$log" >&2
    echo "$name: $*" >&2
    exit 3
}

code=0
HEARTH_TARGET=$target timeout --kill-after=5 "$limit" "$program" "$name" > "$log" 2>&1 || code=$?
if [ "$code" -eq 0 ]; then
    grep -qF "[       OK ] $name" "$log" || other "ended well without having run"
    exit 0
fi
grep -qF "[  FAILED  ] $name" "$log" || other "did not run to its end: exit code $code"
grep -F -e "$says" "$log" || other "failed, but without saying '$says'"
exit 1
