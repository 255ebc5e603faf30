// What a pickle describes, as inert data: a graph of values in one arena.
//
//   const PickleValue& root = values[values.root()];
//   if (root.kind == PickleKind::kDict) for (ValueId id : values.items(root)) ...   // key, value,
//   key ...
//
// Nothing here is ever executed or constructed: a Python object is the name of its class, the
// arguments that it would have been built with, and its state. Values may share and may form
// cycles, so walkers must bound what they visit. Values lie in flat arrays: freeing a graph nested
// a million deep does not recurse.
//
// Threads: immutable once read; any thread.
// Ownership: strings point into the pickle's bytes, which must outlive the graph, or into the
// graph.
#ifndef GRAFT_MODELS_FILE_PICKLE_VALUES_H_
#define GRAFT_MODELS_FILE_PICKLE_VALUES_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace graft::models {

using ValueId = uint32_t;

enum class PickleKind : uint8_t {
  kNone,
  kBool,        // integer: 0 or 1
  kInt,         // integer
  kBigInt,      // text: little-endian two's complement bytes
  kFloat,       // number
  kString,      // text: UTF-8 (lone surrogates as Python encodes them)
  kBytes,       // text
  kTuple,       // items
  kList,        // items
  kDict,        // items: key, value, key, value ...; text: "dict", "OrderedDict", "defaultdict",
                // "Counter"
  kSet,         // items
  kFrozenSet,   // items
  kGlobal,      // text: "module.name"
  kPersistent,  // items[0]: the persistent id (a storage, in PyTorch's files)
  kObject,      // what calling a global would have made: see PickleObject
};

struct PickleValue {
  PickleKind kind = PickleKind::kNone;
  uint32_t box = 0;  // index of its items or object; 0: none
  union {
    int64_t integer = 0;
    double number;
  };
  absl::string_view text;
};

// items: what was appended to it or set in it afterwards (subclasses of list and dict).
struct PickleObject {
  ValueId callee = 0;     // kGlobal
  ValueId arguments = 0;  // kTuple
  ValueId state = 0;      // of BUILD; the id of None when there was none
  bool mapping = false;   // items: key, value, key, value ...; of a subclass of dict
};

class PickleValues {
 public:
  static constexpr ValueId kNone = 0;

  PickleValues();

  const PickleValue& operator[](ValueId id) const { return values_[id]; }
  size_t size() const { return values_.size(); }
  ValueId root() const { return root_; }

  absl::Span<const ValueId> items(const PickleValue& value) const {
    return boxes_[value.box].items;
  }
  const PickleObject& object(const PickleValue& value) const { return boxes_[value.box].object; }

  // A kDict, or an object of a subclass of dict that was given items.
  bool IsMapping(const PickleValue& value) const {
    return value.kind == PickleKind::kDict ||
           (value.kind == PickleKind::kObject && object(value).mapping);
  }

  // "module.name" of a kGlobal, or of a kObject's class; "" for others.
  absl::string_view ClassName(const PickleValue& value) const;

  // The (key, value) pairs of a mapping as Python would hold them: of equal keys the first one's
  // place and the last one's value.
  std::vector<std::pair<ValueId, ValueId>> Entries(const PickleValue& dict) const;

  // The value of a string key in a kDict, or nullptr. Linear.
  const PickleValue* Find(const PickleValue& dict, absl::string_view key) const;

 private:
  friend class PickleReader;
  struct Box {
    std::vector<ValueId> items;
    PickleObject object;
  };

  std::vector<PickleValue> values_;
  std::vector<Box> boxes_;           // [0] is empty and shared by all that have none
  std::deque<std::string> strings_;  // texts that are not in the pickle as they are
  ValueId root_ = kNone;
};

// Decimal text of a kInt or kBigInt.
std::string PickleIntText(const PickleValue& value);

// Python's repr of a scalar, string, bytes or tuple of these; "<dict>" and the like for the rest.
// At most a few hundred bytes.
std::string PickleRepr(const PickleValues& values, ValueId id);

// Python's repr of a float: the shortest digits that read back as the same number.
std::string FloatRepr(double number);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PICKLE_VALUES_H_
