# The host target: GoogleTest and Google Benchmark beside the rooms; sanitizers on request.
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
if(FAULTLINE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
# Line numbers are all that a failing test's report needs; the rest of the debug information costs as much
# time as the compilation.
foreach(configuration DEBUG RELWITHDEBINFO)
  string(REGEX REPLACE "-g( |$)" "-g1\\1" CMAKE_CXX_FLAGS_${configuration}
         "${CMAKE_CXX_FLAGS_${configuration}}")
endforeach()
