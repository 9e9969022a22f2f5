#!/bin/sh
# product.sh FOLDER BOARD SLOT_A: the board's product holds its boot stage at 0 and its signed image at
# SLOT_A (hexadecimal, eight digits), byte for byte, and nothing else: no symbol, no name of a file.
set -eu
cd "$1"
product=hearth-$2.elf
slot_a=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail()
{
    echo "FAILED: $*" >&2
    arm-none-eabi-readelf -lS "$product" >&2
    exit 1
}

# What a debugger programs: address and length of each part that is loaded.
arm-none-eabi-readelf -lW "$product" | awk '$1 == "LOAD" { print $4, $5 }' > "$work/parts"
printf '0x00000000 0x%05x\n0x%s 0x%05x\n' "$(wc -c < hearth-boot.bin)" "$slot_a" "$(wc -c < hearth-a.signed.bin)" |
    cmp -s - "$work/parts" || fail "parts: $(cat "$work/parts")"

arm-none-eabi-objcopy -O binary --only-section=.boot "$product" "$work/boot"
arm-none-eabi-objcopy -O binary --only-section=.slot_a "$product" "$work/slot_a"
cmp "$work/boot" hearth-boot.bin || fail "not the boot stage"
cmp "$work/slot_a" hearth-a.signed.bin || fail "not the signed image"

# Two builds are the same bytes only if nothing tells of where or when they were made.
[ "$(arm-none-eabi-readelf -SW "$product" | grep -c '^ *\[ *[1-9]')" -eq 3 ] || fail "more than two parts and their names"
! grep -qaF -e "$PWD" "$product" || fail "names a folder of this machine"
cp hearth-boot.bin hearth-a.signed.bin "hearth-$2.ld" "$work"
(cd "$work" && arm-none-eabi-gcc -nostdlib -s "-Thearth-$2.ld" -Wl,--nmagic,--no-warn-rwx-segments \
    -Wl,--format=binary hearth-boot.bin hearth-a.signed.bin -Wl,--format=default -o again.elf)
cmp "$work/again.elf" "$product" || fail "linked in another folder it has other bytes"
echo "the product is boot stage and image, and no more"
