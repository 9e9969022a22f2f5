#!/bin/sh
# The AFL++ engine: the same findings as libFuzzer's, a shared corpus, nothing left behind.
. "$(dirname "$0")/common.sh"

project here cli_test_broken cli_test_sound cli_test_handlers

# Not installed: one line, and how to get it. Nothing is begun.
mkdir bare
code=0
env PATH="$work/bare" "$ordeal" fuzz cli_test_broken --engine afl --project here --build "$build" > out 2> err || code=$?
[ "$code" -eq 2 ] || fail "exit code $code without AFL++"
[ "$(wc -l < err)" -eq 1 ] || fail "not one line without AFL++"
errs "install the package afl++"
env PATH="$work/bare" "$ordeal" doctor --project here --build "$build" > out 2> err || true
says "apt-get install afl++"
[ ! -e ordeal-store ] || fail "a store was made without AFL++"

if [ ! -x "$build/harnesses/cli_test_broken.afl" ] || ! command -v afl-fuzz > /dev/null; then
    if [ -z "${ORDEAL_REQUIRE_AFL-}" ]; then
        echo "AFL++ is not installed: the rest is left out"
        exit 77
    fi
    fail "AFL++ is not installed"
fi

# Both are shown by doctor.
"$ordeal" doctor --project here --build "$build" > out 2> err || true
says "afl-fuzz++"
says "cli_test_broken.afl"

# Installed after the harnesses were built.
mkdir -p old/harnesses
ln -s "$build/harnesses/cli_test_broken.libfuzzer" "$build/harnesses/cli_test_broken.reproducer" old/harnesses/
run 2 fuzz cli_test_broken --engine afl --project here --build old --time 1s
errs "cli_test_broken.afl is not built"
errs "configure again"
[ "$(wc -l < err)" -eq 1 ] || fail "not one line without a program"

# segments: how many shared memory segments there are.
segments()
{
    awk 'NR > 1' /proc/sysvipc/shm | wc -l
}
before=$(segments)

# One defect, both engines, one finding.
run 1 fuzz cli_test_broken --engine afl --project here --build "$build" --first --time 60s --seed 7 --json
"$json" fields harness target engine execs execs_per_second edges stability findings < out || fail "fuzz"
[ "$(field engine)" = afl ] || fail "engine"
[ "$(field control)" = true ] || fail "control"
case $(field stability) in
'' | *[!0-9.]*) fail "stability is $(field stability)" ;;
esac
grep -q '"F-1"' out || fail "AFL++ finds nothing"
errs "ordeal repro F-1"
run 1 repro F-1 --project here --build "$build"
run 1 fuzz cli_test_broken --engine libfuzzer --project here --build "$build" --first --time 60s --json
grep -q '"F-1"' out || fail "libFuzzer does not find the same"
run 0 findings --json
[ "$("$json" count < out)" -eq 1 ] || fail "one defect is not one finding"
grep -q '"engine": "afl"' ordeal-store/runs/R-1/manifest.json || fail "no engine in the manifest"
grep -q 'afl-fuzz++' ordeal-store/runs/R-1/manifest.json || fail "no version of AFL++ in the manifest"
grep -q 'cli_test_broken.afl' ordeal-store/runs/R-1/manifest.json || fail "no program in the manifest"

# Two handlers: either engine tells two findings, and the same two.
two_told()
{
    [ "$(grep -c '^new finding ' err)" -ge 2 ]
}
for engine in afl libfuzzer; do
    "$ordeal" fuzz cli_test_handlers --engine "$engine" --time 10m \
        --project here --build "$build" --store "handlers-$engine" > out 2> err &
    fuzzing=$!
    within 60 two_told || fail "two handlers: $engine does not tell two findings"
    kill -s TERM "$fuzzing"
    wait "$fuzzing" 2> /dev/null || true
    run 0 findings --json --store "handlers-$engine"
    [ "$("$json" count < out)" -eq 2 ] || fail "two handlers: not two findings of $engine"
    grep -o '"fingerprint": "[^"]*"' out | sort > "fingerprints-$engine"
done
cmp -s fingerprints-afl fingerprints-libfuzzer || fail "the engines' findings have other fingerprints"

# What AFL++ finds, libFuzzer begins with; and the other way round.
run 0 fuzz cli_test_sound --engine afl --jobs 2 --project here --build "$build" --time 6s --store shared
says "PASS"
corpus=shared/corpus/cli_test_sound
found=$(find "$corpus" -type f | wc -l)
[ "$found" -ge 1 ] || fail "nothing of AFL++ is in the working corpus"
for file in "$corpus"/*; do
    [ "$(sha256sum < "$file" | cut -d ' ' -f 1)" = "$(basename "$file")" ] || fail "$file is not named by its content"
done
run 0 fuzz cli_test_sound --project here --build "$build" --time 1s --store shared
printf '\017aaaaaaaaaaaaaaa' > from-elsewhere
mkdir -p given/corpus/cli_test_broken
cp from-elsewhere given/corpus/cli_test_broken/
run 1 fuzz cli_test_broken --engine afl --project here --build "$build" --first --time 60s --store given
[ ! -e given/corpus/cli_test_broken/from-elsewhere ] || fail "AFL++ does not begin with the working corpus"
cmp -s from-elsewhere given/runs/R-1/F-1.input || fail "another input was met first"

# Stopped or killed: no process, no shared memory.
no_new_segments()
{
    [ "$(segments)" -le "$before" ]
}
for signal in TERM KILL; do
    store=stopped-$signal
    env ORDEAL_TEST_MARK="$mark" "$ordeal" fuzz cli_test_broken --engine afl --jobs 2 --time 10m \
        --project here --build "$build" --store "$store" > out 2> err &
    fuzzing=$!
    announced()
    {
        grep -q '^new finding F-1 ' err
    }
    within 60 announced || fail "the finding is not told while the run goes on"
    fuzzes()
    {
        [ "$(marked | wc -l)" -ge 5 ] # ordeal, and twice afl-fuzz with the program
    }
    within 30 fuzzes || fail "AFL++ does not run twice"
    kill -s "$signal" "$fuzzing"
    code=0
    wait "$fuzzing" 2> /dev/null || code=$?
    [ "$signal" != TERM ] || [ "$code" -eq 130 ] || fail "exit code $code after SIGTERM"
    within 10 none_marked || fail "processes are left after SIG$signal: $(marked)"
    within 10 no_new_segments || fail "shared memory is left after SIG$signal"
done
[ ! -e stopped-TERM/runs/R-1/scratch ] || fail "a scratch folder is left after SIGTERM"

# What the killed run had saved and nobody had looked at.
scratch=stopped-KILL/runs/R-1/scratch
[ -d "$scratch/afl" ] || fail "the killed run has no scratch folder"
mkdir -p "$scratch/afl/main/crashes"
printf 'unseen' > "$scratch/afl/main/crashes/id:000099,sig:06"
run 1 fuzz cli_test_broken --project here --build "$build" --time 2s --store stopped-KILL
[ ! -e "$scratch" ] || fail "the killed run's scratch folder is left"
grep -qrx unseen stopped-KILL/corpus/cli_test_broken || fail "an input that was on disk is lost"
