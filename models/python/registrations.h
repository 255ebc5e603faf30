// Where the statements of a module store what they define: registries, which other code reads by
// another name.
//
//   register_block("mobilevit", Block)        a call of a function that stores what it is given
//   @register_model                           the same, as a decorator
//   MODELS["net"] = Net                       a change of what was imported
//   class Net(Base)                           a base may have __init_subclass__
//
// Nothing is evaluated: names are followed through the syntax tree.
//
// Threads: free functions without state. Ownership: pointers are into the tree.
#ifndef GRAFT_MODELS_PYTHON_REGISTRATIONS_H_
#define GRAFT_MODELS_PYTHON_REGISTRATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "models/python/ast.h"

namespace graft::models::python {

struct Store {
  enum class Kind : uint8_t {
    kSet,     // path[...] = x, path.attribute = x
    kCall,    // path(...)
    kDerive,  // class X(path)
    kMeta,    // class X(metaclass=path), or of a base
  };
  // A global name, and the attributes behind it: "MODELS", "register".
  std::vector<std::string> path;
  Kind kind = Kind::kSet;
};

// The name that `import a.b` (a) or `import a.b as c` (c) binds.
std::string BoundBy(const ImportAlias& alias);

// Of a top-level statement.
std::vector<Store> StoresOf(const Stmt& statement);
// Of a call of the function, by the global names of its module.
std::vector<Store> StoresWithin(const FunctionDefStmt& function);

// What the top level of a module says that a name is. One pointer is set; none: something else.
struct Origin {
  const FunctionDefStmt* function = nullptr;
  const ClassDefStmt* cls = nullptr;
  const ImportStmt* import = nullptr;  // with the place of the name in it
  const ImportFromStmt* from = nullptr;
  size_t alias = 0;
  std::vector<std::string> same_as = {};  // name = MODELS.register
};
// Each of every name; one that is not in here is bound by star imports, or by nothing.
using Origins = absl::flat_hash_map<std::string, std::vector<Origin>>;
Origins FindOrigins(const Body& body);

// The method of a class's own body; null: it has none.
const FunctionDefStmt* FindMethod(const ClassDefStmt& cls, absl::string_view name);

// Whether a method of this name puts its argument into the object: those of the built-in
// containers, and what registries call theirs.
bool IsStoringMethod(absl::string_view method);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_REGISTRATIONS_H_
