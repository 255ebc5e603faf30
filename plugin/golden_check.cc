#include "plugin/golden_check.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "models/file/element_value.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "plugin/output_comparison.h"

namespace graft::plugin {
namespace {

using models::SafetensorsFile;
using models::SafetensorsTensor;
using models::TensorSpec;

const SafetensorsTensor* FindTensor(const SafetensorsFile& file, const TensorSpec& spec,
                                    absl::string_view prefix, size_t index) {
  const SafetensorsTensor* found = file.Find(spec.name);
  return found != nullptr ? found : file.Find(absl::StrCat(prefix, index));
}

// Rows of a tensor that has the spec's shape; none: it has another.
std::optional<int64_t> RowsOf(const SafetensorsTensor& tensor, const TensorSpec& spec) {
  const bool fits =
      tensor.shape.size() == spec.shape.size() && tensor.shape[0] >= 1 &&
      std::equal(tensor.shape.begin() + 1, tensor.shape.end(), spec.shape.begin() + 1);
  if (!fits) return std::nullopt;
  return tensor.shape[0];
}

absl::Status DoesNotFit(const GoldenValues& golden, const SafetensorsTensor& tensor,
                        const TensorSpec& spec) {
  return absl::UnavailableError(absl::StrCat(
      golden.path, ": golden values: expected ", spec.DebugString(), ", found \"", tensor.name,
      "\": ", models::DTypeName(tensor.dtype), " [", absl::StrJoin(tensor.shape, ", "), "]"));
}

// The tensor's values as the spec's dtype. False: they are of another kind.
bool CopyAs(const SafetensorsTensor& tensor, const TensorSpec& spec, uint8_t* out) {
  if (tensor.dtype == spec.dtype) {
    std::memcpy(out, tensor.bytes.data(), tensor.bytes.size());
    return true;
  }
  if (!models::IsComputeFloat(spec.dtype)) return false;
  const size_t from_bytes = models::ElementBytes(tensor.dtype);
  const size_t to_bytes = models::ElementBytes(spec.dtype);
  for (size_t i = 0; i < tensor.bytes.size() / from_bytes; ++i) {
    models::StoreElement(
        spec.dtype, models::ElementAsDouble(tensor.dtype, tensor.bytes.data() + i * from_bytes),
        out + i * to_bytes);
  }
  return true;
}

// Of an output that the file says nothing of.
absl::Status CheckFinite(const GoldenValues& golden, const TensorSpec& spec,
                         const std::vector<uint8_t>& found) {
  const size_t bytes = models::ElementBytes(spec.dtype);
  for (size_t i = 0; i < found.size() / bytes; ++i) {
    const double value = models::ElementAsDouble(spec.dtype, found.data() + i * bytes);
    if (std::isfinite(value)) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("over the golden inputs of %s the output \"%s\" is %g at element %d",
                        golden.path, spec.name, value, i));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckGolden(const runtime::Executable& executable, const GoldenValues& golden) {
  const auto bytes = models::MapFile(golden.path);
  if (!bytes.ok()) return absl::UnavailableError(bytes.status().message());
  const absl::StatusOr<SafetensorsFile> file =
      SafetensorsFile::Open((*bytes)->bytes(), golden.path);
  if (!file.ok()) return absl::UnavailableError(file.status().message());

  const models::ModelSchema& schema = executable.schema();
  std::optional<int64_t> rows;
  for (size_t i = 0; i < schema.inputs.size(); ++i) {
    const SafetensorsTensor* tensor = FindTensor(*file, schema.inputs[i], "in", i);
    if (tensor == nullptr) continue;
    const std::optional<int64_t> found = RowsOf(*tensor, schema.inputs[i]);
    if (!found || (rows && *rows != *found)) return DoesNotFit(golden, *tensor, schema.inputs[i]);
    rows = found;
  }
  if (!rows) {
    return absl::UnavailableError(
        absl::StrCat(golden.path, ": golden values: no input in it; name them as the model does (",
                     schema.inputs.front().name, " ...) or in0, in1 ..."));
  }
  std::vector<std::vector<uint8_t>> inputs;
  std::vector<std::vector<uint8_t>> outputs;
  std::vector<const void*> input_pointers;
  std::vector<void*> output_pointers;
  for (size_t i = 0; i < schema.inputs.size(); ++i) {
    const TensorSpec& spec = schema.inputs[i];
    inputs.emplace_back(static_cast<size_t>(*rows) * spec.RowBytes());
    const SafetensorsTensor* tensor = FindTensor(*file, spec, "in", i);
    if (tensor != nullptr && !CopyAs(*tensor, spec, inputs.back().data())) {
      return DoesNotFit(golden, *tensor, spec);
    }
    input_pointers.push_back(inputs.back().data());
  }
  for (const TensorSpec& spec : schema.outputs) {
    outputs.emplace_back(static_cast<size_t>(*rows) * spec.RowBytes());
    output_pointers.push_back(outputs.back().data());
  }
  if (absl::Status status = executable.Run(*rows, input_pointers, output_pointers); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat("over the golden inputs of ", golden.path, ": ",
                                                    status.message()));
  }
  for (size_t i = 0; i < schema.outputs.size(); ++i) {
    const TensorSpec& spec = schema.outputs[i];
    const SafetensorsTensor* expected = FindTensor(*file, spec, "out", i);
    if (expected == nullptr) {
      if (absl::Status status = CheckFinite(golden, spec, outputs[i]); !status.ok()) return status;
      continue;
    }
    if (RowsOf(*expected, spec) != rows) return DoesNotFit(golden, *expected, spec);
    absl::Status status =
        CompareOutput(spec, outputs[i].data(), *rows * spec.RowElements(),
                      {expected->dtype, expected->bytes.data(), golden.path}, golden.tolerance);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace graft::plugin
