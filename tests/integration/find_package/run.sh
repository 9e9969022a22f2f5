#!/bin/sh
# run.sh build|install BUILD COMPILER
#
# Copies project/ to a temporary folder, builds it there with find_package(ordeal) from the build
# tree or from an installed copy, and follows the planted defect of its parser from `ordeal fuzz` to
# `ordeal repro`, all in the user's folder.
set -eu

origin=$1
build=$2
compiler=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

fail()
{
    echo "FAILED ($origin): $*"
    [ ! -s "$work/output" ] || tail -n 40 "$work/output"
    exit 1
}

# run CODE COMMAND...: the command's output goes to $work/output; its exit code must be CODE.
run()
{
    wanted=$1
    shift
    code=0
    "$@" > "$work/output" 2>&1 || code=$?
    [ "$code" -eq "$wanted" ] || fail "exit code $code, not $wanted, of: $*"
}

# prints TEXT: the last command printed TEXT, white space aside.
prints()
{
    tr -d ' \n' < "$work/output" | grep -qF -e "$1" || fail "no $1 in what was printed"
}

case $origin in
    build)
        package=$build/cmake
        ordeal=$build/ordeal
        ;;
    install)
        run 0 cmake --install "$build" --prefix "$work/prefix"
        package=$(dirname "$(find "$work/prefix" -name ordealConfig.cmake)")
        ordeal=$work/prefix/bin/ordeal
        ;;
esac

cp -R "$here/project" "$work/project"
cd "$work/project"
run 0 cmake -B build -G Ninja -DCMAKE_C_COMPILER="$compiler" -Dordeal_DIR="$package"
run 0 cmake --build build
[ -x build/harnesses/tag_reader.libfuzzer ] || fail "no build/harnesses/tag_reader.libfuzzer"

# The user's harness comes first, and Ordeal's own are there too.
run 0 "$ordeal" list harnesses --json
tr -d ' \n' < "$work/output" | grep -q '^\[{"name":"tag_reader"' || fail "tag_reader is not listed first"
prints '"name":"modbus_tcp"'

# The defect is found, and filed once under the clause that the user's harnesses.yaml names.
run 1 "$ordeal" fuzz tag_reader --time 10s --jobs 1
run 0 "$ordeal" findings --json
prints '"id":"F-1"'
prints '"clause":"5.13-1A"'
prints '"class":"memory"'
prints '"source":"tag_reader"'
! grep -q 'F-2' "$work/output" || fail "one defect is filed twice"

# AFL++ builds it too, and finds the same.
if command -v afl-fuzz > "$work/output"; then
    [ -x build/harnesses/tag_reader.afl ] || fail "no build/harnesses/tag_reader.afl"
    [ -e build/harnesses/tag_reader.mutator.so ] || fail "no build/harnesses/tag_reader.mutator.so"
    run 1 "$ordeal" fuzz tag_reader --engine afl --time 10s
    run 0 "$ordeal" findings --json
    prints '"id":"F-1"'
    ! grep -q 'F-2' "$work/output" || fail "one defect is filed once for each engine"
fi

# It is reproduced from the store alone, in the parser's own function.
run 1 "$ordeal" repro F-1 --json
prints '"reproduced":true'
prints 'read_field'
echo "found, filed and reproduced ($origin)"
