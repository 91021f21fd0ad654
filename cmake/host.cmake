# The host target: GoogleTest and Google Benchmark beside the rooms; sanitizers on request.
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
if(FAULTLINE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
