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
