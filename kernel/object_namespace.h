// ObjectNamespace: the tree of names: directories, what they hold, and links from one name to another.
// Lives:       from start-up on; its own directories and links are permanent.
// Invariants:  a look-up ends: it follows at most kMostLinks links, each to a name of bounded length.
#pragma once

#include "kernel/named_objects.h"

namespace fl::kernel {

/// What a look-up does with a link that the last component of a name is.
enum class LastLink : u8 { kFollow, kTake };

/// Where a name leads.
struct NamePlace {
  RefPtr<ObjectDirectory> directory;  ///< Where it is, or would be; null for the root itself.
  Vector<char> name;                  ///< Within it.
  RefPtr<NamedObject> object;         ///< Null: the name is free.
};

class ObjectNamespace {
 public:
  ~ObjectNamespace();

  /// Makes what NT's user mode expects. kNoMemory.
  Status Init();
  ObjectDirectory& root() { return *root_; }

  /// `start`: the directory that `path` is relative to; null: `path` begins with a backslash.
  /// kObjectPathSyntaxBad, kObjectPathNotFound (a directory on the way is missing), kObjectTypeMismatch (or
  /// is none), kObjectNameInvalid (two backslashes in a row, or one at the end), kNameTooLong, kTooManyLinks.
  Result<NamePlace> Resolve(ObjectDirectory* start, std::string_view path, NameCase name_case,
                            LastLink last_link);

 private:
  static constexpr u32 kMostLinks = 32;

  Status MakeDirectory(std::string_view path);
  Status MakeLink(std::string_view path, std::string_view target);

  RefPtr<ObjectDirectory> root_;
};

}  // namespace fl::kernel
