#!/bin/sh
# What is true of a target's file key by key, and not of all together, of the machine, or of the files that it names:
# refused before anything runs, by run and by doctor with one exit code.
here_is=$(cd "$(dirname "$0")" && pwd)
. "$here_is/common.sh"

project here cli_test_broken
mkdir -p here/targets here/build/bin few kept

# target NAME LINE...: a target file of the project with these lines.
target()
{
    name=$1
    shift
    {
        printf 'schema: 1\nname: %s\n' "$name"
        printf '%s\n' "$@"
    } > "here/targets/$name.yaml"
}

# examine CODE TARGET: ordeal doctor -t TARGET must end so. It finds the tools in the folder `few` alone, so that it asks
# no other for its version; what it lacks is the bench's, exit code 3, and what is wrong in a file comes first, 2.
examine()
{
    code=0
    PATH=$work/few "$ordeal" doctor -t "$2" --project here > out 2> err || code=$?
    [ "$code" -eq "$1" ] || fail "doctor with $2 ends with $code instead of $1"
    [ ! -s err ] || fail "messages beside doctor's table"
}

# row STATE NAME: the check of the target with that name came out so.
row()
{
    grep -qE "^$1 +target +$2 " out || fail "$2 of the target is not $1"
}

# program FILE: one that can be started.
program()
{
    printf '#!/bin/sh\n' > "$1"
    chmod +x "$1"
}

# A layout that no device has, and a lock that is none.
# edited NAME EDIT TEXT: the micro:bit in QEMU but for an edit of sed's is refused so by run.
edited()
{
    sed -e "s/^name: .*/name: $1/" -e "$2" "$here_is/../../../targets/microbit_qemu.yaml" > "here/targets/$1.yaml"
    ! cmp -s "$here_is/../../../targets/microbit_qemu.yaml" "here/targets/$1.yaml" || fail "$1 is edited in vain"
    refuses 2 "$3" run -t "$1" --project here
    errs "targets/$1.yaml:"
}
edited overlap 's/slot_b: 0x2B000/slot_b: 0x2A000/' '`storage.slot_b` overlaps `storage.slot_a`'
edited outside 's/slot_size: 84K/slot_size: 88K/' '`storage.slot_b`'
edited bootless 's/boot_size: 64K, //' 'key `boot_size` is missing'
edited booted 's/boot_size: 64K/boot_size: 512K/' '`storage.boot_size` is 0x80000, which leaves nothing of the flash'
edited covered 's/boot_size: 64K/boot_size: 96K/' 'the boot stage reaches to `storage.boot_size`'
edited halved 's/slot_b: 0x2B000, //' '`storage.slot_b` is missing'
edited unsealed 's/, value: 0xFFFF00FF//' 'key `seal.value` is missing'
edited sealless 's/address: 0x10001004, //' 'key `seal.address` is missing'
edited askew 's/address: 0x10001004/address: 0x10001006/' '`probe.seal.address` is 0x10001006, and no multiple of 4'
edited fuseless 's/fuse: 0x10000/fuse: 0x10002/' '`probe.lock.fuse` is 0x10002, and no multiple of 4'
edited lockless 's/lock: {.*}/lock: {}/' '`lock` is empty'
edited chipless '/^  chip: /d' '`probe.chip` is missing'
for name in overlap unsealed chipless; do
    examine 2 "$name"
    row MISSING "$name"
    says "targets/$name.yaml:"
done
for name in overlap outside bootless booted covered halved unsealed sealless askew fuseless lockless chipless; do
    rm "here/targets/$name.yaml"
done

# Firmware that cannot lie where the target's file says: an ELF file for a boot stage, or one too large.
target fat 'class: emulated' 'firmware: {board: microbit, boot: boot.bin, image_a: a.bin}' \
    'power: {driver: qemu, machine: microbit}' 'adapter: {driver: hearth}' \
    'storage: {driver: nvmc, size: 64K, base: 0, boot_size: 4K, slot_a: 4K, slot_b: 8K, slot_size: 4K}'
unfit()
{
    refuses 2 "$1" run -t fat --project here
    examine 2 fat
    says "$1"
}
: > here/build/a.bin
printf '\177ELF\001' > here/build/boot.bin
unfit 'targets/fat.yaml: `firmware.boot`: '
row MISSING boot.bin
says "is an ELF file; name the one with the bytes as they lie in flash"
head -c 4097 /dev/zero > here/build/boot.bin
unfit 'boot.bin has 4097 bytes, and `storage.boot_size` is 4096; name a smaller file'
head -c 4096 /dev/zero > here/build/boot.bin
head -c 4097 /dev/zero > here/build/a.bin
unfit 'targets/fat.yaml: `firmware.image_a`: '
row ok boot.bin
row MISSING a.bin
rm here/targets/fat.yaml

# A machine that QEMU does not have, or flash of another size than the machine's: QEMU is asked.
# sized MACHINE STORAGE: an emulated target, whose firmware is two files.
sized()
{
    target sized 'class: emulated' 'firmware: {board: microbit, boot: boot.bin, image_a: a.bin}' \
        "power: {driver: qemu, machine: $1}" "storage: {$2}"
}
if qemu=$(command -v qemu-system-arm); then
    ln -s "$qemu" few/qemu-system-arm
    : > here/build/a.bin
    for wrong in 'driver: nvmc, size: 512K, base: 0, boot_size: 4K' 'driver: nvmc, size: 252K, base: 0, boot_size: 4K'; do
        sized microbit "$wrong"
        refuses 2 'targets/sized.yaml: `storage.size`: machine microbit has no flash of' run -t sized --project here
        examine 2 sized
        row MISSING storage.size
        says 'targets/sized.yaml: `storage.size`: machine microbit'
    done
    sized mps2-an505 'driver: file, size: 8M, base: 0x80000000'
    refuses 2 '`storage.size`: machine mps2-an505 has 16 MiB, and not 8388608 bytes' run -t sized --project here
    sized macrobit 'driver: nvmc, size: 256K, base: 0, boot_size: 4K'
    refuses 2 'targets/sized.yaml: `power.machine`: qemu-system-arm does not know the machine macrobit' run -t sized --project here
    examine 2 sized
    row MISSING macrobit
    sized microbit 'driver: nvmc, size: 256K, base: 0, boot_size: 4K'
    examine 3 sized
    row ok microbit
    ! grep -q storage.size out || fail "doctor finds something wrong with the machine's own flash"
    sized mps2-an505 'driver: file, size: 16M, base: 0x80000000'
    examine 3 sized
    ! grep -q storage.size out || fail "doctor finds something wrong with the machine's own memory"
    rm here/targets/sized.yaml
else
    echo "qemu-system-arm is missing: what it is asked is left out"
fi
rm here/build/*.bin

# Programs that a target names: each sought where a run starts it from, with the key to mend.
target switched 'class: board' 'power: {driver: command, on: "uhubctl -a on", off: "uhubctl -a off", reset: no-such-relay 4}' \
    'adapter: {driver: command, program: ./bin/my-adapter --port 4}'
examine 3 switched
row MISSING uhubctl
[ "$(grep -cE '^MISSING +target +uhubctl ' out)" -eq 1 ] || fail "a program has two rows"
says "apt-get install uhubctl, or correct \`power.on\` in the target's or the bench's file"
row MISSING no-such-relay
says "no-such-relay: install it, or correct \`power.reset\`"
row MISSING ./bin/my-adapter
says "correct \`adapter.program\`"
program few/uhubctl
program few/no-such-relay
program here/build/bin/my-adapter
chmod a-x here/build/bin/my-adapter
examine 3 switched
row ok uhubctl
row ok no-such-relay
row MISSING ./bin/my-adapter
chmod +x here/build/bin/my-adapter
examine 3 switched
row ok ./bin/my-adapter

# A store that cannot be written is the configuration's, for doctor as for a run; root may write anything.
unprivileged=
[ "$(id -u)" -ne 0 ] || unprivileged="setpriv --reuid 65534 --regid 65534 --clear-groups"
target mine 'class: native' 'firmware: {board: native, program: bin/mine}' 'power: {driver: process}'
: > here/build/bin/mine
"$ordeal" run -t mine --project here --store closed-file > out 2>&1 < /dev/null || true
[ -s closed-file/lab.db ] || fail "a run makes no store"
cp -R closed-file closed-folder
mkdir empty
chmod 755 "$work"
chmod a-w closed-file closed-file/lab.db closed-folder empty
chmod a+w closed-folder/lab.db
for store in closed-file closed-folder empty empty/deeper; do
    code=0
    $unprivileged env PATH="$work/few" "$ordeal" doctor --store "$store" --project here > out 2> err || code=$?
    [ "$code" -eq 2 ] || fail "doctor with store $store ends with $code"
    grep -qE "^MISSING +store +$store " out || fail "$store is not missing"
    code=0
    $unprivileged "$ordeal" run -t mine --store "$store" --project here > out 2> err < /dev/null || code=$?
    [ "$code" -eq 2 ] || fail "run with store $store ends with $code"
    errs "$store"
done
chmod -R u+w closed-file closed-folder empty
