#!/bin/sh
# setup.sh ROOT COMPILER: scripts/setup, scripts/fetch-sources and OrdealSources.cmake on machines of
# several kinds. Nothing is installed.
# shellcheck disable=SC2016 # the stand-ins expand these
set -eu

root=$1
compiler=$2
. "$(dirname "$0")/machine.sh"

case="everything is there"
new_machine
mkdir -p "$tree/.sources/mbedtls-1-1/library"
: > "$tree/.sources/mbedtls-1-1/library/sha256.c"
run 0 setup --no-install
run 0 setup
not_called apt-get

case="a package is missing, --no-install"
new_machine
stand_in dpkg-query 'case "$*" in *two*) exit 1 ;; esac; echo installed'
run 3 setup --no-install
prints 'missing packages: package-two'
prints 'apt-get install --no-install-recommends package-two'
prints 'missing library sources: mbedtls'
not_called apt-get
no_library

case="a package that was removed is missing"
new_machine
stand_in dpkg-query 'echo config-files'
run 3 setup --no-install
prints 'missing packages: package-one package-two'

case="neither root nor sudo"
new_machine
stand_in dpkg-query 'exit 1'
stand_in id 'echo 1000'
run 3 setup
prints 'neither root nor sudo is at hand; as root: apt-get install --no-install-recommends package-one package-two'
not_called apt-get

case="through sudo, with package lists that are out of date"
new_machine
stand_in dpkg-query 'exit 1'
stand_in id 'echo 1000'
stand_in sudo 'exec "$@"'
stand_in apt-get 'case "$*" in
    *update*) : > '"$work"'/state/updated ;;
    *install*) [ -f '"$work"'/state/updated ] ;;
    *source*) : > mbedtls_9.9-1.dsc ;;
esac'
run 0 setup
called 'sudo env DEBIAN_FRONTEND=noninteractive apt-get --quiet install --yes --no-install-recommends package-one package-two'
called 'sudo env DEBIAN_FRONTEND=noninteractive apt-get --quiet update'
[ -f "$tree/.sources/mbedtls-9.9-1/library/sha256.c" ] || wrong "mbedtls is not there"

case="apt cannot install"
new_machine
stand_in dpkg-query 'exit 1'
stand_in apt-get 'echo "E: no such package"; exit 100'
run 3 setup
prints 'E: no such package'
prints 'apt-get could not install: package-one package-two'

case="a package source is dead, the library's is not"
new_machine
stand_in apt-get 'case "$*" in *update*) exit 100 ;; *source*) : > mbedtls_9.9-1.dsc ;; esac'
run 0 fetch-sources
prints 'some package source did not answer'
[ -f "$tree/.sources/mbedtls-9.9-1/library/sha256.c" ] || wrong "mbedtls is not there"
run 0 fetch-sources --missing

case="no source package"
new_machine
stand_in apt-get 'case "$*" in *source*) echo "E: unable to find it"; exit 100 ;; esac'
run 3 fetch-sources
prints 'apt has no source package of mbedtls: E: unable to find it'
no_library

case="unpacking fails half way"
new_machine
stand_in dpkg-source 'for tree in "$@"; do :; done; mkdir -p "$tree/library"; echo "no space left"; exit 2'
run 3 fetch-sources
prints 'cannot unpack mbedtls: no space left'
no_library

case="a tree of one's own"
new_machine
mkdir -p "$work/own/library"
: > "$work/own/library/sha256.c"
export MBEDTLS_DIR="$work/own"
run 0 setup
not_called apt-get
export MBEDTLS_DIR="$work/bin"
run 3 setup
prints "MBEDTLS_DIR=$work/bin holds no library/sha256.c"
export MBEDTLS_DIR=own
run 3 setup
prints 'MBEDTLS_DIR=own: give the whole path'
unset MBEDTLS_DIR

case="usage"
run 2 setup --no-such-option
run 2 fetch-sources --no-such-option

case="configuring without the library's source"
new_machine
printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(trial LANGUAGES C)' \
    'include(scripts/cmake/OrdealSources.cmake)' > "$tree/CMakeLists.txt"
configure()
{
    code=0
    cmake -S "$tree" -B "$work/configured" -G Ninja -DCMAKE_C_COMPILER="$compiler" "$@" \
        > "$work/output" 2>&1 || code=$?
    [ "$code" -ne 0 ] || wrong "cmake accepts it"
}
configure
prints 'No source of mbedtls: run scripts/setup, or configure with -DMBEDTLS_DIR='
configure -DMBEDTLS_DIR="$work/bin"
prints "MBEDTLS_DIR=$work/bin holds no library/sha256.c"
mkdir -p "$tree/.sources/mbedtls-1-1/library"
: > "$tree/.sources/mbedtls-1-1/library/sha256.c"
configure -DMBEDTLS_DIR= -DLIBMODBUS_DIR="$work/bin"
prints "LIBMODBUS_DIR=$work/bin holds no src/modbus.c"

[ "$failures" -eq 0 ] || exit 1
echo "set-up does what it says on each kind of machine"
