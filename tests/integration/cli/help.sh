#!/bin/sh
# Usage, help, version, manual page, completion.
. "$(dirname "$0")/common.sh"

run 2
[ ! -s out ] || fail "usage belongs on standard error"
[ "$(wc -l < err)" -eq 1 ] || fail "usage is one line"
errs "usage: ordeal"

run 0 --help
says "campaign"
run 0 --version
says "ordeal "
run 0 --version --json
field version > /dev/null

for command in doctor list run fuzz findings repro campaign report help; do
    run 0 "$command" --help
    says "usage: ordeal $command"
    cp out by-option
    run 0 help "$command"
    cmp -s out by-option || fail "two helps for $command"
done

run 0 help --man
says '.TH ORDEAL 1'
run 0 help --completion
says 'complete -o filenames -F _ordeal ordeal'
if command -v bash > /dev/null; then
    bash -n out || fail "bash does not read the completion"
    bash -c '. ./out; COMP_WORDS=(ordeal camp); COMP_CWORD=1; _ordeal; echo "${COMPREPLY[*]}"' > completed
    [ "$(cat completed)" = campaign ] || fail "camp is completed to: $(cat completed)"
    bash -c '. ./out; COMP_WORDS=(ordeal fuzz --jo); COMP_CWORD=2; _ordeal; echo "${COMPREPLY[*]}"' > completed
    [ "$(cat completed)" = --jobs ] || fail "--jo is completed to: $(cat completed)"
fi
