#!/bin/sh
# Coverage in the report: a project whose figures are known line by line, real tools, and every way
# to have no figures or not all of them.
. "$(dirname "$0")/common.sh"

# What the program reaches: `half` by an input that is not 'h', `other` by none, absent.c never.
mkdir -p here/src here/harnesses here/build/harnesses here/corpora/tag/seeds here/corpora/tag/regressions
cat > here/src/tag.c <<'C'
#include "tag.h"

static int other(int c)
{
    return c + 1;
}

int tag(int c)
{
    if (c == 'h') {
        return other(c);
    }
    return c;
}
C
echo 'int tag(int c);' > here/src/tag.h
printf 'int absent(void)\n{\n    return 1;\n}\n' > here/src/absent.c
cat > here/harnesses/tag.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../src/tag.h"

/* An input that begins with 'a' aborts; one with 'w' waits, whatever the limits are. */
int main(int count, char **paths)
{
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(paths[i], "r");
        int c = file == NULL ? EOF : fgetc(file);

        if (c == EOF || fclose(file) != 0) {
            return 2;
        }
        if (c == 'a') {
            abort();
        }
        while (c == 'w') {
            (void)pause();
        }
        (void)tag(c);
    }
    return 0;
}
C
cat > here/harnesses/harnesses.yaml <<'Y'
schema: 1
harnesses:
  - name: tag
    title: tags
    clause: 5.13-1A
    judges: [5.13-1A]
    corpus: corpora/tag
Y
printf x > here/corpora/tag/seeds/x
compile()
{
    clang-14 -O0 "$@" -o here/build/harnesses/tag.coverage here/harnesses/tag.c here/src/tag.c
}
compile -fprofile-instr-generate -fcoverage-mapping
mkdir temporary kept
TMPDIR=$work/temporary
export TMPDIR

# clean: whatever was done, nothing is left of it.
clean()
{
    [ -z "$(ls temporary)" ] || fail "left in TMPDIR: $(ls temporary)"
}

# The figures: 4 of the 9 lines of the functions of tag.c, and the 4 of a file that nothing runs.
run 0 report --project here --require-coverage src/tag.c=44
says '| src | 4/13 (30.7 %) | 1/2 (50.0 %) |'
says '| src/tag.c | 4/9 (44.4 %) | 1/2 (50.0 %) | never entered: `other`; lines 11-12 |'
says '| src/absent.c | 0/4 (0.0 %) | - | in no harness program |'
[ ! -s err ] || fail "messages beside a complete measurement"
clean
run 0 report --project here --require-coverage src=30 --json
"$json" get coverage < out > coverage
"$json" fields = measured reason complete note project inputs folders files harnesses < coverage ||
    fail "fields of coverage"
[ "$("$json" get inputs < coverage)" = 1 ] || fail "not one input"
"$json" get files < coverage > files
"$json" fields = file lines lines_covered branches branches_covered in_program never_entered never_reached \
    < files || fail "fields of a file"

# The requirement is seen failing, and a further input meets it.
run 1 report --project here --require-coverage src/tag.c=45
errs 'coverage of src/tag.c: 4/9 (44.4 %) of the lines, 45 % are required'
run 1 report --project here --require-coverage src/tag.c=44,src=31
errs 'coverage of src: 4/13 (30.7 %) of the lines, 31 % are required'
printf h > here/corpora/tag/regressions/h
run 0 report --project here --require-coverage src/tag.c=100
says '| src/tag.c | 9/9 (100.0 %) | 2/2 (100.0 %) |  |'
run 2 report --project here --require-coverage source=1
errs 'no code of'
refuses 2 FOLDER=PERCENT report --project here --require-coverage src
refuses 2 'do not go together' report --project here --require-coverage src=1 --no-coverage
run 0 report --project here --require-coverage src=50 --format junit
says '<property name="coverage.lines.src" value="9/13"/>'

# An input that aborts is named, the others are measured; a requirement is then left open.
printf a > here/corpora/tag/regressions/aborts
run 4 report --project here --require-coverage src/tag.c=100
says 'failed on regressions/aborts: signal 6'
says '2 inputs of 1 harness'
errs 'coverage is incomplete'
run 4 report --project here --require-coverage src=90
errs '90 % are required'
clean
rm here/corpora/tag/regressions/aborts

# No figures: the reason stands in the report and meets no requirement.
unmeasured()
{
    run 3 report --project here --require-coverage src=1
    says "Not measured: "
    says "$1"
    errs 'coverage is not measured: '
    [ "$(wc -l < err)" -eq 1 ] || fail "not one line on standard error"
    grep -q '| folder |' out && fail "a table of nothing"
    clean
}

compile
unmeasured 'is not built with -fprofile-instr-generate'
rm here/build/harnesses/tag.coverage
unmeasured 'tag.coverage: not built'
compile -fprofile-instr-generate -fcoverage-mapping
mkdir bare
code=0
PATH=$work/bare "$ordeal" report --project here --require-coverage src=1 > out 2> err || code=$?
[ "$code" -eq 3 ] || fail "without llvm-profdata it ends with $code"
says 'Not measured: '
errs 'llvm-profdata-14 is missing: apt-get install llvm-14'
mv here/corpora/tag/seeds here/corpora/tag/aside
mv here/corpora/tag/regressions here/corpora/tag/aside
unmeasured 'no committed input'
mv here/corpora/tag/aside here/corpora/tag/seeds

# Without a requirement that is no failure; --no-coverage does not even try. Both need a store.
"$ordeal" campaign quick --project here > out 2> err && fail "a campaign without a fuzzer is clean"
[ -e ordeal-store/lab.db ] || fail "there is no store"
run 0 report --project here
says '| src | '
run 0 report --project here --no-coverage
grep -q Coverage out && fail "coverage although it was not wanted"
run 0 report --project here --no-coverage --json
[ "$(field coverage)" = null ] || fail "coverage is not null"

# Ctrl-C while an input never ends: 130, no process and no file is left.
printf w > here/corpora/tag/seeds/waits
env ORDEAL_TEST_MARK="$mark" "$ordeal" report --project here > out 2> err &
reporting=$!
waits()
{
    [ "$(marked | wc -l)" -ge 2 ]
}
within 30 waits || fail "the harness is not running"
kill -s TERM "$reporting"
code=0
wait "$reporting" || code=$?
[ "$code" -eq 130 ] || fail "an interrupted report ends with $code"
within 10 none_marked || fail "processes are left: $(marked)"
clean
