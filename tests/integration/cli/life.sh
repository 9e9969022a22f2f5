#!/bin/sh
# The life of a finding: filed, minimised, accepted, closed, open again, promoted.
. "$(dirname "$0")/common.sh"

project here cli_test_broken
regressions=here/corpora/cli_test_broken/regressions

# ordeal COMMAND with the project and the harnesses as they are, and as they are when mended.
broken()
{
    wanted=$1
    shift
    run "$wanted" "$@" --project here --build "$build"
}
mkdir -p mended/harnesses
for variant in libfuzzer reproducer; do
    cp "$build/harnesses/cli_test_sound.$variant" "mended/harnesses/cli_test_broken.$variant"
done
mended()
{
    wanted=$1
    shift
    run "$wanted" "$@" --project here --build mended
}
shown()
{
    run 0 findings show F-1 --json
    [ "$(field "$1")" = "$2" ] || fail "$1 is $(field "$1") instead of $2"
}

# Two bytes and more of it say nothing: 1 length byte and 9 others are enough to overrun 8.
mkdir -p "$regressions"
printf '\017aaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb' > "$regressions/long"
broken 1 fuzz cli_test_broken --time 1s --seed 7
shown state open
shown input_size 36
[ "$(field minimised_size)" -lt 36 ] || fail "the input is not smaller"
minimised=ordeal-store/$(field minimised)
[ "$(wc -c < "$minimised")" -eq "$(field minimised_size)" ] || fail "the size is wrong"
cmp -s "$regressions/long" "ordeal-store/$(field input)" || fail "the original is lost"
run 1 repro "$minimised" --harness cli_test_broken --project here --build "$build" --json
[ "$(field class)" = memory ] || fail "the minimised input fails in another way"
run 0 findings show F-1
says "F-1.input (36 bytes)"
says "F-1.minimised ("
rm "$regressions/long"

# A change that mends the minimised input alone mends nothing.
mkdir -p half/harnesses
cat > half/harnesses/cli_test_broken.reproducer <<SCRIPT
#!/bin/sh
[ "\$(wc -c < "\$1")" -eq 36 ] || exit 0
exec "$build/harnesses/cli_test_broken.reproducer" "\$1"
SCRIPT
chmod +x half/harnesses/cli_test_broken.reproducer
for command in "repro F-1" "findings promote F-1"; do
    # shellcheck disable=SC2086
    run 1 $command --project here --build half
done
[ -z "$(ls "$regressions")" ] || fail "a seed that fails is written"

# accepted until a day is over
run 2 findings accept F-1 --why "only in the lab"
errs "add --until DATE"
run 2 findings accept F-1 --until 2999-12-31
errs "add --why TEXT"
for day in 2999-02-29 2999-13-01 31.12.2999 2999-1-1 tomorrow; do
    run 2 findings accept F-1 --why "only in the lab" --until "$day"
    errs "write one as"
done
for day in 2001-01-01 "$(date -u +%Y-%m-%d)"; do
    run 2 findings accept F-1 --why "only in the lab" --until "$day"
    errs "not in the future"
done
shown state open
run 0 findings accept F-1 --why "only in the lab" --until 2999-12-31
says "accepted until 2999-12-31"
run 0 findings show F-1
says "accepted until 2999-12-31"
says "only in the lab"
broken 0 fuzz cli_test_broken --time 2s
says "finding F-1 (accepted)"
says "PASS"
run 0 findings --state accepted
says "F-1"
run 0 report --format md --project here
says "only in the lab (until 2999-12-31"

# closed, and met again: it opens, that is told, and the old reason is history
run 0 findings close F-1 --why "bounds are checked now"
broken 1 fuzz cli_test_broken --time 2s
errs "finding F-1 reopened against 5.13-1B"
says "finding F-1 (reopened)"
shown state open
shown reason ""
run 0 findings show F-1
says "fixed: bounds are checked now"
says "open: seen again in R-3"

# closed, and replayed: the same
run 0 findings close F-1 --why "bounds are checked now"
mended 0 repro F-1
shown state fixed
broken 1 repro F-1
errs "F-1 was closed as fixed and fails: it is open again"
shown state open

# promoted only when it is mended
broken 1 findings promote F-1
errs "still fails: 3 of 3 attempts"
[ -z "$(ls "$regressions")" ] || fail "a seed that fails is written"
shown state open
mended 0 findings promote F-1
says "F-1 is closed as fixed"
shown state fixed
seed=$(ls "$regressions")
case $seed in
    memory-copy_field-5.13-1B-????????) ;;
    *) fail "the seed is called $seed" ;;
esac
cmp -s "$regressions/$seed" "$minimised" || [ "$(wc -c < "$regressions/$seed")" -lt 36 ] ||
    fail "the seed is not the minimised input"
mended 0 findings promote F-1
mended 0 fuzz cli_test_broken --time 1s
broken 1 findings promote F-1
shown state open
echo other > "$regressions/$seed"
mended 2 findings promote F-1
errs "another input of that name"
[ "$(cat "$regressions/$seed")" = other ] || fail "a file is overwritten"
shown state open

# evidence that somebody has changed is not run
minimised=ordeal-store/$("$ordeal" findings show F-1 --json | "$json" get minimised)
cp "$minimised" kept-input
echo more >> "$minimised"
for command in "repro F-1" "findings promote F-1"; do
    # shellcheck disable=SC2086
    broken 2 $command
    errs "not the input that was stored"
    [ "$(wc -l < err)" -eq 1 ] || fail "not one line"
done
rm "$minimised"
broken 2 repro F-1
errs "the stored input is missing"
cp kept-input "$minimised"
broken 1 repro F-1
