// Where a model's architecture comes from: "architecture" of a manifest.
//
//   ArchitectureSpec spec = ParseArchitecture("net.py:Net(num_classes=10)", "models").value();
//   // kind kSource, source_path "models/net.py", expression "Net(num_classes=10)"
//
// Threads: plain values; a free function without state, which does not look at the file system.
#ifndef GRAFT_MODELS_MANIFEST_ARCHITECTURE_SPEC_H_
#define GRAFT_MODELS_MANIFEST_ARCHITECTURE_SPEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace graft::models {

struct ArchitectureSpec {
  enum class Kind {
    kSource,  // `expression`, evaluated in the Python file `source_path`
    kZoo,     // `expression`, a call of an architecture that Graft brings along
    kMlp,     // a chain of linear layers, read off the weights themselves
  };

  Kind kind = Kind::kSource;
  std::string source = {};       // kSource: as written
  std::string source_path = {};  // kSource: joined to the manifest's directory
  // kSource, kZoo: a Python expression, such as "Net(num_classes=10)". A class or function that is
  // only named is called without arguments.
  std::string expression = {};
  // kMlp: between the layers and behind the last one, as named in torch.nn.functional; "" where
  // none is given.
  std::string activation = {};
  std::string output_activation = {};

  friend bool operator==(const ArchitectureSpec&, const ArchitectureSpec&) = default;
};

// The string form: "FILE.py:EXPRESSION", the name of an architecture of the zoo with or without
// arguments, or "mlp". Errors: kInvalidArgument that says what to write.
absl::StatusOr<ArchitectureSpec> ParseArchitecture(absl::string_view text,
                                                   absl::string_view directory);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_ARCHITECTURE_SPEC_H_
