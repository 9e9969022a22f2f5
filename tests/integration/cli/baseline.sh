#!/bin/sh
# Known defects of a baseline are recorded and told, and fail nothing.
. "$(dirname "$0")/common.sh"

project here cli_test_broken
yaml=here/harnesses/harnesses.yaml
run 1 fuzz cli_test_broken --project here --build "$build" --time 1s
run 0 findings show F-1 --json
bucket=$(field bucket)
[ "$bucket" = 'memory|copy_field' ] || fail "the bucket is $bucket"
echo '    baseline: harnesses/known.yaml' >> "$yaml"
line=$(wc -l < "$yaml")
run 2 fuzz cli_test_broken --project here --build "$build" --time 1s
errs "harnesses/harnesses.yaml:$line: baseline"

write_baseline()
{
    {
        echo 'schema: 1'
        echo 'known:'
        echo "  - bucket: $1"
        echo '    title: write behind a field'
        echo '    reason: in the packaged version'
        echo '    since: 1.0'
    } > here/harnesses/known.yaml
}
write_baseline "$bucket"
echo '    colour: red' >> here/harnesses/known.yaml
run 2 fuzz cli_test_broken --project here --build "$build" --time 1s
errs "known.yaml:7: unknown key"

# What was open is known now; what is met first is known from the start.
write_baseline "$bucket"
for store in ordeal-store fresh; do
    run 0 fuzz cli_test_broken --project here --build "$build" --time 2s --store "$store"
    says "known)"
    says "baseline: 1 of 1 known defects met"
    says "PASS"
    run 0 findings --state known --store "$store"
    says "F-1"
    run 0 findings show F-1 --store "$store"
    says "in the packaged version (since 1.0)"
    run 0 report --format md --project here --store "$store"
    says "state known: in the packaged version"
    run 0 campaign quick --time 2s --project here --build "$build" --store "$store"
    says "PASS"
done

run 0 fuzz cli_test_broken --project here --build "$build" --time 1s --json
[ "$(field baseline | tr -d ' ')" = '{"known":1,"met":1}' ] || fail "the baseline's figures"

# A defect that is in no baseline stands out, and one that is taken out is open again.
write_baseline 'memory|another_field'
run 1 fuzz cli_test_broken --project here --build "$build" --time 2s
says "baseline: 0 of 1 known defects met"
errs "finding F-1 reopened"
run 0 findings show F-1 --json
[ "$(field state)" = open ] || fail "it is still known"
[ "$(field reason)" = "" ] || fail "it still has the baseline's reason"
