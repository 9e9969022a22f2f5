#!/bin/sh
# hearth-image from keys to images: what it makes is right, each wrong image is wrong in its own way,
# and bad input gets one line and exit code 2.
set -eu

tool=$1
firmware=$2
compiler=$3
mbedtls=$4 # its include folder
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail()
{
    echo "FAILED: $*" >&2
    [ ! -f out ] || cat out err >&2
    exit 1
}

# run CODE ARGUMENT...: the exit code must be CODE. Output in out and err.
run()
{
    expected=$1
    shift
    code=0
    "$tool" "$@" > out 2> err || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: $*"
}

says()
{
    grep -qF -e "$1" out || fail "no '$1' on standard output"
}

# refuses TEXT ARGUMENT...: exit code 2, one line that holds TEXT, and nothing is written.
refuses()
{
    text=$1
    shift
    rm -f not-written
    run 2 "$@"
    grep -qF -e "$text" err || fail "no '$text' on standard error"
    [ "$(wc -l < err)" -eq 1 ] || fail "not exactly one line on standard error: $*"
    [ ! -s out ] || fail "something on standard output: $*"
    [ ! -e not-written ] || fail "a file was written: $*"
}

# keys: unlike each other, for the owner only, never overwritten, known to the C compiler
run 0 keygen --out image.pem
run 0 keygen --out unlock.pem
[ "$(stat -c %a image.pem)" = 600 ] || fail "others can read the private key"
if cmp -s image.pem unlock.pem; then
    fail "two keys are one"
fi
cp image.pem before.pem
refuses "nothing is overwritten" keygen --out image.pem
cmp -s image.pem before.pem || fail "the key was overwritten"
run 0 vendor-keys --image-key image.pem --unlock-key unlock.pem --out keys.c
"$compiler" -std=c11 -Wall -Werror -fsyntax-only -I"$firmware/boot" -I"$firmware/app" \
    -I"$firmware/include" -I"$mbedtls" -DMBEDTLS_CONFIG_FILE='"mbedtls_config.h"' keys.c ||
    fail "keys.c does not compile"
refuses "are one key" vendor-keys --image-key image.pem --unlock-key image.pem --out not-written
run 0 vendor-keys --image-key "$firmware/tools/test-image-key.pem" \
    --unlock-key "$firmware/tools/test-unlock-key.pem" --out test.c
grep -o '0x[0-9A-F][0-9A-F]' test.c > made
grep -o '0x[0-9A-F][0-9A-F]' "$firmware/tools/test_vendor_keys.c" > committed
cmp -s made committed || fail "the committed test keys are not those of the PEM files"

# a right image
printf 'code and data, made up' > body
sign="sign --key image.pem --body body --slot a --security-counter 3"
# shellcheck disable=SC2086
run 0 $sign --version 1.2.3 --out image.bin
# An output that exists stays: it could be the key itself, or a device.
# shellcheck disable=SC2086
refuses "nothing is overwritten" $sign --version 1.2.3 --out image.pem
cmp -s image.pem before.pem || fail "the key was overwritten by an image"
# shellcheck disable=SC2086
refuses "nothing is overwritten" $sign --version 1.2.3 --out /dev/full
[ -c /dev/full ] || fail "a device was removed"
run 0 inspect image.bin --key image.pem --slot a --security-counter 3
says "may run           yes"
says "version           1.2.3"
says "security counter  3"
says "body length       22 bytes, 22 in the file"
run 0 inspect --json image.bin --key image.pem
says '"version": "1.2.3", "security_counter": 3'
says '"signature": "valid", "may_run": true'
run 0 inspect image.bin
says "may run           unknown"
tail -c 22 image.bin > end
cmp -s end body || fail "the body is not in the image"
# shellcheck disable=SC2086
run 0 $sign --version 1.2.3 --out again.bin
cmp -s image.bin again.bin || fail "signatures differ"

# another board's slots: other addresses, and as large as that board has them
head -c 1048448 /dev/zero > fits # 1 MiB less the header
head -c 1048449 /dev/zero > one-more
run 0 sign --key image.pem --body fits --slot b --board mps2_an505 --out board.bin
run 0 inspect --json board.bin --key image.pem --board mps2_an505 --slot b
says '"slot_address": 2097152'
says '"may_run": true'
run 1 inspect board.bin --key image.pem --board mps2_an505 --slot a
says "another slot"
run 1 inspect board.bin --key image.pem --slot-address 2097152
says "does not fit"
run 0 inspect board.bin --key image.pem --slot-address 0x200000 --slot-size 0x100000
run 0 sign --key image.pem --body body --board mps2_an505 --slot a --out board-a.bin
run 0 inspect --json board-a.bin --key image.pem
says '"slot_address": 1048576'
run 0 sign --key image.pem --body body --board native --slot a --out native-a.bin
run 0 sign --key image.pem --body body --slot a --out default-a.bin
cmp -s native-a.bin default-a.bin || fail "native is not the default"
refuses "do not fit" sign --key image.pem --body one-more --slot a --board mps2_an505 --out not-written
refuses "do not fit" sign --key image.pem --body fits --slot a --out not-written
refuses "give native, mps2_an505 or microbit" sign --key image.pem --body body --slot a --board an505 --out not-written
refuses "not an option of keygen" keygen --board native --out not-written

# what it says of an image that may not run
run 1 inspect image.bin --key unlock.pem
says "not signed by the vendor"
run 1 inspect image.bin --key image.pem --slot b
says "another slot"
run 1 inspect image.bin --key image.pem --security-counter 4
says "older"
run 1 inspect image.bin --key image.pem --slot-size 149
says "does not fit"

# each wrong image is wrong in its own way
wrong()
{
    rm -f wrong.bin
    # shellcheck disable=SC2086
    run 0 $sign --wrong "$1" --out wrong.bin
    run 1 inspect wrong.bin --key image.pem --slot a --security-counter 3
    says "may run           no: $2"
}
wrong format "no image of a known format"
wrong signature "image is not signed by the vendor"
wrong key "image is not signed by the vendor"
wrong product "image is for another product"
wrong slot "image is linked for another slot"
wrong length "image is empty or does not fit into its slot"
wrong older "image is older than what may run"
wrong body "body is not the one that was signed"
wrong hash "body is not the one that was signed"
wrong truncated "body is not the one that was signed"
# shellcheck disable=SC2086
refuses "nothing is older" sign --key image.pem --body body --slot a --wrong older --out not-written

# bad input
: > empty
head -c 65536 /dev/zero > large
refuses "no such command" ""
refuses "no such command" sing
refuses "unknown option" keygen --ot x
refuses "not an option of keygen" keygen --json
refuses "no --key" sign --body body --slot a --out not-written
refuses "no --slot" sign --key image.pem --body body --out not-written
refuses "give a or b" sign --key image.pem --body body --slot c --out not-written
refuses "MAJOR.MINOR.PATCH" sign --key image.pem --body body --slot a --version 1.256.0 --out not-written
refuses "not a number" sign --key image.pem --body body --slot a --product -1 --out not-written
refuses "no such kind" sign --key image.pem --body body --slot a --wrong all --out not-written
refuses "empty; a body" sign --key image.pem --body empty --slot a --out not-written
refuses "do not fit" sign --key image.pem --body large --slot a --out not-written
refuses "can be read" sign --key image.pem --body absent --slot a --out not-written
refuses "no private key" sign --key body --body body --slot a --out not-written
refuses "no key" inspect image.bin --key body
refuses "are no image" inspect body
refuses "can be written" sign --key image.pem --body body --slot a --out absent/not-written
refuses "IMAGE to inspect" inspect --json
run 0 --help
for word in keygen vendor-keys sign inspect --wrong --board mps2_an505; do
    says "$word"
done
