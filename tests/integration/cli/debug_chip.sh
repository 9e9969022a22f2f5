#!/bin/sh
# debug_lock on a chip that a debugger may halt, whose lock keeps memory alone, and which it may erase as a whole: what
# the target's file claims holds, what it does not claim is told, and whoever claims more is found out.
. "$(dirname "$0")/common.sh"

for tool in openocd qemu-system-arm; do
    command -v "$tool" > /dev/null && [ -e "$build/boards/microbit/hearth-boot.bin" ] || {
        echo "$tool or the board's firmware is missing: all of it is left out"
        exit 77
    }
done

# board NAME EDIT: a target in the project like the micro:bit's in QEMU, but for an edit of sed's.
targets=$(dirname "$0")/../../../targets
mkdir -p here/targets
cp -r "$targets/openocd" here/targets
board()
{
    sed -e "s/^name: .*/name: $1/" -e "$2" "$targets/microbit_qemu.yaml" > "here/targets/$1.yaml"
    ! cmp -s "$targets/microbit_qemu.yaml" "here/targets/$1.yaml" || fail "$1 is edited in vain"
    grep -q "^probe:" "here/targets/$1.yaml" || fail "$1 has no probe"
}

# tries CODE NAME SCENARIO: runs it.
tries()
{
    run "$1" run --target "$2" --project here --build "$build" --store "store-$2" --scenario "debug_lock.$3" --depth quick
}

board sound 's/^title: .*/title: as it is/'
tries 0 sound reset
says "PASS"
says "not claimed: caught: 20 of 20 times, under reset (the lock claims memory alone"
says "(published)"
tries 0 sound recover
says "PASS"
says "not claimed: memory-left: "
says "; keys-left: "
says "(the erasure claims flash alone"
tries 4 sound token
says "NOT TESTED"

# Without a lock on the chip; with one that its software has not programmed.
board lockless '/^  lock:/d'
tries 1 lockless reset
says "a debugger that comes under reset reads the memory of a closed device"
board unsealed 's/value: 0xFFFF00FF/value: 0xFFFF0000/'
tries 1 unsealed closed
says "the software of a closed device has not programmed the chip's lock: the word at 0x10001004 is 0xFFFF00FF"

# Whoever claims the whole port, or the RAM.
board proud '/^  claim: memory/d'
tries 1 proud closed
says "a debugger halts a closed device"
board thorough 's/, claim: flash//'
tries 1 thorough recover
says "data of the user's are in RAM after a debugger has erased the chip and reset it"

# An erasure that is none, and one that OpenOCD does not know.
board idle 's/command: nrf51 mass_erase/command: nrf51.cpu curstate/'
tries 4 idle recover
says "the debug port is open once the chip is erased and reset"
board odd 's/command: nrf51 mass_erase/command: nrf99 mass_erase/'
tries 4 odd recover
says "the debugger erases the chip: "

# A part that nobody knows.
board unknown 's/chip: nrf51/chip: nrf99/'
tries 2 unknown reset
errs "\`probe.chip\`: 'nrf99' is no part that the virtual probe knows; it knows nrf51"
[ "$(wc -l < err)" -eq 1 ] || fail "not one line"
