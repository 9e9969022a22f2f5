#!/bin/sh
# self_test.sh ROOT: each lint accepts a sound file and refuses a bad one, each in a small tree in a
# temporary folder.
set -eu

lints=$(cd "$(dirname "$0")" && pwd)
root=$1
trees=$(mktemp -d)
trap 'rm -rf "$trees"' EXIT
failures=0

# new_tree: an empty tree with the project's style files, named by `tree`.
new_tree()
{
    tree=$(mktemp -d "$trees/XXXXXX")
    mkdir -p "$tree/firmware" "$tree/rig" "$tree/scripts" "$tree/build"
    cp "$root/.clang-format" "$root/.clang-tidy" "$tree"
    add firmware/fault.h 'enum fault { FAULT_NONE };'
    add firmware/hal.h 'int hal_start(void);'
    add rig/store.h 'int store_open(void);'
    add rig/store.c '#include "store.h"' '' '#include "fault.h"' '' \
        'int store_open(void)' '{' '    return FAULT_NONE;' '}'
    compile rig/store.c
}

# add FILE LINE...
add()
{
    file=$tree/$1
    shift
    printf '%s\n' "$@" > "$file"
}

# compile FILE: makes it the one file of the tree's compile commands.
compile()
{
    cat > "$tree/build/compile_commands.json" <<DATABASE
[
{
  "directory": "$tree/build",
  "command": "clang-14 -I$tree/rig -I$tree/firmware -c $tree/$1",
  "file": "$tree/$1"
}
]
DATABASE
}

# accepts LINT, refuses LINT TEXT: runs the lint on the tree; what it prints must hold TEXT.
accepts()
{
    if ! sh "$lints/$1.sh" "$tree" "$tree/build" > "$trees/output" 2>&1; then
        echo "FAILED: $1 refuses a sound tree:"
        cat "$trees/output"
        failures=$((failures + 1))
    fi
}

refuses()
{
    if sh "$lints/$1.sh" "$tree" "$tree/build" > "$trees/output" 2>&1; then
        echo "FAILED: $1 accepts a file that should bring '$2'"
        failures=$((failures + 1))
    elif ! grep -qF -e "$2" "$trees/output"; then
        echo "FAILED: $1 refuses a file, but not for '$2':"
        cat "$trees/output"
        failures=$((failures + 1))
    fi
}

new_tree
for lint in format tidy cppcheck rules; do
    accepts "$lint"
done

new_tree
add rig/store.c 'int   f(void) {return 0;}'
refuses format clang-format-violations

new_tree
add rig/store.c '#include <stddef.h>' 'int f(int *p);' 'int f(int *p)' '{' \
    '    if (p == NULL)' '        return *p;' '    return 0;' '}'
refuses tidy NullDereference

new_tree
add rig/store.c 'int f(void)' '{' '    int a[2] = {0, 0};' '    return a[2];' '}'
refuses cppcheck arrayIndexOutOfBounds

new_tree
add rig/store.h '#include "hal.h"'
refuses rules 'rig/ includes a header of firmware/'

new_tree
add rig/store.h '#include <../firmware/fault_list.h>'
refuses rules 'rig/ includes a header of firmware/'

new_tree
add firmware/hal.c '#include "store.h"'
refuses rules 'firmware/ includes a header of rig/'

new_tree
add firmware/hal.c '#include <sys/store.h>'
accepts rules

new_tree
add firmware/hal.c '#include "../rig/store.h"'
refuses rules 'firmware/ includes a header of rig/'

new_tree
add firmware/hal.c 'void *f(void)' '{' '    return malloc(4);' '}'
refuses rules 'heap in firmware'

new_tree
mkdir "$tree/firmware/tools"
add firmware/tools/sign.c 'void *f(void)' '{' '    return malloc(4);' '}'
accepts rules

new_tree
yes '/* line */' | head -n 501 > "$tree/rig/long.c"
refuses rules 'more than 500 lines'

new_tree
add scripts/get 'wget ht''tps://example.invalid/archive'
refuses rules 'names a URL'

new_tree
add scripts/start "cd /ho""me/somebody/ordeal"
refuses rules 'names a folder of one machine'

new_tree
add scripts/start "cd $tree/build"
refuses rules 'names a folder of one machine'

new_tree
add firmware/notes.txt 'from deb.''debian.org'
refuses rules 'names a package source'

for lint in format tidy cppcheck rules; do
    tree=$(mktemp -d "$trees/empty.XXXXXX")
    mkdir "$tree/build"
    echo '[]' > "$tree/build/compile_commands.json"
    refuses "$lint" no
done

[ "$failures" -eq 0 ] || exit 1
echo "each lint accepts what is sound and refuses what is not"
