# Libraries that are compiled from source: where they are, and the library targets made of them.
#
# A tree is looked for in -D<VARIABLE>=, then in the environment variable of that name (remembered in
# the cache), then in .sources/<name>-*/, where scripts/setup puts it.

cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH ORDEAL_ROOT)
cmake_path(GET ORDEAL_ROOT PARENT_PATH ORDEAL_ROOT)

# ordeal_find_source(NAME VARIABLE CHECK_FILE [OPTIONAL])
# Sets VARIABLE to the source tree of NAME, which must hold CHECK_FILE; prints which tree is used.
# A library that is OPTIONAL may be absent: VARIABLE is then empty. A tree that was named but is not
# one of NAME is always an error. (A message that starts with a space is not broken into lines.)
function(ordeal_find_source NAME VARIABLE CHECK_FILE)
  cmake_parse_arguments(arg "OPTIONAL" "" "" ${ARGN})
  set(${VARIABLE} "" CACHE PATH "Source tree of ${NAME}; empty: the one that scripts/setup fetched")
  if(NOT ${VARIABLE} AND DEFINED ENV{${VARIABLE}})
    set_property(CACHE ${VARIABLE} PROPERTY VALUE "$ENV{${VARIABLE}}")
  endif()
  set(tree "${${VARIABLE}}")
  if(tree AND NOT EXISTS "${tree}/${CHECK_FILE}")
    message(FATAL_ERROR " ${VARIABLE}=${tree} holds no ${CHECK_FILE}: name an unpacked source tree of ${NAME}, or unset it and run scripts/setup")
  endif()
  if(NOT tree)
    file(GLOB fetched "${ORDEAL_ROOT}/.sources/${NAME}-*/${CHECK_FILE}")
    list(SORT fetched COMPARE NATURAL)
    if(fetched)
      list(GET fetched -1 tree)
      string(REGEX REPLACE "/${CHECK_FILE}$" "" tree "${tree}")
    endif()
  endif()
  if(tree)
    message(STATUS "Source of ${NAME}: ${tree}")
  elseif(NOT arg_OPTIONAL)
    message(FATAL_ERROR " No source of ${NAME}: run scripts/setup, or configure with -D${VARIABLE}=/path/of/an/unpacked/tree")
  endif()
  set(${VARIABLE} "${tree}" PARENT_SCOPE)
endfunction()

ordeal_find_source(mbedtls MBEDTLS_DIR library/sha256.c)
ordeal_find_source(lwip LWIP_DIR src/core/init.c OPTIONAL)
ordeal_find_source(libmodbus LIBMODBUS_DIR src/modbus.c OPTIONAL)

# mbedcrypto: the cryptographic half of mbedTLS, as configured by firmware/app/mbedtls_config.h.
# It is no code under test, so it is compiled without sanitizers and coverage in every variant:
# a signature check under the fuzzer's instrumentation takes ten times as long.
file(GLOB mbedcrypto_sources CONFIGURE_DEPENDS "${MBEDTLS_DIR}/library/*.c")
list(FILTER mbedcrypto_sources EXCLUDE REGEX "/(ssl_|x509|net_sockets|debug\\.|certs\\.|pkcs11)[^/]*$")
add_library(mbedcrypto STATIC ${mbedcrypto_sources})
target_compile_options(mbedcrypto PRIVATE -O2 -w)
target_compile_definitions(mbedcrypto PUBLIC "MBEDTLS_CONFIG_FILE=\"mbedtls_config.h\"")
target_include_directories(mbedcrypto PUBLIC "${ORDEAL_ROOT}/firmware/app")
target_include_directories(mbedcrypto SYSTEM PUBLIC "${MBEDTLS_DIR}/include")
set_target_properties(mbedcrypto PROPERTIES C_CLANG_TIDY "" EXPORT_COMPILE_COMMANDS OFF)

# mbedx509: certificates, for the tools alone. Two options on top of the firmware's own configuration,
# and of the sources those that look at them; oid.c, which is in mbedcrypto too, knows fewer names
# there.
add_library(mbedx509 STATIC
  "${MBEDTLS_DIR}/library/oid.c" "${MBEDTLS_DIR}/library/x509.c" "${MBEDTLS_DIR}/library/x509_crt.c")
target_compile_options(mbedx509 PRIVATE -O2 -w)
target_compile_definitions(mbedx509 PUBLIC MBEDTLS_X509_USE_C MBEDTLS_X509_CRT_PARSE_C)
target_link_libraries(mbedx509 PUBLIC mbedcrypto)
set_target_properties(mbedx509 PROPERTIES C_CLANG_TIDY "" EXPORT_COMPILE_COMMANDS OFF)

# libmodbus: code under test, so it has each variant's instrumentation. Its system calls are renamed
# to those of the virtual link (harnesses/libmodbus_server_calls.c). Nothing is run in its tree:
# config.h is ours, and modbus-version.h is filled in from configure.ac.
if(LIBMODBUS_DIR)
  file(STRINGS "${LIBMODBUS_DIR}/configure.ac" libmodbus_version_lines
       REGEX "m4_define\\(\\[libmodbus_version_(major|minor|micro)\\], *\\[[0-9]+\\]\\)")
  set(libmodbus_numbers "")
  foreach(line IN LISTS libmodbus_version_lines)
    string(REGEX MATCH "_(major|minor|micro)\\], *\\[([0-9]+)" ignored "${line}")
    string(TOUPPER "${CMAKE_MATCH_1}" part)
    set(LIBMODBUS_VERSION_${part} "${CMAKE_MATCH_2}")
    list(APPEND libmodbus_numbers "${CMAKE_MATCH_2}")
  endforeach()
  list(LENGTH libmodbus_numbers libmodbus_number_count)
  if(NOT libmodbus_number_count EQUAL 3)
    message(FATAL_ERROR " ${LIBMODBUS_DIR}/configure.ac names no libmodbus version: name an unpacked source tree of libmodbus 3.1, or unset LIBMODBUS_DIR")
  endif()
  list(JOIN libmodbus_numbers "." LIBMODBUS_VERSION)
  configure_file("${LIBMODBUS_DIR}/src/modbus-version.h.in"
                 "${CMAKE_BINARY_DIR}/libmodbus/modbus-version.h" @ONLY)
  # SYSTEM, without which clang would warn of what is in its headers.
  add_library(libmodbus_headers INTERFACE)
  target_include_directories(libmodbus_headers SYSTEM INTERFACE
    "${LIBMODBUS_DIR}/src" "${CMAKE_BINARY_DIR}/libmodbus")
  ordeal_add_library(libmodbus
    SOURCES "${LIBMODBUS_DIR}/src/modbus.c" "${LIBMODBUS_DIR}/src/modbus-data.c"
            "${LIBMODBUS_DIR}/src/modbus-rtu.c" "${LIBMODBUS_DIR}/src/modbus-tcp.c"
    LINKS libmodbus_headers
    DEFINITIONS _GNU_SOURCE)
  foreach(variant IN ITEMS plain libfuzzer reproducer coverage afl)
    if(TARGET libmodbus.${variant})
      # No trace of comparisons: the mutator knows the limits, and the sanitizers' own checks would
      # fill it at a third of the speed.
      target_compile_options(libmodbus.${variant} PRIVATE
        -w -fno-sanitize-coverage=trace-cmp -include "${ORDEAL_ROOT}/harnesses/libmodbus/virtual_calls.h")
      target_include_directories(libmodbus.${variant} PRIVATE "${ORDEAL_ROOT}/harnesses/libmodbus")
      set_target_properties(libmodbus.${variant} PROPERTIES C_CLANG_TIDY "" EXPORT_COMPILE_COMMANDS OFF)
    endif()
  endforeach()
endif()
