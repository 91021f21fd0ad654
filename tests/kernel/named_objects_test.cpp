// NamedObjects: a name lasts as long as a handle to its object.
#include "kernel/named_objects.h"

#include <gtest/gtest.h>

#include "kernel/handle_table.h"
#include "kernel/sync_objects.h"

namespace fl::kernel {
namespace {

TEST(NamedObjects, FindsWithoutRegardToCaseUntilTheLastHandleIsClosed) {
  NamedObjects names;
  HandleTable table;
  const auto event = AdoptRef(new Event(EventKind::kNotification, false));
  ASSERT_EQ(event->SetName("\\BaseNamedObjects\\Bell"), Status::kSuccess);
  const u32 a = *table.Insert(event, 0), b = *table.Insert(event, 0);
  names.Add(*event);
  EXPECT_EQ(names.Find("\\basenamedobjects\\BELL").get(), event.get());
  EXPECT_FALSE(names.Find("\\BaseNamedObjects\\Bel"));
  EXPECT_EQ(table.Close(a), Status::kSuccess);
  EXPECT_TRUE(names.Find("\\BaseNamedObjects\\Bell"));
  EXPECT_EQ(table.Close(b), Status::kSuccess);
  EXPECT_FALSE(names.Find("\\BaseNamedObjects\\Bell"));
}

}  // namespace
}  // namespace fl::kernel
