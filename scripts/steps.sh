# Steps that scripts/campaign and scripts/test share; sourced after `root` is set. A step is one
# line with the seconds it took; what it printed is in a log, and its end is shown when it fails.
# shellcheck shell=sh disable=SC2154

started=$(date +%s)

# announce TEXT: a line of ours, with the seconds since the start.
announce()
{
    printf '[%4d s] %s\n' "$(($(date +%s) - started))" "$*"
}

# step TITLE LOG COMMAND...: ends the script with exit code 3 when the command fails.
step()
{
    title=$1
    log=$2
    shift 2
    mkdir -p "$(dirname "$log")"
    if ! { "$@" > "$log" 2>&1 < /dev/null; }; then
        tail -n 30 "$log" >&2 || true
        announce "$title: failed; all of it is in $log" >&2
        exit 3
    fi
    announce "$title"
}

# set_up [--no-install]: packages and library sources.
set_up()
{
    "$root/scripts/setup" "$@" || exit 3
    announce "packages and library sources are there"
}

# build_tree FOLDER [--target TARGET...]: configures FOLDER when it never was, and builds it.
build_tree()
{
    tree=$1
    shift
    [ -f "$tree/build/build.ninja" ] ||
        step "configured" "$tree/build/configure.log" cmake -S "$tree" --preset default
    step "built $tree/build" "$tree/build/build.log" cmake --build "$tree/build" "$@"
}
