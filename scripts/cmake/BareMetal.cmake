# Libraries and programs for a board without an operating system, by GCC and newlib-nano. Beside each
# object GCC leaves its call graph with the size of each frame (.ci), of which the build makes the
# worst stack (hearth-budget).

set(BARE_METAL_WARNINGS -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Werror)

# Where mbedTLS's halves are. The crypto half leaves out what TLS and X.509 need.
macro(_bare_metal_find_mbedtls)
  file(GLOB MBEDTLS_CRYPTO_SOURCES CONFIGURE_DEPENDS "${MBEDTLS_DIR}/library/*.c")
  set(MBEDTLS_TLS_SOURCES ${MBEDTLS_CRYPTO_SOURCES})
  list(FILTER MBEDTLS_TLS_SOURCES INCLUDE REGEX "/(ssl_|x509)[^/]*$")
  list(FILTER MBEDTLS_CRYPTO_SOURCES EXCLUDE REGEX "/(ssl_|x509|net_sockets|debug\\.|certs\\.|pkcs11)[^/]*$")
endmacro()

# bare_metal_flags(FLAG...): the processor's; call it once, after ordeal_find_source(mbedtls ...).
macro(bare_metal_flags)
  _bare_metal_find_mbedtls()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  # Named, so that other tools that read the compile commands find newlib's headers.
  set(CMAKE_C_STANDARD_INCLUDE_DIRECTORIES ${CMAKE_C_IMPLICIT_INCLUDE_DIRECTORIES})
  set(CMAKE_C_STANDARD 11)
  set(CMAKE_C_EXTENSIONS OFF)
  add_compile_options(${ARGN} -Os -g -ffunction-sections -fdata-sections -fno-common
    -fcallgraph-info=su "-ffile-prefix-map=${ORDEAL_ROOT}/=")
  add_link_options(${ARGN} -nostartfiles --specs=nano.specs -Wl,--gc-sections -Wl,--fatal-warnings
    -Wl,--no-warn-rwx-segments)
endmacro()

function(_bare_metal_compile TARGET CONFIG THIRD_PARTY)
  set(objects "${CMAKE_CURRENT_BINARY_DIR}/${TARGET}.objects")
  file(GENERATE OUTPUT "${objects}" CONTENT "$<JOIN:$<TARGET_OBJECTS:${TARGET}>,\n>\n")
  add_custom_command(TARGET ${TARGET} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -DOBJECTS=${objects}
      -DFOLDER=${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${TARGET}.dir
      -P "${ORDEAL_ROOT}/scripts/cmake/RemoveStaleCalls.cmake"
    VERBATIM)
  target_compile_definitions(${TARGET} PRIVATE "MBEDTLS_CONFIG_FILE=\"${CONFIG}\"")
  target_include_directories(${TARGET} SYSTEM PRIVATE "${MBEDTLS_DIR}/include")
  if(LWIP_DIR)
    target_include_directories(${TARGET} PRIVATE "${FIRMWARE}/net")
    target_include_directories(${TARGET} SYSTEM PRIVATE
      "${LWIP_DIR}/src/include" "${LWIP_DIR}/src/apps/altcp_tls")
  endif()
  if(THIRD_PARTY)
    target_compile_options(${TARGET} PRIVATE -w)
    set_target_properties(${TARGET} PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
  else()
    target_compile_options(${TARGET} PRIVATE ${BARE_METAL_WARNINGS})
  endif()
endfunction()

# bare_metal_library(NAME SOURCES <c>... CONFIG <mbedTLS configuration header> [THIRD_PARTY])
function(bare_metal_library NAME)
  cmake_parse_arguments(arg "THIRD_PARTY" "CONFIG" "SOURCES" ${ARGN})
  add_library(${NAME} STATIC ${arg_SOURCES})
  _bare_metal_compile(${NAME} ${arg_CONFIG} ${arg_THIRD_PARTY})
endfunction()

# bare_metal_program(NAME SOURCES <c>... LIBRARIES <library>... CONFIG <header> SCRIPT <file.ld.S>
#                    PLACE <definition for the script> [DEFINITIONS <definition>...])
# Makes NAME.elf and NAME.bin.
function(bare_metal_program NAME)
  cmake_parse_arguments(arg "" "CONFIG;SCRIPT;PLACE" "SOURCES;LIBRARIES;DEFINITIONS" ${ARGN})
  set(script "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.ld")
  add_custom_command(OUTPUT "${script}"
    COMMAND ${CMAKE_C_COMPILER} -E -P -x assembler-with-cpp -D${arg_PLACE}
      -MD -MF "${script}.d" -MT "${script}" "${CMAKE_CURRENT_SOURCE_DIR}/${arg_SCRIPT}" -o "${script}"
    DEPENDS "${arg_SCRIPT}" DEPFILE "${script}.d"
    VERBATIM)
  add_executable(${NAME} ${arg_SOURCES} "${script}")
  _bare_metal_compile(${NAME} ${arg_CONFIG} FALSE)
  target_compile_definitions(${NAME} PRIVATE ${arg_DEFINITIONS})
  target_link_libraries(${NAME} PRIVATE -Wl,--start-group ${arg_LIBRARIES} -Wl,--end-group)
  target_link_options(${NAME} PRIVATE "-T${script}" "-Wl,-Map=${CMAKE_CURRENT_BINARY_DIR}/${NAME}.map")
  set_target_properties(${NAME} PROPERTIES LINK_DEPENDS "${script}" SUFFIX .elf)
  add_custom_command(TARGET ${NAME} POST_BUILD
    COMMAND ${CMAKE_OBJCOPY} -O binary $<TARGET_FILE:${NAME}> ${NAME}.bin
    BYPRODUCTS ${NAME}.bin VERBATIM)
endfunction()
