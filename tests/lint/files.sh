# Which files the lints look at; sourced. Works in a checkout and in a plain copy of one.
# shellcheck shell=sh

# our_files ROOT EXPRESSION...: files of ours below ROOT that match the find expression.
our_files()
{
    folder=$1
    shift
    find "$folder" \( -name .git -o -path "$folder/build*" -o -path "$folder/.sources" -o \
        -path "$folder/ordeal-*" \) -prune -o -type f \( "$@" \) -print | sort
}

# our_code ROOT: every C file and header of ours.
our_code()
{
    our_files "$1" -name '*.c' -o -name '*.h'
}

# one_command_a_file ROOT BUILD FOLDER: writes FOLDER/compile_commands.json, which has for each of our
# files the first of its commands (a file is compiled once a variant), and prints the files. What is
# compiled for boards only comes from the boards' own build folders.
#
# Method: CMake writes one key a line, an entry between lines that hold a single brace; awk gathers
# an entry and keeps it when its file is ours and new. An option that only GCC knows is left out.
one_command_a_file()
{
    mkdir -p "$3"
    # shellcheck disable=SC2046 # one word a board
    awk -v root="$1/" -v list="$3/files" '
        BEGIN { print "["; printf "" > list }
        /^{/ { entry = ""; file = "" }
        { gsub(/ -fcallgraph-info=su/, "") }
        { entry = entry $0 "\n" }
        /^ *"file":/ { file = $0; sub(/^ *"file": *"/, "", file); sub(/",?$/, "", file) }
        /^}/ {
            rest = substr(file, length(root) + 1)
            if (index(file, root) == 1 && rest !~ /^(build|\.sources)/ && !(file in seen)) {
                seen[file] = 1
                sub(/,?\n$/, "", entry)
                printf "%s%s", separator, entry
                separator = ",\n"
                print file > list
            }
        }
        END { print "\n]" }
    ' "$2"/compile_commands.json $(find "$2/boards" -maxdepth 2 -name compile_commands.json 2> /dev/null) \
        > "$3/compile_commands.json"
    cat "$3/files"
}
