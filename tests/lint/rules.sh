#!/bin/sh
# rules.sh ROOT: rules of this tree that no compiler knows. Each breach is one line `file:line: ...`.
#
#   - the lab (rig/) includes no firmware header but fault.h; firmware/ and harnesses/ include none of rig/
#   - the firmware takes no memory from a heap (firmware/tools are programs of the host)
#   - no file of ours has more than 500 lines
#   - nothing that installs, fetches or builds names a URL: packages come through the machine's own apt
#   - no file names a home folder, the folder of this checkout, or a package source of this machine
set -eu
. "$(dirname "$0")/files.sh"

root=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
breaches=$work/breaches
: > "$breaches"

# no_line MESSAGE REGULAR_EXPRESSION, files on standard input: no line of them matches.
no_line()
{
    tr '\n' '\0' | { xargs -0 -r grep -nIHE -e "$2" || true; } | sed "s#\$#    <- $1#" >> "$breaches"
}

# no_include_across FROM OTHER ALLOWED: FROM includes no header of OTHER but ALLOWED. A header that FROM
# has under the same name is its own.
#
# Method: the #include lines of FROM are gathered once, and each header is looked for in them.
no_include_across()
{
    [ -d "$root/$1" ] && [ -d "$root/$2" ] || return 0
    our_code "$root/$1" | sed 's#.*/##' > "$work/own"
    our_code "$root/$1" | tr '\n' '\0' |
        { xargs -0 -r grep -nIHE '^[[:space:]]*#[[:space:]]*include' || true; } > "$work/includes"
    {
        for header in $(our_files "$root/$2" -name '*.h'); do
            name=${header##*/}
            folder=${header%/*}
            folder=${folder##*/}
            [ "$name" != "$3" ] || continue
            grep -qxF -e "$name" "$work/own" ||
                echo ":[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"](([^>\"]*/)?($folder|[.][.])/)?${name}[>\"]"
        done
        echo ":[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]([^>\"]*/)?$2/"
    } > "$work/patterns"
    grep -E -f "$work/patterns" "$work/includes" |
        sed "s#\$#    <- $1/ includes a header of $2/#" >> "$breaches" || true
}

no_long_file()
{
    while read -r file; do
        lines=$(wc -l < "$file")
        [ "$lines" -le 500 ] || echo "$file:$lines:    <- more than 500 lines" >> "$breaches"
    done
}

package_hosts()
{
    cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null |
        grep -oE 'https?://[^/ ]+' | sed 's#.*//##; s#[.]#[.]#g' | sort -u | tr '\n' '|'
}

[ -n "$(our_code "$root")" ] || { echo "no C file below $root" >&2; exit 1; }

no_include_across rig firmware fault.h
no_include_across firmware rig none
no_include_across harnesses rig none
[ ! -d "$root/firmware" ] ||
    our_code "$root/firmware" | grep -v "^$root/firmware/tools/" | no_line "heap in firmware" '(^|[^_[:alnum:]])(malloc|calloc|realloc|strdup)[[:space:]]*\('
{
    our_code "$root"
    our_files "$root" -name CMakeLists.txt -o -name '*.cmake' -o -name '*.sh' -o -path "$root/scripts/*"
} | sort -u | no_long_file
our_files "$root" -path "$root/scripts/*" -o -path "$root/.ci/*" -o -name CMakeLists.txt -o -name '*.cmake' |
    no_line "names a URL" '(https?|ftp)://'
our_files "$root" -name '*' | no_line "names a folder of one machine" \
    "(^|[^.[:alnum:]_-])(/(home|root|Users)/[[:alnum:]]|$root/)"
hosts=$(package_hosts)
our_files "$root" -name '*' | no_line "names a package source" "${hosts%|}${hosts:+|}(deb|security)[.]debian[.]org"

if [ -s "$breaches" ]; then
    cat "$breaches"
    exit 1
fi
echo "$(our_files "$root" -name '*' | wc -l) files keep the rules"
