#!/bin/sh
# hearth-token: each kind makes another token of the same form, the same one each time; what is wrong is
# refused in one line.
# usage: token.sh HEARTH_TOKEN TEST_KEY
set -eu

token=$1
key=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

device=00112233445566778899aabbccddeeff
challenge=$(printf '%064d%s' 7 05000000)
spent=$(printf '%064d%s' 3 02000000)

fail()
{
    echo "FAILED: $*" >&2
    head -n 20 out err >&2
    exit 1
}

# run CODE ARGUMENT...
run()
{
    expected=$1
    shift
    code=0
    "$token" "$@" > out 2> err < /dev/null || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: $*"
}

refuses()
{
    text=$1
    shift
    run 2 "$@"
    grep -qF -e "$text" err || fail "no '$text': $*"
    [ "$(wc -l < err)" -eq 1 ] || fail "not one line: $*"
    [ ! -s out ] || fail "something is printed: $*"
}

for kind in genuine forged image-key other-device other-nonce old-epoch other-type; do
    run 0 --device-id "$device" --challenge "$challenge" --kind "$kind"
    grep -qxE '[0-9a-f]{128}' out || fail "no token: $kind"
    cp out "$kind"
    run 0 --device-id "$device" --challenge "$challenge" --kind "$kind"
    cmp -s out "$kind" || fail "two tokens for one challenge: $kind"
done
[ "$(sort -u genuine forged image-key other-device other-nonce old-epoch other-type | wc -l)" -eq 7 ] ||
    fail "two kinds make the same token"

# Genuine is what there is without a kind, and with the test key in a file.
run 0 --device-id "$device" --challenge "$challenge"
cmp -s out genuine || fail "another token without --kind"
run 0 --device-id "$device" --challenge "$challenge" --key "$key"
cmp -s out genuine || fail "another token with the test key's file"

# The old epoch is that of the challenge before: then it is the genuine token of an epoch that was.
run 0 --device-id "$device" --challenge "$challenge" --kind old-epoch --spent "$spent"
cp out spent
run 0 --device-id "$device" --challenge "$(printf '%064d%s' 7 02000000)"
cmp -s out spent || fail "--spent is not the epoch that counts"

run 0 --help
grep -q -e '--challenge HEX' out || fail "no help"
refuses "give --device-id and --challenge" --device-id "$device"
refuses "--device-id: give 16 bytes" --device-id 00 --challenge "$challenge"
refuses "--challenge: give 36 bytes" --device-id "$device" --challenge "${challenge%0}g"
refuses "--spent: give 36 bytes" --device-id "$device" --challenge "$challenge" --kind old-epoch --spent 1
refuses "--kind sound: no such kind" --device-id "$device" --challenge "$challenge" --kind sound
refuses "unknown option" --dance
refuses "not an option" --device-id "$device" --challenge "$challenge" more
refuses "nowhere.pem" --device-id "$device" --challenge "$challenge" --key nowhere.pem
