#!/bin/sh
# What targets/README.md says of a micro:bit, done where there is none: its commands on the emulator's virtual
# probe, its bench file, and its table of scenarios against what these need.
here_is=$(cd "$(dirname "$0")" && pwd)
. "$here_is/common.sh"

readme=$here_is/../../../targets/README.md
ln -s "$build" build

# blocks LANGUAGE: the lines of all blocks of that language.
blocks()
{
    awk -v language="$1" '/^```/ { inside = $0 == "```" language && !inside; next } inside { print }' "$readme"
}

# command_of WORDS: the one command of the README with these words, on one line.
command_of()
{
    blocks sh | sed -e ':more' -e '/\\$/{' -e 'N' -e 's/\\\n *//' -e 'b more' -e '}' | grep -F -e "$1" > one_command
    [ "$(wc -l < one_command)" -eq 1 ] || fail "README.md has not one command '$1'"
    cat one_command
}

[ "$(blocks sh | grep -c '^[a-z]')" -eq 5 ] || fail "README.md has commands that nobody runs here"

# cells RUNS: the scenarios of the rows whose cells for QEMU and for the board are RUNS.
cells()
{
    awk -F ' [|] ' -v runs="$1" '$2 " " $3 == runs { print $1 }' "$readme" | grep -o '`[a-z_.-]*`' | tr -d '`'
}

# The table has each scenario once.
run 0 list scenarios --json
cp out scenarios.json
"$json" fields id title clauses needs checks < scenarios.json || fail "the fields of a scenario"
grep -o '"id": "[^"]*"' scenarios.json | cut -d '"' -f 4 | sort > wanted
{ cells "yes yes"; cells "yes no"; cells "no no"; } | sort > listed
cmp -s wanted listed || fail "README.md lists other scenarios: $(diff wanted listed)"

# Without a bench file: what is missing, and nothing is opened. With the README's: nothing is attached.
mkdir kept
refuses 2 "targets/microbit.yaml: fill in modbus.rtu.path, here or in a bench file" run -t microbit
refuses 2 "fill in modbus.rtu.path" probe -t microbit
refuses 2 "fill in modbus.rtu.path" campaign -t microbit
run 3 doctor -t microbit
says "modbus.rtu.path"
says "is to be filled in"
blocks yml > bench.yaml
[ -s bench.yaml ] || fail "README.md has no bench file"
command_of "build/ordeal doctor -t microbit" | grep -q ' --bench bench.yaml$' || fail "doctor's command"
run 3 doctor -t microbit --bench bench.yaml
says "/dev/serial/by-id/usb-ARM_BBC_micro:bit"
command_of "build/ordeal run -t microbit" | grep -q ' --bench bench.yaml$' || fail "the command that runs"
[ -e "$build/boards/microbit/hearth-boot.bin" ] || { echo "the board's firmware is missing: the rest is left out"; exit 77; }
XDG_RUNTIME_DIR=$work/runtime
export XDG_RUNTIME_DIR
mkdir -m 700 "$XDG_RUNTIME_DIR"
run 3 run -t microbit --bench bench.yaml
errs uhubctl

# On a board that is attached, what the table says cannot run is NOT TESTED, and the reason says what is missing.
sed 's|path: "[^"]*"|path: /dev/null|; s|"uhubctl[^"]*"|"true"|g' bench.yaml > attached.yaml
{ cells "yes no"; cells "no no"; } > others
[ "$(wc -l < others)" -gt 20 ] || fail "too few scenarios that cannot run"
for scenario in $(cat others); do
    run 4 run -t microbit --bench attached.yaml --scenario "$scenario"
    grep -qE "^$scenario +NOT TESTED " out || fail "$scenario runs"
    says "the target lacks "
    says ", which "
done
run 4 run -t microbit --bench attached.yaml --scenario debug_lock.reset --scenario debug_lock.recover
says "debug_lock.recover"
says "the target lacks flash that the bench itself reads and writes, which only an emulated or a native target has"
says "; a device that can be made anew, which only an emulated or a native target is"
says "the target lacks a device that can be made anew, which only an emulated or a native target is"
# needs SCENARIO: what it needs, one a line.
needs()
{
    awk -v id="\"id\": \"$1\"," 'index($0, id) { on = 1 } on && /"needs"/ { inside = 1; next } inside && /]/ { exit } inside' \
        scenarios.json > needs
    [ -s needs ] || fail "$1 needs nothing"
}

# What runs needs nothing that this device, or the board, has no way to; what does not run does.
for scenario in $(cells "yes yes"; cells "yes no"); do
    needs "$scenario"
    ! grep -qE 'Modbus TCP|network|broker|token' needs || fail "$scenario cannot run in QEMU: $(cat needs)"
done
for scenario in $(cells "no no"); do
    needs "$scenario"
    grep -qE 'Modbus TCP|network|broker|token' needs || fail "$scenario can run in QEMU: $(cat needs)"
done
for scenario in $(cells "yes yes"); do
    needs "$scenario"
    ! grep -qE 'anew|flash that' needs || fail "$scenario cannot run on the board: $(cat needs)"
done

for tool in openocd qemu-system-arm; do
    command -v "$tool" > /dev/null || { echo "$tool is missing: the rest is left out"; exit 77; }
done

# A device of one's own, programmed on the emulator by the command for the board.
command_of build/hearth-provision > provision
sh ./provision > label || fail "no page: $(cat label)"
command_of 'build/ordeal probe' > probe
grep -q '^build/ordeal probe -t microbit_qemu --no-openocd$' probe || fail "the probe's command"
env ORDEAL_TEST_MARK="$mark" "$ordeal" probe -t microbit_qemu --no-openocd > out 2> err &
probing=$!
within 60 grep -q '^  openocd ' out || fail "the target is not opened"
way=$(sed -n 's/^  openocd //p' out)
# look FILE: what a debugger reads of slot A.
look()
{
    eval "timeout 60 openocd $way" -c "'init; catch {echo [read_memory 0x16000 32 1]}; shutdown'" > "$1" 2>&1 || fail "OpenOCD: $(cat "$1")"
}
look open
grep -qi 0x49545248 open || fail "an open device does not show its code: $(cat open)"
command_of 'nrf51 mass_erase' > program
grep -q '^openocd -f interface/cmsis-dap.cfg -f target/nrf51.cfg -c' program || fail "the command that programs"
{ printf 'openocd %s ' "$way"; sed 's|^openocd -f interface/cmsis-dap.cfg -f target/nrf51.cfg||' program; } > there
timeout 100 sh ./there > programmed 2>&1 || fail "programming: $(cat programmed)"
[ "$(grep -c '^verified ' programmed)" -eq 2 ] || fail "not verified twice: $(cat programmed)"
# It is closed from then on: a page that says so, and software that was programmed.
look closed
! grep -qi 0x49545248 closed || fail "a closed device shows its code: $(cat closed)"
grep -q "processor detected" closed || fail "no core: $(cat closed)"
# And again, over the lock.
timeout 100 sh ./there > programmed 2>&1 || fail "programming a closed device: $(cat programmed)"
[ "$(grep -c '^verified ' programmed)" -eq 2 ] || fail "not verified twice: $(cat programmed)"
kill -s TERM "$probing"
code=0
wait "$probing" || code=$?
[ "$code" -eq 130 ] || fail "exit code $code at SIGTERM"
within 10 none_marked || fail "processes are left: $(marked)"

# gdb has the names of what runs.
env ORDEAL_TEST_MARK="$mark" "$ordeal" probe -t microbit_qemu > out 2> err &
probing=$!
within 60 grep -q 'gdb-multiarch' out || fail "the target is not opened"
says "boards/microbit/hearth-a.elf"
kill -s TERM "$probing"
wait "$probing" || true
within 10 none_marked || fail "processes are left: $(marked)"
