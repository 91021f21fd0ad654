# The host target: GoogleTest and Google Benchmark beside the rooms; sanitizers on request.
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
if(FAULTLINE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(FAULTLINE_FUZZ)
  # Not vptr and function: the rooms have no run-time type information.
  set(sanitizers -fsanitize=address,undefined -fno-sanitize=vptr,function)
  add_compile_options(${sanitizers} -fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(${sanitizers})
  # Compiled quickly and fast enough; assertions are the kernel's own.
  string(REPLACE "-O2" "-O1" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
endif()
if(FAULTLINE_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
# Line numbers are all that a failing test's report needs; the rest of the debug information costs as much
# time as the compilation.
foreach(configuration DEBUG RELWITHDEBINFO)
  string(REGEX REPLACE "-g( |$)" "-g1\\1" CMAKE_CXX_FLAGS_${configuration}
         "${CMAKE_CXX_FLAGS_${configuration}}")
endforeach()
