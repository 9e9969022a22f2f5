#!/bin/sh
# product_hash.sh ELF TARGET...: the targets name the product that the build makes by its SHA-256, as long as the
# compiler is the one that they name it for; with another one there is nothing to compare, and nothing is.
set -eu
product=$1
shift

compiler=$(arm-none-eabi-gcc -dumpfullversion)
grep -qF "arm-none-eabi-gcc $compiler" "$@" || {
    echo "the targets name the product of another compiler than arm-none-eabi-gcc $compiler: not compared"
    exit 77
}

# named HASH TARGET: whether the target names it.
named()
{
    grep -qx "  sha256: $1" "$2"
}

built=$(sha256sum < "$product" | cut -d ' ' -f 1)
for target; do
    named "$built" "$target" || {
        echo "FAILED: $target does not name the product: write sha256: $built, if its change is meant" >&2
        exit 1
    }
done

# A product that differs in one byte is another one.
altered=$({ cat "$product"; printf x; } | sha256sum | cut -d ' ' -f 1)
for target; do
    ! named "$altered" "$target" || { echo "FAILED: $target names any product" >&2; exit 1; }
done
echo "the targets name the product that was built: $built"
