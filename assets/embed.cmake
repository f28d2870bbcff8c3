# fovea_embed(TARGET NAMESPACE FILE...): builds text files into the program. Each becomes
# `inline constexpr std::string_view NAMESPACE::NAME` in "NAMESPACE_files.h" (dots and dashes of the
# file's name turn into underscores); with FOVEA_SOURCE_DIR a developer build may read it from disk.
function(fovea_embed target namespace)
  set(header ${CMAKE_CURRENT_BINARY_DIR}/embedded/${namespace}_files.h)
  set(body "#pragma once\n#include <string_view>\nnamespace fovea::${namespace} {\n")
  foreach(file ${ARGN})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" name ${name})
    file(READ ${file} text)
    string(APPEND body "inline constexpr std::string_view ${name} = R\"fovea_text(${text})fovea_text\";\n")
  endforeach()
  string(APPEND body "}\n")
  file(CONFIGURE OUTPUT ${header} CONTENT "${body}" @ONLY)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
