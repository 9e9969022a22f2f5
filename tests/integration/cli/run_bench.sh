#!/bin/sh
# ordeal run on benches that are broken, on purpose: none of them may blame or praise the device.
here_is=$(cd "$(dirname "$0")" && pwd)
. "$here_is/common.sh"

mkdir -p here/targets kept
on_bench="--project here --build $build"
XDG_RUNTIME_DIR=$work/runtime
export XDG_RUNTIME_DIR
mkdir -m 700 "$XDG_RUNTIME_DIR"

# A board of sorts: the reference device, running on its own; what the bench has of it is a serial port.
env ORDEAL_TEST_MARK="$mark" "$build/hearth-native" --flash board.flash --uart board.tty > board.json 2> board.err &
is_up()
{
    [ -s board.json ]
}
within 20 is_up || fail "the board does not start: $(cat board.err)"
port=$("$json" get uart < board.json)
device_id=$("$json" get device_id < board.json)
password=$("$json" get label_password < board.json)

# board NAME ON OFF [LINE...]: a target file for it, switched by these commands.
board()
{
    name=$1
    on=$2
    off=$3
    shift 3
    {
        printf 'schema: 1\nname: %s\nclass: board\n' "$name"
        printf 'power: {driver: command, on: "%s", off: "%s", deadline_ms: 1000}\n' "$on" "$off"
        printf 'modbus: {rtu: {driver: tty, path: /dev/nowhere, baud: 115200, unit: 1}}\n'
        printf 'adapter: {driver: hearth}\nlimits: {recover_ms: 2000}\n'
        printf '%s\n' "$@"
    } > "here/targets/$name.yaml"
    printf 'schema: 1\ntargets:\n  %s:\n    modbus: {rtu: {path: %s}}\n    adapter: {device_id: %s, password: %s}\n' \
        "$name" "$port" "$device_id" "$password" > "$name.bench"
}

# on_board CODE NAME OPTION...: outage.power-idle on that board, which must end so.
on_board()
{
    expected_code=$1
    name=$2
    shift 2
    # shellcheck disable=SC2086 # several words
    run "$expected_code" run --target "$name" --bench "$name.bench" $on_bench --scenario outage.power-idle \
        --depth quick --store "store-$name" "$@"
}

# A relay that does nothing: the device goes on answering.
board idle-relay true true
on_board 4 idle-relay
says "INCONCLUSIVE"
says "a device without power does not answer"

# A relay that fails, one that hangs, one that is not there.
board broken-relay "sh -c false" true
on_board 3 broken-relay
errs "sh -c false"
errs "exit code 1"
board hanging-relay true "sleep 61.25"
before=$(date +%s)
on_board 3 hanging-relay
errs "sleep 61.25"
[ $(($(date +%s) - before)) -lt 30 ] || fail "a hanging power command held the run"
! pgrep -f "sleep 61.25" > /dev/null || fail "the hanging command is left running"
board no-relay /nowhere/relay true
on_board 3 no-relay
errs "/nowhere/relay"

# A serial port that is not there, and one that another program holds.
# shellcheck disable=SC2086
run 3 run --target idle-relay $on_bench --scenario outage.power-idle
errs "/dev/nowhere: there is no such device"
flock --close "$port" sleep 30 &
holder=$!
is_held()
{
    ! flock --nonblock "$port" true
}
within 10 is_held || fail "the port cannot be held"
on_board 3 idle-relay
errs "$port"
kill "$holder"
wait "$holder" 2> /dev/null || true

# A board at a USB hub: its serial port goes with the power and comes back with it. The loop is the board, and what
# it obeys is the file that the two commands write.
live()
{
    switch=$1
    board_pid=
    while [ -f "$switch" ]; do
        if [ "$(cat "$switch")" = on ]; then
            if [ -z "$board_pid" ]; then
                env ORDEAL_TEST_MARK="$mark" "$build/hearth-native" --flash usb.flash --uart usb.tty > usb.json 2> usb.err &
                board_pid=$!
            fi
        elif [ -n "$board_pid" ]; then
            kill -9 "$board_pid"
            wait "$board_pid" 2> /dev/null || true
            rm -f usb.tty
            board_pid=
        fi
        sleep 0.02
    done
    [ -z "$board_pid" ] || kill -9 "$board_pid"
}
echo on > hub
live "$work/hub" 2> /dev/null &
usb=$!
is_labelled()
{
    [ -s usb.json ]
}
within 20 is_labelled || fail "the USB board does not start: $(cat usb.err)"
port=$work/usb.tty
device_id=$("$json" get device_id < usb.json)
password=$("$json" get label_password < usb.json)
cat > turn <<'END'
#!/bin/sh
# turn HUB on|off PORT: returns once the board has obeyed.
echo "$2" > "$1.new" && mv "$1.new" "$1"
turns=0
while [ "$2" = off ] && [ -e "$3" ] && [ "$turns" -lt 200 ]; do
    sleep 0.02
    turns=$((turns + 1))
done
END
board usb-board "sh $work/turn $work/hub on $port" "sh $work/turn $work/hub off $port"
on_board 0 usb-board
says "PASS"
[ ! -e "$port" ] || fail "a run leaves the board with power"
on_board 0 usb-board # from a board that is off
# The hub obeys, and the board does not come back.
rm hub
wait "$usb" || true
on_board 3 usb-board
errs "$port: there is no such device, though power command \`on\`"
port=$("$json" get uart < board.json)
device_id=$("$json" get device_id < board.json)
password=$("$json" get label_password < board.json)

# Another product than the one that the target's file names by its hash: said before, with each verdict, and in
# the report; of the named one nothing is.
mkdir -p here/build
for file in b.bin a.bin p.elf; do printf '%s' "$file" > "here/build/$file"; done
hash=$(sha256sum < here/build/p.elf | cut -d ' ' -f 1)
named=$(sha256sum < here/build/a.bin | cut -d ' ' -f 1)
files="board: microbit, boot: b.bin, image_a: a.bin, product: p.elf"
on_bench="--project here"
board other-product true true "firmware: {$files, sha256: $named}"
on_board 4 other-product
errs "targets/other-product.yaml: p.elf that was built has SHA-256 $hash, and \`firmware.sha256\` names another one"
says "; of another product than \`firmware.sha256\` names"
"$ordeal" report --format json --store store-other-product > out 2> err || true # without coverage, maybe
says "product $hash, and not the named $named"
says "of another product than"
board named-product true true "firmware: {$files, sha256: $hash}"
on_board 4 named-product
! grep -q "another product\|that was built" out err || fail "something is said of the product that is the named one"
on_bench="--project here --build $build"

# Two runs never share a board.
board slow-relay true "sleep 0.9"
within 10 sh -c "flock --nonblock $port true" || fail "the port is still held"
env ORDEAL_TEST_MARK="$mark" "$ordeal" run --target slow-relay --bench slow-relay.bench --project here \
    --build "$build" --scenario outage --store store-first > first.out 2> first.err &
first=$!
is_taken()
{
    grep -q 'outage.power-idle' first.err
}
within 20 is_taken || fail "the first run does not begin"
on_board 3 slow-relay
errs "in use by process"
kill -s TERM "$first"
wait "$first" || true
within 10 sh -c "! kill -0 $first 2> /dev/null"

# Files that are wrong: one line, with place and remedy, and nothing is run.
board odd-key true true 'broker: {driver: mosquitto, tsl: mutual}'
# shellcheck disable=SC2086
refuses 2 "odd-key.yaml:8" run --target odd-key $on_bench
board idle-relay true true
printf 'schema: 1\ntargets:\n  idle-relay:\n    power: {onn: true}\n' > odd.bench
# shellcheck disable=SC2086
refuses 2 "odd.bench:4" run --target idle-relay --bench odd.bench $on_bench
# shellcheck disable=SC2086
refuses 2 "missing.bench" run --target idle-relay --bench missing.bench $on_bench
# shellcheck disable=SC2086
refuses 2 "does not have target" run --target idle-relay --bench odd-key.bench $on_bench

# The README's bench file is one.
awk '/^```yml$/ { on = 1; next } /^```$/ { on = 0 } on' "$here_is/../../../README.md" > readme.bench
[ -s readme.bench ] || fail "README.md has no bench file"
board my_board true true
# shellcheck disable=SC2086
run 3 run --target my_board --bench readme.bench $on_bench
errs "cannot start 'relayctl'"

# An adapter that says that all is well, whatever it is asked.
cat > here/always-healthy <<'END'
#!/bin/sh
while read -r request; do
    case $request in
        *'"hello"'*) echo '{"ok": true, "protocol": 1, "verbs": ["identity", "health", "dump", "set"]}' ;;
        *'"health"'*) echo '{"ok": true, "uptime_s": 5, "starts": 7}' ;;
        *'"dump"'*) echo '{"ok": true, "settings": [{"name": "name", "value": "as ever"}]}' ;;
        *'"set"'*) echo '{"ok": true, "outcome": "accepted"}' ;;
        *) echo '{"ok": true, "product": "p", "version": "1"}' ;;
    esac
done
END
chmod +x here/always-healthy
{
    printf 'schema: 1\nname: praised\nclass: native\nfirmware: {board: native, program: hearth-native}\n'
    printf 'power: {driver: process}\nstorage: {driver: file}\n'
    printf 'adapter: {driver: command, program: %s}\n' "$work/here/always-healthy"
} > here/targets/praised.yaml
# shellcheck disable=SC2086
run 4 run --target praised $on_bench --scenario outage.power-idle --scenario input.settings --store praised
says "INCONCLUSIVE"
! grep -q PASS out || fail "an adapter that says anything is believed"

# A store that can no longer be written: the reason stands with the verdict.
run 0 run --target native --build "$build" --scenario outage.power-idle --depth quick --store blocked
rm -r blocked/runs
: > blocked/runs
run 2 run --target native --build "$build" --scenario outage.power-idle --depth quick --store blocked
grep -qE '^  ERROR in [0-9.]+ s: blocked/runs' err || fail "a store that is blocked gives no reason"
! grep -qE ' s: $' err || fail "a verdict without a reason"
# Likewise a disk that is full, where a file system of its own may be mounted.
cat > full.sh <<'END'
mount -t tmpfs -o size=400k tmpfs disk || exit 77
"$1" run --target native --build "$2" --scenario outage.power-idle --depth quick --store disk/store > out 2> err || exit 1
dd if=/dev/zero of=disk/fill bs=1k 2> dd.log
"$1" run --target native --build "$2" --scenario outage.power-idle --depth quick --store disk/store > out 2> err
END
mkdir disk
code=0
unshare --mount --map-root-user sh full.sh "$ordeal" "$build" < /dev/null 2> unshare.log || code=$?
if [ "$code" -eq 3 ]; then
    grep -qE '^  ERROR in [0-9.]+ s: disk/store/.*(disk is full|No space left)' err || fail "a full disk gives no reason"
    says "disk/store/"
elif [ -s unshare.log ]; then
    echo "no file system may be mounted here: a full disk is left out"
else
    fail "a run on a full disk ends with $code"
fi

# Adapters that lie, die and hang.
for answer in 'garbage' '{"ok": true, "uptime_s": -1}'; do
    printf '#!/bin/sh\nread -r r\necho %s\nread -r r\necho %s\ncat > /dev/null\n' \
        "'{\"ok\": true, \"protocol\": 1, \"verbs\": [\"identity\", \"health\", \"dump\", \"set\"]}'" "'$answer'" > here/always-healthy
    # shellcheck disable=SC2086
    run 3 run --target praised $on_bench --scenario outage.power-idle --store praised
done
printf '#!/bin/sh\nexit 5\n' > here/always-healthy
# shellcheck disable=SC2086
refuses 3 "always-healthy" run --target praised $on_bench --scenario outage.power-idle --store praised
