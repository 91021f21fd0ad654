// fuzz_seeds DIRECTORY: writes the inputs that each fuzz target begins with to a folder of its own:
// valid images and volumes for those whose input is a file, choices by lot for the others.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/fs/volume_exercise.h"
#include "tests/fuzz/sparse_disk.h"
#include "tests/mm/image_fixture.h"
#include "tests/pe/image_exercise.h"

namespace fl::fuzz {
namespace {

class Folder {
 public:
  Folder(const std::filesystem::path& parent, const char* target) : path_(parent / target) {
    std::filesystem::create_directories(path_);
  }
  void Add(const void* bytes, std::size_t size) {
    std::ofstream file(path_ / std::to_string(count_++), std::ios::binary);
    file.write(static_cast<const char*>(bytes), std::streamsize(size));
    if (!file) failed_ = true;
  }
  template <class Bytes>
  void Add(const Bytes& bytes) {
    Add(bytes.data(), bytes.size());
  }
  /// `count` inputs of up to `largest` random bytes.
  void AddRandom(u32 count, u32 largest) {
    std::mt19937 random(1);
    for (u32 i = 1; i <= count; ++i) {
      std::vector<u8> bytes(std::size_t(largest) * i / count);
      for (u8& byte : bytes) byte = u8(random());
      Add(bytes);
    }
  }
  static bool failed() { return failed_; }

 private:
  static inline bool failed_ = false;
  std::filesystem::path path_;
  int count_ = 0;
};

void AddImages(Folder folder) {
  folder.Add(test::SelfImportingImage());
  folder.Add(test::MakeSample({.shared_section = true}).file);
  test::ImageBuilder flat;
  flat.section_alignment = flat.file_alignment = 0x20;
  flat.next_rva = 0x400;
  flat.AddSection(".text", test::kCodeFlags, test::Bytes(0x100, std::byte(0xC3)));
  folder.Add(flat.Build());
  test::ImageBuilder unsorted;
  unsorted.AddSection(".data", test::kDataFlags, test::Bytes(0x600, std::byte(1)), 0x3000);
  unsorted.Fixup(0x2FFE - 0x1000, 4, 0x8001).Fixup(0x1008).Fixup(0x3010).Fixup(0x1010);
  unsorted.sort_exports = unsorted.lookup_tables = false;
  unsorted.Export("Two", 0x1000).Export("One", 0x1004).ExportOrdinal(0x1008);
  unsorted.ExportForwarder("Zero", "self.#2").Import("SELF", {"Zero", "#3"});
  folder.Add(unsorted.Build());
}

/// The same volume also inside a partition, as in tests/fs/partition_test.cpp.
void AddVolumes(Folder folder, std::size_t choice_bytes) {
  std::mt19937 random(1);
  const auto add = [&](std::span<const std::byte> bytes) {
    std::vector<u8> input(choice_bytes);
    for (u8& byte : input) byte = u8(random());
    const std::vector<u8> description = SparseDisk::Describe(bytes);
    input.insert(input.end(), description.begin(), description.end());
    folder.Add(input.data(), input.size());
  };
  for (const int width : {12, 16, 32}) {
    const test::FatImage volume = test::SmallVolume(width);
    add(volume.bytes);
    std::vector<std::byte> disk(63 * std::size_t(kSectorSize));
    const u32 sectors = u32(volume.bytes.size() / kSectorSize);
    const u8 entry[16] = {0x80, 0, 0, 0, u8(width == 12 ? 0x01 : width == 16 ? 0x06 : 0x0C),
                          0,    0, 0, 63};
    std::memcpy(disk.data() + 446, entry, sizeof(entry));
    for (u32 i = 0; i < 4; ++i) disk[446 + 12 + i] = std::byte(sectors >> (8 * i));
    disk[510] = std::byte(0x55);
    disk[511] = std::byte(0xAA);
    disk.insert(disk.end(), volume.bytes.begin(), volume.bytes.end());
    add(disk);
  }
}

}  // namespace
}  // namespace fl::fuzz

int main(int argc, char** argv) {
  using namespace fl::fuzz;
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds DIRECTORY\n");
    return 2;
  }
  const std::filesystem::path parent = argv[1];
  AddImages({parent, "pe_image"});
  AddVolumes({parent, "fat_volume"}, 0);
  AddVolumes({parent, "fat_write"}, kChoiceBytes);
  Folder(parent, "pe_page").AddRandom(24, 600);
  Folder(parent, "region_tree").AddRandom(24, 4000);
  Folder(parent, "address_space").AddRandom(24, 3000);
  Folder(parent, "user_memory").AddRandom(24, 400);
  return Folder::failed() ? 1 : 0;
}
