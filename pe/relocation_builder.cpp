// RelocationIndex::Build: from the untrusted relocation directory to the index.
// Two passes: the first walks the block headers, the second reads the blocks' entries in page
// order. What the first pass found is kept, not read again, so a source that changes its mind can
// do no harm.
#include "kernel/base/checked_math.h"
#include "pe/fixup.h"
#include "pe/heap_sort.h"
#include "pe/relocation.h"

namespace fl::pe {

class RelocationIndex::Builder {
 public:
  Builder(ByteSource& image, const ImageLayout& layout, ParseError* error)
      : image_(image), layout_(layout), error_(error) {}

  Status CollectBlocks();
  Status CollectFixups();
  RelocationIndex Take() { return std::move(index_); }

 private:
  struct Block {
    u32 page;
    u32 entries_rva;
    u32 entry_count;
    bool operator<(const Block& other) const {
      return page != other.page ? page < other.page : entries_rva < other.entries_rva;
    }
  };

  /// One bit for each byte of a page and for the bytes of the next that a fix-up can reach.
  class ByteSet {
   public:
    /// False if the byte was there already.
    bool Insert(u32 byte) {
      const u32 mask = 1u << (byte % 32);
      const bool fresh = (words_[byte / 32] & mask) == 0;
      words_[byte / 32] |= mask;
      return fresh;
    }
    /// Four bytes in a row, the first of which is one of the page: false if one of them was there already.
    bool InsertFour(u32 byte) {
      const u64 mask = u64(0xF) << (byte % 32);
      u32* const word = words_ + byte / 32;
      const bool fresh = (word[0] & u32(mask)) == 0 && (word[1] & u32(mask >> 32)) == 0;
      word[0] |= u32(mask);
      word[1] |= u32(mask >> 32);
      return fresh;
    }
    /// Moves on to the next page; what reached into it stays.
    void NextPage() {
      words_[0] = words_[kPageSize / 32];
      for (u32 i = 1; i <= kPageSize / 32; ++i) words_[i] = 0;
    }
    void Clear() {
      for (u32& word : words_) word = 0;
    }

   private:
    u32 words_[kPageSize / 32 + 1] = {};
  };

  static constexpr u32 kBatch = 64;

  Status EnterPage(u32 page);
  Status AddBlock(const Block& block);
  Result<u32> AddPlain(u32 page, std::span<const LeU16> slots);
  Status AddFixup(u32 page, u16 slot, u16 low);

  ByteSource& image_;
  const ImageLayout& layout_;
  ParseError* error_;
  ChunkedVector<Block> blocks_;
  RelocationIndex index_;
  ByteSet used_;
  bool next_page_present_ = false;
};

Status RelocationIndex::Builder::CollectBlocks() {
  const DirectoryEntry directory = layout_.directory(Directory::kRelocation);
  if (!FitsWithin(directory.rva.value, directory.size, layout_.mapped_size())) {
    return Malformed(error_, "relocation directory outside the image", directory.rva.value);
  }
  bool sorted = true;
  u32 offset = 0;
  while (offset < directory.size) {
    const u32 left = directory.size - offset;
    const u32 rva = directory.rva.value + offset;
    if (left < sizeof(RelocationBlock)) {
      return Malformed(error_, "relocation directory ends inside a block", rva);
    }
    const RelocationBlock header = TRY(ReadStruct<RelocationBlock>(image_, Rva(rva)));
    const u32 size = header.block_size;
    const u32 page_rva = header.page_rva;
    // Some linkers pad the directory with zeros.
    if (size == 0 && page_rva == 0) break;
    if (size < sizeof(RelocationBlock) || size % 2 != 0 || size > left) {
      return Malformed(error_, "bad size of the relocation block at", rva);
    }
    if (page_rva % kPageSize != 0 || page_rva >= layout_.mapped_size()) {
      return Malformed(error_, "bad page of the relocation block at", rva);
    }
    const u32 header_size = sizeof(RelocationBlock);
    const Block block{page_rva >> kPageShift, rva + header_size, (size - header_size) / 2};
    if (block.entry_count != 0) {
      if (!blocks_.empty() && block < blocks_.back()) sorted = false;
      TRY_STATUS(blocks_.Push(block));
    }
    offset += size;
  }
  if (!sorted) {
    HeapSort(blocks_, blocks_.size(), [](const Block& a, const Block& b) { return a < b; });
  }
  return Status::kSuccess;
}

Status RelocationIndex::Builder::CollectFixups() {
  for (u32 i = 0; i < blocks_.size(); ++i) TRY_STATUS(AddBlock(blocks_[i]));
  return Status::kSuccess;
}

Status RelocationIndex::Builder::AddBlock(const Block& block) {
  LeU16 slots[kBatch];
  u16 high_adjust = 0;  // A HIGHADJ slot that waits for its second; 0: none.
  for (u32 done = 0; done < block.entry_count;) {
    const u32 left = block.entry_count - done;
    const std::span<LeU16> batch(slots, left < kBatch ? left : kBatch);
    TRY_STATUS(image_.Read(block.entries_rva + done * 2, std::as_writable_bytes(batch)));
    const u32 plain = high_adjust == 0 ? TRY(AddPlain(block.page, batch)) : 0;
    for (const u16 slot : batch.subspan(plain)) {
      if (high_adjust != 0) {
        TRY_STATUS(AddFixup(block.page, high_adjust, slot));
        high_adjust = 0;
      } else if (FixupSlots(slot) == 2) {
        high_adjust = slot;
      } else {
        TRY_STATUS(AddFixup(block.page, slot, 0));
      }
    }
    done += u32(batch.size());
  }
  if (high_adjust == 0) return Status::kSuccess;
  return Malformed(error_, "HIGHADJ fix-up without its second half in the block at",
                   block.entries_rva);
}

/// Begins the page, if it is not the one that is being filled. Pages come in ascending order.
Status RelocationIndex::Builder::EnterPage(u32 page) {
  ChunkedVector<PageFixups>& pages = index_.pages_;
  if (!pages.empty() && pages.back().page == page) return Status::kSuccess;
  if (!layout_.Page(PageIndex(page)).present()) {
    return Malformed(error_, "fix-ups in a page that no section covers", page << kPageShift);
  }
  if (!pages.empty() && pages.back().page + 1 == page) {
    used_.NextPage();
  } else {
    used_.Clear();
  }
  next_page_present_ = layout_.Page(PageIndex(page + 1)).present();
  return pages.Push({.page = page, .first_slot = index_.slots_.size()});
}

/// Adds as many of the first slots as are 32-bit fix-ups inside the page, nothing being wrong with them: as a rule all
/// but the last. How many these are; AddFixup takes the next one, and says what is wrong.
Result<u32> RelocationIndex::Builder::AddPlain(u32 page, std::span<const LeU16> slots) {
  const u32 base_page = layout_.image_base_field.value >> kPageShift;
  if (page == base_page || page + 1 == base_page || page == base_page + 1) return 0;
  u16 plain[kBatch];
  u32 count = 0;
  for (const u16 slot : slots) {
    const u32 offset = slot & kPageMask;
    if (FixupType(slot >> 12) != FixupType::kHighLow || offset > kPageSize - 4) break;
    if (count == 0) TRY_STATUS(EnterPage(page));
    if (!used_.InsertFour(offset)) break;
    plain[count++] = slot;
  }
  index_.fixup_count_ += count;
  TRY_STATUS(index_.slots_.Append({plain, count}));
  return count;
}

Status RelocationIndex::Builder::AddFixup(u32 page, u16 slot, u16 low) {
  const Fixup fixup = DecodeFixup(slot, low);
  if (fixup.type == FixupType::kAbsolute) return Status::kSuccess;
  const u32 rva = (page << kPageShift) + fixup.offset;
  if (fixup.type > FixupType::kHighAdj) {
    return Malformed(error_, "unknown type of fix-up at", rva);
  }
  TRY_STATUS(EnterPage(page));
  const u32 base_field = layout_.image_base_field.value;
  if (rva < base_field + 4 && base_field < rva + fixup.Width()) {
    return Malformed(error_, "fix-up in the ImageBase field", rva);
  }
  for (u32 i = 0; i < fixup.Width(); ++i) {
    if (!used_.Insert(fixup.offset + i)) return Malformed(error_, "overlapping fix-ups at", rva);
  }
  ++index_.fixup_count_;
  if (fixup.offset + fixup.Width() > kPageSize) {
    if (!next_page_present_) {
      return Malformed(error_, "fix-up crosses into a page that no section covers", rva);
    }
    index_.pages_.back().crossing = slot;
    index_.pages_.back().crossing_low = low;
    return Status::kSuccess;
  }
  TRY_STATUS(index_.slots_.Push(slot));
  if (FixupSlots(slot) == 2) TRY_STATUS(index_.slots_.Push(low));
  return Status::kSuccess;
}

Result<RelocationIndex> RelocationIndex::Build(ByteSource& image, const ImageLayout& layout,
                                               ParseError* error) {
  Builder builder(image, layout, error);
  if (layout.relocs_stripped || layout.directory(Directory::kRelocation).rva.value == 0) {
    return builder.Take();
  }
  TRY_STATUS(builder.CollectBlocks());
  TRY_STATUS(builder.CollectFixups());
  return builder.Take();
}

}  // namespace fl::pe
