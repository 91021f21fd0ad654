// Linker: graphs of small images.
#include "pe/linker.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "pe/module_name.h"
#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;
using test::ImageBuilder;

class TestModule final : public Module {
 public:
  TestModule(std::string name, u32 base, const Bytes& file)
      : name_(std::move(name)), base_(base), layout_(Parse(file)) {
    image_ = test::LayOut(file, layout_);
  }
  std::string_view Name() const override { return name_; }
  ByteSource& Image() override { return source_; }
  const ImageLayout& Layout() const override { return layout_; }
  VirtAddr Base() const override { return VirtAddr(base_); }

 private:
  static ImageLayout Parse(const Bytes& file) {
    auto layout = ParseImageLayout(file, file.size(), nullptr);
    EXPECT_TRUE(layout.ok());
    return std::move(*layout);
  }
  std::string name_;
  u32 base_;
  ImageLayout layout_;
  Bytes image_;
  test::MemorySource source_{image_};
};

class LinkerTest : public testing::Test, public ModuleProvider {
 protected:
  /// Modules get bases 0x10000000, 0x20000000...
  TestModule& Add(const std::string& name, ImageBuilder& builder) {
    builder.dll_name = name;
    const u32 base = 0x10000000 * u32(modules_.size() + 1);
    modules_.push_back(std::make_unique<TestModule>(name, base, builder.Build()));
    return *modules_.back();
  }
  Result<Module*> Load(Module&, std::string_view name) override {
    loads_.emplace_back(name);
    for (const auto& module : modules_) {
      if (EqualIgnoringCase(module->Name(), name)) return module.get();
    }
    return missing_;
  }
  std::string Order() {
    std::string order;
    for (const LinkedModule* module : linker_.load_order()) {
      order += std::string(module->module->Name()) + " ";
    }
    return order;
  }
  /// The value bound to `slot` of `module`.
  u32 Value(const Module& module, u32 slot) {
    for (const Binding& binding : linker_.Find(module)->bindings) {
      if (binding.slot.value == slot) return binding.value;
    }
    return 0;
  }
  std::string FailureOf(Module& root, Status status) {
    LinkError error;
    EXPECT_EQ(linker_.Link(root, &error), status);
    EXPECT_TRUE(linker_.load_order().empty());
    EXPECT_EQ(linker_.Find(root), nullptr);
    char text[512];
    return std::string(error.Format(text));
  }
  static ImageBuilder Code() {
    ImageBuilder builder;
    builder.AddSection(".text", test::kCodeFlags, Bytes(0x100));
    return builder;
  }

  std::vector<std::unique_ptr<TestModule>> modules_;
  std::vector<std::string> loads_;
  Status missing_ = Status::kDllNotFound;
  Linker linker_{*this};
};

TEST_F(LinkerTest, BindsNamesAndOrdinalsSortedBySlot) {
  ImageBuilder beta = Code();
  beta.Export("Frob", 0x1010).ExportOrdinal(0x1020);
  ImageBuilder alpha = Code();
  alpha.Import("BETA", {"Frob", "#2"});
  TestModule& root = Add("alpha.exe", alpha);
  Add("beta.dll", beta);
  LinkError error;
  ASSERT_EQ(linker_.Link(root, &error), Status::kSuccess);
  EXPECT_EQ(Value(root, alpha.Slot("BETA", "Frob")), 0x20001010u);
  EXPECT_EQ(Value(root, alpha.Slot("BETA", "#2")), 0x20001020u);
  const auto& bindings = linker_.Find(root)->bindings;
  ASSERT_EQ(bindings.size(), 2u);
  EXPECT_LT(bindings[0].slot, bindings[1].slot);
  EXPECT_EQ(Order(), "beta.dll alpha.exe ");
  EXPECT_EQ(loads_, std::vector<std::string>{"BETA.dll"});
}

TEST_F(LinkerTest, CyclesAndDiamondsLoadEachModuleOnce) {
  ImageBuilder a = Code(), b = Code(), c = Code(), d = Code();
  a.Import("b.dll", {"B"}).Import("c.dll", {"C"});
  b.Import("d.dll", {"D"}).Export("B", 0x1001);
  c.Import("D.DLL", {"D"}).Export("C", 0x1002);
  d.Import("b.dll", {"B"}).Import("d.dll", {"D"}).Export("D", 0x1003);
  TestModule& root = Add("a.exe", a);
  Add("b.dll", b);
  Add("c.dll", c);
  TestModule& last = Add("d.dll", d);
  ASSERT_EQ(linker_.Link(root, nullptr), Status::kSuccess);
  EXPECT_EQ(Order(), "d.dll b.dll c.dll a.exe ");
  EXPECT_EQ(loads_.size(), 3u);
  EXPECT_EQ(Value(last, d.Slot("b.dll", "B")), 0x20001001u);
  EXPECT_EQ(Value(last, d.Slot("d.dll", "D")), 0x40001003u);
}

TEST_F(LinkerTest, ForwardersLoadTheirDllAndMakeItADependency) {
  ImageBuilder a = Code(), b = Code(), c = Code(), d = Code();
  a.Import("b.dll", {"B", "B2"});
  b.ExportForwarder("B", "C.#5").ExportForwarder("B2", "c.C2");
  c.ordinal_base = 5;
  c.ExportForwarder("C", "d.D").Export("C2", 0x1004);
  d.Export("D", 0x1008);
  TestModule& root = Add("a.exe", a);
  Add("b.dll", b);
  Add("c.dll", c);
  Add("d.dll", d);
  ASSERT_EQ(linker_.Link(root, nullptr), Status::kSuccess);
  EXPECT_EQ(Value(root, a.Slot("b.dll", "B")), 0x40001008u);
  EXPECT_EQ(Value(root, a.Slot("b.dll", "B2")), 0x30001004u);
  EXPECT_EQ(Order(), "b.dll d.dll c.dll a.exe ");
}

TEST_F(LinkerTest, SecondLinkAddsOnlyWhatIsNew) {
  ImageBuilder a = Code(), b = Code(), c = Code();
  a.Import("b.dll", {"B"});
  b.Export("B", 0x1000);
  c.Import("b.dll", {"B"});
  TestModule& first = Add("a.exe", a);
  Add("b.dll", b);
  TestModule& second = Add("c.dll", c);
  ASSERT_EQ(linker_.Link(first, nullptr), Status::kSuccess);
  ASSERT_EQ(linker_.Link(second, nullptr), Status::kSuccess);
  ASSERT_EQ(linker_.Link(second, nullptr), Status::kSuccess);
  EXPECT_EQ(Order(), "b.dll a.exe c.dll ");
  EXPECT_EQ(Value(second, c.Slot("b.dll", "B")), 0x20001000u);
}

TEST_F(LinkerTest, NeedsAreTheImportedDllsAndWhereForwardersLed) {
  ImageBuilder a = Code(), b = Code(), c = Code();
  a.Import("b.dll", {"B", "B2"}).Import("b.dll", {"B"});
  b.Export("B", 0x1000).ExportForwarder("B2", "c.C");
  c.Export("C", 0x1004);
  TestModule& root = Add("a.exe", a);
  TestModule& second = Add("b.dll", b);
  TestModule& third = Add("c.dll", c);
  ASSERT_EQ(linker_.Link(root, nullptr), Status::kSuccess);
  const auto& needs = linker_.Find(root)->needs;
  ASSERT_EQ(needs.size(), 2u);
  EXPECT_EQ(needs[0], &second);
  EXPECT_EQ(needs[1], &third);
  EXPECT_TRUE(linker_.Find(second)->needs.empty());
}

TEST_F(LinkerTest, WhatWasLinkedEarlierIsFoundByNameAndLeftAlone) {
  ImageBuilder a = Code(), b = Code();
  a.Import("B", {"Frob"});
  // Its own imports do not exist any more; nobody asks.
  b.Export("Frob", 0x1010).Import("gone.dll", {"Gone"});
  TestModule& root = Add("a.dll", a);
  TestModule& old = Add("b.dll", b);
  ASSERT_EQ(linker_.AddLinked(old), Status::kSuccess);
  ASSERT_EQ(linker_.Link(root, nullptr), Status::kSuccess);
  EXPECT_EQ(Value(root, a.Slot("B", "Frob")), 0x20001010u);
  EXPECT_EQ(Order(), "a.dll ");
  EXPECT_TRUE(loads_.empty());
}

TEST_F(LinkerTest, FindSymbolFollowsForwardersAndLinksWhereTheyLead) {
  ImageBuilder a = Code(), b = Code(), c = Code();
  a.Export("Own", 0x1020).ExportForwarder("Far", "b.B");
  b.Export("B", 0x1004).Import("c.dll", {"C"});
  c.Export("C", 0x1008);
  TestModule& first = Add("a.dll", a);
  TestModule& second = Add("b.dll", b);
  Add("c.dll", c);
  ASSERT_EQ(linker_.AddLinked(first), Status::kSuccess);
  const SymbolRef own{.name = "Own"}, far{.name = "Far"}, missing{.name = "Missing"};
  EXPECT_EQ(*linker_.FindSymbol(first, own, nullptr), 0x10001020u);
  EXPECT_EQ(Order(), "");
  EXPECT_EQ(*linker_.FindSymbol(first, far, nullptr), 0x20001004u);
  EXPECT_EQ(Order(), "c.dll b.dll ");
  ASSERT_EQ(linker_.Find(first)->needs.size(), 1u);
  EXPECT_EQ(linker_.Find(first)->needs[0], &second);
  LinkError error;
  EXPECT_EQ(linker_.FindSymbol(first, missing, &error).status(), Status::kEntryPointNotFound);
  EXPECT_EQ(error.kind, LinkError::Kind::kMissingSymbol);
}

TEST_F(LinkerTest, FindSymbolThatFailsLinksNothing) {
  ImageBuilder a = Code(), b = Code();
  a.ExportForwarder("Far", "b.B");
  b.Export("B", 0x1004).Import("gone.dll", {"Gone"});
  TestModule& first = Add("a.dll", a);
  TestModule& second = Add("b.dll", b);
  ASSERT_EQ(linker_.AddLinked(first), Status::kSuccess);
  LinkError error;
  EXPECT_EQ(linker_.FindSymbol(first, {.name = "Far"}, &error).status(), Status::kDllNotFound);
  EXPECT_EQ(error.kind, LinkError::Kind::kMissingDll);
  EXPECT_EQ(linker_.Find(second), nullptr);
  EXPECT_EQ(Order(), "");
}

TEST_F(LinkerTest, AChainOfHundredsOfModulesNeedsNoDeepStack) {
  std::vector<ImageBuilder> chain(400, Code());
  for (u32 i = 0; i < chain.size(); ++i) {
    chain[i].Export("F", 0x1000);
    if (i + 1 < chain.size()) chain[i].Import("m" + std::to_string(i + 1) + ".dll", {"F"});
    Add("m" + std::to_string(i) + ".dll", chain[i]);
  }
  ASSERT_EQ(linker_.Link(*modules_[0], nullptr), Status::kSuccess);
  ASSERT_EQ(linker_.load_order().size(), 400u);
  EXPECT_EQ(linker_.load_order()[0]->module, modules_[399].get());
}

TEST_F(LinkerTest, MissingDllIsNamedWithItsImporter) {
  ImageBuilder a = Code();
  a.Import("beta", {"Frob"});
  EXPECT_EQ(FailureOf(Add("alpha.dll", a), Status::kDllNotFound),
            "alpha.dll: needs beta.dll, which is not found");
}

TEST_F(LinkerTest, UnusableDllKeepsItsStatus) {
  ImageBuilder a = Code();
  a.Import("beta.dll", {"Frob"});
  missing_ = Status::kInvalidImageFormat;
  EXPECT_EQ(FailureOf(Add("alpha.dll", a), Status::kInvalidImageFormat),
            "alpha.dll: needs beta.dll, which cannot be loaded (status 0xc000007b)");
}

TEST_F(LinkerTest, AProviderWithoutMemoryIsNobodysFault) {
  ImageBuilder a = Code();
  a.Import("beta.dll", {"Frob"});
  missing_ = Status::kNoMemory;
  EXPECT_EQ(FailureOf(Add("alpha.dll", a), Status::kNoMemory),
            "alpha.dll: cannot be linked (status 0xc0000017)");
}

TEST_F(LinkerTest, TooManyModulesAreRefused) {
  std::vector<ImageBuilder> chain(Linker::kMaxModules + 1, Code());
  for (u32 i = 0; i < chain.size(); ++i) {
    chain[i].Export("F", 0x1000);
    if (i + 1 < chain.size()) chain[i].Import("m" + std::to_string(i + 1) + ".dll", {"F"});
    Add("m" + std::to_string(i) + ".dll", chain[i]);
  }
  EXPECT_EQ(FailureOf(*modules_[0], Status::kTooManyLinks),
            "m511.dll: needs m512.dll: too many modules");
  EXPECT_EQ(linker_.Link(*modules_[1], nullptr), Status::kSuccess);
}

TEST_F(LinkerTest, TooManyImportsOfOneModuleAreRefused) {
  const std::vector<std::string> half(Linker::kMaxImportsOfModule / 2 + 1, "#1");
  ImageBuilder beta = Code();
  beta.ExportOrdinal(0x1010);
  ImageBuilder alpha = Code();
  alpha.Import("beta.dll", half).Import("BETA", half);
  TestModule& root = Add("alpha.exe", alpha);
  Add("beta.dll", beta);
  EXPECT_EQ(FailureOf(root, Status::kInvalidImageFormat), "alpha.exe: more than 65536 imports");
}

TEST_F(LinkerTest, NoErrorIsSaidAsSuch) {
  ImageBuilder alpha = Code();
  LinkError error;
  ASSERT_EQ(linker_.Link(Add("alpha.exe", alpha), &error), Status::kSuccess);
  char text[64];
  EXPECT_EQ(error.Format(text), ": no error");
}

TEST_F(LinkerTest, MissingSymbolsAreNamedWithBothSides) {
  ImageBuilder b = Code();
  b.Export("Other", 0x1000);
  ImageBuilder by_name = Code(), by_ordinal = Code();
  by_name.Import("beta.dll", {"Frob"});
  by_ordinal.Import("beta.dll", {"#77"});
  TestModule& name = Add("alpha.dll", by_name);
  TestModule& ordinal = Add("omega.dll", by_ordinal);
  Add("Beta.dll", b);
  EXPECT_EQ(FailureOf(name, Status::kEntryPointNotFound),
            "alpha.dll: needs \"Frob\" from Beta.dll, which does not export it");
  EXPECT_EQ(FailureOf(ordinal, Status::kOrdinalNotFound),
            "omega.dll: needs ordinal 77 from Beta.dll, which does not export it");
}

TEST_F(LinkerTest, FailuresBehindForwardersNameTheForwarder) {
  ImageBuilder a = Code(), b = Code(), c = Code(), z = Code();
  a.Import("b.dll", {"Lost"});
  z.Import("b.dll", {"Gone"});
  b.ExportForwarder("Lost", "nowhere.X").ExportForwarder("Gone", "c.Y");
  TestModule& lost = Add("a.exe", a);
  TestModule& gone = Add("z.exe", z);
  Add("b.dll", b);
  Add("c.dll", c);
  EXPECT_EQ(FailureOf(lost, Status::kDllNotFound),
            "a.exe: needs \"Lost\" from b.dll, which forwards it to nowhere.X, but nowhere.dll is "
            "not found");
  EXPECT_EQ(FailureOf(gone, Status::kEntryPointNotFound),
            "z.exe: needs \"Gone\" from b.dll, which forwards it to c.Y, but c.dll does not export "
            "it");
}

TEST_F(LinkerTest, ForwarderCycleEndsWithAnError) {
  ImageBuilder a = Code(), b = Code(), c = Code();
  a.Import("b.dll", {"Loop"});
  b.ExportForwarder("Loop", "c.Loop");
  c.ExportForwarder("Loop", "b.Loop");
  TestModule& root = Add("a.exe", a);
  Add("b.dll", b);
  Add("c.dll", c);
  EXPECT_EQ(FailureOf(root, Status::kInvalidImageFormat),
            "a.exe: needs \"Loop\" from b.dll, which forwards it to b.Loop, and so on without end");
}

TEST_F(LinkerTest, MalformedTablesNameTheirModule) {
  ImageBuilder a = Code(), b = Code(), c = Code();
  a.Import("b.dll", {"Bad"});
  b.ExportForwarder("Bad", "nodot");
  TestModule& root = Add("a.exe", a);
  Add("b.dll", b);
  EXPECT_EQ(FailureOf(root, Status::kInvalidImageFormat), "b.dll: malformed forwarder");
}

}  // namespace
}  // namespace fl::pe
