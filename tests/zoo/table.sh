# The zoo's table; sourced by zoo.sh, whose functions and variables these use.
# shellcheck shell=sh disable=SC2154

# is_left PATCH: whether it may be missing in the table.
is_left()
{
    [ "$action" = table ] && grep -q '^Long: yes$' "$1"
}

# missing PATCH: why there is no row for it.
missing()
{
    if is_left "$1"; then
        echo "left to scripts/test --long"
    elif needs_board "$1" && ! has_board; then
        echo "NOT RUN: the board's firmware is not built (packages gcc-arm-none-eabi, libnewlib-arm-none-eabi)"
    else
        echo "NOT FOUND"
    fi
}

# found_on TARGET: of the patches that are found there as well, how many were.
found_on()
{
    also=0
    there=0
    for patch in $(grep -l "^Also: .*\<$1\>" "$source"/tests/zoo/*.patch); do
        also=$((also + 1))
        [ ! -s "$results/$(basename "$patch" .patch).$1" ] || there=$((there + 1))
    done
    echo "on $1: found $there of $also"
    [ "$there" -eq "$also" ] || [ "$action" = table ] || fail "not every planted defect was found on $1"
}

table()
{
    other=
    patches=0
    found=0
    recreations=0
    left=0
    echo "name | clause | class | finder | found by | recreates | passes unit tests | seconds"
    for patch in "$source"/tests/zoo/*.patch; do
        name=$(basename "$patch" .patch)
        if [ -s "$results/$name" ]; then
            cat "$results/$name"
        else
            echo "$name | $(missing "$patch")"
            ! is_left "$patch" || left=$((left + 1))
        fi
        patches=$((patches + 1))
        [ ! -s "$results/$name" ] || found=$((found + 1))
        grep -q '^Recreates: none' "$patch" || recreations=$((recreations + 1))
        grep -q "^| \`$name\` |" "$source/tests/zoo/README.md" || fail "README.md does not tell of $name"
    done
    echo "found $found of $patches, $left left to scripts/test --long; $recreations recreate public defects"
    [ "$patches" -ge "$least" ] || fail "fewer than $least planted defects"
    [ $((found + left)) -eq "$patches" ] || fail "not every planted defect was found"
    [ $((2 * recreations)) -ge "$patches" ] || fail "fewer than half recreate public defects"
    for target in $(every Also devices); do
        found_on "$target"
    done
    [ -s "$results/sound" ] || fail "sound firmware was not silent"
    for target in native mps2_an505_qemu microbit_qemu; do
        [ -s "$results/sound-$target" ] || fail "a sound $target was not silent"
    done
    echo "silent on sound firmware: $(cat "$results/sound" "$results"/sound-* | tr '\n' ' ')"
}
