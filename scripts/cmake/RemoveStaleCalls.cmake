# cmake -DOBJECTS=<file with the paths of a target's objects> -DFOLDER=<its folder> -P RemoveStaleCalls.cmake
# Removes call files (*.ci) of sources that the target does not have any more: hearth-budget would take
# them for a part of the firmware.
cmake_minimum_required(VERSION 3.25)
file(STRINGS "${OBJECTS}" objects)
list(TRANSFORM objects REPLACE "\\.obj$" ".ci")
list(TRANSFORM objects REPLACE "/\\./" "/")
file(GLOB_RECURSE calls "${FOLDER}/*.ci")
foreach(file IN LISTS calls)
  if(NOT file IN_LIST objects)
    file(REMOVE "${file}")
  endif()
endforeach()
