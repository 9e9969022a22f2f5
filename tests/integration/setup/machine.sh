# A small machine of stand-ins, for tests of the scripts; sourced with the folder of the tree in `root`.
# Scripts run in a copy, $tree, with a PATH that holds only plain tools and stand-ins for apt-get,
# dpkg-query, dpkg-source and id. Each stand-in writes its command line to $work/calls.
# shellcheck shell=sh disable=SC2016,SC2154 # the stand-ins expand what is quoted; `case` is the test's

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MBEDTLS_DIR
tree=$work/tree
failures=0

# new_machine: all packages installed, root, apt works, no library fetched.
new_machine()
{
    rm -rf "$tree" "${work:?}/bin" "$work/state"
    mkdir -p "$tree/scripts/cmake" "$work/bin" "$work/state"
    for script in setup fetch-sources steps.sh campaign test sources.txt; do
        cp "$root/scripts/$script" "$tree/scripts"
    done
    cp "$root/scripts/cmake/OrdealFindSource.cmake" "$root/scripts/cmake/OrdealSources.cmake" \
        "$tree/scripts/cmake"
    printf '# list\npackage-one\npackage-two\n' > "$tree/scripts/packages.txt"
    grep '^mbedtls ' "$root/scripts/sources.txt" > "$tree/scripts/sources.txt"
    for tool in sh basename cat chmod date dirname env find grep ln mkdir mktemp mv patch rm sed \
        sort tail tar tr; do
        ln -s "$(command -v "$tool")" "$work/bin/$tool"
    done
    : > "$work/calls"
    stand_in id 'echo 0'
    stand_in dpkg-query 'echo installed'
    stand_in apt-config 'exit 0'
    stand_in apt-get 'case "$*" in *source*) : > mbedtls_9.9-1.dsc ;; esac'
    stand_in dpkg-source 'for tree in "$@"; do :; done
        mkdir -p "$tree/library" && echo "int sha256;" > "$tree/library/sha256.c"'
}

# stand_in NAME COMMANDS
stand_in()
{
    rm -f "$work/bin/$1"
    printf '#!/bin/sh\necho "%s $*" >> "%s/calls"\n%s\n' "$1" "$work" "$2" > "$work/bin/$1"
    chmod +x "$work/bin/$1"
}

# run CODE SCRIPT OPTION...: output in $work/output.
run()
{
    wanted=$1
    script=$2
    shift 2
    code=0
    PATH=$work/bin "$tree/scripts/$script" "$@" > "$work/output" 2>&1 || code=$?
    [ "$code" -eq "$wanted" ] || wrong "exit code $code, not $wanted, of $script $*"
}

wrong()
{
    echo "FAILED: $case: $*"
    sed 's/^/    /' "$work/output"
    failures=$((failures + 1))
}

prints()
{
    grep -qF -e "$1" "$work/output" || wrong "does not print '$1'"
}

called()
{
    grep -qF -e "$1" "$work/calls" || wrong "did not call '$1'"
}

not_called()
{
    ! grep -qF -e "$1" "$work/calls" || wrong "called '$1'"
}

no_library()
{
    [ -z "$(find "$tree/.sources" -mindepth 1 2> /dev/null)" ] || wrong "something is left in .sources"
}

