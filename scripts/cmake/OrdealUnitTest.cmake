# ordeal_add_unit_test(NAME SOURCES <c>... [LINKS <library>...] [INCLUDES <dir>...] [DEFINITIONS <definition>...])
#
# A cmocka program in the reproducer variant (AddressSanitizer and UndefinedBehaviorSanitizer), built as
# <build>/tests/NAME and run by ctest as `unit.NAME`.

include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/OrdealVariants.cmake)

find_package(PkgConfig REQUIRED)
pkg_check_modules(ORDEAL_CMOCKA REQUIRED IMPORTED_TARGET GLOBAL cmocka)

function(ordeal_add_unit_test NAME)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS;INCLUDES;DEFINITIONS" ${ARGN})
  set(target unit.${NAME})
  ordeal_add_program(${target} VARIANT reproducer
    SOURCES ${arg_SOURCES}
    LINKS ${arg_LINKS} PkgConfig::ORDEAL_CMOCKA
    INCLUDES ${arg_INCLUDES}
    DEFINITIONS ${arg_DEFINITIONS})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${NAME} RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME unit.${NAME} COMMAND ${target})
  set_tests_properties(unit.${NAME} PROPERTIES TIMEOUT 120)
endfunction()
