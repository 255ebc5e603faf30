#include "models/torch/pickle_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;
using namespace std::string_literals;  // NOLINT: the opcodes hold NUL

// Pieces of pickles, as torch.jit.save writes them.
const std::string kProto = "\x80\x02"s;

std::string Text(const std::string& text) {
  std::string out = "X";
  const uint32_t size = text.size();
  out.append(reinterpret_cast<const char*>(&size), 4);
  return out + text;
}

std::string Int(int64_t value) {
  std::string out = "\x8a\x08"s;
  out.append(reinterpret_cast<const char*>(&value), 8);
  return out;
}

std::string Tuple(const std::string& items) { return "(" + items + "t"; }

// A float storage of `count` elements called "0".
std::string Storage(int64_t count) {
  return Tuple(Text("storage") + "ctorch\nFloatStorage\n" + Text("0") + Text("cpu") + Int(count)) +
         "Q";
}

std::string Tensor(int64_t count, int64_t offset, const std::string& sizes,
                   const std::string& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n" +
         Tuple(Storage(count) + Int(offset) + Tuple(sizes) + Tuple(strides) + "\x89" +
               "ccollections\nOrderedDict\n)R") +
         "R";
}

absl::Status Check(const std::string& body, uint64_t record_bytes = 48) {
  const std::string pickle = kProto + body + ".";
  return CheckScriptPickle(AsBytes(pickle), "model.pt: data.pkl",
                           [&](absl::string_view key) -> std::optional<uint64_t> {
                             if (key == "0") return record_bytes;
                             return std::nullopt;
                           });
}

std::string Error(const std::string& body, uint64_t record_bytes = 48) {
  const absl::Status status = Check(body, record_bytes);
  EXPECT_FALSE(status.ok());
  return std::string(status.message());
}

TEST(CheckScriptPickle, AcceptsAModuleWithATensor) {
  const std::string tensor = Tensor(12, 0, Int(3) + Int(4), Int(4) + Int(1));
  EXPECT_TRUE(Check("c__torch__\nNet\nq\x00)\x81}("s + Text("weight") + tensor + Text("training") +
                    "\x89" + "ub")
                  .ok());
}

TEST(CheckScriptPickle, RefusesATensorThatLeavesItsStorage) {
  EXPECT_THAT(Error(Tensor(12, 1, Int(3) + Int(4), Int(4) + Int(1))),
              HasSubstr("reaches to element 12 of a storage with 12"));
  EXPECT_FALSE(Check(Tensor(12, -1, Int(2), Int(1))).ok());
  EXPECT_FALSE(Check(Tensor(12, 0, Int(2), Int(-1))).ok());
  EXPECT_FALSE(Check(Tensor(12, 0, Int(INT64_MAX), Int(INT64_MAX))).ok());
  EXPECT_FALSE(Check(Tensor(12, 0, Int(INT64_MAX) + Int(4), Int(0) + Int(0))).ok());
  EXPECT_FALSE(Check(Tensor(12, 0, Int(2) + Int(2), Int(1))).ok());
  EXPECT_TRUE(Check(Tensor(12, 0, Int(0) + Int(99), Int(1) + Int(1))).ok());  // empty
}

TEST(CheckScriptPickle, RefusesAStorageLongerThanItsRecord) {
  EXPECT_THAT(Error(Tensor(13, 0, Int(1), Int(1))), HasSubstr("its record has only 48 bytes"));
  EXPECT_FALSE(Check(Tensor(INT64_MAX, 0, Int(1), Int(1))).ok());
}

TEST(CheckScriptPickle, RefusesNamesThatDoNotBelong) {
  EXPECT_THAT(Error("cos\nsystem\n(" + Text("true") + "tR"),
              HasSubstr("'os.system', which has no place in a TorchScript model"));
  EXPECT_FALSE(Check("cbuiltins\neval\n").ok());
  EXPECT_FALSE(Check("ctorch.distributed.rpc\nrref\n").ok());
  EXPECT_FALSE(Check("c__torch__.torch.classes.dist_rpc\nWorkerInfo\n").ok());
  EXPECT_TRUE(Check("c__torch__.torch.classes.quantized\nLinearPackedParamsBase\n)R").ok());
  // LibTorch joins both parts, so where they are divided must not matter.
  EXPECT_FALSE(Check("c__torch__.torch\nclasses.dist_rpc.WorkerInfo\n").ok());
  EXPECT_FALSE(Check("ctorch\n_utils._rebuild_tensor_v2\n").ok());
  EXPECT_FALSE(Check("c__builtin__\ncomplex\n").ok());
}

TEST(CheckScriptPickle, RefusesNumbersThatPoseAsFunctions) {
  EXPECT_THAT(Error(Int(0) + ")R"), HasSubstr("calls what cannot be called"));
}

// Opcodes of the data reader that LibTorch does not know, or understands otherwise.
TEST(CheckScriptPickle, ReadsLibTorchsDialectOnly) {
  for (const std::string& body :
       {"]0]"s, "]2\x85"s, "I1\n"s, "\x8a\x01\x05"s, "\x8a\x09\0\0\0\0\0\0\0\0\0"s, "\x8c\x01x"s,
        "C\x01x"s, "\x8f"s, ")\x94"s,
        "]K\x01"
        "a"s,
        "\x80\x02N"s, "(S'a'\nios\nsystem\n"s}) {
    EXPECT_FALSE(Check(body).ok()) << body;
  }
  EXPECT_FALSE(CheckScriptPickle(AsBytes("\x80\x04N."s), "m", {}).ok());
  EXPECT_FALSE(CheckScriptPickle(AsBytes("N."s), "m", {}).ok());
  // An enumeration: REDUCE with an argument that is no tuple. Text of any bytes.
  EXPECT_TRUE(Check("c__torch__\nColor\n" + Int(2) + "R").ok());
  EXPECT_TRUE(Check(Text("\xff")).ok());
  // NEWOBJ leaves the class, BUILD calls it: a second BUILD has nothing to call.
  EXPECT_FALSE(Check("c__torch__\nNet\n)\x81}b}b").ok());
  EXPECT_TRUE(Check("c__torch__\nNet\nq\x00)\x81}bh\x00}b\x86"s).ok());
}

TEST(CheckScriptPickle, SeesThroughTypeTags) {
  const auto tagged = [](const std::string& value) {
    return "ctorch.jit._pickle\nrestore_type_tag\n" + Tuple(value + Text("List[int]")) + "R";
  };
  EXPECT_TRUE(Check(tagged("](" + Int(1) + "e")).ok());
  EXPECT_TRUE(Check("ctorch.jit._pickle\nbuild_intlist\n" + tagged("]") + "\x85R").ok());
  EXPECT_FALSE(Check("ctorch.jit._pickle\nbuild_intlist\n" + tagged(")") + "\x85R").ok());
  EXPECT_FALSE(Check(tagged(std::string("]q\x07(h\x07"
                                        "e")))
                   .ok());  // holds itself
}

TEST(CheckScriptPickle, BoundsTheNestingOfWhatACallDrops) {
  std::string nested = ")";
  for (int i = 0; i < 500; ++i) nested += "\x85";
  EXPECT_THAT(Error("ccollections\nOrderedDict\n" + nested + "R"),
              HasSubstr("nests values more than 400 deep"));
}

TEST(CheckScriptPickle, RefusesAnEmptyStackAndUnknownMemoEntries) {
  EXPECT_FALSE(Check("R").ok());
  EXPECT_FALSE(Check("t").ok());
  EXPECT_FALSE(Check("\x85").ok());
  EXPECT_FALSE(Check("h\x05").ok());
  EXPECT_FALSE(Check(")r\xff\xff\xff\x7f"s).ok());
  EXPECT_FALSE(Check("}(" + Int(1) + "u").ok());  // key without a value
  EXPECT_FALSE(Check(")(e").ok());                // appends to a tuple
  EXPECT_FALSE(Check("").ok());
  EXPECT_FALSE(Check("))").ok());
}

TEST(CheckScriptPickle, RefusesPicklesThatEndEarlyWhereverTheyAreCut) {
  const std::string whole = kProto + Tensor(12, 0, Int(3) + Int(4), Int(4) + Int(1)) + ".";
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(CheckScriptPickle(AsBytes(absl::string_view(whole).substr(0, size)), "m",
                                   [](absl::string_view) { return std::optional<uint64_t>(48); })
                     .ok())
        << size;
  }
}

TEST(CheckScriptPickle, BoundsNestingHoweverItIsBuilt) {
  EXPECT_FALSE(Check(std::string(500, ']') + std::string("\x85", 1)).ok());
  std::string nested = ")";
  for (int i = 0; i < 500; ++i) nested += "\x85";
  EXPECT_THAT(Error(nested), HasSubstr("nests values more than 400 deep"));
  // From the inside: each new list goes into the one before, through the memo.
  std::string inward = "]q\x01";
  for (int i = 0; i < 500; ++i)
    inward +=
        "h\x01(]q\x01"
        "e0";
  EXPECT_FALSE(Check(inward).ok());
  // A list that holds itself.
  EXPECT_THAT(Error("]q\x01(h\x01"
                    "e"),
              HasSubstr("contains itself"));
}

TEST(CheckScriptPickle, BoundsTypeTags) {
  std::string type;
  for (int i = 0; i < 60; ++i) type += "List[";
  EXPECT_THAT(Error("ctorch.jit._pickle\nrestore_type_tag\n" + Tuple("]" + Text(type)) + "R"),
              HasSubstr("type tag that is nested too deep"));
}

TEST(CheckScriptPickle, BoundsTheMemoryOfStorages) {
  PickleBounds bounds;
  bounds.max_storage_bytes = 100;
  const std::string tensor = Tensor(12, 0, Int(12), Int(1));
  const std::string twice = kProto + Tuple(tensor + tensor) + ".";
  const std::string thrice = kProto + Tuple(tensor + tensor + tensor) + ".";
  const auto size = [](absl::string_view) { return std::optional<uint64_t>(48); };
  EXPECT_TRUE(CheckScriptPickle(AsBytes(twice), "m", size, bounds).ok());
  EXPECT_FALSE(CheckScriptPickle(AsBytes(thrice), "m", size, bounds).ok());
}

}  // namespace
}  // namespace graft::models
