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
refuses 3 "/dev/serial/by-id/nobody: cannot open this serial port" run -t thermostat --project here --bench thermostat.bench
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

# What the table of drivers does not allow is refused, by every command that reads targets.
target odd 'class: native' 'firmware: {board: native, program: mine}' 'power: {driver: proces}'
mkdir kept
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
[ "$code" -eq 2 ] || fail "doctor with an unknown machine ends with $code"
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
