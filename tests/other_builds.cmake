# Read by ctest in build/host: takes in the tests of the sanitized and of the fuzz build, if they were
# built.
foreach(build host-asan fuzz)
  cmake_path(SET directory NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../build/${build}")
  if(EXISTS "${directory}/CTestTestfile.cmake")
    subdirs("${directory}")
  endif()
endforeach()
