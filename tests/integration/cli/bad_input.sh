#!/bin/sh
# Each bad input gets one line and its exit code, and no file changes.
. "$(dirname "$0")/common.sh"

project kept/project cli_test_broken
store=kept/store
run 1 fuzz cli_test_broken --project kept/project --build "$build" --time 2s --store "$store"
run 0 findings --store "$store"

# words
refuses 2 "did you mean 'campaign'?" campain
refuses 2 "did you mean --time?" fuzz x --tiem 5
refuses 2 "not a duration" fuzz x --time soon
refuses 2 "outside 1 to 64" fuzz x --jobs 0
refuses 2 "cannot list 'claus'" list claus
refuses 2 "no campaign 'fast'" campaign fast
refuses 2 "no command 'fuzzz'" help fuzzz
refuses 2 "write ./--json for a folder" findings --store --json

# names and ids that do not exist
refuses 2 "did you mean cli_test_broken" fuzz cli_test_brokn --project kept/project --store "$store"
refuses 2 "F-99" findings show F-99 --store "$store"
refuses 2 "F-99" findings close F-99 --why fixed --store "$store"
refuses 2 "F-99" repro F-99 --store "$store"
refuses 2 "F-12" findings show twelve --store "$store"
refuses 2 "add --why" findings close F-1 --store "$store"
refuses 2 "for a file add --harness" repro no-such-file --store "$store"
refuses 2 "no-such-target" fuzz cli_test_broken -t no-such-target --project kept/project --store "$store"
refuses 2 "no-such-folder" list harnesses --project no-such-folder

# clauses that do not exist
refuses 2 "no clause '5.99': did you mean 5." findings --clause 5.99 --store "$store"
run 0 findings --clause 5.13-1B --store "$store"
says "F-1"
project kept/judges cli_test_broken
yaml=kept/judges/harnesses/harnesses.yaml
sed -i 's/judges: .*/judges: [5.13-1B, 5.99-1]/' "$yaml"
line=$(grep -n 5.99-1 "$yaml" | cut -d : -f 1)
for command in "list harnesses" "fuzz cli_test_broken" "campaign quick"; do
    # shellcheck disable=SC2086
    refuses 2 "harnesses/harnesses.yaml:$line: " $command --project kept/judges --build "$build" --store "$store"
done
sed -i -e 's/judges: .*/judges: [5.13-1B]/' -e 's/clause: .*/clause: 5.13/' "$yaml"
line=$(grep -n 'clause: 5.13$' "$yaml" | cut -d : -f 1)
refuses 2 "harnesses/harnesses.yaml:$line: " list harnesses --project kept/judges

# files that cannot be read
mkdir kept/folder
refuses 2 "kept/missing" repro kept/missing --harness cli_test_broken --project kept/project --build "$build"
refuses 2 "kept/folder" repro kept/folder --harness cli_test_broken --project kept/project --build "$build"

# a target without a fuzzing engine
mkdir kept/project/targets
cat > kept/project/targets/bench.yaml <<YAML
schema: 1
name: bench
class: board
YAML
refuses 2 "no fuzzing engine" fuzz cli_test_broken -t bench --project kept/project --build "$build" --store "$store"
echo 'colour: red' >> kept/project/targets/bench.yaml
fingerprint kept > before
run 2 list targets --project kept/project
errs "targets/bench.yaml:4: unknown key \`colour\`"
[ "$(wc -l < err)" -eq 1 ] || fail "not exactly one line on standard error"
says "native"
! grep -q bench out || fail "a bad target is listed"
run 2 list targets --json --project kept/project
says '"name": "native"'
fingerprint kept > after
cmp -s before after || fail "files changed"
rm kept/project/targets/bench.yaml

# stores
refuses 2 "kept/none" findings --store kept/none
refuses 2 "kept/none" report --store kept/none
mkdir kept/text
echo "a text file" > kept/text/lab.db
refuses 2 "kept/text" findings --store kept/text
refuses 2 "kept/text" fuzz cli_test_broken --project kept/project --build "$build" --store kept/text
refuses 2 "kept/text/lab.db" findings --store kept/text/lab.db
mkdir -p kept/odd/lab.db
refuses 2 "kept/odd" findings --store kept/odd
cp -R "$store" kept/newer
# The schema's version is SQLite's user_version: four bytes at offset 60 of the file.
printf '\000\000\003\347' | dd of=kept/newer/lab.db bs=1 seek=60 conv=notrunc 2> dd.log || fail "dd"
refuses 2 "kept/newer" findings --store kept/newer
refuses 2 "kept/newer" campaign quick --project kept/project --build "$build" --store kept/newer -o kept/report
refuses 2 "kept/newer" repro F-1 --store kept/newer
cp -R "$store" kept/foreign
# Whose file it is: application_id, four bytes at offset 68.
printf '\000\000\000\001' | dd of=kept/foreign/lab.db bs=1 seek=68 conv=notrunc 2> dd.log || fail "dd"
refuses 2 "kept/foreign" findings --store kept/foreign

# a malformed list of harnesses: file and line
project kept/bad cli_test_broken
echo '    colour: red' >> kept/bad/harnesses/harnesses.yaml
lines=$(wc -l < kept/bad/harnesses/harnesses.yaml)
for command in "list harnesses" "fuzz cli_test_broken" "campaign quick" "repro kept/missing --harness x"; do
    # shellcheck disable=SC2086
    refuses 2 "harnesses/harnesses.yaml:$lines" $command --project kept/bad --build "$build" --store "$store"
done
printf 'schema: 1\nharnesses: [\n' > kept/bad/harnesses/harnesses.yaml
refuses 2 "harnesses/harnesses.yaml:" list harnesses --project kept/bad

# what was there before is there still
run 0 findings show F-1 --store "$store"
says "5.13-1B"
