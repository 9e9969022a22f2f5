# Variants: one source list is compiled several times in one configure, each time with its own flags.
#
#   plain        the host tools and the device as a Linux process
#   libfuzzer    the fuzzer: coverage feedback, AddressSanitizer, UndefinedBehaviorSanitizer
#   afl          the same sanitizers, instrumented for AFL++; only where AFL++ is installed
#   reproducer   the same sanitizers without the fuzzer: files in, and what unit tests link
#   coverage     source-based coverage (llvm-profdata, llvm-cov)
#
# A library NAME becomes the targets NAME.plain, NAME.libfuzzer, ...

set(ORDEAL_WARNINGS -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes)
set(ORDEAL_SANITIZERS -fsanitize=address,undefined -fno-sanitize-recover=all)

# AFL++'s part of a fuzzed program. Without it there is no variant afl, and all else is built.
find_file(ORDEAL_AFL_RUNTIME afl-compiler-rt.o
  PATHS /usr/lib /usr/local/lib /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} PATH_SUFFIXES afl
  DOC "afl-compiler-rt.o of AFL++, for harnesses that afl-fuzz runs")
get_property(_ordeal_afl_told GLOBAL PROPERTY ORDEAL_AFL_TOLD)
if(NOT _ordeal_afl_told)
  set_property(GLOBAL PROPERTY ORDEAL_AFL_TOLD ON)
  if(ORDEAL_AFL_RUNTIME)
    message(STATUS "AFL++ runtime: ${ORDEAL_AFL_RUNTIME}")
  else()
    message(STATUS "AFL++ runtime: not found, so no harness is built for it; install the package afl++ or set -DORDEAL_AFL_RUNTIME=/path/of/afl-compiler-rt.o")
  endif()
endif()

# -fPIC: what a harness's mutator uses of a library goes into a shared object.
set(ORDEAL_COMPILE_plain -O2 -g -fPIC)
set(ORDEAL_COMPILE_libfuzzer -O2 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link ${ORDEAL_SANITIZERS})
set(ORDEAL_COMPILE_afl -O2 -g -fno-omit-frame-pointer -fsanitize-coverage=trace-pc-guard ${ORDEAL_SANITIZERS})
set(ORDEAL_COMPILE_reproducer -O1 -g -fno-omit-frame-pointer ${ORDEAL_SANITIZERS})
set(ORDEAL_COMPILE_coverage -O0 -g -fprofile-instr-generate -fcoverage-mapping)

set(ORDEAL_LINK_plain "")
set(ORDEAL_LINK_libfuzzer -fsanitize=fuzzer ${ORDEAL_SANITIZERS})
set(ORDEAL_LINK_afl ${ORDEAL_SANITIZERS} ${ORDEAL_AFL_RUNTIME})
set(ORDEAL_LINK_reproducer ${ORDEAL_SANITIZERS})
set(ORDEAL_LINK_coverage -fprofile-instr-generate)

# Links each LINKS entry: its variant where there is one, the target or library itself where not.
function(_ordeal_link target variant scope)
  foreach(link IN LISTS ARGN)
    if(TARGET ${link}.${variant})
      target_link_libraries(${target} ${scope} ${link}.${variant})
    else()
      target_link_libraries(${target} ${scope} ${link})
    endif()
  endforeach()
endfunction()

# ordeal_add_library(NAME SOURCES <c>... [INCLUDES <dir>...] [LINKS <library>...]
#                    [DEFINITIONS <definition>...] [VARIANTS <variant>...])
# A static library in each variant (all by default). INCLUDES are seen by whatever links it.
function(ordeal_add_library NAME)
  cmake_parse_arguments(arg "" "" "SOURCES;INCLUDES;LINKS;DEFINITIONS;VARIANTS" ${ARGN})
  if(NOT arg_VARIANTS)
    set(arg_VARIANTS plain libfuzzer reproducer coverage)
    if(ORDEAL_AFL_RUNTIME)
      list(APPEND arg_VARIANTS afl)
    endif()
  endif()
  foreach(variant IN LISTS arg_VARIANTS)
    set(target ${NAME}.${variant})
    add_library(${target} STATIC ${arg_SOURCES})
    set_target_properties(${target} PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF)
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L ${arg_DEFINITIONS})
    target_compile_options(${target} PRIVATE ${ORDEAL_COMPILE_${variant}})
    target_include_directories(${target} PUBLIC ${arg_INCLUDES})
    _ordeal_link(${target} ${variant} PUBLIC ${arg_LINKS})
  endforeach()
endfunction()

# ordeal_add_program(NAME VARIANT <variant> SOURCES <c>... [LINKS <library>...] [INCLUDES <dir>...]
#                    [DEFINITIONS <definition>...])
function(ordeal_add_program NAME)
  cmake_parse_arguments(arg "" "VARIANT" "SOURCES;LINKS;INCLUDES;DEFINITIONS" ${ARGN})
  add_executable(${NAME} ${arg_SOURCES})
  set_target_properties(${NAME} PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF)
  target_compile_definitions(${NAME} PRIVATE _POSIX_C_SOURCE=200809L ${arg_DEFINITIONS})
  target_compile_options(${NAME} PRIVATE ${ORDEAL_COMPILE_${arg_VARIANT}})
  target_link_options(${NAME} PRIVATE ${ORDEAL_LINK_${arg_VARIANT}})
  target_include_directories(${NAME} PRIVATE ${arg_INCLUDES})
  _ordeal_link(${NAME} ${arg_VARIANT} PRIVATE ${arg_LINKS})
endfunction()
