// Text: what the registry begins with, as people write it.
// Format:      UTF-8, one thing on a line; spaces around it do not count.
//                ; a comment
//                [\Registry\Machine\Software\Some Key]     the key that the next lines are about; those
//                                                          above it are made too
//                "name" = VALUE                            a value of it; @ in place of "name" is the default
//              VALUE is one of
//                "text"                REG_SZ; \" \\ \n \t and \0 stand for one character
//                expand:"text"         REG_EXPAND_SZ
//                multi:"one","two"     REG_MULTI_SZ
//                dword:1f   qword:1f   REG_DWORD, REG_QWORD, in hexadecimal
//                hex:01,02,ff          REG_BINARY
//                hex(2):41,00,00,00    any type, in hexadecimal
//              Later lines replace values of earlier ones.
// Invariant:   total: a line that cannot be understood is reported and passed over, whatever it holds. A key
//              that cannot be made takes the lines below it along.
#pragma once

#include <string_view>

#include "kernel/registry/tree.h"

namespace fl::registry {

class TextErrors {
 public:
  virtual void OnError(u32 line, const char* message) = 0;

 protected:
  ~TextErrors() = default;
};

/// kNoMemory, kRegistryQuotaLimit: what came before is there.
Status Load(Tree& tree, std::string_view text, u64 now, TextErrors& errors);

}  // namespace fl::registry
