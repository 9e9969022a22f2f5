#!/bin/sh
# debug_lock on benches that are broken, on purpose: each is the bench's ERROR, and none a lock that holds.
. "$(dirname "$0")/common.sh"

for tool in openocd qemu-system-arm; do
    command -v "$tool" > /dev/null && [ -e "$build/boards/mps2_an505/hearth-a.elf" ] || {
        echo "$tool or the board's firmware is missing: all of it is left out"
        exit 77
    }
done

# not_a_lock CODE: what the last run made of a broken bench.
not_a_lock()
{
    says ERROR
    if grep -q PASS out; then
        fail "a broken bench passes"
    fi
    [ "$("$ordeal" findings --json --store store | tr -d ' \n')" = "[]" ] || fail "a finding of a broken bench"
    rm -rf store
}

# From the beginning: the probe's wire, its chip's supply, its access port.
for fault in wire-high wire-low wait unpowered no-access; do
    printf 'schema: 1\ntargets:\n  mps2_an505_qemu:\n    probe: {fault: %s}\n' "$fault" > "$fault.bench"
    run 3 run --target mps2_an505_qemu --bench "$fault.bench" --build "$build" --store store \
        --scenario debug_lock.reset --depth quick
    says "the debug port is neither open nor shut"
    not_a_lock
done
printf 'schema: 1\ntargets:\n  mps2_an505_qemu:\n    probe: {fault: gremlins}\n' > odd.bench
run 2 run --target mps2_an505_qemu --bench odd.bench --build "$build" --store store --scenario debug_lock.reset
errs "'gremlins' is no fault of a virtual probe"
[ "$(wc -l < err)" -eq 1 ] || fail "not one line"

# A signer that makes the genuine token whatever it is asked for: a sound device would open for anything.
mkdir deaf
ln -s "$build"/* deaf/
printf '#!/bin/sh\nexec "%s" --device-id "$2" --challenge "$4"\n' "$build/hearth-token" > deaf/deaf-signer
chmod +x deaf/deaf-signer
printf 'schema: 1\ntargets:\n  mps2_an505_qemu:\n    probe: {signer: deaf-signer}\n' > deaf.bench
run 3 run --project "$(dirname "$0")/../../.." --build deaf --target mps2_an505_qemu --bench deaf.bench --store store \
    --scenario debug_lock.token --depth quick
says "probe.signer makes the genuine token when it is asked for one that is forged"
not_a_lock

# running PROGRAM: its process among those of the run; sets victim.
running()
{
    for victim in $(marked); do
        [ "$(cut -c 1-15 "/proc/$victim/comm" 2> /dev/null)" != "$1" ] || return 0
    done
    return 1
}

# spoken NAME: how messages call the process, by the name that the system has for it.
spoken()
{
    case $1 in
    openocd) echo OpenOCD ;;
    qemu-system-arm) echo QEMU ;;
    *) echo "the virtual probe" ;;
    esac
}

# tried TIMES TEXT: the run's device has come as far as that, and there is more to come.
tried()
{
    [ "$(cat store/runs/*/console.log store/runs/*/trials.log 2> /dev/null | grep -c "$2" || true)" -ge "$1" ]
}

# broken END TARGET SCENARIO TIMES TEXT: in the middle of it, what it stands on dies ("KILL program"), or hangs.
broken()
{
    program=${1#* }
    env ORDEAL_TEST_MARK="$mark" "$ordeal" run --target "$2" --build "$build" --store store \
        --scenario "$3" --depth deep > out 2> err &
    trying=$!
    within 120 tried "$4" "$5" || fail "the device is not tried: $(tail -n 3 store/runs/*/*.log; marked)"
    within 20 running "$program" || fail "no $program"
    kill -s "${1% *}" "$victim"
    code=0
    wait "$trying" || code=$?
    [ "$code" -eq 3 ] || fail "exit code $code at $*"
    says "$(spoken "$program")"
    case $1 in
    KILL*) says "signal 9" ;;
    *) says "its process $victim is stopped" ;;
    esac
    not_a_lock
    within 10 none_marked || fail "processes are left: $(marked)"
}

for end in "KILL openocd" "KILL ordeal-virtual-" "KILL qemu-system-arm" "STOP openocd" "STOP ordeal-virtual-" \
    "STOP qemu-system-arm"; do
    broken "$end" mps2_an505_qemu debug_lock.reset 12 "boot: "
done

# Where no console tells of it.
if [ -e "$build/boards/microbit/hearth-a.elf" ]; then
    for end in "KILL ordeal-virtual-" "STOP ordeal-virtual-" "KILL qemu-system-arm"; do
        broken "$end" microbit_qemu debug_lock.closed 3 "control held: on a device that is not closed"
    done
    for end in KILL STOP; do
        broken "$end qemu-system-arm" microbit_qemu input.settings 20 "check kept: answers"
    done
fi
