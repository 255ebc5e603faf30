// What the names in a pickle mean to a reader that executes nothing.
//
//   JudgeGlobal("os.system")               // kDangerous: refuse the file
//   JudgeGlobal("torch.nn.Linear")         // kClass: an inert object may carry that name
//   JudgeGlobal("mylib.make")              // kFunction: harmless as a value, refused when called
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_FILE_PICKLE_GLOBALS_H_
#define GRAFT_MODELS_FILE_PICKLE_GLOBALS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace graft::models {

enum class GlobalJudgement {
  kKnown,      // its call has a meaning to this library: containers, PyTorch's rebuild functions
  kClass,      // some class: instances become inert objects
  kFunction,   // calling it would run code in Python
  kDangerous,  // gives a file control over the machine when Python loads it
};

// "builtins.set" of "__builtin__.set": Python 2 names and NumPy's moves undone.
std::string CanonicalGlobal(absl::string_view module, absl::string_view name);

// @pre a name of CanonicalGlobal.
GlobalJudgement JudgeGlobal(absl::string_view global);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PICKLE_GLOBALS_H_
