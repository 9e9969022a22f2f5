# ordeal_add_harness(NAME SOURCES <c>... [CODE <c>...] [LINKS <library>...] [INCLUDES <dir>...]
#                    [DEFINITIONS <definition>...])
#
# Builds one harness (`int harness_run(const uint8_t *data, size_t size)`, see harness.h) as
#   <build>/harnesses/NAME.libfuzzer    NAME.reproducer    NAME.coverage
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
  foreach(variant IN ITEMS libfuzzer reproducer coverage)
    if(variant STREQUAL "libfuzzer")
      set(entry main_libfuzzer.c)
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
endfunction()
