// SpaceSimulation: several address spaces on several sections, and SpaceModel beside them. Operations are
// chosen by lot or by a fuzzer; after each, every status, every byte, every query and every charge must be
// the model's.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "tests/fakes/choices.h"
#include "tests/mm/image_fixture.h"
#include "tests/mm/space_model.h"

namespace fl::mm::test {

using namespace fl::test;

class SpaceSimulation {
 public:
  static constexpr VirtPage kFirst{0x3E0};  ///< A page-table span ends in the middle.
  static constexpr u32 kPages = 96;
  static constexpr u32 kSpaces = 3;

  /// What a fault may bring in and map beside the page that it is for.
  struct Paging {
    u32 cluster_pages = 1;
    bool reads_ahead = false;
    u32 around_pages = 1;
  };
  /// Each in turn.
  static Paging PagingOf(u32 number) {
    constexpr Paging kAll[] = {{8, false, 1}, {1, false, 1}, {1, true, 16}, {4, true, 4}};
    return kAll[number % std::size(kAll)];
  }

  /// `seed`: of the sections' contents.
  SpaceSimulation(Choices& choices, u32 seed, u32 ram, const Paging& paging)
      : choices_(choices), machine_(ram, seed % 3, paging.cluster_pages) {
    machine_.pager.reads_ahead = paging.reads_ahead;
    machine_.pager.around_pages = paging.around_pages;
    for (u32 i = 0; i < kSpaces; ++i) {
      mmus_.push_back(std::make_unique<FakeMmu>(&machine_.frames, FakeMmu::Tables::kPromised));
      spaces_.push_back(std::make_unique<AddressSpace>(machine_.pager, *mmus_[i], kFirst,
                                                       kFirst + kPages, SpaceKind::kUser));
      models_.emplace_back(kFirst, kPages);
    }
    AddImage(seed);
    AddData(seed);
    AddShared();
  }

  void Run(u32 steps) {
    for (u32 step = 0; step < steps && !choices_.ended(); ++step) {
      if (step % 8 == 0) machine_.window.Spoil(machine_.frames);
      const u32 space = Below(kSpaces);
      const std::string what = Step(space);
      SCOPED_TRACE(testing::Message() << "step " << step << ": space " << space << " " << what);
      CheckCharges();
      CheckQuery(space, kFirst + Below(kPages));
      if (step % 50 == 0) CheckAll();
      if (testing::Test::HasFailure()) return;
    }
    CheckAll();
  }

  /// What the programs wrote through their views is in the file.
  ~SpaceSimulation() {
    spaces_.clear();
    EXPECT_EQ(data_->WriteBack(), Status::kSuccess);
    EXPECT_FALSE(data_->modified());
    EXPECT_EQ(static_cast<FakeFile&>(*data_->file()).bytes(), sections_[1]->bytes);
  }

  /// Calls and accesses that were refused for want of memory.
  u32 refused() const { return refused_; }

 private:
  u32 Below(u32 n) { return choices_.Below(n); }

  void AddImage(u32 seed) {
    const auto sample = MakeSample({.seed = seed, .shared_section = true});
    const auto image = AcquireImage(machine_, MakeFile(sample.file, 1));
    image_ = image;
    auto model = std::make_unique<SectionModel>();
    model->section = image_.get();
    model->image = true;
    model->bytes = sample.At(image->base());
    for (u32 i = 0; i < model->pages(); ++i) {
      const pe::PageContent page = sample.Layout().Page(PageIndex(i));
      u32 protection = 0x01;
      if (page.present()) {
        // The sample has only these.
        protection = page.executable ? 0x20 : !page.writable ? 0x02 : page.shared ? 0x04 : 0x08;
      }
      model->protections.push_back({protection});
      model->shares_writes.push_back(page.shared);
      promised_ += page.shared ? 1 : 0;
    }
    sections_.push_back(std::move(model));
  }
  void AddData(u32 seed) {
    const auto file = MakeFile(PatternBytes(21 * kPageSize, seed), 2);
    data_ = *machine_.data.Acquire(file);
    auto model = std::make_unique<SectionModel>();
    model->section = data_.get();
    model->bytes = file->bytes();
    sections_.push_back(std::move(model));
  }
  void AddShared() {
    shared_ = *SharedMemorySection::Create(machine_.pager, 18 * kPageSize);
    promised_ += 18;
    auto model = std::make_unique<SectionModel>();
    model->section = shared_.get();
    model->bytes.resize(18 * kPageSize);
    sections_.push_back(std::move(model));
  }

  Protection AnyProtection() {
    static constexpr u32 kAll[] = {0x01, 0x02, 0x04,  0x08,  0x10, 0x20,
                                   0x40, 0x80, 0x104, 0x102, 0x04, 0x04};
    return {kAll[Below(std::size(kAll))]};
  }
  Protection PrivateProtection() {
    Protection p = AnyProtection();
    while (p.WriteCopy()) p = AnyProtection();
    return p;
  }
  bool Refused(Status status) const {
    return status == Status::kCommitmentLimit || status == Status::kNoMemory;
  }

  std::string Step(u32 s) {
    AddressSpace& space = *spaces_[s];
    SpaceModel& model = models_[s];
    const VirtPage start = kFirst + Below(kPages);
    const u32 room = kFirst + kPages - start;
    const u32 pages = 1 + Below(room < 12 ? room : 12);
    const VirtPage granule(AlignDown(start.value, kPagesPerGranule));
    switch (Below(16)) {
      case 0: {
        const Protection p = PrivateProtection();
        const auto got = space.Allocate({.base = AddressOf(start),
                                         .size = pages * kPageSize,
                                         .type = kMemReserve,
                                         .protection = p});
        EXPECT_EQ(got.status(), model.Reserve(granule, start - granule + pages, p));
        return "reserve";
      }
      case 1: {
        const Protection p = PrivateProtection();
        SpaceModel before = model;
        Status expected = model.Reserve(granule, start - granule + pages, p);
        if (IsSuccess(expected)) expected = model.Commit(granule, start - granule + pages, p);
        const auto got = space.Allocate({.base = AddressOf(start),
                                         .size = pages * kPageSize,
                                         .type = kMemReserve | kMemCommit,
                                         .protection = p});
        Settle(model, std::move(before), got.status(), expected);
        return "reserve and commit";
      }
      case 2:
      case 3: {
        const Protection p = PrivateProtection();
        SpaceModel before = model;
        const Status expected = model.Commit(start, pages, p);
        const auto got = space.Allocate({.base = AddressOf(start),
                                         .size = pages * kPageSize,
                                         .type = kMemCommit,
                                         .protection = p});
        Settle(model, std::move(before), got.status(), expected);
        return "commit";
      }
      case 4:
      case 5: {
        const u32 type = Below(3) ? kMemDecommit : kMemRelease;
        const auto got = space.Free(AddressOf(start), pages * kPageSize, type);
        EXPECT_EQ(got.status(), model.Free(start, pages, type));
        return "free";
      }
      case 6:
      case 7: {
        const Protection p = AnyProtection();
        SpaceModel before = model;
        Protection old;
        const Status expected = model.Protect(start, pages, p, &old);
        const auto got = space.Protect(AddressOf(start), pages * kPageSize, p);
        if (got.ok() && IsSuccess(expected)) {
          EXPECT_EQ(got->old.bits, old.bits);
        }
        Settle(model, std::move(before), got.status(), expected);
        return "protect";
      }
      case 8:
      case 9: {
        SectionModel& section = *sections_[Below(u32(sections_.size()))];
        const u32 offset =
            section.pages() > kPagesPerGranule && Below(3) == 0 ? kPagesPerGranule : 0;
        u32 length = section.pages() - offset;
        if (Below(2)) length = 1 + Below(length);
        if (length > kFirst + kPages - granule) length = kFirst + kPages - granule;
        const Protection p = section.image ? kPageReadOnly : AnyProtection();
        SpaceModel before = model;
        const Status expected = model.Map(section, granule, offset, length, p);
        const auto got = space.MapView(*section.section, {.base = AddressOf(granule),
                                                          .offset = u64(offset) * kPageSize,
                                                          .size = length * kPageSize,
                                                          .protection = p});
        Settle(model, std::move(before), got.status(), expected);
        return "map";
      }
      case 10:
        if (Below(2) == 0) {
          static_cast<FakeFile&>(*data_->file()).fail_write = Below(3) == 0 ? 1 : 0;
          (void)data_->WriteBack();
          static_cast<FakeFile&>(*data_->file()).fail_write = 0;
          return "write back";
        }
        EXPECT_EQ(space.UnmapView(AddressOf(start)), model.Unmap(start));
        return "unmap";
      default:
        for (u32 i = 0; i < pages; ++i) {
          Touch(s, AddressOf(start + i) + Below(kPageSize), fl::mm::Access(Below(3)));
        }
        return "touch";
    }
  }

  /// The call did what the model did, or was refused for want of memory and did nothing.
  void Settle(SpaceModel& model, SpaceModel before, Status got, Status expected) {
    if (Refused(got) && IsSuccess(expected)) {
      model = std::move(before);
      ++refused_;
      return;
    }
    EXPECT_EQ(got, expected) << std::hex << Code(got) << " for " << Code(expected);
  }

  void Touch(u32 s, VirtAddr address, Access access) {
    std::byte value{u8(Below(256))};
    std::byte expected_value = value;
    const FaultOutcome got = Processor(s, address, access, &value);
    if (got == FaultOutcome::kNoMemory) {
      // Pages of sections are promised only while they are mapped.
      EXPECT_LT(machine_.frames.commit().limit() - machine_.charged(), 2u);
      ++refused_;
      return;
    }
    const SpaceModel::Touch expected = models_[s].Access(address, access, &expected_value);
    const FaultOutcome outcome = expected == SpaceModel::Touch::kOk ? FaultOutcome::kResolved
                                 : expected == SpaceModel::Touch::kGuard
                                     ? FaultOutcome::kGuardPage
                                     : FaultOutcome::kAccessViolation;
    EXPECT_EQ(got, outcome);
    EXPECT_TRUE(got != FaultOutcome::kResolved || value == expected_value);
  }

  FaultOutcome Processor(u32 s, VirtAddr address, Access access, std::byte* value) {
    for (u32 tries = 0; tries < 3; ++tries) {
      const Pte pte = mmus_[s]->Query(PageOf(address));
      if (pte.resident && (access == Access::kRead    ? pte.access.read
                           : access == Access::kWrite ? pte.access.write
                                                      : pte.access.execute)) {
        std::byte& place = machine_.window.Bytes(pte.pfn)[address.value & kPageMask];
        (access == Access::kWrite ? place : *value) = *(access == Access::kWrite ? value : &place);
        return FaultOutcome::kResolved;
      }
      const FaultResult result = ResolvePageFault({.address = address, .access = access},
                                                  spaces_[s].get(), machine_.system);
      if (result.outcome != FaultOutcome::kResolved) return result.outcome;
    }
    ADD_FAILURE() << "never resolved";
    return FaultOutcome::kRetry;
  }

  void CheckQuery(u32 s, VirtPage page) {
    const auto got = spaces_[s]->Query(AddressOf(page));
    ASSERT_TRUE(got.ok());
    const MemoryInformation want = models_[s].Query(page);
    EXPECT_EQ(got->base, want.base);
    EXPECT_EQ(got->allocation_base, want.allocation_base);
    EXPECT_EQ(got->allocation_protection.bits, want.allocation_protection.bits);
    EXPECT_EQ(got->size, want.size);
    EXPECT_EQ(got->state, want.state);
    EXPECT_EQ(got->protection.bits, want.protection.bits);
    EXPECT_EQ(got->type, want.type);
  }

  void CheckCharges() {
    u32 expected = promised_;
    std::set<u32> mapped;
    for (u32 s = 0; s < kSpaces; ++s) {
      expected += models_[s].Charge();
      for (const auto& [page, pte] : mmus_[s]->all()) {
        const Frame& frame = machine_.frames.frame(pte.pfn);
        if (frame.use == FrameUse::kSection && !Promised(frame)) mapped.insert(pte.pfn.value);
      }
    }
    for (const Frame& frame : machine_.records) {
      if (frame.use == FrameUse::kSection && frame.share_count == 0 && !Promised(frame)) {
        EXPECT_TRUE(frame.modified);
        ++expected;
      }
    }
    EXPECT_EQ(machine_.charged(), expected + mapped.size());
    u32 copies = 0;
    for (const SpaceModel& model : models_) copies += model.PrivateCopies();
    u32 counted = 0;
    for (const auto& section : sections_) counted += section->section->counters().private_pages;
    EXPECT_EQ(counted, copies);
  }
  bool Promised(const Frame& frame) const {
    return frame.owner == shared_.get() ||
           (frame.owner == image_.get() && image_->SharesWrites(frame.index));
  }

  void CheckAll() {
    for (u32 s = 0; s < kSpaces; ++s) {
      EXPECT_TRUE(spaces_[s]->regions().Validate());
      for (VirtPage page = kFirst; page < kFirst + kPages; ++page) {
        CheckQuery(s, page);
        // No entry may permit more than the model does.
        const Pte pte = mmus_[s]->Query(page);
        const std::byte* want = models_[s].Readable(page);
        if (!want) {
          EXPECT_FALSE(pte.resident && pte.access.read);
          continue;
        }
        std::byte first;
        const FaultOutcome outcome = Processor(s, AddressOf(page), Access::kRead, &first);
        if (outcome == FaultOutcome::kNoMemory) continue;
        ASSERT_EQ(outcome, FaultOutcome::kResolved);
        const Pfn pfn = mmus_[s]->Query(page).pfn;
        EXPECT_EQ(std::memcmp(machine_.window.Bytes(pfn).data(), want, kPageSize), 0)
            << "space " << s << " page " << std::hex << page.value;
      }
    }
    CheckCharges();
  }

  Choices& choices_;
  FakeMachine machine_;
  RefPtr<ImageSection> image_;
  RefPtr<DataSection> data_;
  RefPtr<SharedMemorySection> shared_;
  std::vector<std::unique_ptr<SectionModel>> sections_;
  std::vector<std::unique_ptr<FakeMmu>> mmus_;
  std::vector<std::unique_ptr<AddressSpace>> spaces_;
  std::vector<SpaceModel> models_;
  u32 promised_ = 0;
  u32 refused_ = 0;
};

}  // namespace fl::mm::test
