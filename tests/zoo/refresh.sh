#!/bin/sh
# refresh.sh: makes the patches anew whose surroundings have moved. Each is applied, with some
# tolerance, to a copy of the files it changes, and written again from the difference; its header
# stays. One that does not apply any more is named, and left as it is.
#
# Exit code: 0, or 1 if a patch does not apply.
set -eu

zoo=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$zoo/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
result=0

copy_files()
{
    rm -rf "$work/before" "$work/after"
    for file in $files; do
        mkdir -p "$work/before/$(dirname "$file")" "$work/after/$(dirname "$file")"
        cp "$root/$file" "$work/before/$file"
        cp "$root/$file" "$work/after/$file"
    done
}

write_patch()
{
    sed '/^$/q' "$patch"
    for file in $files; do
        diff -u --label "a/$file" --label "b/$file" "$work/before/$file" "$work/after/$file" || true
    done
}

for patch in "$zoo"/*.patch; do
    files=$(sed -n 's|^+++ b/\([^[:space:]]*\).*|\1|p' "$patch")
    copy_files
    if ! patch --directory="$work/after" --strip=1 --fuzz=3 --silent --no-backup-if-mismatch < "$patch"; then
        echo "$(basename "$patch") does not apply: plant this defect anew by hand" >&2
        result=1
        continue
    fi
    write_patch > "$work/new.patch"
    cmp -s "$work/new.patch" "$patch" || {
        cp "$work/new.patch" "$patch"
        echo "$(basename "$patch") made anew"
    }
done
exit "$result"
