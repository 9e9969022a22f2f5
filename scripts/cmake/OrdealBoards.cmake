# Firmware for boards that have another compiler than the host: each is a CMake project of its own in
# firmware/boards/<name>, built in build/boards/<name>. What the host's tools do to its programs is
# done here: images are signed, the size budget is checked. Without the cross compiler there are no
# boards, and all else is built.

find_program(ORDEAL_ARM_GCC arm-none-eabi-gcc DOC "GCC for ARM boards")
if(ORDEAL_ARM_GCC)
  message(STATUS "Boards: ${ORDEAL_ARM_GCC}")
else()
  message(STATUS "Boards: no arm-none-eabi-gcc, so no firmware for ARM boards is built; install the packages gcc-arm-none-eabi and libnewlib-arm-none-eabi")
endif()

set(ORDEAL_BOARD_VERSION 1.0.0) # of the images that the build signs, for a new device
set(ORDEAL_BOARD_COUNTER 1)

# ordeal_add_board(NAME PROGRAMS <program>...)
# Target board.NAME: build/boards/NAME with <program>.elf and <program>.bin.
function(ordeal_add_board NAME)
  cmake_parse_arguments(arg "" "" "PROGRAMS" ${ARGN})
  set(source "${CMAKE_CURRENT_SOURCE_DIR}/${NAME}")
  set(folder "${CMAKE_BINARY_DIR}/boards/${NAME}")
  set(toolchain "${CMAKE_SOURCE_DIR}/scripts/cmake/arm-none-eabi.cmake")
  set(arguments "-DMBEDTLS_DIR=${MBEDTLS_DIR}" "-DLWIP_DIR=${LWIP_DIR}"
    "-DHEARTH_VENDOR_KEYS=${HEARTH_VENDOR_KEYS}")
  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.arguments" CONTENT "${arguments}\n" @ONLY) # new when they change
  add_custom_command(OUTPUT "${folder}/build.ninja"
    COMMAND ${CMAKE_COMMAND} -S "${source}" -B "${folder}" -G Ninja --toolchain "${toolchain}" ${arguments}
    DEPENDS "${toolchain}" "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.arguments" COMMENT "Configuring board ${NAME}" VERBATIM)
  set(products "")
  foreach(program IN LISTS arg_PROGRAMS)
    list(APPEND products "${folder}/${program}.elf" "${folder}/${program}.bin")
  endforeach()
  add_custom_target(board.${NAME} ALL
    # ccache brings back an object without the call graph that GCC left beside it.
    COMMAND ${CMAKE_COMMAND} -E env CCACHE_DISABLE=1 ${CMAKE_COMMAND} --build "${folder}"
    DEPENDS "${folder}/build.ninja" BYPRODUCTS ${products}
    COMMENT "Building board ${NAME}" VERBATIM)
endfunction()

# ordeal_sign_board_image(BOARD PROGRAM SLOT a|b)
# build/boards/BOARD/PROGRAM.signed.bin, with the test key: version 1.0.0, security counter 1.
function(ordeal_sign_board_image BOARD PROGRAM)
  cmake_parse_arguments(arg "" "SLOT" "" ${ARGN})
  set(folder "${CMAKE_BINARY_DIR}/boards/${BOARD}")
  set(image "${folder}/${PROGRAM}.signed.bin")
  add_custom_command(OUTPUT "${image}"
    COMMAND ${CMAKE_COMMAND} -E rm -f "${image}"
    COMMAND hearth-image sign --key "${CMAKE_SOURCE_DIR}/firmware/tools/test-image-key.pem"
      --board ${BOARD} --slot ${arg_SLOT} --body "${folder}/${PROGRAM}.bin"
      --version ${ORDEAL_BOARD_VERSION} --security-counter ${ORDEAL_BOARD_COUNTER} --out "${image}"
    DEPENDS hearth-image board.${BOARD} "${folder}/${PROGRAM}.bin"
    COMMENT "Signing ${PROGRAM} of ${BOARD}" VERBATIM)
  add_custom_target(board.${BOARD}.${PROGRAM} ALL DEPENDS "${image}")
endfunction()

# ordeal_sign_update_image(BOARD IMAGE SLOT a|b BODY <file> VERSION <version> COUNTER <number>
#   [WRONG <kind of hearth-image>] [DEPENDS <target>...])
# IMAGE, a file, and in IMAGES of the caller its name.
function(ordeal_sign_update_image BOARD IMAGE)
  cmake_parse_arguments(arg "" "SLOT;BODY;VERSION;COUNTER;WRONG" "DEPENDS" ${ARGN})
  set(wrong "")
  if(arg_WRONG)
    set(wrong --wrong ${arg_WRONG})
  endif()
  add_custom_command(OUTPUT "${IMAGE}"
    COMMAND ${CMAKE_COMMAND} -E rm -f "${IMAGE}"
    COMMAND hearth-image sign --key "${CMAKE_SOURCE_DIR}/firmware/tools/test-image-key.pem"
      --board ${BOARD} --slot ${arg_SLOT} --body "${arg_BODY}"
      --version ${arg_VERSION} --security-counter ${arg_COUNTER} ${wrong} --out "${IMAGE}"
    DEPENDS hearth-image "${arg_BODY}" ${arg_DEPENDS}
    COMMENT "Signing ${IMAGE}" VERBATIM)
  list(APPEND IMAGES "${IMAGE}")
  set(IMAGES "${IMAGES}" PARENT_SCOPE)
endfunction()

# ordeal_sign_update_images(BOARD FOLDER <below the build folder> BODY_A <file> BODY_B <file>
#   [CRASH <file>] [HANG <file>] [DEPENDS <target>...])
# Target images.BOARD: images to update a device with that runs ORDEAL_BOARD_VERSION in slot A and
# stores ORDEAL_BOARD_COUNTER. What is in their names is what is right or wrong with them (images in
# targets/*.yaml); CRASH is a body that faults at once, HANG one that does nothing. Installed where the target looks for them.
function(ordeal_sign_update_images BOARD)
  cmake_parse_arguments(arg "" "FOLDER;BODY_A;BODY_B;CRASH;HANG" "DEPENDS" ${ARGN})
  set(folder "${CMAKE_BINARY_DIR}/${arg_FOLDER}")
  set(a SLOT a BODY "${arg_BODY_A}" DEPENDS ${arg_DEPENDS})
  set(b SLOT b BODY "${arg_BODY_B}" DEPENDS ${arg_DEPENDS})
  set(IMAGES "")
  file(MAKE_DIRECTORY "${folder}")
  ordeal_sign_update_image(${BOARD} "${folder}/update-b.bin" ${b} VERSION 1.1.0 COUNTER 2)
  ordeal_sign_update_image(${BOARD} "${folder}/next-a.bin" ${a} VERSION 1.2.0 COUNTER 3)
  ordeal_sign_update_image(${BOARD} "${folder}/next-b.bin" ${b} VERSION 1.3.0 COUNTER 3)
  ordeal_sign_update_image(${BOARD} "${folder}/downgrade-same-counter-b.bin" ${b} VERSION 0.9.0 COUNTER ${ORDEAL_BOARD_COUNTER})
  ordeal_sign_update_image(${BOARD} "${folder}/older-b.bin" ${b} VERSION 0.9.0 COUNTER 0)
  ordeal_sign_update_image(${BOARD} "${folder}/same-version-older-counter-b.bin" ${b} VERSION ${ORDEAL_BOARD_VERSION} COUNTER 0)
  ordeal_sign_update_image(${BOARD} "${folder}/other-product-b.bin" ${b} VERSION 1.1.0 COUNTER 2 WRONG product)
  ordeal_sign_update_image(${BOARD} "${folder}/other-slot-b.bin" ${a} VERSION 1.1.0 COUNTER 2)
  ordeal_sign_update_image(${BOARD} "${folder}/wrong-key-b.bin" ${b} VERSION 1.1.0 COUNTER 2 WRONG key)
  ordeal_sign_update_image(${BOARD} "${folder}/altered-b.bin" ${b} VERSION 1.1.0 COUNTER 2 WRONG body)
  if(arg_CRASH)
    ordeal_sign_update_image(${BOARD} "${folder}/crash-b.bin" SLOT b BODY "${arg_CRASH}" VERSION 1.4.0 COUNTER 2)
  endif()
  if(arg_HANG)
    ordeal_sign_update_image(${BOARD} "${folder}/hang-b.bin" SLOT b BODY "${arg_HANG}" DEPENDS ${arg_DEPENDS} VERSION 1.5.0 COUNTER 2)
  endif()
  add_custom_target(images.${BOARD} ALL DEPENDS ${IMAGES})
  install(FILES ${IMAGES} DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/ordeal/${arg_FOLDER}")
endfunction()

# ordeal_add_board_product(BOARD BOOT <program> IMAGE <program> SCRIPT <file.ld.S>)
# build/boards/BOARD/hearth-BOARD.elf: all code of a device whose boot stage lies in flash, in one file
# that a debugger programs. Nothing else is in it, no symbol and no path, so that the same sources and
# the same compiler give the same bytes.
function(ordeal_add_board_product BOARD)
  cmake_parse_arguments(arg "" "BOOT;IMAGE;SCRIPT" "" ${ARGN})
  set(folder "${CMAKE_BINARY_DIR}/boards/${BOARD}")
  set(product "${folder}/hearth-${BOARD}.elf")
  set(script "${folder}/hearth-${BOARD}.ld")
  add_custom_command(OUTPUT "${product}"
    COMMAND ${ORDEAL_ARM_GCC} -E -P -x assembler-with-cpp "${arg_SCRIPT}" -o "${script}"
    COMMAND ${ORDEAL_ARM_GCC} -nostdlib -s "-T${script}" -Wl,--nmagic,--no-warn-rwx-segments
      -Wl,--format=binary ${arg_BOOT}.bin ${arg_IMAGE}.signed.bin -Wl,--format=default -o "${product}"
    DEPENDS board.${BOARD} board.${BOARD}.${arg_IMAGE} "${folder}/${arg_BOOT}.bin" "${folder}/${arg_IMAGE}.signed.bin" "${arg_SCRIPT}"
    WORKING_DIRECTORY "${folder}"
    COMMENT "Linking the product of ${BOARD}" VERBATIM)
  add_custom_target(board.${BOARD}.product ALL DEPENDS "${product}")
endfunction()

# ordeal_provision_board(BOARD)
# build/boards/BOARD/factory.page and label.json: what makes one device of that board, with an identity
# and a password that no other has; another each time that it is made.
function(ordeal_provision_board BOARD)
  set(page "${CMAKE_BINARY_DIR}/boards/${BOARD}/factory.page")
  set(label "${CMAKE_BINARY_DIR}/boards/${BOARD}/label.json")
  add_custom_command(OUTPUT "${page}" "${label}"
    COMMAND ${CMAKE_COMMAND} -E rm -f "${page}"
    COMMAND hearth-provision --board ${BOARD} --out "${page}" --json > "${label}"
    DEPENDS hearth-provision "${CMAKE_BINARY_DIR}/boards/${BOARD}/build.ninja"
    COMMENT "Provisioning a device of ${BOARD}" VERBATIM)
  add_custom_target(board.${BOARD}.factory ALL DEPENDS "${page}" "${label}")
endfunction()

# ordeal_check_board_budget(BOARD PROGRAM LIMITS <file> CALLS <folder>...)
# Prints sizes and worst stack of PROGRAM whenever it was built anew; exceeding a limit fails the build.
# The folders hold its call graph: CMakeFiles/<target>.dir in the board's build folder.
function(ordeal_check_board_budget BOARD PROGRAM)
  cmake_parse_arguments(arg "" "LIMITS" "CALLS" ${ARGN})
  set(folder "${CMAKE_BINARY_DIR}/boards/${BOARD}")
  set(stamp "${folder}/${PROGRAM}.budget")
  list(TRANSFORM arg_CALLS PREPEND "${folder}/CMakeFiles/")
  list(TRANSFORM arg_CALLS APPEND ".dir")
  list(JOIN arg_CALLS ";--calls;" calls)
  add_custom_command(OUTPUT "${stamp}"
    COMMAND hearth-budget --name "${BOARD} ${PROGRAM}" --elf "${folder}/${PROGRAM}.elf"
      --limits "${arg_LIMITS}" --calls ${calls}
    COMMAND ${CMAKE_COMMAND} -E touch "${stamp}"
    DEPENDS hearth-budget board.${BOARD} "${folder}/${PROGRAM}.elf" "${arg_LIMITS}"
    COMMENT "" VERBATIM COMMAND_EXPAND_LISTS)
  add_custom_target(board.${BOARD}.${PROGRAM}.budget ALL DEPENDS "${stamp}")
endfunction()
