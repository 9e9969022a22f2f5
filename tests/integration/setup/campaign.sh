#!/bin/sh
# campaign.sh ROOT: scripts/campaign and scripts/test, with stand-ins for cmake, ctest and ordeal.
# shellcheck disable=SC2016 # the stand-ins expand these
set -eu

root=$1
. "$(dirname "$0")/machine.sh"

# ready_machine RESULT: cmake "builds" an ordeal whose campaign ends with exit code RESULT.
ready_machine()
{
    new_machine
    mkdir -p "$tree/.sources/mbedtls-1-1/library" "$tree/tests/zoo" "$tree/firmware"
    : > "$tree/.sources/mbedtls-1-1/library/sha256.c"
    printf 'sound\n' > "$tree/firmware/device.c"
    printf '%s\n' '--- a/firmware/device.c' '+++ b/firmware/device.c' '@@ -1 +1 @@' '-sound' '+defect' \
        > "$tree/tests/zoo/defect.patch"
    cat > "$work/state/ordeal" <<ORDEAL
#!/bin/sh
echo "ordeal \$* in \$PWD" >> "$work/calls"
case \$1 in
    campaign | fuzz | run) exit $1 ;;
    findings) [ "$1" -ne 1 ] || echo '[{"id": "F-1", "state": "open"}]' ;;
esac
ORDEAL
    chmod +x "$work/state/ordeal"
    stand_in cmake 'case $1 in
    -S) mkdir -p "$2/build" && : > "$2/build/build.ninja" ;;
    --build) ln -sf '"$work"'/state/ordeal "$2/ordeal" ;;
esac'
    stand_in ctest 'exit 8'
}

case="a campaign's exit code is handed on"
for result in 0 1 2 4 130; do
    ready_machine "$result"
    run "$result" campaign --no-install deep --jobs 1
    called 'ordeal campaign deep --jobs 1'
done

case="a package is missing"
ready_machine 0
stand_in dpkg-query 'exit 1'
run 3 campaign --no-install
not_called cmake
run 3 test --no-install
not_called cmake

case="the build fails"
ready_machine 0
stand_in cmake 'case $1 in -S) mkdir -p "$2/build" ;; *) echo "device.c:1: no such thing"; exit 1 ;; esac'
run 3 campaign
prints 'device.c:1: no such thing'
not_called 'ordeal campaign'
run 3 test
not_called ctest

case="doctor finds something missing"
ready_machine 0
printf '#!/bin/sh\necho "no clang"\nexit 3\n' > "$work/state/ordeal"
run 3 campaign
prints 'no clang'

case="a planted defect"
ready_machine 1
run 1 campaign --plant defect --no-install
called "ordeal campaign quick in $tree/build/planted/defect"
prints "cd $tree/build/planted/defect && build/ordeal repro F-1"
grep -q defect "$tree/build/planted/defect/firmware/device.c" || wrong "the copy is not patched"
grep -q sound "$tree/firmware/device.c" || wrong "the tree itself is patched"
run 1 campaign standard --plant "$tree/tests/zoo/defect.patch"
called "ordeal campaign standard in $tree/build/planted/defect"

case="a planted defect whose patch names a harness"
ready_machine 1
{ echo 'Harness: modbus_tcp' && cat "$tree/tests/zoo/defect.patch"; } > "$tree/tests/zoo/named.patch"
run 1 campaign --plant named --time 3s
called "ordeal fuzz modbus_tcp --first --time 3s in $tree/build/planted/named"
prints "cd $tree/build/planted/named && build/ordeal repro F-1"
run 1 campaign --plant named deep
called "ordeal campaign deep in $tree/build/planted/named"

case="a planted defect whose patch names a scenario"
ready_machine 1
{ echo 'Scenario: native outage.power-idle' && cat "$tree/tests/zoo/defect.patch"; } > "$tree/tests/zoo/scenic.patch"
run 1 campaign --plant scenic --seed 1
called "ordeal run --target native --scenario outage.power-idle --seed 1 in $tree/build/planted/scenic"
prints "cd $tree/build/planted/scenic && build/ordeal repro F-1"
run 1 campaign --plant scenic quick
called "ordeal campaign quick in $tree/build/planted/scenic"

# test_machine LINE RESULT: a machine and a patch whose test prints LINE and ends with RESULT.
test_machine()
{
    ready_machine 1
    ln -s "$(command -v timeout)" "$work/bin/timeout"
    ln -s "$(command -v cp)" "$work/bin/cp"
    cp "$root/tests/zoo/planted_test.sh" "$tree/tests/zoo"
    { printf 'Test: board test_that\nSays: a hang\n\n' && cat "$tree/tests/zoo/defect.patch"; } \
        > "$tree/tests/zoo/tested.patch"
    printf '#!/bin/sh\necho "test $HEARTH_TARGET $* in $PWD" >> "%s"\necho "%s"\nexit %s\n' \
        "$work/calls" "$1" "$2" > "$work/state/device.board"
    chmod +x "$work/state/device.board"
    stand_in cmake 'case $1 in
    -S) mkdir -p "$2/build/tests" && : > "$2/build/build.ninja" ;;
    --build) mkdir -p "$2/tests" && ln -sf '"$work"'/state/ordeal "$2/ordeal" &&
        cp '"$work"'/state/device.board "$2/tests/device.board" ;;
esac'
}

case="a planted defect that a test finds"
test_machine "no end of a hang [  FAILED  ] test_that" 1
run 1 campaign --plant tested
called "cmake --build $tree/build/planted/tested/build --target device.board"
called "test mps2_an505_qemu test_that in $tree/build/planted/tested"
not_called 'ordeal fuzz'
prints "no end of a hang"
prints "build/tests/device.board test_that"
run 2 campaign --plant tested --time 3s
run 1 campaign --plant tested quick
called "ordeal campaign quick in $tree/build/planted/tested"

case="a test that does not see the planted defect"
test_machine "[       OK ] test_that" 0
run 0 campaign --plant tested

case="a test that runs no test"
test_machine "0 test(s) run" 0
run 3 campaign --plant tested

case="a test that fails for another reason"
test_machine "no emulator [  FAILED  ] test_that" 1
run 3 campaign --plant tested
prints "without saying 'a hang'"

case="a test that does not run to its end"
test_machine "no emulator" 1
run 3 campaign --plant tested

case="a planted defect that is not found"
ready_machine 0
run 0 campaign --plant defect

case="a planted defect that does not apply"
ready_machine 1
printf 'changed\n' > "$tree/firmware/device.c"
run 3 campaign --plant defect
not_called 'ordeal campaign'

case="a planted defect that is not there"
run 2 campaign --plant no-such
prints "no planted defect 'no-such'; there are: defect"
run 2 campaign --plant

case="tests: ctest's exit code and options"
ready_machine 0
run 8 test -R unit
called 'ctest --preset default --parallel 2 -R unit'

[ "$failures" -eq 0 ] || exit 1
echo "campaign and test hand on what they should"
