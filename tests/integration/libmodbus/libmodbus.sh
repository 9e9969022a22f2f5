#!/bin/sh
# libmodbus.sh SOURCE BUILD LIBMODBUS ORDEAL WORK: third-party code under test.
#
#   - Each input of known/ meets a defect of the harness's baseline: one that none meets is stale.
#   - The library as packaged: nothing but known defects, exit code 0.
#   - The library with a defect planted in a copy of its tree: a finding, exit code 1.
set -eu

source=$1
build=$2
library=$3
ordeal=$4
work=$5
here=$(cd "$(dirname "$0")" && pwd)
baseline=$source/harnesses/libmodbus_server.baseline.yaml

fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

# bucket INPUT: "oracle:NAME|about=WORD" of the violation that INPUT runs into.
bucket()
{
    "$build/harnesses/libmodbus_server.reproducer" "$1" 2>&1 |
        sed -n 's/^ORACLE VIOLATED clause=[^ ]* name=\([^ ]*\) about=\([^: ]*\):.*/oracle:\1|about=\2/p'
}

# fuzz BUILD EXPECTED: a short campaign with the harness of BUILD, which must end with EXPECTED.
fuzz()
{
    rm -rf "$work/store"
    code=0
    (cd "$work" && "$ordeal" fuzz libmodbus_server --project "$source" --build "$1" --store store --time 10s) ||
        code=$?
    [ "$code" -eq "$2" ] || fail "fuzzing ended with exit code $code instead of $2"
}

rm -rf "$work"
mkdir -p "$work"
for input in "$here"/known/*; do
    bucket "$input"
done | sort > "$work/met"
sed -n 's/^  - bucket: //p' "$baseline" | sort > "$work/listed"
diff "$work/listed" "$work/met" || fail "known/ and the baseline differ"

fuzz "$build" 0

# A register list longer than its byte count is read beyond the request (as in CVE-2019-14462).
cp -r "$library" "$work/library"
sed -i 's/MODBUS_MAX_WRITE_REGISTERS < nb || nb_bytes != nb \* 2)/MODBUS_MAX_WRITE_REGISTERS < nb)/' \
    "$work/library/src/modbus.c"
! cmp -s "$library/src/modbus.c" "$work/library/src/modbus.c" || fail "nothing was planted"
if ! { cmake -S "$source" -B "$work/build" -G Ninja -DCMAKE_C_COMPILER=clang-14 -DLIBMODBUS_DIR="$work/library" &&
    cmake --build "$work/build" --target libmodbus_server.libfuzzer libmodbus_server.reproducer; } > "$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    fail "the planted library does not build"
fi
fuzz "$work/build" 1
"$ordeal" findings --store "$work/store" --json --state open | grep -q '"class": *"memory"' ||
    fail "the planted defect is not among the findings"
echo "libmodbus: known defects are known, a new one is found"
