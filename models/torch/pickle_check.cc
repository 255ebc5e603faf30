#include "models/torch/pickle_check.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

// Opcodes that LibTorch knows (torch/csrc/jit/serialization/pickler.h, enum class PickleOpCode).
enum Opcode : uint8_t {
  kMark = '(',
  kStop = '.',
  kBinFloat = 'G',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinPersId = 'Q',
  kReduce = 'R',
  kBinUnicode = 'X',
  kEmptyList = ']',
  kAppends = 'e',
  kBuild = 'b',
  kGlobal = 'c',
  kDict = 'd',
  kEmptyDict = '}',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kList = 'l',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kProto = 0x80,
  kNewObj = 0x81,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
};

enum class Kind : uint8_t {
  kOther,  // None, float, bool, and what reductions give
  kInt,
  kText,
  kTuple,
  kList,
  kDict,
  kStorageType,  // torch.FloatStorage; number: bytes of an element
  kStorage,      // number: elements
  kTensor,
  kQScheme,
  kRebuildTensor,   // torch._utils._rebuild_tensor_v2 and _rebuild_qtensor
  kBuildList,       // torch.jit._pickle.build_intlist ...
  kRestoreTypeTag,  // torch.jit._pickle.restore_type_tag
  kOneArgument,     // collections.OrderedDict, builtins.complex, torch.device
  kClass,           // a class of the archive's own code, or an allowed custom class
};

struct Value {
  Kind kind = Kind::kOther;
  int64_t number = 0;
  absl::string_view text;
  std::vector<uint32_t> items;  // indices of values
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

class PickleWalker {
 public:
  PickleWalker(ByteSpan pickle, absl::string_view label, const StorageRecordSize& record_size,
               const PickleBounds& bounds)
      : pickle_(pickle), label_(label), record_size_(record_size), bounds_(bounds) {}

  absl::Status Walk() {
    if (Byte() != kProto || Byte() != 2) {
      Fail("is not a pickle of protocol 2, the only one that torch.jit.save writes");
    }
    bool stopped = false;
    while (status_.ok() && !stopped) {
      start_ = position_;
      const uint8_t opcode = Byte();
      if (!status_.ok()) break;
      stopped = opcode == kStop;
      if (!stopped) Step(opcode);
    }
    if (status_.ok() && stack_.size() != 1) Fail("does not end with one value");
    if (status_.ok()) CheckDepth(stack_[0]);
    return status_;
  }

 private:
  void Fail(absl::string_view what) {
    if (!status_.ok()) return;
    status_ = absl::InvalidArgumentError(
        absl::StrCat(label_, " ", what, " (at byte ", start_,
                     "). The file is damaged, or was not "
                     "written by torch.jit.save: export the model again."));
  }

  // --- Reading ---------------------------------------------------------------------------------
  uint8_t Byte() { return Integer<uint8_t>(); }

  template <typename T>
  T Integer() {
    const std::optional<T> value = ReadLe<T>(pickle_, position_);
    if (!value) {
      Fail("ends in the middle");
      return 0;
    }
    position_ += sizeof(T);
    return *value;
  }

  absl::string_view Text(uint64_t size) {
    if (!Contains(pickle_, position_, size)) {
      Fail("ends in the middle of a text");
      return "";
    }
    const absl::string_view text = AsText(pickle_.subspan(position_, size));
    position_ += size;
    return text;
  }

  absl::string_view Line() {
    const absl::string_view rest = AsText(pickle_).substr(position_);
    const size_t end = rest.find('\n');
    if (end == absl::string_view::npos) {
      Fail("ends in the middle of a name");
      return "";
    }
    position_ += end + 1;
    return rest.substr(0, end);
  }

  // --- The stack -------------------------------------------------------------------------------
  Value& At(uint32_t index) { return values_[index]; }

  void Push(Value value) {
    if (values_.size() >= std::numeric_limits<uint32_t>::max()) return Fail("is too large");
    values_.push_back(std::move(value));
    stack_.push_back(static_cast<uint32_t>(values_.size() - 1));
  }
  void Push(Kind kind, int64_t number = 0, absl::string_view text = "") {
    Value value;
    value.kind = kind;
    value.number = number;
    value.text = text;
    Push(std::move(value));
  }

  bool Need(size_t count) {
    if (stack_.size() >= count + (marks_.empty() ? 0 : marks_.back())) return true;
    Fail("takes a value where there is none");
    return false;
  }

  uint32_t Pop() {
    if (!Need(1)) return 0;
    const uint32_t top = stack_.back();
    stack_.pop_back();
    return top;
  }

  // The values above the last mark, which goes away.
  std::vector<uint32_t> PopToMark() {
    if (marks_.empty()) {
      Fail("has an end of a container without its beginning");
      return {};
    }
    const size_t start = marks_.back();
    marks_.pop_back();
    std::vector<uint32_t> items(stack_.begin() + start, stack_.end());
    stack_.resize(start);
    return items;
  }

  void PushContainer(Kind kind, std::vector<uint32_t> items) {
    Value value;
    value.kind = kind;
    value.items = std::move(items);
    Push(std::move(value));
  }

  void PushTuple(size_t count) {
    if (!Need(count)) return;
    std::vector<uint32_t> items(stack_.end() - count, stack_.end());
    stack_.resize(stack_.size() - count);
    PushContainer(Kind::kTuple, std::move(items));
  }

  void Extend(Kind kind, std::vector<uint32_t> items) {
    if (!status_.ok() || !Need(1)) return;
    Value& container = At(stack_.back());
    if (container.kind != kind) return Fail("adds items to what is not a container of its kind");
    container.items.insert(container.items.end(), items.begin(), items.end());
  }

  void Put(uint64_t id) {
    if (!Need(1)) return;
    // Each id is written once, in order: so there are never more than bytes.
    if (id >= pickle_.size()) return Fail(absl::StrCat("has the memo index ", id));
    if (memo_.size() <= id) memo_.resize(id + 1, kNoValue);
    memo_[id] = stack_.back();
  }

  void Get(uint64_t id) {
    if (id >= memo_.size() || memo_[id] == kNoValue) {
      return Fail(absl::StrCat("takes the memo entry ", id, ", which was never written"));
    }
    stack_.push_back(memo_[id]);
  }

  // --- Opcodes ---------------------------------------------------------------------------------
  void Step(uint8_t opcode) {
    switch (opcode) {
      case kMark:
        marks_.push_back(stack_.size());
        break;
      case kNone:
      case kNewTrue:
      case kNewFalse:
        Push(Kind::kOther);
        break;
      case kBinInt:
        Push(Kind::kInt, Integer<int32_t>());
        break;
      case kBinInt1:
        Push(Kind::kInt, Integer<uint8_t>());
        break;
      case kBinInt2:
        Push(Kind::kInt, Integer<uint16_t>());
        break;
      case kLong1:
        if (Byte() != 8) return Fail("has an integer that is not of 8 bytes");
        Push(Kind::kInt, Integer<int64_t>());
        break;
      case kBinFloat:
        Integer<uint64_t>();
        Push(Kind::kOther);
        break;
      case kBinUnicode: {
        const uint32_t size = Integer<uint32_t>();
        Push(Kind::kText, 0, Text(size));
        break;
      }
      case kEmptyList:
        PushContainer(Kind::kList, {});
        break;
      case kEmptyDict:
        PushContainer(Kind::kDict, {});
        break;
      case kEmptyTuple:
        PushContainer(Kind::kTuple, {});
        break;
      case kList:
        PushContainer(Kind::kList, PopToMark());
        break;
      case kTuple:
        PushContainer(Kind::kTuple, PopToMark());
        break;
      case kDict:
        PushContainer(Kind::kDict, PopPairs());
        break;
      case kTuple1:
        PushTuple(1);
        break;
      case kTuple2:
        PushTuple(2);
        break;
      case kTuple3:
        PushTuple(3);
        break;
      case kAppends:
        Extend(Kind::kList, PopToMark());
        break;
      case kSetItems:
        Extend(Kind::kDict, PopPairs());
        break;
      case kSetItem: {
        if (!Need(3)) return;
        const uint32_t value = Pop();
        const uint32_t key = Pop();
        Extend(Kind::kDict, {key, value});
        break;
      }
      case kBinPut:
        Put(Byte());
        break;
      case kLongBinPut:
        Put(Integer<uint32_t>());
        break;
      case kBinGet:
        Get(Byte());
        break;
      case kLongBinGet:
        Get(Integer<uint32_t>());
        break;
      case kGlobal: {
        const absl::string_view module = Line();
        const absl::string_view name = Line();
        if (status_.ok()) Global(module, name);
        break;
      }
      case kNewObj:
        // LibTorch drops the (empty) arguments and lets BUILD make the object.
        if (At(Pop()).kind != Kind::kTuple) Fail("makes an object without arguments");
        break;
      case kReduce:
      case kBuild:
        Call();
        break;
      case kBinPersId:
        Storage();
        break;
      default:
        Fail(absl::StrCat("has the opcode ", static_cast<int>(opcode),
                          ", which torch.jit.save never writes"));
    }
  }

  std::vector<uint32_t> PopPairs() {
    std::vector<uint32_t> items = PopToMark();
    if (items.size() % 2 != 0) Fail("has a dictionary key without a value");
    return items;
  }

  void Global(absl::string_view module, absl::string_view name) {
    if (module == "torch._utils" && (name == "_rebuild_tensor_v2" || name == "_rebuild_qtensor")) {
      return Push(Kind::kRebuildTensor);
    }
    if (module == "torch.jit._pickle") {
      if (name == "restore_type_tag") return Push(Kind::kRestoreTypeTag);
      if (name == "build_intlist" || name == "build_tensorlist" || name == "build_doublelist" ||
          name == "build_boollist") {
        return Push(Kind::kBuildList);
      }
    }
    if ((module == "collections" && name == "OrderedDict") ||
        (module == "builtins" && name == "complex") || (module == "torch" && name == "device")) {
      return Push(Kind::kOneArgument);
    }
    if (module == "torch") {
      if (const int64_t bytes = StorageElementBytes(name)) return Push(Kind::kStorageType, bytes);
      if (absl::StartsWith(name, "per_")) return Push(Kind::kQScheme);
    }
    constexpr absl::string_view kCustomClasses = "__torch__.torch.classes";
    if (module == "__torch__" || absl::StartsWith(module, "__torch__.")) {
      if (!absl::StartsWith(module, kCustomClasses)) return Push(Kind::kClass);
      const std::string full = absl::StrCat(module, ".", name);
      if (IsAllowedCustomClass(
              absl::string_view(full).substr(std::min(full.size(), kCustomClasses.size() + 1)))) {
        return Push(Kind::kClass);
      }
    }
    Fail(absl::StrCat("refers to '", PrintableName(module), ".", PrintableName(name),
                      "', which has no place in a TorchScript model: nothing was executed"));
  }

  // REDUCE and BUILD are one for LibTorch: <callable> <argument> becomes its result.
  void Call() {
    if (!Need(2)) return;
    const uint32_t argument = Pop();
    const Kind callable = At(Pop()).kind;
    switch (callable) {
      case Kind::kRebuildTensor:
        return RebuildTensor(argument);
      case Kind::kRestoreTypeTag: {
        const Value& tuple = At(argument);
        if (tuple.kind != Kind::kTuple || tuple.items.size() < 2 ||
            At(tuple.items[1]).kind != Kind::kText) {
          return Fail("has a type tag without its type");
        }
        if (!BracketsBounded(At(tuple.items[1]).text)) {
          return Fail("has a type tag that is nested too deep");
        }
        return stack_.push_back(tuple.items[0]);
      }
      case Kind::kBuildList: {
        const Value& tuple = At(argument);
        if (tuple.kind != Kind::kTuple || tuple.items.empty() ||
            At(tuple.items[0]).kind != Kind::kList) {
          return Fail("builds a typed list from what is not a list");
        }
        return stack_.push_back(tuple.items[0]);
      }
      case Kind::kOneArgument:
        if (At(argument).kind != Kind::kTuple) return Fail("calls a constructor without arguments");
        return Push(Kind::kOther);
      case Kind::kClass:
        return PushContainer(Kind::kOther, {argument});
      default:
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

  void Storage() {
    const Value& tuple = At(Pop());
    if (!status_.ok()) return;
    if (tuple.kind != Kind::kTuple || tuple.items.size() < 5 ||
        At(tuple.items[0]).text != "storage" || At(tuple.items[1]).kind != Kind::kStorageType ||
        At(tuple.items[2]).kind != Kind::kText || At(tuple.items[3]).kind != Kind::kText ||
        At(tuple.items[4]).kind != Kind::kInt) {
      return Fail("names a storage in an unknown way");
    }
    const int64_t element_bytes = At(tuple.items[1]).number;
    const absl::string_view key = At(tuple.items[2]).text;
    const int64_t count = At(tuple.items[4]).number;
    if (count < 0) return Fail("has a storage of negative size");
    if (count > 0) {
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
            "names its storages so often that loading would need far more memory than the "
            "file has bytes");
      }
    }
    Push(Kind::kStorage, count);
  }

  // (storage, offset, sizes, strides, ...): every element must lie inside the storage.
  void RebuildTensor(uint32_t argument) {
    const Value& tuple = At(argument);
    if (tuple.kind != Kind::kTuple || tuple.items.size() < 6 ||
        At(tuple.items[0]).kind != Kind::kStorage || At(tuple.items[1]).kind != Kind::kInt ||
        At(tuple.items[2]).kind != Kind::kTuple || At(tuple.items[3]).kind != Kind::kTuple) {
      return Fail("builds a tensor in an unknown way");
    }
    const int64_t available = At(tuple.items[0]).number;
    const std::vector<uint32_t>& sizes = At(tuple.items[2]).items;
    const std::vector<uint32_t>& strides = At(tuple.items[3]).items;
    if (sizes.size() != strides.size() || sizes.size() > 64) {
      return Fail("has a tensor whose sizes and strides do not belong together");
    }
    bool empty = false;
    bool inside = true;
    int64_t last = At(tuple.items[1]).number;  // index of the last element
    if (last < 0) inside = false;
    int64_t elements = 1;
    for (size_t i = 0; i < sizes.size(); ++i) {
      if (At(sizes[i]).kind != Kind::kInt || At(strides[i]).kind != Kind::kInt) {
        return Fail("has a tensor whose shape is not made of integers");
      }
      const int64_t size = At(sizes[i]).number;
      const int64_t stride = At(strides[i]).number;
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
      return Fail(absl::StrCat("has a tensor that reaches to element ", last, " of a storage with ",
                               available));
    }
    Push(Kind::kTensor);
  }

  // --- Depth -----------------------------------------------------------------------------------
  // Of the finished value, without recursion: containers may have been filled through the memo in
  // any order. Cycles are refused: LibTorch would never free them.
  void CheckDepth(uint32_t root) {
    constexpr int kUnseen = 0;
    constexpr int kOpen = -1;
    std::vector<int> depths(values_.size(), kUnseen);
    struct Frame {
      uint32_t value;
      size_t next;
      int deepest;
    };
    std::vector<Frame> path{{root, 0, 0}};
    depths[root] = kOpen;
    while (!path.empty()) {
      Frame& frame = path.back();
      const std::vector<uint32_t>& items = values_[frame.value].items;
      if (frame.next == items.size()) {
        const int depth = frame.deepest + 1;
        depths[frame.value] = depth;
        path.pop_back();
        if (!path.empty()) path.back().deepest = std::max(path.back().deepest, depth);
        if (depth > bounds_.max_depth) {
          return Fail(absl::StrCat("nests values more than ", bounds_.max_depth, " deep"));
        }
        continue;
      }
      const uint32_t item = items[frame.next++];
      if (depths[item] == kOpen) return Fail("holds a value that contains itself");
      if (depths[item] != kUnseen) {
        frame.deepest = std::max(frame.deepest, depths[item]);
      } else {
        depths[item] = kOpen;
        path.push_back({item, 0, 0});
      }
    }
  }

  static constexpr uint32_t kNoValue = UINT32_MAX;

  const ByteSpan pickle_;
  const absl::string_view label_;
  const StorageRecordSize& record_size_;
  const PickleBounds bounds_;
  uint64_t position_ = 0;
  uint64_t start_ = 0;                                 // of the opcode at work
  std::vector<Value> values_ = std::vector<Value>(1);  // 0 stands in after an error
  std::vector<uint32_t> stack_;
  std::vector<size_t> marks_;
  std::vector<uint32_t> memo_;
  uint64_t storage_bytes_ = 0;
  absl::Status status_;
};

}  // namespace

absl::Status CheckScriptPickle(ByteSpan pickle, absl::string_view label,
                               const StorageRecordSize& record_size, const PickleBounds& bounds) {
  return PickleWalker(pickle, label, record_size, bounds).Walk();
}

}  // namespace graft::models
