#include "models/file/probe.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/file/zip_bytes.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;
using State = Completeness::State;

FileKind KindOf(absl::string_view bytes) { return Probe(AsBytes(bytes)).kind; }

std::string Safetensors() {
  std::string file("\x02\0\0\0\0\0\0\0{}", 10);
  return file;
}

TEST(Probe, TellsTheArchivesOfTorchApart) {
  EXPECT_EQ(KindOf(ZipBytes({{"m/data.pkl", "x"}, {"m/version", "3"}})), FileKind::kTorchZip);
  EXPECT_EQ(KindOf(ZipBytes({{"m/data.pkl", "x"}, {"m/constants.pkl", "x"}})),
            FileKind::kTorchScript);
  EXPECT_EQ(
      KindOf(ZipBytes({{"m/data.pkl", "x"}, {"m/constants.pkl", "x"}, {"m/bytecode.pkl", "x"}})),
      FileKind::kTorchScriptLite);
  EXPECT_EQ(KindOf(ZipBytes({{"m/archive_format", "pt2"}})), FileKind::kPt2);
  EXPECT_EQ(KindOf(ZipBytes({{"serialized_exported_program.json", "{}"}})), FileKind::kPt2);
  EXPECT_EQ(KindOf(ZipBytes({{"data", "{}"}, {"policy.pth", "x"}})), FileKind::kStableBaselines3);
  EXPECT_EQ(KindOf(ZipBytes({{"MAR-INF/MANIFEST.json", "{}"}})), FileKind::kTorchServe);
  EXPECT_EQ(KindOf(ZipBytes({{"a.npy", "x"}, {"b.npy", "x"}})), FileKind::kNumPy);
  EXPECT_EQ(KindOf(ZipBytes({{"holiday.jpg", "x"}})), FileKind::kZip);
  EXPECT_EQ(Probe(AsBytes(ZipBytes({{"m/data.pkl", "x"}}))).root, "m/");
  EXPECT_THAT(Probe(AsBytes(ZipBytes({{"holiday.jpg", "x"}}))).description,
              HasSubstr("of 1 file,"));
}

// The parts of a checkpoint of torch.distributed: an archive for each tensor.
TEST(Probe, KnowsArchivesThatFollowEachOther) {
  const std::string first = ZipBytes({{"archive/data.pkl", std::string(1000, 'x')}});
  const std::string second = ZipBytes({{"archive/data.pkl", "x"}, {"archive/version", "3"}});
  EXPECT_THAT(Probe(AsBytes(first + second)).description, HasSubstr("several zip archives"));
  EXPECT_THAT(Probe(AsBytes(second.substr(0, second.size() - 9))).description,
              HasSubstr("damaged or unfinished"));
}

TEST(Probe, TellsPicklesApart) {
  EXPECT_EQ(
      KindOf(absl::string_view("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15)),
      FileKind::kTorchLegacy);
  EXPECT_EQ(
      KindOf(absl::string_view("\x80\x04\x95\x0d\0\0\0\0\0\0\0\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20"
                               "\x6a\xa8\x50\x19.",
                               24)),
      FileKind::kTorchLegacy);
  EXPECT_EQ(KindOf("\x80\x03}q\x01."), FileKind::kPickle);
  EXPECT_EQ(KindOf("cos\nsystem\n(S'true'\ntR."), FileKind::kPickle);
}

TEST(Probe, NamesWhatIsNoModel) {
  EXPECT_EQ(KindOf(""), FileKind::kEmpty);
  EXPECT_EQ(KindOf(std::string(5000, '\0')), FileKind::kZeros);
  EXPECT_EQ(KindOf("  <!DOCTYPE html><html>"), FileKind::kHtml);
  EXPECT_EQ(KindOf("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"),
            FileKind::kGitLfsPointer);
  EXPECT_EQ(KindOf("\x1f\x8b\x08 and so on"), FileKind::kGzip);
  EXPECT_EQ(KindOf("\x89HDF\r\n\x1a\n1234"), FileKind::kHdf5);
  EXPECT_EQ(KindOf(absl::string_view("\0\0\0\1PTMF----", 12)), FileKind::kTorchScriptFlat);
  EXPECT_EQ(KindOf("GGUF1234"), FileKind::kGguf);
  EXPECT_EQ(KindOf("import torch\n"), FileKind::kText);
  EXPECT_EQ(KindOf("\xde\xad\xbe\xef and so on"), FileKind::kUnknown);
  EXPECT_EQ(KindOf("PK\x03\x04"), FileKind::kBrokenZip);
  EXPECT_EQ(KindOf("PK"), FileKind::kText);
}

TEST(Probe, TellsJsonApart) {
  EXPECT_EQ(KindOf("{\"weight_map\": {}}"), FileKind::kShardedIndex);
  EXPECT_EQ(KindOf("{\n \"graft\": 1}"), FileKind::kManifest);
  EXPECT_EQ(KindOf("{\"hidden_size\": 768}"), FileKind::kJson);
  const ProbeResult broken = Probe(AsBytes("{\"graft\": 1,,}"));
  EXPECT_EQ(broken.kind, FileKind::kJson);
  EXPECT_THAT(broken.description, HasSubstr("line 1, column 13"));
}

TEST(Probe, KnowsOnnxByItsFields) {
  // ir_version = 8, graph {}, opset_import {}.
  EXPECT_EQ(KindOf(absl::string_view("\x08\x08\x3a\x00\x42\x00", 6)), FileKind::kOnnx);
  EXPECT_EQ(KindOf(absl::string_view("\x08\x08\x12\x00", 4)), FileKind::kUnknown);
}

TEST(Probe, KnowsSafetensorsByItsHeader) {
  EXPECT_EQ(KindOf(Safetensors()), FileKind::kSafetensors);
}

TEST(Probe, EveryKindHasANextStep) {
  for (const std::string& bytes :
       {std::string(), Safetensors(), ZipBytes({{"m/data.pkl", "x"}}), std::string("text")}) {
    const ProbeResult result = Probe(AsBytes(bytes));
    EXPECT_FALSE(result.description.empty());
    EXPECT_FALSE(result.next_step.empty());
    EXPECT_FALSE(FileKindName(result.kind).empty());
  }
}

TEST(Completeness, AZipIsCompleteWhenItsDirectoryEndsTheFile) {
  const std::string zip = ZipBytes({{"m/data.pkl", "x"}, {"m/data/0", "y"}});
  EXPECT_EQ(CompletenessOfFile(AsBytes(zip)).state, State::kComplete);
  EXPECT_EQ(CompletenessOfFile(AsBytes(zip + "more")).state, State::kIncomplete);
  for (size_t size = 0; size < zip.size(); ++size) {
    EXPECT_NE(CompletenessOfFile(AsBytes(zip).first(size)).state, State::kComplete) << size;
  }
}

TEST(Completeness, SafetensorsAreCompleteWhenTheSizesAgree) {
  EXPECT_EQ(CompletenessOfFile(AsBytes(Safetensors())).state, State::kComplete);
  EXPECT_EQ(CompletenessOfFile(AsBytes(Safetensors() + "x")).state, State::kIncomplete);
  EXPECT_EQ(CompletenessOfFile(AsBytes("")).state, State::kIncomplete);
  EXPECT_EQ(CompletenessOfFile(AsBytes("some text")).state, State::kUnknown);
}

}  // namespace
}  // namespace graft::models
