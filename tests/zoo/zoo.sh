#!/bin/sh
# zoo.sh copy|sound|stale SOURCE COPY ORDEAL
# zoo.sh plant SOURCE COPY ORDEAL PATCH
#
# copy    copies the tree to COPY/tree and builds its harnesses once
# plant   applies PATCH, builds what it changes, fuzzes its harness, requires the finding that its
#         header names, reproduces that finding from the store, and takes the patch back
# sound   fuzzes every harness of the unpatched copy for as long: nothing may be found
# stale   a patch that does not apply must make `plant` fail
set -eu

seconds=10 # the budget of each defect, and of the sound firmware
action=$1
source=$2
copy=$3
ordeal=$4
tree=$copy/tree
build=$copy/build

fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

build_harnesses()
{
    targets=
    for harness in "$@"; do
        targets="$targets $harness.libfuzzer $harness.reproducer"
    done
    # shellcheck disable=SC2086 # one word a target
    cmake --build "$build" --target $targets > "$copy/build.log" 2>&1 || {
        tail -n 20 "$copy/build.log" >&2
        fail "the copy does not build"
    }
}

make_copy()
{
    rm -rf "$copy"
    mkdir -p "$tree"
    tar -C "$source" --exclude-vcs --exclude='./build*' --exclude=./.sources \
        --exclude='./ordeal-*' -cf - . | tar -C "$tree" -xf -
    cmake -S "$tree" -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang-14 > "$copy/configure.log" 2>&1 || {
        tail -n 20 "$copy/configure.log" >&2
        fail "the copy cannot be configured"
    }
    build_harnesses modbus_tcp modbus_rtu settings_log
}

# lab COMMAND...: ordeal on the copy, its store in $store.
lab()
{
    command=$1
    shift
    (cd "$copy" && "$ordeal" "$command" --project "$tree" --build "$build" --store "$store" "$@")
}

# header FIELD: a field of the patch's header.
header()
{
    value=$(sed -n "s/^$1: //p" "$patch" | head -n 1)
    [ -n "$value" ] || fail "$patch has no field $1"
    echo "$value"
}

apply()
{
    patch --directory="$tree" --strip=1 --fuzz=0 --silent "$@" < "$patch" ||
        fail "$patch does not apply: make it anew from the present source"
}

take_back()
{
    rm -rf "$store"
    [ "$planted" = no ] || patch --directory="$tree" --strip=1 --silent --reverse < "$patch"
}

require_finding()
{
    lab findings --json --state open --clause "$clause" > "$copy/findings.json"
    id=$(grep -o '"id": *"F-[0-9]*"' "$copy/findings.json" | head -n 1 | grep -o 'F-[0-9]*') ||
        fail "no finding against $clause"
    lab findings show "$id" --json > "$copy/finding.json"
    grep -q "\"class\": *\"$class\"" "$copy/finding.json" || fail "$id is not of class $class"
    [ "$class" != oracle ] || grep -q "\"title\": *\"[^\"]*$found_by" "$copy/finding.json" ||
        fail "$id was not found by $found_by"
}

plant()
{
    patch=$1
    clause=$(header Clause)
    class=$(header Class)
    harness=$(header Harness)
    found_by=$(header Found-by)
    header Zoo > /dev/null
    header Recreates > /dev/null
    store=$copy/store-$(basename "$patch" .patch)
    planted=no
    trap take_back EXIT
    rm -rf "$store"
    apply --dry-run
    apply
    planted=yes
    build_harnesses "$harness"
    code=0
    lab fuzz "$harness" --time "$seconds" || code=$?
    [ "$code" -eq 1 ] || fail "fuzzing ended with exit code $code instead of 1"
    require_finding
    code=0
    lab repro "$id" || code=$?
    [ "$code" -eq 1 ] || fail "$id does not reproduce: exit code $code"
    echo "zoo: $(basename "$patch" .patch) | $clause | $class | $harness | found as $id"
}

sound()
{
    store=$copy/store-sound
    rm -rf "$store"
    build_harnesses modbus_tcp modbus_rtu settings_log
    for harness in modbus_tcp modbus_rtu settings_log; do
        lab fuzz "$harness" --time "$seconds" || fail "$harness: exit code $? on sound firmware"
    done
}

stale()
{
    sed 's/^-\(.*\)/-was: \1/' "$source/tests/zoo/network-may-write.patch" > "$copy/stale.patch"
    if sh "$0" plant "$source" "$copy" "$ordeal" "$copy/stale.patch" > "$copy/stale.log" 2>&1; then
        fail "a patch that does not apply was accepted"
    fi
    grep -q "does not apply" "$copy/stale.log" || fail "another failure: $(cat "$copy/stale.log")"
}

case $action in
    copy) make_copy ;;
    plant) plant "$5" ;;
    sound) sound ;;
    stale) stale ;;
    *) fail "unknown action $action" ;;
esac
