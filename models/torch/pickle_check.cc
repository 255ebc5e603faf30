#include "models/torch/pickle_check.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "models/file/pickle_reader.h"
#include "models/file/pickle_values.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

// What a global is to LibTorch (Unpickler::readGlobal).
enum class Meaning : uint8_t {
  kNone,            // nothing that torch.jit.save names
  kStorageType,     // torch.FloatStorage
  kQScheme,         // torch.per_tensor_affine
  kRebuildTensor,   // torch._utils._rebuild_tensor_v2 and _rebuild_qtensor
  kBuildList,       // torch.jit._pickle.build_intlist ...
  kRestoreTypeTag,  // torch.jit._pickle.restore_type_tag
  kOneArgument,     // collections.OrderedDict, builtins.complex, torch.device
  kClass,           // a class of the archive's own code, or an allowed custom class
};

// Bytes of one element of torch.<name>; 0 for other names. Quantised kinds have their integers'
// sizes.
int64_t StorageElementBytes(absl::string_view name) {
  static constexpr std::pair<absl::string_view, int64_t> kSizes[] = {{"ByteStorage", 1},
                                                                     {"CharStorage", 1},
                                                                     {"ShortStorage", 2},
                                                                     {"IntStorage", 4},
                                                                     {"LongStorage", 8},
                                                                     {"HalfStorage", 2},
                                                                     {"FloatStorage", 4},
                                                                     {"DoubleStorage", 8},
                                                                     {"ComplexHalfStorage", 4},
                                                                     {"ComplexFloatStorage", 8},
                                                                     {"ComplexDoubleStorage", 16},
                                                                     {"BoolStorage", 1},
                                                                     {"BFloat16Storage", 2},
                                                                     {"QInt8Storage", 1},
                                                                     {"QUInt8Storage", 1},
                                                                     {"QInt32Storage", 4},
                                                                     {"QUInt4x2Storage", 1},
                                                                     {"QUInt2x4Storage", 1},
                                                                     {"Float8_e5m2Storage", 1},
                                                                     {"Float8_e4m3fnStorage", 1},
                                                                     {"Float8_e5m2fnuzStorage", 1},
                                                                     {"Float8_e4m3fnuzStorage", 1}};
  for (const auto& [known, bytes] : kSizes) {
    if (known == name) return bytes;
  }
  return 0;
}

// Custom classes (implemented in C++) whose state is tensors and numbers.
bool IsAllowedCustomClass(absl::string_view name) {
  constexpr absl::string_view kPrefixes[] = {"quantized.", "sparse.", "xnnpack.", "mkldnn."};
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](absl::string_view prefix) { return absl::StartsWith(name, prefix); });
}

Meaning MeaningOf(absl::string_view module, absl::string_view name) {
  if (name.empty() || absl::StrContains(name, ".")) return Meaning::kNone;
  if (module == "torch._utils" && (name == "_rebuild_tensor_v2" || name == "_rebuild_qtensor")) {
    return Meaning::kRebuildTensor;
  }
  if (module == "torch.jit._pickle") {
    if (name == "restore_type_tag") return Meaning::kRestoreTypeTag;
    if (name == "build_intlist" || name == "build_tensorlist" || name == "build_doublelist" ||
        name == "build_boollist") {
      return Meaning::kBuildList;
    }
  }
  if ((module == "collections" && name == "OrderedDict") ||
      (module == "builtins" && name == "complex") || (module == "torch" && name == "device")) {
    return Meaning::kOneArgument;
  }
  if (module == "torch") {
    if (StorageElementBytes(name) != 0) return Meaning::kStorageType;
    if (absl::StartsWith(name, "per_")) return Meaning::kQScheme;
  }
  if (module != "__torch__" && !absl::StartsWith(module, "__torch__.")) return Meaning::kNone;
  constexpr absl::string_view kCustomClasses = "__torch__.torch.classes";
  if (!absl::StartsWith(module, kCustomClasses)) return Meaning::kClass;
  const std::string full = absl::StrCat(module, ".", name);
  return IsAllowedCustomClass(absl::string_view(full).substr(kCustomClasses.size() + 1))
             ? Meaning::kClass
             : Meaning::kNone;
}

// @pre a text whose global ReadPickle let through: its name has no dot.
Meaning MeaningOf(absl::string_view global) {
  const size_t dot = global.rfind('.');
  return MeaningOf(global.substr(0, dot), global.substr(dot + 1));
}

absl::Status JudgeScriptGlobal(absl::string_view module, absl::string_view name) {
  if (MeaningOf(module, name) != Meaning::kNone) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("refers to '", PrintableName(module), ".", PrintableName(name),
                   "', which has no place in a TorchScript model: nothing was executed"));
}

class ValueChecker {
 public:
  ValueChecker(const PickleValues& values, const StorageRecordSize& record_size,
               const PickleBounds& bounds)
      : values_(values), record_size_(record_size), bounds_(bounds), results_(values.size()) {}

  // Nothing is looked at before what it is made of: ids grow as the values are built. Only lists
  // and dictionaries are filled later, and of those no check needs the items.
  absl::Status Check() {
    for (ValueId id = 0; id < values_.size() && status_.ok(); ++id) {
      results_[id] = id;
      if (values_[id].kind == PickleKind::kPersistent) CheckStorage(id);
      if (values_[id].kind == PickleKind::kObject) CheckCall(id);
    }
    if (status_.ok()) CheckDepth();
    return status_;
  }

 private:
  void Fail(absl::string_view what) { status_ = absl::InvalidArgumentError(what); }

  // What LibTorch would hold: typed lists and tagged values are what was typed or tagged.
  const PickleValue& At(ValueId id) const { return values_[results_[id]]; }
  bool Is(ValueId id, PickleKind kind) const { return At(id).kind == kind; }
  absl::Span<const ValueId> ItemsOf(ValueId id) const { return values_.items(At(id)); }
  Meaning CalleeOf(const PickleValue& call) const {
    return MeaningOf(values_[values_.object(call).callee].text);
  }

  void CheckCall(ValueId id) {
    const ValueId argument = values_.object(values_[id]).arguments;
    const bool tuple = Is(argument, PickleKind::kTuple);
    const absl::Span<const ValueId> items = ItemsOf(argument);
    switch (CalleeOf(values_[id])) {
      case Meaning::kRebuildTensor:
        return CheckTensor(argument);
      case Meaning::kRestoreTypeTag:
        if (!tuple || items.size() < 2 || !Is(items[1], PickleKind::kString)) {
          return Fail("has a type tag without its type");
        }
        if (!BracketsBounded(At(items[1]).text)) {
          return Fail("has a type tag that is nested too deep");
        }
        results_[id] = results_[items[0]];
        return;
      case Meaning::kBuildList:
        if (!tuple || items.empty() || !Is(items[0], PickleKind::kList)) {
          return Fail("builds a typed list from what is not a list");
        }
        results_[id] = results_[items[0]];
        return;
      case Meaning::kOneArgument:
        if (!tuple) Fail("calls a constructor without arguments");
        return;
      case Meaning::kClass:
        return;
      case Meaning::kNone:
      case Meaning::kStorageType:
      case Meaning::kQScheme:
        return Fail("calls what cannot be called");
    }
  }

  bool BracketsBounded(absl::string_view type) const {
    int depth = 0;
    for (char c : type) {
      if (c == '[' || c == '(') ++depth;
      if (c == ']' || c == ')') --depth;
      if (depth > bounds_.max_type_brackets) return false;
    }
    return true;
  }

  // ("storage", type, key, device, elements)
  void CheckStorage(ValueId id) {
    const ValueId name = values_.items(values_[id])[0];
    const absl::Span<const ValueId> items = ItemsOf(name);
    if (!Is(name, PickleKind::kTuple) || items.size() < 5 || !Is(items[0], PickleKind::kString) ||
        At(items[0]).text != "storage" || !Is(items[1], PickleKind::kGlobal) ||
        MeaningOf(At(items[1]).text) != Meaning::kStorageType ||
        !Is(items[2], PickleKind::kString) || !Is(items[3], PickleKind::kString) ||
        !Is(items[4], PickleKind::kInt)) {
      return Fail("names a storage in an unknown way");
    }
    const absl::string_view type = At(items[1]).text;
    const int64_t element_bytes = StorageElementBytes(type.substr(type.rfind('.') + 1));
    const absl::string_view key = At(items[2]).text;
    const int64_t count = At(items[4]).integer;
    if (count < 0) return Fail("has a storage of negative size");
    if (count == 0) return;
    const std::optional<uint64_t> record = record_size_(key);
    if (!record) {
      return Fail(absl::StrCat("names the storage ", PrintableName(key),
                               ", which the archive does not hold"));
    }
    if (static_cast<uint64_t>(count) > *record / element_bytes) {
      return Fail(absl::StrCat("says that the storage ", PrintableName(key), " holds ", count,
                               " elements of ", element_bytes, " bytes, but its record has only ",
                               *record, " bytes"));
    }
    storage_bytes_ += std::min(*record, bounds_.max_storage_bytes);
    if (storage_bytes_ > bounds_.max_storage_bytes) {
      return Fail(
          "names its storages so often that loading would need far more memory than the file has "
          "bytes");
    }
  }

  // (storage, offset, sizes, strides, ...): every element must lie inside the storage.
  void CheckTensor(ValueId argument) {
    const absl::Span<const ValueId> items = ItemsOf(argument);
    if (!Is(argument, PickleKind::kTuple) || items.size() < 6 ||
        !Is(items[0], PickleKind::kPersistent) || !Is(items[1], PickleKind::kInt) ||
        !Is(items[2], PickleKind::kTuple) || !Is(items[3], PickleKind::kTuple)) {
      return Fail("builds a tensor in an unknown way");
    }
    const absl::Span<const ValueId> storage = ItemsOf(ItemsOf(items[0])[0]);
    const int64_t available = At(storage[4]).integer;
    const absl::Span<const ValueId> sizes = ItemsOf(items[2]);
    const absl::Span<const ValueId> strides = ItemsOf(items[3]);
    if (sizes.size() != strides.size() || sizes.size() > 64) {
      return Fail("has a tensor whose sizes and strides do not belong together");
    }
    bool empty = false;
    int64_t last = At(items[1]).integer;  // index of the last element
    bool inside = last >= 0;
    int64_t elements = 1;
    for (size_t i = 0; i < sizes.size(); ++i) {
      if (!Is(sizes[i], PickleKind::kInt) || !Is(strides[i], PickleKind::kInt)) {
        return Fail("has a tensor whose shape is not made of integers");
      }
      const int64_t size = At(sizes[i]).integer;
      const int64_t stride = At(strides[i]).integer;
      int64_t reach = 0;
      if (size < 0 || stride < 0) return Fail("has a tensor of negative size or stride");
      if (size == 0) {
        empty = true;
        continue;
      }
      if (__builtin_mul_overflow(elements, size, &elements) ||
          __builtin_mul_overflow(size - 1, stride, &reach) ||
          __builtin_add_overflow(last, reach, &last)) {
        return Fail("has a tensor whose shape overflows");
      }
    }
    if (!inside || (!empty && last >= available)) {
      Fail(absl::StrCat("has a tensor that reaches to element ", last, " of a storage with ",
                        available, " (", PrintableName(At(storage[2]).text), ")"));
    }
  }

  // --- Depth -----------------------------------------------------------------------------------

  // What is freed with a value. A tensor or a device keeps none of the values that it was made of;
  // they are looked at for themselves.
  absl::Span<const ValueId> HeldBy(ValueId id) const {
    const PickleValue& value = values_[id];
    if (value.kind == PickleKind::kPersistent) return {};
    if (value.kind != PickleKind::kObject) return values_.items(value);
    if (CalleeOf(value) != Meaning::kClass) return {};
    return {&values_.object(value).arguments, 1};
  }

  // Without recursion, of every value, also of those that are dropped: LibTorch frees what it
  // nested by recursion. Containers may have been filled through the memo in any order. Cycles are
  // refused: LibTorch would never free them.
  void CheckDepth() {
    constexpr int kUnseen = 0;
    constexpr int kOpen = -1;
    std::vector<int> depths(values_.size(), kUnseen);
    struct Frame {
      ValueId id;
      size_t next;
      int deepest;
    };
    std::vector<Frame> path;
    for (ValueId start = 0; start < values_.size(); ++start) {
      if (results_[start] != start || depths[start] != kUnseen) continue;
      depths[start] = kOpen;
      path.push_back({start, 0, 0});
      while (!path.empty()) {
        Frame& frame = path.back();
        const absl::Span<const ValueId> held = HeldBy(frame.id);
        if (frame.next == held.size()) {
          const int depth = frame.deepest + 1;
          depths[frame.id] = depth;
          path.pop_back();
          if (!path.empty()) path.back().deepest = std::max(path.back().deepest, depth);
          if (depth > bounds_.max_depth) {
            return Fail(absl::StrCat("nests values more than ", bounds_.max_depth, " deep"));
          }
          continue;
        }
        const ValueId item = results_[held[frame.next++]];
        if (depths[item] == kOpen) return Fail("holds a value that contains itself");
        if (depths[item] != kUnseen) {
          frame.deepest = std::max(frame.deepest, depths[item]);
        } else {
          depths[item] = kOpen;
          path.push_back({item, 0, 0});
        }
      }
    }
  }

  const PickleValues& values_;
  const StorageRecordSize& record_size_;
  const PickleBounds bounds_;
  std::vector<ValueId> results_;  // what each value is for LibTorch
  uint64_t storage_bytes_ = 0;
  absl::Status status_;
};

}  // namespace

absl::Status CheckScriptPickle(ByteSpan pickle, absl::string_view label,
                               const StorageRecordSize& record_size, const PickleBounds& bounds) {
  constexpr absl::string_view kNextStep =
      ". The file is damaged, or was not written by torch.jit.save: export the model again.";
  uint64_t position = 0;
  absl::StatusOr<PickleValues> values =
      ReadPickle(pickle, &position, label,
                 {.dialect = PickleDialect::kLibTorch, .judge_global = JudgeScriptGlobal});
  if (!values.ok()) {
    return absl::Status(values.status().code(), absl::StrCat(values.status().message(), kNextStep));
  }
  const absl::Status status = ValueChecker(*values, record_size, bounds).Check();
  if (status.ok()) return status;
  return absl::InvalidArgumentError(absl::StrCat(label, ": ", status.message(), kNextStep));
}

}  // namespace graft::models
