#!/bin/sh
# Target files: what is listed, what is refused, and what `doctor -t` looks for.
here_is=$(cd "$(dirname "$0")" && pwd)
. "$here_is/common.sh"

project here cli_test_broken
mkdir -p here/targets here/build
ln -s "$build/harnesses" here/build/harnesses

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

# examine TARGET [OPTION...]: ordeal doctor -t TARGET with TOOLS before PATH; exit code in code.
tools=$work/tools
mkdir "$tools" bare
path=$tools:$PATH
examine()
{
    code=0
    PATH=$path "$ordeal" doctor -t "$@" --project here > out 2> err || code=$?
    [ ! -s err ] || fail "messages beside doctor's table"
}

# row STATE NAME: the check of the target with that name came out so.
row()
{
    grep -qE "^$1 +target +$2 " out || fail "$2 of the target is not $1"
}

# tool NAME LINE...: a tool that prints these lines.
tool()
{
    name=$1
    shift
    { echo '#!/bin/sh'; printf "echo '%s'\n" "$@"; } > "$tools/$name"
    chmod +x "$tools/$name"
}

# Lists.
run 0 list targets --project here
grep -qE '^mps2_an505_qemu +emulated ' out || fail "the emulated board is not listed"
grep -qE '^native +native ' out || fail "the native target is not listed"
grep -qE '^microbit_qemu +emulated ' out || fail "the emulated micro:bit is not listed"
grep -qE '^microbit +board ' out || fail "the micro:bit is not listed"
run 0 list targets --json --project here
says '"name": "mps2_an505_qemu"'
says '"class": "emulated"'
says "never torn within a word"

# The template is nobody's board: it is not listed, and a copy of it is, as soon as it has a name.
! grep -q my_board out || fail "the template is listed"
run 2 run -t my_board --project here
errs "no target \`my_board\`"
sed 's/^name: my_board$/name: thermostat/' "$here_is/../../../targets/template/my_board.yaml" > here/targets/thermostat.yaml
run 0 list targets --project here
grep -qE '^thermostat +board ' out || fail "a copy of the template is not listed"
examine thermostat
[ "$code" -eq 3 ] || fail "doctor with a board that is not attached ends with $code"
row ok thermostat
row MISSING console.path
row MISSING probe.openocd
says "is to be filled in"

# What only its owner knows is asked for before anything is opened, and a bench file may say it.
mkdir kept
filled="power.on, power.off, console.path, probe.openocd, modbus.rtu.path, adapter.program"
refuses 2 "targets/thermostat.yaml: fill in $filled, here or in a bench file" run -t thermostat --project here
refuses 2 "targets/thermostat.yaml: fill in" probe -t thermostat --project here
cat > thermostat.bench <<'END'
schema: 1
targets:
  thermostat:
    power: {on: "true", off: "true"}
    console: {path: /dev/serial/by-id/nobody}
    probe: {openocd: [interface/cmsis-dap.cfg, target/nrf51.cfg]}
    modbus: {rtu: {path: /dev/serial/by-id/nobody}}
    adapter: {program: "true"}
END
refuses 3 "/dev/serial/by-id/nobody: there is no such device" run -t thermostat --project here --bench thermostat.bench
rm -r kept
rm here/targets/thermostat.yaml

# A product that is named by its hash: doctor says whether the one that was built is that one. Another build,
# by another compiler, is named in the bench's file.
firmware="firmware: {board: microbit, boot: b.bin, image_a: a.bin, product: p.elf, sha256: "
named=$(printf product | sha256sum | cut -d ' ' -f 1)
target mine 'class: board' "$firmware$named}"
for file in b.bin a.bin; do : > "here/build/$file"; done
printf product > here/build/p.elf
examine mine
row ok firmware.sha256
says "p.elf has SHA-256 $named, as is named"
printf 'another product' > here/build/p.elf
other=$(sha256sum < here/build/p.elf | cut -d ' ' -f 1)
examine mine
[ "$code" -eq 3 ] || fail "doctor with another product than the named one ends with $code"
row MISSING firmware.sha256
says "p.elf has SHA-256 $other, and another one is named"
says "name your own in the bench's file"
printf 'schema: 1\ntargets:\n  mine:\n    firmware: {sha256: %s}\n' "$other" > bench.yaml
examine mine --bench bench.yaml
row ok firmware.sha256
rm here/build/p.elf
examine mine
! grep -q firmware.sha256 out || fail "a product that is not built has a hash"
rm here/targets/mine.yaml here/build/*.bin bench.yaml

# Nor is firmware that cannot lie where the target's file says: an ELF file for a boot stage, or one too large.
target fat 'class: emulated' 'firmware: {board: microbit, boot: boot.bin, image_a: a.bin}' \
    'power: {driver: qemu, machine: microbit}' 'adapter: {driver: hearth}' \
    'storage: {driver: nvmc, size: 64K, base: 0, boot_size: 4K, slot_a: 4K, slot_b: 8K, slot_size: 4K}'
unfit()
{
    refuses 2 "$1" run -t fat --project here
    examine fat
    [ "$code" -eq 2 ] || fail "doctor with firmware that does not fit ends with $code"
    says "$1"
}
mkdir kept
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
rm here/targets/fat.yaml here/build/*.bin

# What the table of drivers does not allow is refused, by every command that reads targets.
target odd 'class: native' 'firmware: {board: native, program: mine}' 'power: {driver: proces}'
refuses 2 "targets/odd.yaml:5: unknown power driver \`proces\`; did you mean process?" run -t odd --project here
examine odd
[ "$code" -eq 2 ] || fail "doctor with a bad target file ends with $code"
says "targets/odd.yaml:5:"
says "correct the target's file"

# It does not stand in the way of another target, nor of the list of the others.
examine native
row ok native
run 2 list targets --project here
errs "targets/odd.yaml:5:"
[ "$(wc -l < err)" -eq 1 ] || fail "not one line of a bad target's file"
grep -qE '^native +native ' out || fail "a bad target's file hides the others"
rm here/targets/odd.yaml

# Nor is a layout that no device has, or a lock that is none, found out by a run: before, as any bad file.
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
    examine "$name"
    [ "$code" -eq 2 ] || fail "doctor with $name ends with $code"
    row MISSING "$name"
    says "targets/$name.yaml:"
done
for name in overlap outside bootless booted covered halved unsealed sealless askew fuseless lockless chipless; do
    rm "here/targets/$name.yaml"
done

# A target that is not there.
examine nothing
[ "$code" -eq 2 ] || fail "doctor with an unknown target ends with $code"
row MISSING nothing
says "no target \`nothing\`; there are: microbit microbit_qemu mps2_an505_qemu native"

# A program that is not built, then one that is: after that doctor ends as it does without a target.
target mine 'class: native' 'firmware: {board: native, program: bin/mine}' 'power: {driver: process}'
examine mine
[ "$code" -eq 3 ] || fail "doctor without the target's program ends with $code"
row ok mine
row MISSING bin/mine
says "cmake --build"
mkdir -p here/build/bin
: > here/build/bin/mine
general=0
"$ordeal" doctor --project here > out 2>&1 || general=$?
examine mine
row ok bin/mine
[ "$code" -eq "$general" ] || fail "doctor ends with $code, but $general without the target"

# An emulated target: tools, machine and each file.
target board 'class: emulated' 'firmware: {board: mps2_an505, boot: boot.elf, image_a: a.bin}' \
    'power: {driver: qemu, machine: mps2-an505}' 'broker: {driver: mosquitto, tls: mutual}'
tool qemu-system-arm 'QEMU emulator version 99' 'mps2-an5051    longer name' 'mps2-an505     a board'
tool mosquitto 'mosquitto version 99'
tool openssl 'OpenSSL 99'
printf '#!/bin/sh\necho "Open On-Chip Debugger 99" >&2\n' > "$tools/openocd" # as OpenOCD does
chmod +x "$tools/openocd"
: > here/build/boot.elf
examine board
[ "$code" -eq 3 ] || fail "doctor without an image ends with $code"
grep -qE '^ok +tool +openocd +Open On-Chip Debugger 99' out || fail "openocd is not found"
row ok qemu-system-arm
row ok mosquitto
row ok openssl
row ok mps2-an505
says "a board"
row ok boot.elf
row MISSING a.bin
: > here/build/a.bin
examine board
[ "$code" -eq "$general" ] || fail "doctor ends with $code with all that the target needs"

tool qemu-system-arm 'QEMU emulator version 99' 'mps2-an505x    another'
tool openssl 'no version'
examine board
[ "$code" -eq 3 ] || fail "doctor with an unknown machine ends with $code"
row MISSING mps2-an505
says "does not know this machine"
row MISSING openssl
says "does not run"

path=$work/bare
examine board
[ "$code" -eq 3 ] || fail "doctor without tools ends with $code"
row MISSING qemu-system-arm
row MISSING openssl
row MISSING mps2-an505
grep -qE '^missing +tool +openocd ' out || fail "openocd is not missing"
says "apt-get install qemu-system-arm"
path=$tools:$PATH

# An attached device.
target bench 'class: board' "console: {driver: tty, path: $work/tty, baud: 9600}"
examine bench
[ "$code" -eq 3 ] || fail "doctor without the device ends with $code"
row MISSING "$work/tty"
: > "$work/tty"
examine bench
row ok "$work/tty"

# Programs that a target names: each sought where a run starts it from, with the key to mend.
target switched 'class: board' 'power: {driver: command, on: "uhubctl -a on", off: "uhubctl -a off", reset: no-such-relay 4}' \
    'adapter: {driver: command, program: ./bin/my-adapter --port 4}'
path=$work/bare
examine switched
[ "$code" -eq 3 ] || fail "doctor without the target's programs ends with $code"
row MISSING uhubctl
[ "$(grep -cE '^MISSING +target +uhubctl ' out)" -eq 1 ] || fail "a program has two rows"
says "apt-get install uhubctl, or correct \`power.on\` in the target's or the bench's file"
row MISSING no-such-relay
says "no-such-relay: install it, or correct \`power.reset\`"
row MISSING ./bin/my-adapter
says "correct \`adapter.program\`"
path=$tools:$PATH
tool uhubctl 'uhubctl 99'
tool no-such-relay 'a relay'
printf '#!/bin/sh\n' > here/build/bin/my-adapter
examine switched
row ok uhubctl
row ok no-such-relay
row MISSING ./bin/my-adapter
chmod +x here/build/bin/my-adapter
examine switched
row ok ./bin/my-adapter

# A store that cannot be written is the configuration's, for doctor as for a run; root may write anything.
unprivileged=
[ "$(id -u)" -ne 0 ] || unprivileged="setpriv --reuid 65534 --regid 65534 --clear-groups"
"$ordeal" run -t mine --project here --store closed-file > out 2>&1 < /dev/null || true
[ -s closed-file/lab.db ] || fail "a run makes no store"
cp -R closed-file closed-folder
mkdir empty
chmod 755 "$work"
chmod a-w closed-file closed-file/lab.db closed-folder empty
chmod a+w closed-folder/lab.db
for store in closed-file closed-folder empty empty/deeper; do
    code=0
    $unprivileged "$ordeal" doctor --store "$store" --project here > out 2> err || code=$?
    [ "$code" -eq 2 ] || fail "doctor with store $store ends with $code"
    grep -qE "^MISSING +store +$store " out || fail "$store is not missing"
    code=0
    $unprivileged "$ordeal" run -t mine --store "$store" --project here > out 2> err < /dev/null || code=$?
    [ "$code" -eq 2 ] || fail "run with store $store ends with $code"
    errs "$store"
done
chmod -R u+w closed-file closed-folder empty
