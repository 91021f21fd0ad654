// RegionTree beside std::map and Boost.Intrusive, in one run, at 10 to 1,000,000 regions.
// The space: committed regions of 8 pages, one for each granule of 16, inserted in random order;
// every eighth granule is a hole (for insert + remove), and three quarters up there is the one gap
// of several granules (for find-gap). Places are taken from a list drawn beforehand, the same for
// all three.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/bench/region_peers.h"

namespace fl::mm::bench {
namespace {

constexpr u32 kRegionPages = 8;
constexpr u32 kHoleEvery = 8;
constexpr u32 kWideGap = 4 * kPagesPerGranule;
constexpr VirtPage kFirst(kPagesPerGranule);
constexpr std::size_t kPlaces = 1 << 14;

void Check(bool holds) {
  if (!holds) AssertFailed("the operation succeeds", __FILE_NAME__, __LINE__);
}

template <class Tree>
class Space {
 public:
  explicit Space(u32 regions) : regions_(regions), tree_(kFirst, Granule(regions * 2 + 64)) {
    std::mt19937 random(regions);
    std::vector<VirtPage> holes;
    std::vector<VirtPage> starts;
    u32 wide = 0;
    for (u32 granule = 0; starts.size() < regions; ++granule) {
      const VirtPage at = Granule(granule) + wide;
      if (granule % kHoleEvery == kHoleEvery / 2) {
        holes.push_back(at);
      } else {
        starts.push_back(at);
        if (starts.size() == regions - regions / 4) wide = kWideGap;
      }
    }
    in_order_ = starts;
    std::shuffle(starts.begin(), starts.end(), random);
    for (const VirtPage start : starts) {
      Check(tree_.Reserve({.at = start}, kRegionPages, kPageReadWrite).ok());
      Check(IsSuccess(tree_.Commit({start, kRegionPages}, kPageReadWrite)));
    }
    for (std::size_t i = 0; i < kPlaces; ++i) {
      starts_.push_back(starts[random() % starts.size()]);
      pages_.push_back(starts_.back() + random() % kRegionPages);
      holes_.push_back(holes[random() % holes.size()]);
    }
  }

  /// The space of this many regions; built once, replaced by the next size.
  static Space& Of(u32 regions) {
    static std::unique_ptr<Space> space;
    if (!space || space->regions_ != regions) {
      space.reset();
      space = std::make_unique<Space>(regions);
    }
    return *space;
  }

  Tree& tree() { return tree_; }
  VirtPage Start(std::size_t i) const { return starts_[i % kPlaces]; }
  VirtPage Page(std::size_t i) const { return pages_[i % kPlaces]; }
  VirtPage PageInOrder(std::size_t i) const {
    return in_order_[i / kRegionPages % in_order_.size()] + u32(i % kRegionPages);
  }
  VirtPage Hole(std::size_t i) const { return holes_[i % kPlaces]; }

 private:
  static VirtPage Granule(u32 n) { return kFirst + n * kPagesPerGranule; }

  u32 regions_;
  Tree tree_;
  std::vector<VirtPage> in_order_;
  std::vector<VirtPage> starts_;
  std::vector<VirtPage> pages_;
  std::vector<VirtPage> holes_;
};

template <class Tree>
void Find(benchmark::State& state, u32 regions) {
  Space<Tree>& space = Space<Tree>::Of(regions);
  std::size_t i = 0;
  for (auto _ : state) {
    RegionInfo info = space.tree().Find(space.Page(i++));
    benchmark::DoNotOptimize(info);
  }
}

/// Page after page, as a program touches its memory.
template <class Tree>
void FindInOrder(benchmark::State& state, u32 regions) {
  Space<Tree>& space = Space<Tree>::Of(regions);
  std::size_t i = 0;
  for (auto _ : state) {
    RegionInfo info = space.tree().Find(space.PageInOrder(i++));
    benchmark::DoNotOptimize(info);
  }
}

template <class Tree>
void FindGap(benchmark::State& state, u32 regions) {
  Space<Tree>& space = Space<Tree>::Of(regions);
  for (auto _ : state) {
    auto gap = space.tree().FindGap(3 * kPagesPerGranule, Placement::kLowest, VirtPage(~0u));
    Check(gap.ok());
    benchmark::DoNotOptimize(*gap);
  }
}

template <class Tree>
void InsertRemove(benchmark::State& state, u32 regions) {
  Space<Tree>& space = Space<Tree>::Of(regions);
  std::size_t i = 0;
  for (auto _ : state) {
    const VirtPage hole = space.Hole(i++);
    Check(space.tree().Reserve({.at = hole}, kRegionPages, kPageReadWrite).ok());
    Check(IsSuccess(space.tree().Release({hole, kRegionPages})));
  }
}

template <class Tree>
void SplitMerge(benchmark::State& state, u32 regions) {
  Space<Tree>& space = Space<Tree>::Of(regions);
  std::size_t i = 0;
  for (auto _ : state) {
    const PageRange page{space.Start(i++) + kRegionPages / 2, 1};
    Check(space.tree().Protect(page, kPageReadOnly).ok());
    Check(space.tree().Protect(page, kPageReadWrite).ok());
  }
}

using Operation = void (*)(benchmark::State&, u32);

void Register(const char* name, u32 regions, Operation ours, Operation map, Operation boost) {
  const auto add = [&](const char* who, Operation operation) {
    const std::string full = std::string(name) + '/' + std::to_string(regions) + '/' + who;
    benchmark::RegisterBenchmark(full.c_str(), operation, regions);
  };
  add("RegionTree", ours);
  add("std::map", map);
  add("Boost.Intrusive", boost);
}

void RegisterAll() {
  for (const u32 regions : {10u, 1'000u, 100'000u, 1'000'000u}) {
    Register("find, random", regions, Find<RegionTree>, Find<MapPeer>, Find<BoostPeer>);
    Register("find, in order", regions, FindInOrder<RegionTree>, FindInOrder<MapPeer>,
             FindInOrder<BoostPeer>);
    Register("find gap", regions, FindGap<RegionTree>, FindGap<MapPeer>, FindGap<BoostPeer>);
    Register("insert + remove", regions, InsertRemove<RegionTree>, InsertRemove<MapPeer>,
             InsertRemove<BoostPeer>);
    Register("split + merge", regions, SplitMerge<RegionTree>, SplitMerge<MapPeer>,
             SplitMerge<BoostPeer>);
  }
}

}  // namespace
}  // namespace fl::mm::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  fl::mm::bench::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
