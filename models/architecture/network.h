// A network inside the evaluator: its modules, its tensors, and what is changed in it before
// weights are bound.
//
//   Network network(ev, ev.Evaluate(*expression, module, source));
//   network.Replace("fc", ev.Evaluate(*other, module, source));
//   network.SetModes({});
//   for (const NetworkTensor& tensor : network.Tensors()) ...
//
// Everything here runs inside Evaluator::Guard, and raises as Python does.
//
// Threads, ownership: the evaluator's.
#ifndef GRAFT_MODELS_ARCHITECTURE_NETWORK_H_
#define GRAFT_MODELS_ARCHITECTURE_NETWORK_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/architecture/tensor_object.h"
#include "models/binding/architecture_tensor.h"
#include "models/binding/name_pattern.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// A module of the tree under its first path: "layer1.0.conv1"; "" is the root.
struct NetworkModule {
  std::string path;
  python::InstanceObject* instance = nullptr;
};

struct NetworkTensor {
  ArchitectureTensor facts;
  TensorObject* tensor = nullptr;
  bool in_batch_norm = false;
};

class Network {
 public:
  // `root`: an nn.Module, or a class or function that makes one without arguments. Raises TypeError
  // for anything else.
  Network(python::Evaluator& ev, python::Value root);

  python::InstanceObject* root() const { return root_; }

  // Puts `module` in the place of the one at `path`. Raises AttributeError, naming the children
  // that there are, when nothing is there.
  void Replace(absl::string_view path, python::Value module);
  // Takes it out of its container; where it is an attribute of a module, nn.Identity takes its
  // place.
  void Remove(absl::string_view path);

  // Raises AttributeError like Replace when no module is at `path`.
  void Require(absl::string_view path) { Locate(path); }
  // Raises ValueError when a pattern covers no module and no tensor: it is misspelt. `key` names
  // the manifest's.
  void RequireCovered(absl::string_view key, absl::Span<const NamePattern> patterns);

  // All modules evaluate; those that a pattern covers are in training mode (dropout and batch
  // statistics on purpose).
  void SetModes(absl::Span<const NamePattern> train);

  // Each module once, parents before children, in order. Raises RecursionError when a module holds
  // itself.
  std::vector<NetworkModule> Modules();

  // In the order of PyTorch's state_dict(), non-persistent buffers included. One tensor under
  // several names is listed under each, as a tied group.
  std::vector<NetworkTensor> Tensors();

 private:
  struct Place {
    python::InstanceObject* parent = nullptr;
    std::string name;
  };
  void Walk(absl::FunctionRef<void(const std::string& path, python::InstanceObject* module)> visit);
  Place Locate(absl::string_view path);
  python::DictObject* Registry(python::InstanceObject* module, absl::string_view name);

  python::Evaluator& ev_;
  python::ClassObject* module_class_;  // torch.nn.Module
  python::InstanceObject* root_ = nullptr;
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_NETWORK_H_
