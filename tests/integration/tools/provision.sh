#!/bin/sh
# hearth-provision: what it makes differs from device to device and starts as hearth-native; what is
# wrong is refused in one line, and nothing is made or overwritten.
# usage: provision.sh HEARTH_PROVISION HEARTH_NATIVE HEARTH_IMAGE TEST_KEY
set -eu

provision=$1
native=$2
image=$3
key=$4
work=$(mktemp -d)
device=
trap '[ -z "$device" ] || kill -KILL "$device" 2> /dev/null || true; rm -rf "$work"' EXIT
cd "$work"

fail()
{
    echo "FAILED: $*" >&2
    head -n 20 out err >&2
    exit 1
}

run()
{
    expected=$1
    shift
    code=0
    "$provision" "$@" > out 2> err < /dev/null || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: $*"
}

# refuses TEXT ARGUMENT...: exit code 2, one line on standard error that holds TEXT, no label, and
# no file in the folder `kept` comes, goes or changes.
refuses()
{
    text=$1
    shift
    (cd kept && find . -type f -exec sha256sum {} + | sort) > before
    run 2 "$@"
    grep -qF -e "$text" err || fail "no '$text': $*"
    [ "$(wc -l < err)" -eq 1 ] || fail "not exactly one line on standard error: $*"
    [ ! -s out ] || fail "something on standard output: $*"
    (cd kept && find . -type f -exec sha256sum {} + | sort) > after
    cmp -s before after || fail "files changed: $*"
}

# label NAME FILE: a member of the label in FILE
label()
{
    sed -n 's/.*"'"$1"'": "\([^"]*\)".*/\1/p' "$2"
}

# announces TEXT FLASH: a device with that flash starts and announces TEXT.
announces()
{
    : > announcement
    "$native" --flash "$2" > announcement 2> console &
    device=$!
    tries=0
    until grep -q '}' announcement; do
        tries=$((tries + 1))
        if [ "$tries" -ge 200 ] || ! kill -0 "$device"; then
            fail "no device: $(cat console)"
        fi
        sleep 0.05
    done
    kill -TERM "$device"
    wait "$device" || fail "the device ended by $?"
    device=
    grep -qF -e "$1" announcement || fail "not '$1' in: $(cat announcement)"
}

mkdir kept

# Two devices share nothing but what all devices have.
for name in one two; do
    run 0 --json --flash "kept/$name.flash" --out "kept/$name.page"
    [ ! -s err ] || fail "something on standard error"
    cp out "$name.label"
    [ "$(label life_cycle "$name.label")" = closed ] || fail "not closed"
    [ "$(stat -c %a,%s "kept/$name.page")" = 600,4096 ] || fail "page: $(stat -c %a,%s "kept/$name.page")"
    [ "$(stat -c %a "kept/$name.flash")" = 600 ] || fail "flash can be read by others"
    head -c 4096 "kept/$name.flash" | cmp -s - "kept/$name.page" || fail "page and flash differ"
    password=$(label label_password "$name.label")
    ! grep -qF -e "$password" "kept/$name.flash" || fail "the password is in the flash"
    expr "$password" : '[2-9A-HJ-NP-Z]\{4\}\(-[2-9A-HJ-NP-Z]\{4\}\)\{3\}$' > /dev/null ||
        fail "password: $password"
    expr "$(label device_id "$name.label")" : '[0-9a-f]\{32\}$' > /dev/null || fail "device id"
done
[ "$(label device_id one.label)" != "$(label device_id two.label)" ] || fail "two devices, one id"
[ "$(label label_password one.label)" != "$(label label_password two.label)" ] ||
    fail "two devices, one password"
# No run of 8 equal bytes in the two pages' secrets: id 16, salt 16, iterations 4, key 32 from byte 72
# on, of which the iterations are the same for all.
for part in 72:16 88:16 108:32; do
    skip=${part%:*}
    count=${part#*:}
    for name in one two; do
        dd if="kept/$name.page" bs=1 skip="$skip" count="$count" 2> /dev/null |
            od -An -v -tx1 -w1 > "$name.bytes"
        [ "$(wc -l < "$name.bytes")" -eq "$count" ] || fail "page is too short"
    done
    equal=$(paste -d ' ' one.bytes two.bytes | awk '$1 == $2' | wc -l)
    [ "$equal" -lt 5 ] || fail "$equal of $count bytes from $skip on are equal in two devices"
done

# The same password twice is another key each time.
run 0 --json --password 'a "\ password' --out kept/third.page
cp out third.label
grep -qF '"label_password": "a \"\\ password"' third.label || fail "the password is not escaped"
run 0 --password 'a "\ password' --out kept/fourth.page
grep -qF 'label password  a "\ password' out || fail "no label for people"
cmp -s kept/third.page kept/fourth.page && fail "two pages are the same"

# Life cycles: which fuses are blown.
run 0 --life-cycle factory --out kept/factory.page
run 0 --life-cycle decommissioned --out kept/decommissioned.page
fuses()
{
    for place in 0 32; do
        dd if="$1" bs=1 skip="$place" count=4 2> /dev/null | od -An -v -tx1 | tr -d ' \n'
        printf ' '
    done
}
[ "$(fuses kept/factory.page)" = 'ffffffff ffffffff ' ] || fail "fuses: $(fuses kept/factory.page)"
case $(fuses kept/one.page) in 'ffffffff '* | *' '[!f]*) fail "fuses: $(fuses kept/one.page)" ;; esac
case $(fuses kept/decommissioned.page) in *' ffffffff '*) fail "fuses" ;; esac

# A device without an image waits in recovery, one with an image runs it.
head -c 3000 /dev/urandom > body
"$image" sign --key "$key" --body body --slot a --version 2.3.4 --out a.image
"$image" sign --key "$key" --body body --slot b --version 2.3.5 --security-counter 3 --out b.image
announces "\"device_id\": \"$(label device_id one.label)\"" kept/one.flash
grep -q 'recovery' console || fail "no recovery: $(cat console)"
run 0 --json --flash kept/a.flash --image-a a.image
announces "\"device_id\": \"$(label device_id out)\"" kept/a.flash
grep -q 'slot A, version 2.3.4' console || fail "slot A: $(cat console)"
run 0 --json --flash kept/both.flash --image-a a.image --image-b b.image
announces '"new": false' kept/both.flash
run 0 --json --flash kept/b.flash --image-b b.image
announces '"new": false' kept/b.flash
grep -q 'slot B, version 2.3.5' console || fail "slot B: $(cat console)"

# What is refused.
refuses 'nothing to make'
refuses 'see --help' --unknown
refuses 'see --help' --out
refuses 'no option' --out kept/new word
refuses 'empty' --out ''
refuses 'twice' --out kept/new --out kept/new2
refuses 'same file' --out kept/new --flash kept/new
refuses 'nothing is overwritten' --out kept/one.page
refuses 'nothing is overwritten' --flash kept/one.flash
refuses 'nothing is overwritten' --out kept/new --flash kept/one.flash
refuses 'kept/missing/new' --out kept/missing/new
refuses 'factory, closed or decommissioned' --out kept/new --life-cycle open
refuses '1 to 64' --out kept/new --password ''
refuses '1 to 64' --out kept/new --password "$(printf '%065d' 0)"
refuses 'printable' --out kept/new --password "$(printf 'a\tb')"
refuses 'give --flash' --out kept/new --image-a a.image
refuses 'missing.image' --flash kept/new --image-a missing.image
refuses 'regular file' --flash kept/new --image-a .
mkfifo fifo
refuses 'regular file' --flash kept/new --image-a fifo
refuses 'another slot' --flash kept/new --image-a b.image
: > empty
refuses 'no image' --flash kept/new --image-a empty
head -c 70000 /dev/zero > large
refuses '65536' --flash kept/new --image-b large
{ cat a.image; echo; } > longer
refuses 'announces' --flash kept/new --image-a longer
for wrong in body signature key product length truncated format hash; do
    rm -f wrong.image
    "$image" sign --key "$key" --body body --slot a --wrong "$wrong" --out wrong.image
    refuses 'wrong.image: ' --flash kept/new --image-a wrong.image
done

# A label that nobody could read takes its files with it.
code=0
"$provision" --out kept/new --flash kept/new2 > /dev/full 2> err || code=$?
[ "$code" -eq 2 ] || fail "no refusal of a full standard output"
[ "$(wc -l < err)" -eq 1 ] || fail "not exactly one line on standard error"
[ -z "$(find kept -name 'new*')" ] || fail "a device without a label stays"
[ -z "$(find kept -name '*.??????')" ] || fail "temporary files stay"
run 0 --help
grep -q 'usage: hearth-provision' out || fail "no help"
echo "hearth-provision: all right"
