#include "tools/graft/convert.h"

#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/file/element_value.h"
#include "models/file/model_file.h"
#include "models/file/printable_name.h"
#include "models/file/safetensors.h"
#include "models/file/torch_writer.h"

namespace graft::tools {
namespace {

using models::DType;
using models::ModelFile;
using models::Weight;
using models::WeightSource;
using models::WeightTable;

absl::Status Usage(absl::string_view what) { return absl::InvalidArgumentError(what); }

// Cast weights own their elements in `owned`.
Weight Cast(const Weight& weight, DType dtype, std::deque<std::vector<uint8_t>>* owned) {
  const size_t element = models::ElementBytes(dtype);
  std::vector<uint8_t>& bytes =
      owned->emplace_back(static_cast<size_t>(weight.Elements()) * element);
  size_t at = 0;
  models::ForEachElement(weight, [&](double value) {
    models::StoreElement(dtype, value, bytes.data() + at);
    at += element;
  });
  // Contiguous now, of the same name and shape.
  return WeightOf(models::SafetensorsTensor{weight.name, dtype, weight.shape, bytes},
                  weight.storage_id);
}

absl::Status Convert(const ConvertOptions& options, std::ostream& out) {
  const bool safetensors = absl::EndsWith(options.output, ".safetensors");
  const bool torch =
      absl::EndsWith(options.output, ".pt") || absl::EndsWith(options.output, ".pth");
  if (!safetensors && !torch) {
    return Usage(absl::StrCat(options.output, ": must end in .safetensors, .pt or .pth"));
  }
  std::optional<DType> dtype;
  if (!options.dtype.empty()) {
    dtype = models::ParseDType(options.dtype);
    if (!dtype || !models::IsComputeFloat(*dtype)) {
      return Usage(absl::StrCat("--dtype ", options.dtype,
                                ": expected float64, float32, float16 or bfloat16"));
    }
  }
  absl::StatusOr<ModelFile> file = ModelFile::Open(options.input);
  if (!file.ok()) return file.status();
  absl::StatusOr<const WeightSource*> source = file->ChooseWeights(options.from);
  if (!source.ok()) {
    return source.status().code() == absl::StatusCode::kFailedPrecondition
               ? absl::FailedPreconditionError(
                     absl::StrCat(source.status().message(), " with --from"))
               : source.status();
  }
  // Damage would look like weights in the new file, which has right checksums.
  if (absl::StatusOr<bool> verified = file->VerifyChecksums(); !verified.ok()) {
    return verified.status();
  }
  std::deque<std::vector<uint8_t>> owned;
  WeightTable weights;
  std::set<std::string> names;
  size_t stripped = 0;
  for (const Weight& original : (*source)->weights) {
    Weight weight = original;
    if (dtype && models::IsComputeFloat(weight.dtype) && weight.dtype != *dtype) {
      weight = Cast(original, *dtype, &owned);
    }
    absl::string_view name = original.name;
    if (!options.strip_prefix.empty() && absl::ConsumePrefix(&name, options.strip_prefix))
      ++stripped;
    weight.name = std::string(name);
    if (!names.insert(weight.name).second) {
      return Usage(absl::StrCat(options.input, ": without the prefix \"", options.strip_prefix,
                                "\", two weights are called \"", models::PrintableName(weight.name),
                                "\""));
    }
    weights.push_back(std::move(weight));
  }
  if (!options.strip_prefix.empty() && stripped == 0) {
    return Usage(absl::StrCat(options.input, ": no weight's name begins with \"",
                              options.strip_prefix, "\""));
  }
  absl::Status status;
  if (torch) {
    status = models::WriteTorchStateDict(options.output, weights);
  } else {
    std::vector<models::SafetensorsTensor> tensors;
    for (const Weight& weight : weights) {
      models::ByteSpan bytes;
      if (weight.IsContiguous()) {
        bytes = weight.ContiguousBytes();
      } else {
        bytes = owned.emplace_back(CopyElements(weight));
      }
      tensors.push_back({weight.name, weight.dtype, weight.shape, bytes});
    }
    status = models::WriteSafetensors(options.output, tensors, {{"format", "pt"}});
  }
  if (!status.ok()) return status;
  out << models::PrintableText(options.output) << ": " << weights.size()
      << (weights.size() == 1 ? " tensor\n" : " tensors\n");
  for (const std::string& name : (*source)->left_out) {
    out << "left out: " << models::PrintableName(name) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

int RunConvert(const ConvertOptions& options, std::ostream& out, std::ostream& err) {
  const absl::Status status = Convert(options, out);
  if (status.ok()) return 0;
  err << models::PrintableText(status.message()) << "\n";
  return 1;
}

void AddConvertCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<ConvertOptions>();
  CLI::App* command = app.add_subcommand("convert", "Take the weights out of any model file");
  command->add_option("FILE", options->input, "Model file of any kind")->required();
  command->add_option("OUT", options->output, "OUT.safetensors, OUT.pt or OUT.pth")->required();
  command->add_option("--from", options->from,
                      "Where the weights are in a checkpoint, e.g. model_state_dict");
  command->add_option("--strip-prefix", options->strip_prefix,
                      "Prefix to take off the weights' names, e.g. module.");
  command->add_option("--dtype", options->dtype,
                      "Cast floating weights: float64, float32, float16 or bfloat16");
  command->callback(
      [options, exit_code] { *exit_code = RunConvert(*options, std::cout, std::cerr); });
}

}  // namespace graft::tools
