#include "models/file/pickle_reader.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/file/pickle_globals.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;

// Literals hold NUL bytes.
#define PICKLE(text) absl::string_view(text, sizeof(text) - 1)

absl::StatusOr<PickleValues> Read(absl::string_view pickle) {
  uint64_t position = 0;
  return ReadPickle(AsBytes(pickle), &position, "f.pt");
}

std::string ErrorOf(absl::string_view pickle) {
  // A copy of exactly that size, so that the address sanitizer sees one byte too many.
  const std::vector<uint8_t> bytes(pickle.begin(), pickle.end());
  uint64_t position = 0;
  auto values = ReadPickle(bytes, &position, "f.pt");
  return values.ok() ? "no error" : std::string(values.status().message());
}

std::string ReprOf(absl::string_view pickle) {
  auto values = Read(pickle);
  return values.ok() ? PickleRepr(*values, values->root()) : values.status().ToString();
}

TEST(PickleReader, ReadsScalarsOfEveryForm) {
  EXPECT_EQ(ReprOf("N."), "None");
  EXPECT_EQ(ReprOf("\x88."), "True");
  EXPECT_EQ(ReprOf("I01\n."), "True");
  EXPECT_EQ(ReprOf("I-7\n."), "-7");
  EXPECT_EQ(ReprOf("K\xff."), "255");
  EXPECT_EQ(ReprOf("M\xff\xff."), "65535");
  EXPECT_EQ(ReprOf("J\xff\xff\xff\xff."), "-1");
  EXPECT_EQ(ReprOf("L12345678901234567890L\n."), "12345678901234567890");
  EXPECT_EQ(ReprOf("L-12345678901234567890L\n."), "-12345678901234567890");
  EXPECT_EQ(ReprOf(PICKLE("\x8a\x00.")), "0");
  EXPECT_EQ(ReprOf("\x8a\x01\xff."), "-1");
  EXPECT_EQ(ReprOf(PICKLE("\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00.")), "9223372036854775808");
  EXPECT_EQ(ReprOf(PICKLE("G\x3f\xe0\x00\x00\x00\x00\x00\x00.")), "0.5");
  EXPECT_EQ(ReprOf("F1e-08\n."), "1e-08");
  EXPECT_EQ(ReprOf("S'it\\'s'\n."), "\"it's\"");
  EXPECT_EQ(ReprOf("Vh\\u00e9\n."), "'h\xc3\xa9'");
  EXPECT_EQ(ReprOf(PICKLE("X\x02\x00\x00\x00\xc3\xa9.")), "'\xc3\xa9'");
  EXPECT_EQ(ReprOf("C\x02\x01\xff."), "b'\\x01\\xff'");
}

TEST(PickleReader, RemembersInAnyOrder) {
  // Places 7, 0, 7 again; then MEMOIZE at 2, the number of places in use.
  EXPECT_EQ(ReprOf(PICKLE("(K\1q\x07\x30K\2q\x00\x30K\3q\x07\x30K\4\x94\x30h\x07h\x00h\x02t.")),
            "(3, 2, 4)");
  EXPECT_EQ(ErrorOf("K\1q\x07h\x06."), "f.pt: pickle byte 4: recalls value 6, never remembered");
}

TEST(PickleReader, ReadsContainersAndTheMemo) {
  auto values =
      Read(PICKLE("\x80\x02}q\x01(U\x01"
                  "aK\x01K\x02\x86q\x02U\x01"
                  "bh\x02u."));
  ASSERT_TRUE(values.ok()) << values.status();
  const PickleValue& root = (*values)[values->root()];
  ASSERT_EQ(root.kind, PickleKind::kDict);
  const auto entries = values->Entries(root);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].second, entries[1].second);
  EXPECT_EQ(PickleRepr(*values, entries[0].second), "(1, 2)");
}

TEST(PickleReader, OfEqualKeysTheFirstPlaceAndTheLastValueCount) {
  auto values = Read(
      "}(U\x01"
      "aK\x01U\x01"
      "bK\x02U\x01"
      "aK\x03\x88K\x04K\x01K\x05u.");
  ASSERT_TRUE(values.ok()) << values.status();
  const auto entries = values->Entries((*values)[values->root()]);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ((*values)[entries[0].second].integer, 3);
  EXPECT_EQ((*values)[entries[2].second].integer, 5);  // True and 1 are one key
}

TEST(PickleReader, KeepsObjectsAsInertNames) {
  auto values = Read(
      "\x80\x02"
      "cmynet\nNet\n)\x81}U\x01"
      "aK\x07sb.");
  ASSERT_TRUE(values.ok()) << values.status();
  const PickleValue& root = (*values)[values->root()];
  EXPECT_EQ(values->ClassName(root), "mynet.Net");
  const PickleValue& state = (*values)[values->object(root).state];
  EXPECT_EQ(values->Find(state, "a")->integer, 7);
}

TEST(PickleReader, RefusesCallsByName) {
  EXPECT_THAT(ErrorOf("cos\nsystem\n(U\x02lstR."), HasSubstr("a reference to os.system: refused"));
  EXPECT_THAT(ErrorOf("c__builtin__\neval\n(U\x01"
                      "1tR."),
              HasSubstr("builtins.eval"));
  EXPECT_THAT(ErrorOf("(isubprocess\nPopen\n."), HasSubstr("subprocess.Popen"));
  EXPECT_THAT(ErrorOf("cmylib\nmake\n)R."), HasSubstr("a call to mylib.make: refused"));
  EXPECT_THAT(ErrorOf("ctorch.hub\nload\n)R."), HasSubstr("torch.hub.load"));
  EXPECT_THAT(ErrorOf("U\x02osU\x06system\x93."), HasSubstr("os.system"));
  EXPECT_EQ(Read("cos\nsystem\n.").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(Read("cmylib\nmake\n.").ok()) << "a function that is only named is harmless";
}

TEST(PickleReader, LooksUpPlainAttributesAndNothingElse) {
  const std::string getattr = "c__builtin__\ngetattr\n";
  const std::string relu = getattr + "(ctorch._C\n_VariableFunctionsClass\nU\x04relutR";
  auto values = Read(relu + ".");
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ((*values)[values->root()].text, "torch.relu");
  EXPECT_THAT(ErrorOf(relu + ")R."), HasSubstr("a call to torch.relu: refused"));
  EXPECT_TRUE(Read("(cm\nC\n)\x81q\x01" + getattr + "(h\x01U\x01gtRt.").ok()) << "a bound method";
  for (const std::string& body : {
           getattr,                                     // is mentioned
           "]" + getattr + "a",                         // is kept
           getattr + "q\x01(cm\nC\nU\x01gtRh\x01\x86",  // is kept as well
           "cm\nC\n)\x81" + getattr + "b",              // becomes a state
           "cm\nC\n" + getattr + "\x85\x81",            // becomes an argument
           getattr + "(cos\npath\nU\x01gtR",            // of a dangerous module
           getattr + "(ctorch\nos\nU\x06systemtR",      // of one that another module hands out
           getattr + "(cm\nC\nU\x0b__globals__tR",      // reaches inside
           getattr + "(cm\nC\nU\x03"
                     "a.btR",
           getattr + "(cm\nC\nU\x01gNtR",  // with a default
           getattr + "(cm\nC\nK\x01tR", getattr + "(]U\x01gtR",
           getattr + "(cm\nC\nU\x01gt\x81",      // as a class
           "(" + getattr + "cm\nC\nU\x01go)R",   // OBJ, and called
           getattr + "(cm\nC\n)\x81U\x01gtR)R",  // what it gets, called
           getattr + "(cm\nC\n)\x81U\x01gtR}b",  // what it gets, changed
       }) {
    EXPECT_FALSE(Read(body + ".").ok()) << body;
  }
}

TEST(PickleReader, RefusesCallsThroughAFunctionThatCalls) {
  const std::string call = "ctorch._tensor\n_rebuild_from_type_v2\n(";
  EXPECT_THAT(ErrorOf(call + "cmylib\nmake\ncm\nC\n)NtR."), HasSubstr("a call to mylib.make"));
}

TEST(PickleReader, KeepsSubclassesOfDictAndListApart) {
  auto values = Read(
      "cm\nD\n)\x81(U\x01"
      "aK\x01u.");
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_TRUE(values->IsMapping((*values)[values->root()]));
  EXPECT_FALSE(Read("cm\nD\n)\x81(U\x01"
                    "aK\x01u(K\x02"
                    "e.")
                   .ok());
  EXPECT_FALSE(Read("cm\nD\n)\x81(K\x02"
                    "e(U\x01"
                    "aK\x01u.")
                   .ok());
}

TEST(PickleReader, RefusesWhatPythonWouldRefuse) {
  for (const absl::string_view pickle : {PICKLE(""),
                                         PICKLE("."),
                                         PICKLE("K"),
                                         PICKLE("]"),
                                         PICKLE("a."),
                                         PICKLE("]K\x01s."),
                                         PICKLE("t."),
                                         PICKLE("(K\x01}u."),
                                         PICKLE("}(K\x01u."),
                                         PICKLE("h\x05."),
                                         PICKLE("p-1\n."),
                                         PICKLE("q\x01."),
                                         PICKLE("\xff."),
                                         PICKLE("\x80\x06N."),
                                         PICKLE("Iabc\n."),
                                         PICKLE("Fxyz\n."),
                                         PICKLE("I1"),
                                         PICKLE("\x82\x01."),
                                         PICKLE("NNR."),
                                         PICKLE("cm\nC\nNR."),
                                         PICKLE("cm\nC\nN\x81."),
                                         PICKLE("K\x01K\x02\x93."),
                                         PICKLE("X\xff\xff\xff\xff"
                                                "a."),
                                         PICKLE("\x8b\xff\xff\xff\x7f."),
                                         PICKLE("\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
                                                "a."),
                                         PICKLE("\x8e\0\0\0\0\0\0\0\x40."),
                                         PICKLE("X\x01\0\0\0\xff."),
                                         PICKLE("}]K\x01s."),
                                         PICKLE("cm\nC\n}b."),
                                         PICKLE("K\x01}b."),
                                         PICKLE("(o."),
                                         PICKLE("\x95\xff\xff\xff\xff\xff\xff\xff\x7fN."),
                                         PICKLE("S'a\n."),
                                         PICKLE("ccollections\nOrderedDict\n(]K\x01"
                                                "atR.")}) {
    EXPECT_THAT(ErrorOf(pickle), HasSubstr("f.pt: pickle byte ")) << absl::StrCat(pickle);
  }
}

TEST(PickleReader, NeitherNestingNorSharingCostsMoreThanThePickleIsLong) {
  // A million nested lists: parsing and freeing must not recurse.
  std::string deep(1'000'000, ']');
  deep += std::string(999'999, 'a') + ".";
  EXPECT_EQ(ErrorOf(deep), "no error");
  // 2^60 values in a tree of shared tuples.
  std::string laughs = "K\x01";
  for (int i = 0; i < 60; ++i) laughs += "2\x86";
  EXPECT_EQ(ErrorOf(laughs + "."), "no error");
  // Copying one list again and again.
  std::string copies = "](";
  for (int i = 0; i < 100'000; ++i) copies += "N";
  copies += "eq\x01";
  for (int i = 0; i < 10'000; ++i) copies += "c__builtin__\nset\nh\x01\x85R0";
  EXPECT_THAT(ErrorOf(copies + "."), HasSubstr("more than"));
}

TEST(PickleReader, LeavesThePositionBehindTheStop) {
  const absl::string_view two = "K\x01.K\x02.";
  uint64_t position = 0;
  ASSERT_TRUE(ReadPickle(AsBytes(two), &position, "f").ok());
  EXPECT_EQ(position, 3u);
  auto second = ReadPickle(AsBytes(two), &position, "f");
  EXPECT_EQ((*second)[second->root()].integer, 2);
}

TEST(PickleGlobals, JudgesNames) {
  EXPECT_EQ(JudgeGlobal("torch._utils._rebuild_tensor_v2"), GlobalJudgement::kKnown);
  EXPECT_EQ(JudgeGlobal("torch.nn.modules.linear.Linear"), GlobalJudgement::kClass);
  EXPECT_EQ(JudgeGlobal("__main__.Net"), GlobalJudgement::kClass);
  EXPECT_EQ(JudgeGlobal("__torch__.torch.nn.___torch_mangle_1.Linear"), GlobalJudgement::kClass);
  EXPECT_EQ(JudgeGlobal("mylib.make"), GlobalJudgement::kFunction);
  EXPECT_EQ(JudgeGlobal("math.sqrt"), GlobalJudgement::kFunction);
  for (const char* name : {"os.system",
                           "posix.system",
                           "subprocess.Popen",
                           "builtins.getattr",
                           "sys.modules",
                           "runpy._run_code",
                           "_io.FileIO",
                           "pip.main",
                           "importlib.import_module",
                           "ctypes.CDLL",
                           "operator.attrgetter",
                           "types.CodeType",
                           "mylib.Net.__init__",
                           "torch.hub.load",
                           "numpy.testing._private.utils.runstring",
                           "builtins.str.format",
                           "timeit.timeit",
                           "torch.os.system",
                           "torch.subprocess.Popen",
                           "mylib.sys"}) {
    EXPECT_EQ(JudgeGlobal(name), GlobalJudgement::kDangerous) << name;
  }
  EXPECT_EQ(CanonicalGlobal("__builtin__", "xrange"), "builtins.range");
  EXPECT_EQ(CanonicalGlobal("numpy._core.multiarray", "scalar"), "numpy.core.multiarray.scalar");
}

}  // namespace
}  // namespace graft::models
