# Libraries that are compiled from source: the library targets made of them.

include(${CMAKE_CURRENT_LIST_DIR}/OrdealFindSource.cmake)

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
