// A network's forward from source text, recorded and run: what tests of the recorder share.
//
//   Recording recording;
//   absl::Status status = recording.Record("def forward(x):\n  return x + 1\n", {{"x", {3}}});
//   std::vector<at::Tensor> outputs = recording.Run({at::ones({2, 3})});
//
// In the source, `torch.NAME` is aten's operator of that name, a dtype, or what _graft has.
#ifndef GRAFT_TESTS_MODELS_ARCHITECTURE_RECORDING_H_
#define GRAFT_TESTS_MODELS_ARCHITECTURE_RECORDING_H_

#include <ATen/ATen.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/architecture/recorder.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

class Recording {
 public:
  struct Input {
    std::string name;
    std::vector<int64_t> row_shape;
    c10::ScalarType dtype = at::kFloat;
  };

  explicit Recording(RecorderOptions options = {});
  ~Recording();

  // Evaluates the top level of `source`; what it binds is kept until the next call.
  absl::Status Build(const std::string& source);
  // Builds, and records its forward(...). Without `run_source`, what was built before is used.
  absl::Status Record(const std::string& source, const std::vector<Input>& inputs);
  absl::Status RecordBuilt(const std::vector<Input>& inputs);

  // A name that `source` binds. @pre Build went well
  python::Value Global(absl::string_view name);

  // Runs the graph; the inputs are not written to.
  std::vector<at::Tensor> Run(std::vector<at::Tensor> inputs) const;

  const RecordedGraph& graph() const { return graph_; }
  // The nodes of a kind, such as "aten::add".
  int CountNodes(absl::string_view kind) const;
  Recorder& recorder() { return recorder_; }
  python::Evaluator& evaluator() { return *evaluator_; }

 private:
  class Sources;

  Recorder recorder_;
  std::unique_ptr<Sources> sources_;
  std::unique_ptr<python::Evaluator> evaluator_;
  python::ModuleObject* module_ = nullptr;
  int built_ = 0;
  RecordedGraph graph_;
};

}  // namespace graft::models::architecture

#endif  // GRAFT_TESTS_MODELS_ARCHITECTURE_RECORDING_H_
