#!/bin/sh
# readme.sh SOURCE BUILD
#
# Runs each line of each `sh` block of README.md, in order, in a copy of the tree, and compares each
# exit code with the one that the text promises. Long commands run with less time. Blocks of other
# languages must stand, to the letter, in a file of the example project, which its own test builds.
set -eu

source=$1
build=$2
work=$(mktemp -d)
device=
trap '[ -z "$device" ] || kill "$device" 2> /dev/null || true; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

fail()
{
    echo "FAILED: $*"
    [ ! -s "$work/output" ] || tail -n 30 "$work/output"
    exit 1
}

# blocks LANGUAGE: the lines of all blocks of that language.
blocks()
{
    awk -v language="$1" '
        /^```/ { inside = $0 == "```" language && !inside; next }
        inside { print }' "$source/README.md"
}

# in_example LANGUAGE: each line, in order, is in one file of the example project.
in_example()
{
    blocks "$1" > "$work/block"
    [ -s "$work/block" ] || fail "README.md has no block of $1"
    for file in $(find "$source/tests/integration/find_package/project" -type f); do
        if awk 'NR == FNR { want[++count] = $0; next }
                $0 == want[at + 1] { at++; next }
                at > 0 && at < count { at = $0 == want[1] }
                END { exit at < count }' "$work/block" "$file"; then
            return 0
        fi
    done
    fail "no file of the example project holds the block of $1"
}

run()
{
    wanted=$1
    shift
    code=0
    "$@" > "$work/output" 2>&1 < /dev/null || code=$?
    [ "$code" -eq "$wanted" ] || fail "exit code $code instead of $wanted: $*"
    echo "ran: $*"
}

# start_device TEXT COMMAND...: starts what runs until it is stopped, and waits for TEXT.
start_device()
{
    sign=$1
    shift
    "$@" > "$work/output" 2> "$work/device.log" < /dev/null &
    device=$!
    for _ in $(seq 100); do
        ! grep -q "$sign" "$work/output" || break
        kill -0 "$device" 2> /dev/null || fail "the device ended: $(cat "$work/device.log")"
        sleep 0.1
    done
    grep -q "$sign" "$work/output" || fail "the device did not say '$sign' within 10 s"
}

# end_device CODE: ends it, with that exit code.
end_device()
{
    code=0
    kill "$device"
    wait "$device" || code=$?
    device=
    [ "$code" -eq "$1" ] || fail "the device ended with exit code $code instead of $1"
}

# run_device TEXT COMMAND...: starts it, waits for TEXT and ends it.
run_device()
{
    start_device "$@"
    end_device 0
    shift
    echo "ran: $*"
}

# told FILE: the functions of a backtrace, and the values, in what gdb said.
told()
{
    sed -n -e 's/^#[0-9]* *\(0x[0-9a-f]* in \)\{0,1\}\([a-z_]*\) (.*/\2/p' -e '/^\$[0-9]/p' "$1"
}

# run_probe COMMAND...: opens the target, and does in gdb what the block of gdb says, to the same end.
run_probe()
{
    start_device 'network: address 10.0.2.15' "$@"
    blocks gdb > "$work/session"
    sed -n 's/^(gdb) //p' "$work/session" > "$work/commands"
    told "$work/session" > "$work/wanted"
    [ -s "$work/commands" ] && [ -s "$work/wanted" ] || fail "README.md has no block of gdb"
    remote=$(sed -n "s/^  gdb-multiarch -ex '\([^']*\)' .*/\1/p" "$work/output")
    symbols=$(sed -n "s/^  gdb-multiarch -ex '[^']*' //p" "$work/output")
    timeout 60 gdb-multiarch -q -batch -ex "$remote" -x "$work/commands" "$symbols" > "$work/gdb" 2>&1 ||
        fail "gdb: $(cat "$work/gdb")"
    told "$work/gdb" | cmp -s - "$work/wanted" || fail "gdb says something else: $(cat "$work/gdb")"
    end_device 130
    echo "ran: $*"
}

for language in c cmake yaml; do
    in_example "$language"
done

tar -C "$source" --exclude-vcs --exclude='./build*' --exclude=./.sources --exclude='./ordeal-*' \
    -cf - . | tar -C "$work" -xf -
ln -s "$build" "$work/build"
ln -s "$source/.sources" "$work/.sources"
PATH=$build:$PATH
export PATH
cd "$work"
lines=0
blocks sh > "$work/lines"
while read -r line <&3; do
    # shellcheck disable=SC2086 # the README's words are simple ones, but for the quoted reason
    case $line in
        'scripts/campaign') run 0 $line --no-install quick --time 1 --target native --scenario update.genuine ;;
        'scripts/campaign --plant '*) run 1 $line --no-install ;;
        'scripts/test') run 0 $line --no-install -N ;;
        'scripts/measure') run 0 $line --time 1 ;;
        'ordeal repro '*) run 1 $line ;;
        'ordeal findings accept '* | 'ordeal findings close '*) run 0 eval "$line" ;;
        'ordeal fuzz '*) run 0 $line --time 5 ;;
        'ordeal run '*) run 0 $line --depth quick ;;
        'build/hearth-image '* | 'build/hearth-provision '*) run 0 $line ;;
        'build/hearth-native '*) run_device '"tcp":' $line ;;
        'ordeal probe '*) run_probe $line ;;
        'qemu-system-arm '*) run_device 'network: address 10.0.2.15' $line ;;
        'ordeal report --require-coverage '*)
            cd "$source" # whose code the harnesses were built from
            run 0 $line --build "$build"
            ;;
        'cd '*) $line ;;
        'ordeal '*) run 0 $line ;;
        *) fail "this test does not know what to expect of: $line" ;;
    esac
    lines=$((lines + 1))
    case $line in
        'ordeal report '*) cd "$work" ;; # the next block begins at the top again
    esac
done 3< "$work/lines"
[ "$lines" -gt 5 ] || fail "only $lines lines were run"
echo "$lines lines of README.md do what it says"
