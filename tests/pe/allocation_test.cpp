// Every allocation of pe/ fails in turn: the caller sees kNoMemory and nothing leaks (LeakSanitizer
// looks).
#include <gtest/gtest.h>

#include "pe/linker.h"
#include "pe/relocation.h"
#include "tests/fakes/failing_new.h"
#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;

class OnlyModule final : public Module, public ModuleProvider {
 public:
  OnlyModule(const Bytes& image, const ImageLayout& layout) : source_(image), layout_(layout) {}
  std::string_view Name() const override { return "self.dll"; }
  ByteSource& Image() override { return source_; }
  const ImageLayout& Layout() const override { return layout_; }
  VirtAddr Base() const override { return VirtAddr(0x10000000); }
  Result<Module*> Load(Module&, std::string_view) override { return this; }

 private:
  test::MemorySource source_;
  const ImageLayout& layout_;
};

/// Runs `operation` with the first, second, third... allocation failing until none does; returns
/// how many did fail.
template <class Operation>
int FailEachInTurn(Operation operation) {
  for (int failing = 1;; ++failing) {
    fl::test::FailAllocation(failing);
    const Status status = operation();
    const bool reached = fl::test::AllocationFailed();
    fl::test::FailAllocation(0);
    if (!reached) {
      EXPECT_EQ(status, Status::kSuccess);
      return failing - 1;
    }
    EXPECT_EQ(status, Status::kNoMemory) << "allocation " << failing;
  }
}

Bytes Sample() {
  test::ImageBuilder builder;
  builder.dll_name = "self.dll";
  for (int i = 0; i < 6; ++i) builder.AddSection(".data", test::kDataFlags, Bytes(0x1000));
  for (u32 rva = 0x6FF0; rva >= 0x1000; rva -= 0x10) builder.Fixup(rva);
  builder.Export("One", 0x1000).ExportForwarder("Two", "self.One");
  builder.Import("self.dll", {"One", "Two", "#1", "#2", "One"});
  return builder.Build();
}

TEST(Allocation, EachFailureOfTheLayoutIsReported) {
  const Bytes file = Sample();
  EXPECT_GT(FailEachInTurn([&] { return ParseImageLayout(file, file.size(), nullptr).status(); }),
            1);
}

TEST(Allocation, EachFailureOfTheRelocationIndexIsReported) {
  const Bytes file = Sample();
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  const Bytes image = test::LayOut(file, *layout);
  test::MemorySource source(image);
  EXPECT_GT(
      FailEachInTurn([&] { return RelocationIndex::Build(source, *layout, nullptr).status(); }), 4);
}

TEST(Allocation, EachFailureOfTheLinkerLeavesItAsItWas) {
  const Bytes file = Sample();
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  const Bytes image = test::LayOut(file, *layout);
  OnlyModule module(image, *layout);
  const auto link = [&] {
    Linker linker(module);
    LinkError error;
    const Status status = linker.Link(module, &error);
    EXPECT_EQ(linker.load_order().size(), status == Status::kSuccess ? 1u : 0u);
    EXPECT_EQ(error.kind,
              status == Status::kSuccess ? LinkError::Kind::kNone : LinkError::Kind::kOther);
    return status;
  };
  EXPECT_GT(FailEachInTurn(link), 4);
}

}  // namespace
}  // namespace fl::pe
