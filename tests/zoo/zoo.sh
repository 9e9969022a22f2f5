#!/bin/sh
# zoo.sh sound|stale|caught|unseen|table|table-long SOURCE ZOO ORDEAL
# zoo.sh copy SOURCE ZOO ORDEAL harnesses|devices
# zoo.sh plant SOURCE ZOO ORDEAL PATCH [TARGET]
# zoo.sh sound-run SOURCE ZOO ORDEAL TARGET
#
# The patches that a harness finds and those that show on a running device have a copy of the tree each,
# so that one of either kind can be planted at the same time.
#
# copy    copies the tree to ZOO/KIND/tree and builds once what the patches of that kind name: unit tests
#         and harnesses, or unit tests, tests on the emulated board and the firmware of devices
# plant   applies PATCH, builds what it changes, and takes the patch back at the end. The unit tests
#         that its header names have to pass. Then, as the header says:
#           Harness    fuzzing it has to bring the finding that the header names, and that finding has
#                      to come up again from the store
#           Test       that test on the emulated board has to fail, and to say what the header names
#           Scenario   it has to fail on that target by that check (scenarios.sh), and again from its
#                      replay id; with TARGET, one of those in the field Also, on that one
# sound   without a patch, in the tree's own build: fuzzes every harness that a patch names, for as
#         long, and runs every test: nothing may be found
# sound-run  without a patch: every scenario on a target (the last argument): likewise
# stale   every patch applies to the present source; one that does not, or that names two finders, must
#         make `plant` fail
# caught  a defect that a unit test sees must make `plant` fail
# unseen  a test that passes with the defect, and one that fails for another reason, must do so, too
# table   prints, and keeps in ZOO/table, what `plant` found, and fails unless that is every patch
#         and `sound` and `sound-run` were silent. A patch with the field `Long: yes`, whose finder others
#         show at work in less time, may be left out
# table-long  likewise, but none may
#
# Where the firmware of the board is not built, `plant` of a patch with a test, and `unseen`, end with
# exit code 77, and the table, which cannot say that they were found, fails.
set -eu

budget=12 # seconds for each defect, unless its header has a field Seconds; as long for the sound one
least=16  # planted defects
not_run=77 # exit code
action=$1
source=$2
zoo=$3
ordeal=$4
results=$zoo/results

. "$source/tests/zoo/scenarios.sh"
. "$source/tests/zoo/table.sh"

fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

# enter harnesses|devices: from here on the copy for that kind of patches is meant.
enter()
{
    kind=$1
    copy=$zoo/$kind
    tree=$copy/tree
    build=$copy/build
}

# kind_of PATCH: which copy it is planted in.
kind_of()
{
    if grep -q '^Harness: ' "$1"; then echo harnesses; else echo devices; fi
}

# patches_of KIND: their files.
patches_of()
{
    for patch in "$source"/tests/zoo/*.patch; do
        [ "$(kind_of "$patch")" != "$1" ] || echo "$patch"
    done
}

# every FIELD KIND: the words of that header field in all patches of a kind, each once.
every()
{
    # shellcheck disable=SC2046 # one word a file
    sed -n "s/^$1: //p" $(patches_of "$2") | tr ' ' '\n' | sort -u
}

# programs_of HARNESSES: the programs that `ordeal fuzz` runs.
programs_of()
{
    for harness in $1; do
        echo "$harness.libfuzzer $harness.reproducer"
    done
}

# tests_named: "PROGRAM TEST" of every patch that a test finds, one a line.
tests_named()
{
    sed -n 's/^Test: //p' "$source"/tests/zoo/*.patch | sort -u
}

# Whether the board's firmware can be built: the cross compiler is there.
has_board()
{
    ninja -C "$(dirname "$ordeal")" -t query board.mps2_an505 > /dev/null 2>&1
}

# board_targets: the programs with tests that find a defect.
board_targets()
{
    if has_board; then
        tests_named | sed 's/^\([^ ]*\) .*/device.\1/' | sort -u
    fi
}

# unit_targets PROGRAMS: their build targets.
unit_targets()
{
    for program in $1; do
        echo "unit.$program"
    done
}

build_targets()
{
    # shellcheck disable=SC2086 # one word a target
    cmake --build "$build" --target $1 > "$copy/build.log" 2>&1 || {
        tail -n 20 "$copy/build.log" >&2
        fail "the copy does not build"
    }
}

# needed_targets KIND: what its patches are looked for with.
needed_targets()
{
    unit_targets "$(every Unit-tests "$1")"
    if [ "$1" = harnesses ]; then
        programs_of "$(every Harness harnesses)"
    else
        board_targets
        scenario_targets
    fi
}

make_copy()
{
    enter "$1"
    rm -rf "$copy"
    mkdir -p "$tree" "$results"
    tar -C "$source" --exclude-vcs --exclude='./build*' --exclude=./.sources \
        --exclude='./ordeal-*' -cf - . | tar -C "$tree" -xf -
    # A hang is run eight times until it is filed and reproduced.
    sed -i 's/timeout_s: 10$/timeout_s: 5/' "$tree/harnesses/harnesses.yaml"
    [ ! -d "$source/.sources" ] || ln -s "$source/.sources" "$tree/.sources"
    cmake -S "$tree" -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang-14 > "$copy/configure.log" 2>&1 || {
        tail -n 20 "$copy/configure.log" >&2
        fail "the copy cannot be configured"
    }
    build_targets "$(needed_targets "$kind")"
}

# lab COMMAND...: ordeal on $tree and its $build, its store in $store.
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

# seconds_of PATCH: how long it may take to be found.
seconds_of()
{
    seconds=$(sed -n 's/^Seconds: //p' "$1")
    echo "${seconds:-$budget}"
}

apply()
{
    patch --directory="$tree" --strip=1 --fuzz=0 --silent "$@" < "$patch" ||
        fail "$patch does not apply: tests/zoo/refresh.sh makes it anew from the present source"
}

# What still runs is waited for: it uses the copy.
take_back()
{
    wait
    rm -rf "$store"
    [ "$planted" = no ] || patch --directory="$tree" --strip=1 --silent --reverse < "$patch"
}

# Whether the finding is there that the header names; sets id.
is_found()
{
    lab findings --json --state open --clause "$clause" > "$copy/findings.json"
    ids=$(grep -o '"id": *"F-[0-9]*"' "$copy/findings.json" | grep -o 'F-[0-9]*') || return 1
    for id in $ids; do
        lab findings show "$id" --json > "$copy/finding.json"
        if grep -q "\"class\": *\"$class\"" "$copy/finding.json" &&
            { [ "$class" != oracle ] ||
                grep -q "\"title\": *\"oracle ${found_by}[ \"]" "$copy/finding.json"; }; then
            return 0
        fi
    done
    return 1
}

# fuzz OPTION...: has to end with a finding.
fuzz()
{
    code=0
    lab fuzz "$harness" --time "$seconds" --seed 1 "$@" || code=$?
    [ "$code" -eq 1 ] || fail "fuzzing ended with exit code $code instead of 1"
}

# Up to the first finding where that can be asked for; all the time, if that one is another.
search()
{
    began=$(date +%s)
    if "$ordeal" help fuzz | grep -q -e '--first'; then
        fuzz --first
        is_found || fuzz
    else
        fuzz
    fi
    is_found || fail "no finding of class $class by $found_by against $clause"
    took=$(($(date +%s) - began))
}

run_unit_tests()
{
    for program in $unit_tests; do
        "$build/tests/$program" > "$copy/unit.log" 2>&1 ||
            fail "the unit tests $program see this defect: the zoo is for those that they do not"
    done
}

# One of the three, and no other, says how the defect is found.
finder()
{
    fields=$(sed -n '/^$/q; s/^\(Harness\|Test\|Scenario\): .*/\1/p' "$patch")
    case $fields in
        Harness | Test | Scenario) echo "$fields" ;;
        *) fail "$patch needs one field of Harness, Test and Scenario" ;;
    esac
}

# add_row FINDER TOOK: what was found, for the table.
add_row()
{
    echo "$name | $clause | $class | $1 | $found_by | $recreates | $unit_tests | $2" | tee "$results/$name"
}

plant_for_harness()
{
    harness=$(header Harness)
    seconds=$(seconds_of "$patch")
    build_targets "$(programs_of "$harness") $(unit_targets "$unit_tests")"
    run_unit_tests &
    search
    wait "$!" || fail "$name is no defect for the zoo"
    code=0
    lab repro "$id" || code=$?
    [ "$code" -eq 1 ] || fail "$id does not reproduce: exit code $code"
    add_row "$harness" "$took"
}

# run_test PROGRAM TEST SAYS: as planted_test.sh.
run_test()
{
    (cd "$zoo" && sh "$source/tests/zoo/planted_test.sh" "$build" "$1" "$2" "$3")
}

plant_for_test()
{
    test=$(header Test)
    says=$(header Says)
    build_targets "device.${test%% *} $(unit_targets "$unit_tests")"
    run_unit_tests
    began=$(date +%s)
    code=0
    run_test "${test%% *}" "${test#* }" "$says" || code=$?
    case $code in
        0) fail "$found_by passes with this defect" ;;
        1) add_row "test ${test%% *}" "$(($(date +%s) - began))" ;;
        *) fail "$found_by fails for another reason" ;;
    esac
}

# Whether a patch is looked for on the emulated board.
needs_board()
{
    [ -n "$other" ] || grep -q -e '^Test: ' -e '^Scenario: [^n]' "$1"
}

plant()
{
    patch=$1
    other=${2:-}
    name=$(basename "$patch" .patch)${other:+.$other}
    enter "$(kind_of "$patch")"
    clause=$(header Clause)
    recreates=$(header Recreates)
    unit_tests=$(header Unit-tests)
    header Zoo > /dev/null
    header Source > /dev/null
    finder=$(finder)
    class=$(header Class)
    found_by=$(header Found-by)
    store=$copy/store-$name
    planted=no
    trap take_back EXIT
    rm -rf "$store" "$results/${name:?}"
    if needs_board "$patch" && ! has_board; then
        echo "$name: not run, since the board's firmware is not built"
        exit "$not_run"
    fi
    apply --dry-run
    apply
    planted=yes
    case $finder in
        Harness) plant_for_harness ;;
        Test) plant_for_test ;;
        Scenario) plant_for_scenario ;;
    esac
}

# longest_for HARNESS: the most that one of its defects may take.
longest_for()
{
    for patch in "$source"/tests/zoo/*.patch; do
        if grep -q "^Harness: $1\$" "$patch"; then
            seconds_of "$patch"
        fi
    done | sort -n | tail -n 1
}

# Each harness that finds a defect, for a while.
sound_harnesses()
{
    for harness in $(every Harness harnesses); do
        store=$zoo/store-sound-$harness
        rm -rf "$store"
        code=0
        lab fuzz "$harness" --time "$(longest_for "$harness")" > "$store.log" || code=$?
        [ "$code" -eq 0 ] || {
            cat "$store.log"
            fail "$harness: exit code $code on sound firmware"
        }
        rm -rf "$store"*
        echo "$harness" >> "$zoo/sound"
    done
}

# Each test that finds a defect, once.
sound_tests()
{
    if ! has_board; then
        echo "tests on the board: not run, since its firmware is not built"
        return 0
    fi
    tests_named > "$zoo/tests"
    while read -r program test; do
        code=0
        run_test "$program" "$test" "" < /dev/null || code=$?
        [ "$code" -eq 0 ] || fail "$test fails on sound firmware"
        echo "$test" >> "$zoo/sound"
    done < "$zoo/tests"
}

sound()
{
    mkdir -p "$results"
    rm -f "$results/sound" "$zoo/sound"
    copy=$zoo
    tree=$source
    build=$(dirname "$ordeal")
    sound_harnesses
    sound_tests
    tr '\n' ' ' < "$zoo/sound" | tee "$results/sound"
}

# refused PATCH REASON: `plant` has to fail, and to say why.
refused()
{
    if sh "$0" plant "$source" "$zoo" "$ordeal" "$1" > "$copy/refused.log" 2>&1; then
        fail "a patch was accepted that had to be refused: $2"
    fi
    grep -q "$2" "$copy/refused.log" || fail "another failure: $(cat "$copy/refused.log")"
}

stale()
{
    enter harnesses
    for patch in "$source"/tests/zoo/*.patch; do
        (tree=$source && apply --dry-run)
    done
    sed 's/^-\(.*\)/-was: \1/' "$source/tests/zoo/network-may-write.patch" > "$copy/stale.patch"
    refused "$copy/stale.patch" "does not apply"
    sed 's/^Harness: .*/&\nTest: board test_of_nothing/' "$source/tests/zoo/network-may-write.patch" \
        > "$copy/stale.patch"
    refused "$copy/stale.patch" "needs one field of"
}

# The same defect, but open to everybody at any time.
caught()
{
    enter harnesses
    sed 's/MAILBOX_OPEN;/MAILBOX_IDLE;/' "$source/tests/zoo/network-may-write.patch" > "$copy/caught.patch"
    refused "$copy/caught.patch" "see this defect"
}

# With a test that passes, and with one that fails but does not say this.
unseen()
{
    has_board || exit "$not_run"
    enter devices
    good=$source/tests/zoo/fault-on-the-full-stack.patch
    sed 's/^Test: .*/Test: board test_fault_line_is_read_strictly/' "$good" > "$copy/unseen.patch"
    refused "$copy/unseen.patch" "passes with this defect"
    sed 's/^Says: .*/Says: a text that no test prints/' "$good" > "$copy/unseen.patch"
    refused "$copy/unseen.patch" "fails for another reason"
}

case $action in
    copy) make_copy "$5" ;;
    plant) plant "$5" "${6:-}" ;;
    sound) sound ;;
    sound-run) sound_run "$5" ;;
    stale) stale ;;
    caught) caught ;;
    unseen) unseen ;;
    table | table-long)
        code=0
        (table) > "$zoo/table" || code=$?
        cat "$zoo/table"
        exit "$code"
        ;;
    *) fail "unknown action $action" ;;
esac
