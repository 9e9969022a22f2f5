# ordeal_add_harness(NAME SOURCES <c>... [CODE <c>...] [LINKS <library>...] [INCLUDES <dir>...]
#                    [DEFINITIONS <definition>...])
#
# Builds one harness (`int harness_run(const uint8_t *data, size_t size)`, see harness.h) as
#   <build>/harnesses/NAME.libfuzzer    NAME.reproducer    NAME.coverage
# and, where AFL++ is installed, as NAME.afl with NAME.mutator.so, the harness's mutator for afl-fuzz.
# SOURCES  the harness and its mutator
# CODE     the code under test: compiled into every variant with that variant's instrumentation
# LINKS    libraries; one made by ordeal_add_library() is linked in the matching variant
#
# The same function builds this tree's own harnesses and, after find_package(ordeal), yours.

include(${CMAKE_CURRENT_LIST_DIR}/OrdealVariants.cmake)

if(NOT DEFINED ORDEAL_HARNESS_DIR)
  set(ORDEAL_HARNESS_DIR "${CMAKE_CURRENT_LIST_DIR}/../../harnesses")
endif()

function(ordeal_add_harness NAME)
  cmake_parse_arguments(arg "" "" "SOURCES;CODE;LINKS;INCLUDES;DEFINITIONS" ${ARGN})
  set(variants libfuzzer reproducer coverage)
  if(ORDEAL_AFL_RUNTIME)
    list(APPEND variants afl)
  endif()
  foreach(variant IN LISTS variants)
    if(variant MATCHES "^(libfuzzer|afl)$")
      set(entry main_${variant}.c)
    else()
      set(entry main_standalone.c)
    endif()
    set(target ${NAME}.${variant})
    ordeal_add_program(${target} VARIANT ${variant}
      SOURCES ${arg_SOURCES} ${arg_CODE} ${ORDEAL_HARNESS_DIR}/${entry} ${ORDEAL_HARNESS_DIR}/harness.c
      LINKS ${arg_LINKS}
      INCLUDES ${ORDEAL_HARNESS_DIR} ${arg_INCLUDES}
      DEFINITIONS ${arg_DEFINITIONS} HARNESS_NAME="${NAME}")
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/harnesses")
  endforeach()
  if(ORDEAL_AFL_RUNTIME)
    # What hands over inputs does not behave the same for each: it would blur the coverage.
    set_source_files_properties("${ORDEAL_HARNESS_DIR}/main_afl.c" PROPERTIES
      COMPILE_OPTIONS -fno-sanitize-coverage=trace-pc-guard)
    _ordeal_add_mutator(${NAME})
  endif()
endfunction()

# NAME.mutator.so, of the arguments of ordeal_add_harness(NAME). It is linked with all of the
# harness, of which the linker keeps what harness_mutate() needs: no device, unless the mutator asks
# one.
macro(_ordeal_add_mutator NAME)
  set(target ${NAME}.mutator)
  add_library(${target} MODULE
    ${arg_SOURCES} ${arg_CODE} ${ORDEAL_HARNESS_DIR}/afl_mutator.c ${ORDEAL_HARNESS_DIR}/harness.c)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11 C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden PREFIX "" SUFFIX ".so"
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/harnesses")
  target_compile_definitions(${target} PRIVATE
    _POSIX_C_SOURCE=200809L ${arg_DEFINITIONS} HARNESS_NAME="${NAME}")
  target_compile_options(${target} PRIVATE
    ${ORDEAL_COMPILE_plain} -ffunction-sections -fdata-sections)
  target_link_options(${target} PRIVATE -Wl,--gc-sections -Wl,--exclude-libs,ALL -Wl,-z,defs)
  target_include_directories(${target} PRIVATE ${ORDEAL_HARNESS_DIR} ${arg_INCLUDES})
  _ordeal_link(${target} plain PRIVATE ${arg_LINKS})
endmacro()
