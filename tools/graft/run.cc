#include "tools/graft/run.h"

#include <iostream>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "tools/graft/single_forward.h"

namespace graft::tools {

absl::Status RunModel(const RunOptions& options) {
  const auto bytes = models::MapFile(options.input);
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<models::SafetensorsFile> file =
      models::SafetensorsFile::Open((*bytes)->bytes(), options.input);
  if (!file.ok()) return file.status();
  const absl::StatusOr<ForwardResults> results =
      RunSingleForward(options.forward, *file, options.input);
  if (!results.ok()) return results.status();
  return models::WriteSafetensors(options.output, results->tensors);
}

void AddRunCommand(CLI::App& app, int* exit_code) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Run a model once over the tensors of a file");
  command
      ->add_option("MODEL", options->forward.model,
                   "A manifest (.json), a model file, or a directory of them")
      ->required();
  command
      ->add_option("--input", options->input,
                   "safetensors file with the inputs, named as in the manifest or in0, in1 ... in "
                   "order; tensors that begin with \"out\" are passed over")
      ->required()
      ->type_name("FILE");
  command
      ->add_option(
          "--output", options->output,
          "safetensors file to write the outputs to, named as in the manifest or out0, out1 "
          "...")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--device", options->forward.device,
                   "auto, cpu, cuda or cuda:N; default: the manifest's")
      ->type_name("NAME");
  command
      ->add_option("--precision", options->forward.precision,
                   "float32, bfloat16, float16 or auto; default: the manifest's")
      ->type_name("NAME");
  command->footer(
      "Examples:\n"
      "  graft run walker.pt --input observations.safetensors --output actions.safetensors\n"
      "  graft run walker.json --input in.safetensors --output out.safetensors --device cuda:1\n");
  command->callback([options, exit_code] {
    const absl::Status status = RunModel(*options);
    *exit_code = status.ok() ? 0 : 1;
    if (!status.ok()) std::cerr << "graft run: " << std::string(status.message()) << "\n";
  });
}

}  // namespace graft::tools
