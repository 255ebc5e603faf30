// Weights of TorchScript archives that stay where they lie in the file, and those that must not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/file_bytes.h"
#include "models/file/zip_archive.h"
#include "models/file/zip_writer.h"
#include "models/torch/torch_model.h"

namespace graft::models {
namespace {

using ::testing::ElementsAre;

std::string Fixture(const std::string& name) { return "tests/fixtures/torchscript/" + name; }

// Files that are large enough to be mapped.
class ScriptImportTest : public ::testing::Test {
 protected:
  // The archive of a fixture with a record more, which LibTorch does not look at.
  std::string Padded(const std::string& name) {
    const auto file = *MapFile(Fixture(name));
    const ZipArchive zip = *ZipArchive::Open(file->bytes(), name);
    std::vector<std::vector<uint8_t>> contents;
    for (const ZipEntry& entry : zip.entries()) contents.push_back(*zip.Inflate(entry, 1 << 20));
    contents.emplace_back(200'000);
    ZipWriter writer;
    for (size_t i = 0; i < zip.entries().size(); ++i) {
      writer.Add(zip.entries()[i].name, contents[i]);
    }
    writer.Add(absl::StrCat(zip.RootFolder(), "extra/padding"), contents.back());
    std::string path = absl::StrCat(::testing::TempDir(), "/padded_", name);
    std::ofstream out(path, std::ios::binary);
    for (const ByteSpan piece : writer.Finish()) {
      out.write(reinterpret_cast<const char*>(piece.data()),
                static_cast<std::streamsize>(piece.size()));
    }
    out.close();
    leases_are_granted_ = (*MapFile(path))->mapped();
    return path;
  }

  static std::unique_ptr<TorchModel> Load(const std::string& path,
                                          const TorchLoadOptions& options = {}) {
    auto model = TorchModel::LoadTorchScript(path, options);
    EXPECT_TRUE(model.ok()) << model.status();
    return model.ok() ? *std::move(model) : nullptr;
  }

  static bool IsMapped(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename();
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      if (absl::EndsWith(line, name)) return true;
    }
    return false;
  }

  // Of one row.
  static std::vector<float> Run(const TorchModel& model, const std::vector<float>& input) {
    std::vector<float> output(model.schema().outputs[0].RowElements());
    const void* in[] = {input.data()};
    void* out[] = {output.data()};
    const absl::Status status = model.Run(1, in, out);
    EXPECT_TRUE(status.ok()) << status;
    return output;
  }

  bool leases_are_granted_ = false;
};

TEST_F(ScriptImportTest, LeavesWeightsInTheFileAsLongAsTheVersionLives) {
  const std::string path = Padded("constant_1.pt");
  if (!leases_are_granted_) GTEST_SKIP() << "this file system grants no lease";
  std::unique_ptr<TorchModel> model = Load(path);
  ASSERT_NE(model, nullptr);
  EXPECT_TRUE(IsMapped(path));
  EXPECT_THAT(Run(*model, {9, 9, 9, 9}), ElementsAre(1, 1));
  model.reset();
  EXPECT_FALSE(IsMapped(path));
}

TEST_F(ScriptImportTest, AnswersAsBeforeWhenTheFileIsOverwritten) {
  const std::string path = Padded("constant_1.pt");
  const std::unique_ptr<TorchModel> model = Load(path);
  ASSERT_NE(model, nullptr);
  std::ofstream(path, std::ios::binary) << std::string(300'000, '\x55');
  EXPECT_THAT(Run(*model, {9, 9, 9, 9}), ElementsAre(1, 1));
}

TEST_F(ScriptImportTest, LetsGoOfAFileWhoseWeightsWereAllMadeAnew) {
  const std::string path = Padded("constant_1.pt");
  TorchLoadOptions options;
  options.precision = DType::kBFloat16;
  const std::unique_ptr<TorchModel> model = Load(path, options);
  ASSERT_NE(model, nullptr);
  EXPECT_FALSE(IsMapped(path));
}

TEST_F(ScriptImportTest, TakesConstantsAndWeightsOfTheSameKeysEachFromTheirPlace) {
  const std::unique_ptr<TorchModel> traced = Load(Padded("policy_traced.pt"));
  const std::unique_ptr<TorchModel> small = Load(Fixture("policy_traced.pt"));
  ASSERT_NE(traced, nullptr);
  ASSERT_NE(small, nullptr);
  EXPECT_EQ(Run(*traced, {1, -2, 3, 0.5f}), Run(*small, {1, -2, 3, 0.5f}));
  const std::unique_ptr<TorchModel> frozen = Load(Padded("policy_frozen.pt"));
  ASSERT_NE(frozen, nullptr);
  EXPECT_EQ(Run(*frozen, {1, -2, 3, 0.5f}), Run(*small, {1, -2, 3, 0.5f}));
}

TEST_F(ScriptImportTest, CopiesTheWeightsOfAModelThatWritesToThem) {
  const std::string path = Padded("counter.pt");
  TorchLoadOptions options;
  options.forward_only = true;
  const std::unique_ptr<TorchModel> model = Load(path, options);
  ASSERT_NE(model, nullptr);
  EXPECT_FALSE(IsMapped(path));
  HostTensor ten;
  ten.shape = {1};
  ten.data.resize(sizeof(float));
  const float value = 10;
  std::memcpy(ten.data.data(), &value, sizeof value);
  for (float call = 1; call <= 3; ++call) {
    const auto results = model->Forward({ten});
    ASSERT_TRUE(results.ok()) << results.status();
    float found = 0;
    std::memcpy(&found, (*results)[0].data.data(), sizeof found);
    EXPECT_EQ(found, 10 + call);
  }
}

TEST_F(ScriptImportTest, CopiesTheWeightsOfObjectsThatRestoreThemselves) {
  const std::string path = Padded("restored.pt");
  TorchLoadOptions options;
  options.inputs = {{"obs", DType::kFloat32, {TensorSpec::kAgents, 1}}};
  for (int i = 0; i < 2; ++i) {
    const std::unique_ptr<TorchModel> model = Load(path, options);
    ASSERT_NE(model, nullptr);
    EXPECT_FALSE(IsMapped(path));
    EXPECT_THAT(Run(*model, {5}), ElementsAre(7));
  }
}

}  // namespace
}  // namespace graft::models
