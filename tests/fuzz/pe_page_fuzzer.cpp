// pe_page: the input chooses sections, fix-ups, bindings and a base. Single pages, built in any order
// as the pager does it, must be those of a naive loader, which has the whole image in one piece; what it
// must refuse, it works out from the list of fix-ups.
#include <algorithm>
#include <cstring>
#include <set>

#include "pe/binding.h"
#include "pe/relocation.h"
#include "tests/fakes/choices.h"
#include "tests/fakes/image_builder.h"
#include "tests/fuzz/fuzz_target.h"

namespace fl::fuzz {
namespace {

using test::Bytes;
using test::InputChoices;

struct NaiveFixup {
  u32 rva;
  u32 type;
  u16 adjust;
  u32 Width() const { return type == 3 ? 4 : 2; }
};

constexpr u32 kMostFixups = 48;
constexpr u32 kMostBindings = 24;
constexpr u32 kHighAdj = 4;

class PageCase {
 public:
  explicit PageCase(InputChoices& choices) : choices_(choices) {
    AddSections();
    ChooseFixups();
    file_ = builder_.Build();
    base_field_ = builder_.optional_header_offset() + 28;
    ChooseBindings();
  }

  void Run() {
    const auto layout = pe::ParseImageLayout(file_, file_.size(), nullptr);
    ASSERT_TRUE(layout.ok());
    test::MemoryFile bytes(file_);
    pe::ImageFileSource source(bytes, *layout);
    const auto index = pe::RelocationIndex::Build(source, *layout, nullptr);
    ASSERT_EQ(index.ok(), NaiveAccepts(*layout));
    if (!index.ok()) return;
    ASSERT_EQ(index->fixup_count(), CountFixups());
    delta_ = choices_.Below(2) ? choices_.Below(0x10000) << 16 : choices_.Below(~0u);
    original_ = test::LayOut(file_, *layout);
    const Bytes expected = NaiveLoad(layout->preferred_base);
    for (u32 i = 0; i < layout->pages; ++i) {
      const PageIndex page(choices_.ended() ? i : choices_.Below(layout->pages));
      CheckPage(*layout, *index, page, expected);
    }
  }

 private:
  u32 Below(u32 n) { return choices_.Below(n); }

  void AddSections() {
    builder_.characteristics = 0x2102;
    for (u32 left = 1 + Below(4); left > 0; --left) {
      builder_.next_rva += kPageSize * Below(3);
      const u32 size = 1 + Below(3 * kPageSize);
      Bytes raw(Below(3) == 0 ? 0 : 1 + Below(size));
      u32 state = Below(256);
      for (std::byte& byte : raw) byte = std::byte((state = state * 1664525 + 1013904223) >> 24);
      builder_.AddSection("s", test::kDataFlags, std::move(raw), size);
    }
    first_free_page_ = PagesFor(builder_.next_rva);
  }

  /// Mostly in pages that there are, and often where pages meet.
  void ChooseFixups() {
    for (u32 left = Below(kMostFixups); left > 0 && !choices_.ended(); --left) {
      const u32 page = Below(first_free_page_ + 1);
      const u32 offset = Below(3) == 0 ? kPageSize - 1 - Below(4) : Below(kPageSize);
      const NaiveFixup fixup{page * kPageSize + offset, Below(30) == 0 ? Below(16) : 1 + Below(4),
                             u16(Below(0x10000))};
      builder_.Fixup(fixup.rva, fixup.type, fixup.adjust);
      fixups_.push_back(fixup);
    }
  }

  void ChooseBindings() {
    u32 slot = Below(kPageSize);
    for (u32 left = Below(kMostBindings); left > 0; --left) {
      bindings_.push_back({Rva(slot), Below(~0u)});
      slot += 4 + (Below(2) ? 0 : Below(kPageSize));
    }
  }

  u32 CountFixups() const {
    return u32(std::ranges::count_if(fixups_, [](const NaiveFixup& f) { return f.type != 0; }));
  }

  bool NaiveAccepts(const pe::ImageLayout& layout) const {
    std::set<u32> used = {base_field_, base_field_ + 1, base_field_ + 2, base_field_ + 3};
    for (const NaiveFixup& fixup : fixups_) {
      if (fixup.rva >= layout.mapped_size()) return false;
      if (fixup.type == 0) continue;
      if (fixup.type > kHighAdj) return false;
      for (u32 i = 0; i < fixup.Width(); ++i) {
        const u32 rva = fixup.rva + i;
        if (!layout.Page(PageOf(Rva(rva))).present()) return false;
        if (!used.insert(rva).second) return false;
      }
    }
    return true;
  }

  Bytes NaiveLoad(VirtAddr preferred_base) const {
    Bytes image = original_;
    for (const NaiveFixup& fixup : fixups_) {
      switch (fixup.type) {
        case 1:
          Add16(image, fixup.rva, delta_ >> 16);
          break;
        case 2:
          Add16(image, fixup.rva, delta_);
          break;
        case 3:
          test::Put32(image, fixup.rva, test::Get32(image, fixup.rva) + delta_);
          break;
        case kHighAdj: {
          const u32 whole = Get16(image, fixup.rva) * 0x10000 + u32(std::int16_t(fixup.adjust));
          test::Put16(image, fixup.rva, u16((whole + delta_ + 0x8000) >> 16));
          break;
        }
      }
    }
    for (const pe::Binding& binding : bindings_) {
      for (u32 i = 0; i < 4; ++i) {
        const u32 rva = binding.slot.value + i;
        if (rva < image.size()) image[rva] = std::byte(binding.value >> (8 * i));
      }
    }
    test::Put32(image, base_field_, preferred_base.value + delta_);
    return image;
  }
  static u32 Get16(const Bytes& image, u32 rva) {
    return u32(image.at(rva)) | u32(image.at(rva + 1)) << 8;
  }
  static void Add16(Bytes& image, u32 rva, u32 addend) {
    test::Put16(image, rva, u16(Get16(image, rva) + addend));
  }

  void CopyOriginal(PageIndex page, Bytes& out) const {
    std::memcpy(out.data(), original_.data() + page.value * std::size_t(kPageSize), kPageSize);
  }

  /// The last bytes of the page before, from the file or recovered from that page, relocated.
  pe::PageTail TailBefore(const pe::RelocationIndex& index, PageIndex page) {
    pe::PageTail tail;
    if (page.value == 0 || !index.NeedsPrevious(page)) {
      tail.fill(std::byte(0xEE));
      return tail;
    }
    Bytes before(kPageSize);
    const pe::PageBytes bytes(before.data(), kPageSize);
    CopyOriginal(page - 1, before);
    std::copy(before.end() - tail.size(), before.end(), tail.begin());
    if (Below(2) == 0) return tail;
    index.Apply(page - 1, bytes, TailBefore(index, page - 1), delta_);
    return index.OriginalTail(page - 1, bytes, delta_);
  }

  void CheckPage(const pe::ImageLayout& layout, const pe::RelocationIndex& index, PageIndex page,
                 const Bytes& expected) {
    Bytes built(kPageSize);
    const pe::PageBytes bytes(built.data(), kPageSize);
    CopyOriginal(page, built);
    index.Apply(page, bytes, TailBefore(index, page), delta_);
    if (!index.HasFixups(page)) {
      EXPECT_EQ(std::memcmp(built.data(), original_.data() + page.value * kPageSize, kPageSize), 0);
    }
    pe::ApplyBindings(page, bytes, bindings_);
    pe::PatchImageBase(page, bytes, layout, layout.preferred_base + delta_);
    EXPECT_EQ(std::memcmp(built.data(), expected.data() + page.value * kPageSize, kPageSize), 0)
        << "page " << page.value;
  }

  InputChoices& choices_;
  test::ImageBuilder builder_;
  Bytes file_;
  u32 base_field_ = 0;
  u32 first_free_page_ = 0;
  std::vector<NaiveFixup> fixups_;
  std::vector<pe::Binding> bindings_;
  u32 delta_ = 0;
  Bytes original_;
};

}  // namespace

void RunInput(std::span<const std::uint8_t> input) {
  InputChoices choices(input);
  PageCase(choices).Run();
}

}  // namespace fl::fuzz
