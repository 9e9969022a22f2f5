# What the tests of the command line share; sourced with the script's own arguments:
# ORDEAL (the program), JSON (json_query), BUILD (folder that holds harnesses/).
# shellcheck shell=sh
set -eu

ordeal=$1
json=$2
build=$3
work=$(mktemp -d)
mark=ordeal-cli-test-$$-$(basename "$work")
trap 'stop_marked KILL; rm -rf "$work"' EXIT
cd "$work"
unset NO_COLOR ORDEAL_CONTROL ORDEAL_GATES HARNESS_TIMEOUT_S

fail()
{
    echo "FAILED: $*" >&2
    for file in "$work/out" "$work/err"; do
        [ ! -f "$file" ] || { echo "--- $(basename "$file")"; head -n 40 "$file"; } >&2
    done
    exit 1
}

# run CODE ARGUMENT...: runs ordeal; its exit code must be CODE. Output in out and err.
run()
{
    expected=$1
    shift
    code=0
    "$ordeal" "$@" > "$work/out" 2> "$work/err" < /dev/null || code=$?
    [ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected: ordeal $*"
}

# says TEXT / errs TEXT: what the last run printed holds TEXT.
says()
{
    grep -qF -e "$1" "$work/out" || fail "no '$1' on standard output"
}

errs()
{
    grep -qF -e "$1" "$work/err" || fail "no '$1' on standard error"
}

# refuses CODE TEXT ARGUMENT...: exit code, exactly one line on standard error that holds TEXT,
# nothing on standard output, and no file in the folder `kept` changes.
refuses()
{
    refused_code=$1
    refused_text=$2
    shift 2
    fingerprint kept > before
    run "$refused_code" "$@"
    errs "$refused_text"
    [ "$(wc -l < err)" -eq 1 ] || fail "not exactly one line on standard error: ordeal $*"
    [ ! -s out ] || fail "something on standard output: ordeal $*"
    fingerprint kept > after
    cmp -s before after || fail "files changed: ordeal $*"
}

# fingerprint FOLDER: names and content of all that is in it.
fingerprint()
{
    [ -d "$1" ] || return 0
    find "$1" | sort
    find "$1" -type f -exec sha256sum {} + | sort
}

# field NAME: the field of the JSON object in out.
field()
{
    "$json" get "$1" < out || fail "no field $1"
}

# project FOLDER HARNESS...: a project with the test harnesses of that name.
project()
{
    folder=$1
    shift
    mkdir -p "$folder/harnesses"
    {
        echo 'schema: 1'
        echo 'harnesses:'
        for harness in "$@"; do
            mkdir -p "$folder/corpora/$harness/seeds"
            printf '\003abc' > "$folder/corpora/$harness/seeds/three"
            echo "  - name: $harness"
            echo "    title: the test harness $harness"
            echo "    clause: 5.13-1B"
            echo "    judges: [5.13-1B]"
            echo "    corpus: corpora/$harness"
            echo "    max_length: 64"
            echo "    timeout_s: 5"
            echo "    memory_mb: 1024"
        done
    } > "$folder/harnesses/harnesses.yaml"
}

# marked: process ids that carry this test's mark in their environment. One grep reads them all,
# since the children of a fuzzer live for moments only.
marked()
{
    grep -lzxF "ORDEAL_TEST_MARK=$mark" /proc/[0-9]*/environ 2> /dev/null | cut -d / -f 3
}

stop_marked()
{
    for process in $(marked); do
        kill -s "$1" "$process" 2> /dev/null || true
    done
}

# within SECONDS COMMAND...: waits until COMMAND succeeds, at most SECONDS.
within()
{
    deadline=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

none_marked()
{
    [ -z "$(marked)" ]
}
