#!/bin/sh
# programs.sh FOLDER [network]: what the linked programs of a board hold and what they must not.
set -eu
cd "$1"
network=${2:-}

fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

# has PROGRAM SYMBOL, lacks PROGRAM SYMBOL
has()
{
    arm-none-eabi-nm "$1.elf" | grep -q " $2\$" || fail "$1 lacks $2"
}

lacks()
{
    ! arm-none-eabi-nm "$1.elf" | grep -q " $2\$" || fail "$1 has $2"
}

# The debug port is opened by the boot stage only (EN 303 645, 5.6-4A).
has hearth-boot hal_debug_open
for program in hearth-[ab].elf hearth-test-*.elf; do
    [ ! -f "$program" ] || lacks "${program%.elf}" hal_debug_open
done

# There is no heap, and the boot stage has no network.
for program in hearth-boot hearth-a hearth-b; do
    for symbol in malloc calloc realloc free _sbrk; do
        lacks "$program" "$symbol"
    done
done
lacks hearth-boot tcp_input
if [ "$network" = network ]; then
    has hearth-a tcp_input
else
    lacks hearth-a tcp_input
fi

# Commands that break it are in the test build only.
[ ! -f hearth-test-a.elf ] || has hearth-test-a test_command_poll
lacks hearth-a test_command_poll

# One program for two slots: only addresses differ, so that both are of one size.
[ "$(wc -c < hearth-a.bin)" -eq "$(wc -c < hearth-b.bin)" ] || fail "the slots' programs differ in size"
! cmp -s hearth-a.bin hearth-b.bin || fail "both slots hold a program for one address"

# Nothing in an image tells of the machine that built it.
for program in hearth-boot hearth-a; do
    ! grep -qaF -e "$PWD" "$program.bin" || fail "$program names a folder of this machine"
done
echo "boot stage and application hold what they should, and no more"
