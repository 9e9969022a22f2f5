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

# Each device starts with a random seed of its own: a record of kind "SD" with 32 bytes. A device takes
# it, and commits the next one.
seeds() # of the flash $1: how many records
{
    dd if="$1" bs=4096 skip=11 count=2 2> /dev/null | od -An -v -tx1 | tr -d ' \n' |
        grep -o '53442000[0-9a-f]\{88\}' | sort -u > seeds.found || true
    wc -l < seeds.found
}
run 0 --flash kept/seed.flash
cp kept/seed.flash first.flash
[ "$(seeds first.flash)" -eq 1 ] || fail "not one seed: $(cat seeds.found)"
mv seeds.found seeds.first
announces '"new": false' kept/seed.flash
[ "$(seeds kept/seed.flash)" -eq 2 ] || fail "not a next seed: $(cat seeds.found)"
grep -qF -f seeds.first seeds.found || fail "the first seed is gone"
run 0 --flash kept/other-seed.flash
[ "$(seeds kept/other-seed.flash)" -eq 1 ] || fail "not one seed"
cut -c 33- seeds.first > one.seed
! grep -qF -f one.seed seeds.found || fail "two devices, one seed"

# Another board: its whole part, its page.
"$image" sign --key "$key" --body body --board mps2_an505 --slot b --out board-b.image
run 0 --json --board mps2_an505 --flash kept/board.flash --out kept/board.page --image-b board-b.image
[ "$(stat -c %s kept/board.flash)" = 16777216 ] || fail "not the whole part"
[ "$(stat -c %a,%s kept/board.page)" = 600,4096 ] || fail "page of another board"
head -c 4096 kept/board.flash | cmp -s - kept/board.page || fail "page and flash differ"
[ "$(seeds kept/board.flash)" -eq 1 ] || fail "no seed for another board"
tail -c +2097153 kept/board.flash | head -c "$(stat -c %s board-b.image)" | cmp -s - board-b.image ||
    fail "the image is not in slot B"
# Nothing but page, seed and image: sectors that are not blank.
[ "$(od -An -v -tx1 -w4096 kept/board.flash | grep -nv '^\( ff\)*$' | cut -d : -f 1 | tr '\n' ' ')" = \
    '1 13 513 ' ] || fail "flash holds something else"

# A board with its boot stage in flash: that is the flash's begin, and without it there is no flash.
head -c 5000 /dev/urandom > boot
"$image" sign --key "$key" --body body --board microbit --slot a --out microbit-a.image
run 0 --json --board microbit --flash kept/microbit.flash --out kept/microbit.page --boot boot --image-a microbit-a.image
[ "$(stat -c %s kept/microbit.flash)" = 262144 ] || fail "not the whole part"
head -c 5000 kept/microbit.flash | cmp -s - boot || fail "the boot stage is not in the flash"
tail -c +65537 kept/microbit.flash | head -c 4096 | cmp -s - kept/microbit.page || fail "page and flash differ"
tail -c +90113 kept/microbit.flash | head -c "$(stat -c %s microbit-a.image)" | cmp -s - microbit-a.image ||
    fail "the image is not in slot A"
# Nothing but boot stage, page, seed and image: sectors of 1 KiB that are not blank.
[ "$(od -An -v -tx1 -w1024 kept/microbit.flash | grep -nv '^\( ff\)*$' | cut -d : -f 1 | tr '\n' ' ')" = \
    '1 2 3 4 5 65 88 89 90 91 92 ' ] || fail "flash holds something else"
head -c 65537 /dev/zero > large-boot
: > no-boot
refuses 'microbit holds the boot stage, too; give --boot' --board microbit --flash kept/new
refuses 'boot stage of native does not lie in flash' --flash kept/new --boot boot
refuses 'boot stage of mps2_an505 does not lie in flash' --board mps2_an505 --flash kept/new --boot boot
refuses 'give --flash' --board microbit --out kept/new --boot boot
refuses 'twice' --board microbit --flash kept/new --boot boot --boot boot
refuses 'hearth-provision: --boot large-boot: has 65537 bytes, and there is room for 65536' --board microbit --flash kept/new --boot large-boot
refuses '--boot no-boot: is empty' --board microbit --flash kept/new --boot no-boot
printf '\177ELF\001' > linked-boot
refuses '--boot linked-boot: is an ELF file; give' --board microbit --flash kept/new --boot linked-boot
refuses 'missing-boot' --board microbit --flash kept/new --boot missing-boot

# Credentials for the broker: what openssl makes of each file is what the page holds.
curve="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
# shellcheck disable=SC2086
{
    openssl req -x509 $curve -keyout ca.key -out ca.pem -subj '/CN=broker CA' -days 30
    openssl req -x509 $curve -keyout key.pem -out certificate.pem -subj '/CN=device' -days 30
    openssl req -x509 $curve -keyout other.pem -out other-certificate.pem -subj '/CN=other' -days 30
    openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -subj '/CN=rsa' -days 30
    openssl req -x509 $curve -sha384 -keyout 384.key -out 384.pem -subj '/CN=sha384' -days 30
    openssl req -x509 $curve -keyout large.key -out large.pem -subj '/CN=large' -days 30 \
        -addext "nsComment=$(printf '%0700d' 0)"
} > openssl.log 2>&1 || fail "$(cat openssl.log)"
openssl x509 -in ca.pem -outform DER -out ca.der
openssl x509 -in certificate.pem -outform DER -out certificate.der
openssl ec -in key.pem -outform DER -out key.der 2> /dev/null
openssl pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.pkcs8
openssl ec -in key.pem -out key.sec1 2> /dev/null
openssl pkcs8 -topk8 -in key.pem -passout pass:secret -out key.encrypted
cat ca.der certificate.der key.der > parts
size()
{
    stat -c %s "$1"
}
le16() # the number $1 as two bytes
{
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $(($1 % 256)))\\$(printf %03o $(($1 / 256)))"
}
# in_page FILE: the record of these credentials is at its place, header and data.
in_page()
{
    {
        printf 'HCRD'
        le16 1
        for part in ca.der certificate.der key.der; do
            le16 "$(size "$part")"
        done
    } > expected
    cat parts >> expected
    dd if="$1" bs=1 skip=512 count="$(size expected)" 2> /dev/null > found
    cmp -s found expected || fail "credentials in $1"
}
credentials="--broker-ca ca.pem --certificate certificate.pem --private-key"
for form in key.pem key.der key.pkcs8 key.sec1; do
    rm -f kept/credentials.page
    # shellcheck disable=SC2086
    run 0 --out kept/credentials.page $credentials "$form"
    in_page kept/credentials.page
done
run 0 --board mps2_an505 --flash kept/credentials.flash --broker-ca ca.der \
    --certificate certificate.der --private-key key.der
in_page kept/credentials.flash
# shellcheck disable=SC2086
run 0 --flash kept/native.flash $credentials key.pem
in_page kept/native.flash
announces '"new": false' kept/native.flash
[ "$(dd if=kept/one.page bs=1 skip=512 count=16 2> /dev/null | od -An -tx1 | tr -d ' f\n')" = '' ] ||
    fail "a device without credentials has some"

rm kept/board.flash kept/credentials.flash # each refusal looks at all that is kept

# refuses_credentials TEXT CA CERTIFICATE KEY
refuses_credentials()
{
    refuses "$1" --out kept/new --broker-ca "$2" --certificate "$3" --private-key "$4"
}
cat ca.pem certificate.pem > two.pem
cat ca.der certificate.der > two.der
head -c 100 certificate.der > short.der
# shellcheck disable=SC2086
{
    refuses 'all three or none' --out kept/new --broker-ca ca.pem
    refuses 'all three or none' --out kept/new --certificate certificate.pem --private-key key.pem
    refuses 'twice' --out kept/new $credentials key.pem --private-key key.pem
}
refuses_credentials 'missing: ' missing certificate.pem key.pem
refuses_credentials 'missing: ' ca.pem missing key.pem
refuses_credentials 'missing: ' ca.pem certificate.pem missing
refuses_credentials '.: not a regular file' ca.pem certificate.pem .
refuses_credentials 'body: no X.509 certificate' body certificate.pem key.pem
refuses_credentials 'key.pem: no X.509 certificate' ca.pem key.pem key.pem
refuses_credentials 'short.der: no X.509 certificate' ca.pem short.der key.pem
refuses_credentials 'rsa.pem: no X.509 certificate of P-256' rsa.pem certificate.pem key.pem
refuses_credentials '384.pem: no X.509 certificate of P-256' 384.pem certificate.pem key.pem
refuses_credentials 'two.pem: more than one' two.pem certificate.pem key.pem
refuses_credentials 'two.der: more than one' ca.pem two.der key.pem
refuses_credentials 'place for 1024' large.pem certificate.pem key.pem
refuses_credentials 'place for 1024' ca.pem large.pem large.key
refuses_credentials 'certificate.pem: no private key' ca.pem certificate.pem certificate.pem
refuses_credentials 'rsa.key: no private key' ca.pem certificate.pem rsa.key
refuses_credentials 'key.encrypted: no private key' ca.pem certificate.pem key.encrypted
refuses_credentials 'other.pem: is not the key of' ca.pem certificate.pem other.pem
refuses_credentials 'is not the key of' certificate.pem ca.pem key.pem

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
refuses 'give native, mps2_an505 or microbit' --board an505 --out kept/new
refuses 'board-b.image: ' --flash kept/new --image-b board-b.image
refuses 'another slot' --board mps2_an505 --flash kept/new --image-b b.image
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
refuses '--image-b large: has 70000 bytes, and there is room for 65536' --flash kept/new --image-b large
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
