# fl_link_with_symbols(OBJECTS OUTPUT name [DEPENDS files...]): an executable of the object library
# OBJECTS, in the build directory, whose section .symbols holds its own function names
# (kernel/symbols.h).
#
# It is linked twice: first with an empty table, from which the real one is made. OBJECTS carries
# libraries and link options as usage requirements (target_link_libraries(... PUBLIC),
# target_link_options(... INTERFACE)); DEPENDS are files that a link reads, such as its script. The
# script has an output section .symbols behind everything that is code: only what follows it may move
# between the two links. The last step of the build checks that no function did.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(FL_MAKE_SYMBOLS ${PROJECT_SOURCE_DIR}/tools/lib/make_symbols.py)

function(fl_link_with_symbols objects)
  cmake_parse_arguments(ARG "" "OUTPUT" "DEPENDS" ${ARGN})
  set(directory ${CMAKE_CURRENT_BINARY_DIR}/symbols/${ARG_OUTPUT})
  set(first ${ARG_OUTPUT}.without_symbols)

  fl_assemble_symbols(${directory}/empty "" --empty)
  add_executable(${first} ${directory}/empty/symbols.o)
  fl_assemble_symbols(${directory}/full ${first} $<TARGET_FILE:${first}>)
  add_executable(${ARG_OUTPUT} ${directory}/full/symbols.o)

  foreach(executable ${first} ${ARG_OUTPUT})
    target_link_libraries(${executable} PRIVATE ${objects})
    set_target_properties(${executable} PROPERTIES LINKER_LANGUAGE CXX LINK_DEPENDS "${ARG_DEPENDS}")
  endforeach()
  set_target_properties(${first} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${directory})
  set_target_properties(${ARG_OUTPUT} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  add_custom_command(TARGET ${ARG_OUTPUT} POST_BUILD
    COMMAND Python3::Interpreter ${FL_MAKE_SYMBOLS} --verify $<TARGET_FILE:${ARG_OUTPUT}>
    VERBATIM)
endfunction()

# ${directory}/symbols.o from what make_symbols.py writes when it is given `arguments`.
function(fl_assemble_symbols directory dependency arguments)
  set(source ${PROJECT_SOURCE_DIR}/kernel/symbol_table.asm)
  file(MAKE_DIRECTORY ${directory})
  add_custom_command(OUTPUT ${directory}/symbols.o
    COMMAND Python3::Interpreter ${FL_MAKE_SYMBOLS} ${arguments} ${directory}/symbols.bin
    COMMAND ${CMAKE_ASM_NASM_COMPILER} -f elf32 -I ${directory}/ -o ${directory}/symbols.o ${source}
    DEPENDS ${FL_MAKE_SYMBOLS} ${source} ${dependency}
    BYPRODUCTS ${directory}/symbols.bin
    VERBATIM)
endfunction()
