#include "models/file/value_tree.h"

#include <cstring>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/file/model_file.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/case_files.h"

namespace graft::models {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// As Python prints them; make_fixtures.py wrote the file.
const char kValues[] = R"json([
[[], {"t": "dict", "len": 25}],
[["big"], {"t": "int", "v": "1180591620717411303424"}],
[["nan"], {"t": "float", "v": "nan"}],
[["bytes"], {"t": "other", "class": "bytes", "repr": "b'\\x00\\xff'"}],
[["set"], {"t": "set", "v": ["1", "2"]}],
[["size"], {"t": "Size", "len": 2}],
[["size", 0], {"t": "int", "v": 1}],
[["size", 1], {"t": "int", "v": 2}],
[["device"], {"t": "other", "class": "device", "repr": "device(type='cuda', index=1)"}],
[["dtype"], {"t": "other", "class": "dtype", "repr": "torch.float16"}],
[["complex"], {"t": "other", "class": "complex", "repr": "(1+2j)"}],
[["range"], {"t": "other", "class": "range", "repr": "range(0, 3)"}],
[["slice"], {"t": "other", "class": "slice", "repr": "slice(1, 2, None)"}],
[["<int 3>"], {"t": "str", "v": "int key"}],
[["<tuple (1, 'a')>"], {"t": "str", "v": "tuple key"}],
[["numpy scalar"], {"t": "other", "class": "float32", "repr": "np.float32(1.5)"}],
[["numpy float"], {"t": "float", "v": 0.25}],
[["numpy array"], {"t": "other", "class": "ndarray", "repr": "array([[0., 1., 2.],\n       [3., 4., 5.]], dtype=float32)"}],
[["numpy integers"], {"t": "other", "class": "ndarray", "repr": "array([[  1,  20],\n       [300,   4]], dtype=int16)"}],
[["itself"], {"t": "list", "len": 1}],
[["itself", 0], {"t": "cycle"}],
[["namespace"], {"t": "object", "class": "argparse.Namespace"}],
[["namespace", "<dict>"], {"t": "dict", "len": 1}],
[["namespace", "<dict>", "lr"], {"t": "float", "v": 0.5}],
[["conjugate"], {"t": "tensor", "dtype": "complex64", "shape": [2], "stride": [1], "offset": 0, "storage": 0, "storage_bytes": 16, "conj": true}],
[["negative"], {"t": "tensor", "dtype": "float32", "shape": [1], "stride": [2], "offset": 1, "storage": 1, "storage_bytes": 8, "neg": true}],
[["sparse"], {"t": "tensor", "dtype": "float32", "shape": [2, 2], "layout": "coo", "indices": [[0, 1], [1, 0]], "values": [1.5, 2.0]}],
[["meta"], {"t": "tensor", "dtype": "float32", "shape": [2, 3], "device": "meta", "stride": [3, 1]}],
[["quantised"], {"t": "tensor", "dtype": "qint8", "shape": [4], "qscheme": "torch.per_tensor_affine", "q": [0.5, 2]}],
[["parameter"], {"t": "tensor", "dtype": "float32", "shape": [1], "stride": [1], "offset": 0, "storage": 2, "storage_bytes": 4, "parameter": true, "requires_grad": true}],
[["module"], {"t": "module", "class": "torch.nn.modules.linear.Linear"}],
[["module", "<state_dict>"], {"t": "OrderedDict", "len": 1}],
[["module", "<state_dict>", "weight"], {"t": "tensor", "dtype": "float32", "shape": [1, 1], "stride": [1, 1], "offset": 0, "storage": 3, "storage_bytes": 4}]
])json";

TEST(ValueTree, ShowsValuesOfEveryKindAsPythonDoes) {
  const std::string bytes = ReadText("tests/fixtures/torch/values.pt");
  absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(bytes), "values.pt");
  ASSERT_TRUE(file.ok()) << file.status();
  absl::StatusOr<nlohmann::ordered_json> tree = file->Tree({});
  ASSERT_TRUE(tree.ok()) << tree.status();
  const json got = json::parse(tree->dump(), nullptr, /*allow_exceptions=*/false);
  const json want = json::parse(kValues, nullptr, /*allow_exceptions=*/false);
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i) EXPECT_EQ(got[i], want[i]);
}

// Names of functions and members, attributes of objects, and what subclasses of dict hold.
TEST(ValueTree, ShowsWhatIsLookedUpAsNames) {
  const std::string bytes = ReadText("tests/fixtures/torch/containers.pt");
  absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(bytes), "containers.pt");
  ASSERT_TRUE(file.ok()) << file.status();
  absl::StatusOr<nlohmann::ordered_json> tree = file->Tree({});
  ASSERT_TRUE(tree.ok()) << tree.status();
  const json entries = *tree;
  const auto at = [&entries](const char* path) {
    for (const json& entry : entries) {
      if (entry[0] == json::parse(path)) return entry[1];
    }
    return json();
  };
  EXPECT_EQ(at(R"([1, "critics", 0])"),
            json::parse(R"({"t": "object", "class": "__main__.Weights"})"));
  EXPECT_EQ(at(R"([1, "critics", 0, "weight"])")["shape"], json::array({2, 1}));
  EXPECT_EQ(at(R"([1, "activation"])")["repr"], "torch.relu");
  EXPECT_EQ(at(R"([1, "mode"])")["repr"], "__main__.Mode.TRAIN");
  EXPECT_EQ(at(R"([1, "method"])")["class"], "builtins.getattr");
  EXPECT_EQ(at(R"([1, "none"])")["repr"], "builtins.NoneType");
  EXPECT_EQ(at(R"([2, "by_column"])"),
            json::parse(R"({"t": "tensor", "dtype": "float32", "shape": [1, 2], "layout": "csc",
                            "ccol": [0, 0, 1], "row": [0], "values": [1.5]})"));
}

TEST(ValueTree, HashesConjugatesAndNegativesAsTheyRead) {
  const std::string bytes = ReadText("tests/fixtures/torch/values.pt");
  absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(bytes), "values.pt");
  ASSERT_TRUE(file.ok()) << file.status();
  const TorchObjects& objects = file->torch()->objects();
  for (const TorchTensor& tensor : objects.tensors()) {
    if (tensor.conj) {
      // 1 - 2j, 3 + 4j
      const float expected[] = {1, -2, 3, 4};
      const std::vector<uint8_t> got = CopyElements(WeightOf(objects, tensor, ""));
      ASSERT_EQ(got.size(), sizeof(expected));
      // Bit for bit. NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
      EXPECT_EQ(std::memcmp(got.data(), expected, sizeof(expected)), 0);
    }
    if (tensor.neg) {
      const float expected[] = {-2};
      const std::vector<uint8_t> got = CopyElements(WeightOf(objects, tensor, ""));
      ASSERT_EQ(got.size(), sizeof(expected));
      // Bit for bit. NOLINTNEXTLINE(bugprone-suspicious-memory-comparison)
      EXPECT_EQ(std::memcmp(got.data(), expected, sizeof(expected)), 0);
    }
  }
}

TEST(ValueTree, BoundsWhatItWritesOut) {
  const std::string bytes = ReadText("tests/fixtures/torch/values.pt");
  absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(bytes), "values.pt");
  ASSERT_TRUE(file.ok());
  const absl::Status status = file->Tree({.max_entries = 5}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("values.pt: more than 5 values"));
}

}  // namespace
}  // namespace graft::models
