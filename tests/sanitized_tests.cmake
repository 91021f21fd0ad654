# Read by ctest in build/host: takes in the tests of build/host-asan if that was built.
cmake_path(SET sanitized NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../build/host-asan")
if(EXISTS "${sanitized}/CTestTestfile.cmake")
  subdirs("${sanitized}")
endif()
