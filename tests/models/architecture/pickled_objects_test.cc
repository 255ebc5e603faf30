// Objects of a pickle, made again of classes in memory.
#include "models/architecture/pickled_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"
#include "models/file/torch_file.h"
#include "models/python/evaluator.h"
#include "tests/models/file/zip_bytes.h"
#include "tests/models/python/memory_sources.h"

namespace graft::models::architecture {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Lt;

// Pieces of a pickle of protocol 2 (Lib/pickletools.py).
std::string Global(absl::string_view module, absl::string_view name) {
  return absl::StrCat("c", module, "\n", name, "\n");
}
std::string Text(absl::string_view text) {
  return absl::StrCat("X", std::string(1, static_cast<char>(text.size())), std::string(3, '\0'),
                      text);
}
std::string Int(char value) { return std::string("K") + value; }
std::string Item(absl::string_view key, absl::string_view value) {
  return absl::StrCat(Text(key), value, "s");
}
std::string Object(absl::string_view type, absl::string_view state) {
  return absl::StrCat(type, ")\x81", "}", state, "b");
}
std::string Keep(char slot) { return std::string("q") + slot; }
std::string Kept(char slot) { return std::string("h") + slot; }

constexpr char kNet[] = R"(
class Net:
    def __init__(self):
        raise RuntimeError("the constructor has run")


class Bag(dict):
    pass
)";

class PickledObjectsTest : public ::testing::Test {
 protected:
  PickledObjectsTest() { sources_.Add("net", kNet); }

  // What went wrong when `pickle` was made again and used; OK for nothing.
  absl::Status With(absl::string_view pickle,
                    const std::function<void(PickledObjects&, python::Value)>& use) {
    const std::string bytes =
        ZipBytes({{"net/data.pkl", absl::StrCat("\x80\x02", pickle, ".")}, {"net/version", "3\n"}});
    absl::StatusOr<TorchFile> file = TorchFile::Open(AsBytes(bytes), "net.pt");
    if (!file.ok()) return file.status();
    return ev_.Guard([&] {
      PickledObjects objects(ev_, *file,
                             {.label = "net.pt",
                              .tensor = [](const TorchTensor&) { return python::Value(); },
                              .find_own = find_own_});
      const python::Value made = objects.Make(file->values().root());
      use(objects, made);
    });
  }

  std::string ReprOf(absl::string_view pickle) {
    std::string text;
    const absl::Status status = With(pickle, [&](PickledObjects&, python::Value made) {
      text = absl::StrCat(ev_.TypeName(made), " ", ev_.Repr(made));
    });
    return status.ok() ? text : std::string(status.message());
  }

  python::MemorySources sources_;
  python::Evaluator ev_{{.sources = &sources_}};
  std::function<std::optional<python::Value>(absl::string_view)> find_own_;
};

TEST_F(PickledObjectsTest, InstancesHaveTheirAttributesAndTheirConstructorsDoNotRun) {
  const std::string net = Object(Global("net", "Net"), Item("size", Int(3)));
  EXPECT_TRUE(With(net, [&](PickledObjects& objects, python::Value made) {
                EXPECT_EQ(ev_.TypeName(made), "Net");
                EXPECT_EQ(ev_.Repr(ev_.GetAttr(made, "size")), "3");
                EXPECT_THAT(objects.unavailable(), IsEmpty());
              }).ok());
}

TEST_F(PickledObjectsTest, WhatIsSharedIsMadeOnceAndMayHoldItself) {
  const std::string net = Object(Global("net", "Net"), "") + Keep(1);
  const std::string pair = absl::StrCat("]", Keep(0), net, "a", Kept(1), "a", Kept(0), "a");
  EXPECT_TRUE(With(pair, [&](PickledObjects&, python::Value made) {
                const auto& items = made.As<python::ListObject>()->items;
                ASSERT_EQ(items.size(), 3u);
                EXPECT_TRUE(items[0].Is(items[1]));
                EXPECT_TRUE(items[2].Is(made));
              }).ok());
}

TEST_F(PickledObjectsTest, SubclassesOfDictHaveItemsAndAttributes) {
  const std::string bag = absl::StrCat(Global("net", "Bag"), ")\x81", Item("a", Int(1)), "}",
                                       Item("name", Text("x")), "b");
  EXPECT_TRUE(With(bag, [&](PickledObjects&, python::Value made) {
                EXPECT_EQ(ev_.TypeName(made), "Bag");
                EXPECT_EQ(ev_.Repr(ev_.GetItem(made, ev_.Str("a"))), "1");
                EXPECT_EQ(ev_.Repr(ev_.GetAttr(made, "name")), "'x'");
              }).ok());
}

TEST_F(PickledObjectsTest, ValuesAreThoseThatWereSaved) {
  EXPECT_EQ(ReprOf(absl::StrCat("}", Item("a", "N"), Item("b", Int(2)))),
            "dict {'a': None, 'b': 2}");
  EXPECT_EQ(ReprOf(absl::StrCat(Int(1), Text("x"), "\x86")), "tuple (1, 'x')");
  EXPECT_EQ(
      ReprOf(absl::StrCat(Global("_codecs", "encode"), Text("a\xc3\xbf"), Text("latin1"), "\x86R")),
      "bytes b'a\\xff'");
}

TEST_F(PickledObjectsTest, FunctionsAreCalled) {
  EXPECT_EQ(ReprOf(absl::StrCat(Global("operator", "or_"), Int(1), Int(6), "\x86R")), "int 7");
}

TEST_F(PickledObjectsTest, NamesAreFoundInModulesOfAnyDepth) {
  sources_.AddPackage("a", "");
  sources_.Add("a.b", "class C:\n  class D:\n    pass\n");
  const absl::Status status = With(Global("a.b", "C.D"), [&](PickledObjects&, python::Value made) {
    EXPECT_TRUE(made.Is(ev_.GetAttr(ev_.GetAttr(ev_.ImportModule("a.b"), "C"), "D")));
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(ReprOf(Global("__builtin__", "len")), ReprOf(Global("builtins", "len")));
}

TEST_F(PickledObjectsTest, TheUsersOwnSourceComesFirst) {
  find_own_ = [this](absl::string_view name) -> std::optional<python::Value> {
    if (name != "__main__.Net") return std::nullopt;
    return ev_.GetAttr(ev_.ImportModule("net"), "Net");
  };
  EXPECT_THAT(ReprOf(Object(Global("__main__", "Net"), "")), HasSubstr("Net <net.Net object>"));
}

TEST_F(PickledObjectsTest, WhatHasNoSourceSaysSoWhereItIsUsedAndOnlyThere) {
  const std::string net = Object(Global("net", "Net"),
                                 Item("gone", Object(Global("other", "Thing"), Item("x", Int(1)))));
  const absl::Status status = With(net, [&](PickledObjects& objects, python::Value made) {
    EXPECT_THAT(objects.unavailable(), ElementsAre("other.Thing"));
    const python::Value gone = ev_.GetAttr(made, "gone");
    EXPECT_EQ(ev_.Repr(gone), "<unavailable other.Thing>");
    ev_.GetAttr(gone, "x");
    ADD_FAILURE() << "it has an attribute";
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(status.message(), HasSubstr("the class other.Thing of net.pt"));
}

TEST_F(PickledObjectsTest, DeepNestingEndsInAnError) {
  std::string deep = ")";
  for (int i = 0; i < 600; ++i) deep += "\x85";
  EXPECT_THAT(ReprOf(deep), HasSubstr("nested deeper than 500 levels"));
}

TEST_F(PickledObjectsTest, AnObjectThatIsItsOwnArgumentEndsInAnError) {
  // held = []; made = held | held; held.append(made)
  const std::string pickle =
      absl::StrCat("]", Keep(0), "0", Global("operator", "or_"), Kept(0), Kept(0), "\x86R", Keep(1),
                   "0", Kept(0), Kept(1), "a0", Kept(1));
  EXPECT_THAT(ReprOf(pickle), HasSubstr("TypeError"));
}

TEST_F(PickledObjectsTest, ANameOfManyLevelsIsLookedForAFewTimesOnly) {
  std::string module = "a";
  for (int i = 0; i < 400; ++i) module += ".a";
  EXPECT_THAT(ReprOf(Global(module, "a")), HasSubstr("<unavailable a.a.a"));
  EXPECT_THAT(sources_.asked(), Lt(50));
}

}  // namespace
}  // namespace graft::models::architecture
