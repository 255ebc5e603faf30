// The stack machine behind pickle_reader.h: its opcodes, its state and what every part of it uses.
// pickle_reader.cc executes what builds data, pickle_calls.cc what would build objects or call
// functions.
#ifndef GRAFT_MODELS_FILE_PICKLE_MACHINE_H_
#define GRAFT_MODELS_FILE_PICKLE_MACHINE_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/file/byte_span.h"
#include "models/file/pickle_reader.h"
#include "models/file/pickle_values.h"
#include "models/file/printable_name.h"

namespace graft::models {

// Names as in Python's pickletools.py.
enum PickleOpcode : uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kFloat = 'F',
  kInt = 'I',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kLong = 'L',
  kBinInt2 = 'M',
  kNone = 'N',
  kPersId = 'P',
  kBinPersId = 'Q',
  kReduce = 'R',
  kString = 'S',
  kBinString = 'T',
  kShortBinString = 'U',
  kUnicode = 'V',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kDict = 'd',
  kEmptyDict = '}',
  kAppends = 'e',
  kGet = 'g',
  kBinGet = 'h',
  kInst = 'i',
  kLongBinGet = 'j',
  kList = 'l',
  kEmptyList = ']',
  kObj = 'o',
  kPut = 'p',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kBinFloat = 'G',
  kProto = 0x80,
  kNewObj = 0x81,
  kExt1 = 0x82,
  kExt2 = 0x83,
  kExt4 = 0x84,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kBinBytes8 = 0x8e,
  kEmptySet = 0x8f,
  kAddItems = 0x90,
  kFrozenSet = 0x91,
  kNewObjEx = 0x92,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
  kByteArray8 = 0x96,
};

// The machine. Each Do... method executes one opcode; false stops it, with status_ set.
class PickleReader {
 public:
  PickleReader(ByteSpan bytes, uint64_t position, absl::string_view label,
               const PickleOptions& options)
      : bytes_(bytes),
        position_(position),
        start_(position),
        label_(label),
        options_(options),
        libtorch_(options.dialect == PickleDialect::kLibTorch) {
    // What a state_dict of a few hundred weights needs, or less where there are fewer bytes.
    const uint64_t left = bytes.size() - std::min<uint64_t>(position, bytes.size());
    values_.values_.reserve(std::min<uint64_t>(left / 8, 16'384));
    values_.boxes_.reserve(std::min<uint64_t>(left / 32, 4'096));
    true_ = AddInteger(PickleKind::kBool, 1);
    false_ = AddInteger(PickleKind::kBool, 0);
    empty_tuple_ = Add(PickleKind::kTuple);
  }

  absl::StatusOr<PickleValues> Read(uint64_t* end) {
    if (libtorch_ && !TakeProtocol2()) return status_;
    while (!stopped_) {
      opcode_at_ = position_;
      std::optional<uint8_t> opcode = Take<uint8_t>();
      if (!opcode || !Execute(*opcode)) {
        if (status_.ok()) Fail("the data ends in the middle (cut off, or not a pickle)");
        return status_;
      }
      if (values_.values_.size() > kMaxValues || values_.boxes_.size() > kMaxBoxes ||
          items_ > kMaxItems) {
        return absl::ResourceExhaustedError(
            absl::StrCat(label_, ": more than ", kMaxValues,
                         " values in one pickle: no model file has so many"));
      }
    }
    if (getattr_at_ && !LooksUpAttributesOnly()) return status_;
    *end = position_;
    return std::move(values_);
  }

 private:
  // Far beyond any model file (a large checkpoint has some 100,000 values), and 1 GiB at worst.
  static constexpr size_t kMaxValues = 8'000'000;
  static constexpr size_t kMaxBoxes = 4'000'000;
  static constexpr size_t kMaxItems = 32'000'000;

  // --- errors ---

  bool Fail(absl::string_view what, absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
    status_ =
        absl::Status(code, absl::StrCat(label_, ": pickle byte ", opcode_at_ - start_, ": ", what));
    return false;
  }

  bool Refuse(absl::string_view name, absl::string_view how) {
    status_ = absl::PermissionDeniedError(absl::StrCat(
        label_, ": pickle byte ", opcode_at_ - start_, ": contains ", how, " ", PrintableName(name),
        ": refused, because loading this file with Python's pickle would run that code. Do not "
        "load "
        "it there; ask its author for the weights alone (torch.save(model.state_dict(), path))"));
    return false;
  }

  // --- input ---

  template <typename T>
  std::optional<T> Take() {
    std::optional<T> value = ReadLe<T>(bytes_, position_);
    if (value) position_ += sizeof(T);
    return value;
  }

  std::optional<absl::string_view> TakeBytes(uint64_t size) {
    if (!Contains(bytes_, position_, size)) {
      Fail(absl::StrCat("announces ", size, " bytes, ", bytes_.size() - position_, " are left"));
      return std::nullopt;
    }
    const absl::string_view text = AsText(bytes_.subspan(position_, size));
    position_ += size;
    return text;
  }

  template <typename Size>
  std::optional<absl::string_view> TakeCounted() {
    const std::optional<Size> size = Take<Size>();
    if (!size) return std::nullopt;
    return TakeBytes(*size);
  }

  std::optional<absl::string_view> TakeLine() {
    const absl::string_view rest = AsText(bytes_.subspan(position_));
    const size_t end = rest.find('\n');
    if (end == absl::string_view::npos) {
      Fail("a line without an end");
      return std::nullopt;
    }
    position_ += end + 1;
    absl::string_view line = rest.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  // --- values ---

  ValueId Add(PickleKind kind) {
    values_.values_.emplace_back().kind = kind;
    return static_cast<ValueId>(values_.values_.size() - 1);
  }
  ValueId AddInteger(PickleKind kind, int64_t integer) {
    const ValueId id = Add(kind);
    values_.values_[id].integer = integer;
    return id;
  }
  ValueId AddText(PickleKind kind, absl::string_view text) {
    const ValueId id = Add(kind);
    values_.values_[id].text = text;
    return id;
  }
  absl::string_view Keep(std::string text) {
    values_.strings_.push_back(std::move(text));
    return values_.strings_.back();
  }
  PickleValues::Box& BoxOf(ValueId id) {
    PickleValue& value = values_.values_[id];
    if (value.box == 0) {
      value.box = static_cast<uint32_t>(values_.boxes_.size());
      values_.boxes_.emplace_back();
    }
    return values_.boxes_[value.box];
  }
  ValueId AddItems(PickleKind kind, std::vector<ValueId> items) {
    const ValueId id = Add(kind);
    items_ += items.size();
    if (!items.empty()) BoxOf(id).items = std::move(items);
    return id;
  }
  ValueId AddDict(absl::string_view type, std::vector<ValueId> entries = {}) {
    const ValueId id = AddItems(PickleKind::kDict, std::move(entries));
    values_.values_[id].text = type;
    return id;
  }
  ValueId AddObject(ValueId callee, ValueId arguments) {
    const ValueId id = Add(PickleKind::kObject);
    BoxOf(id).object = {callee, arguments, PickleValues::kNone};
    return id;
  }
  const PickleValue& At(ValueId id) const { return values_.values_[id]; }
  absl::Span<const ValueId> ItemsOf(ValueId id) const { return values_.items(At(id)); }

  // --- stack ---

  bool Push(ValueId id) {
    stack_.push_back(id);
    return true;
  }
  size_t Floor() const { return marks_.empty() ? 0 : marks_.back(); }
  bool Pop(ValueId* id) {
    if (stack_.size() <= Floor()) return Fail("takes a value from an empty stack");
    *id = stack_.back();
    stack_.pop_back();
    return true;
  }
  bool Top(ValueId* id) {
    if (stack_.size() <= Floor()) return Fail("needs a value on the stack");
    *id = stack_.back();
    return true;
  }
  bool PopToMark(std::vector<ValueId>* items) {
    if (marks_.empty()) return Fail("goes back to a mark that was never set");
    items->assign(stack_.begin() + static_cast<ptrdiff_t>(marks_.back()), stack_.end());
    stack_.resize(marks_.back());
    marks_.pop_back();
    return true;
  }

  // --- opcodes ---

  bool TakeProtocol2();
  bool Execute(uint8_t opcode);
  bool ExecuteNumber(uint8_t opcode);
  bool ExecuteText(uint8_t opcode);
  bool ExecuteContainer(uint8_t opcode);
  bool ExecuteMemo(uint8_t opcode);
  bool ExecuteObject(uint8_t opcode);

  bool DoInt(absl::string_view line);
  bool DoLong(absl::string_view line);
  bool DoLongBytes(absl::string_view raw);
  bool PushUnicode(absl::string_view text);
  bool DoGlobal(absl::string_view module, absl::string_view name);
  bool DoAppend(ValueId target, absl::Span<const ValueId> items);
  bool DoSetItems(ValueId target, absl::Span<const ValueId> items);
  bool DoBuild(ValueId target, ValueId state);
  bool DoPersistentId(ValueId id);
  bool DoCall(ValueId callee, ValueId arguments);
  bool DoGetattr(ValueId callee, absl::Span<const ValueId> arguments, ValueId tuple);
  bool LooksUpAttributesOnly();
  bool DoNewObject(ValueId callee, ValueId arguments);
  std::optional<bool> CallContainer(absl::string_view name, absl::Span<const ValueId> arguments);
  bool CallOrderedDict(absl::Span<const ValueId> arguments);

  bool Memoize(uint64_t index) {
    ValueId id = 0;
    if (!Top(&id)) return false;
    if (index == memo_.size()) {
      memo_.push_back(id);
      if (!far_memo_.empty()) far_memo_.erase(index);
    } else if (index < memo_.size()) {
      memo_[index] = id;
    } else if (libtorch_ && index >= bytes_.size()) {
      return Fail(absl::StrCat("remembers a value as number ", index, ", past any need"));
    } else {
      far_memo_[index] = id;
    }
    return true;
  }
  bool Recall(uint64_t index) {
    if (index < memo_.size()) return Push(memo_[index]);
    const auto it = far_memo_.find(index);
    if (it == far_memo_.end()) {
      return Fail(absl::StrCat("recalls value ", index, ", never remembered"));
    }
    return Push(it->second);
  }

  ByteSpan bytes_;
  uint64_t position_;
  uint64_t start_;
  uint64_t opcode_at_ = 0;
  std::string label_;
  const PickleOptions& options_;
  const bool libtorch_;  // options_.dialect is kLibTorch
  absl::Status status_;
  bool stopped_ = false;
  PickleValues values_;
  size_t items_ = 0;
  std::optional<uint64_t> getattr_at_;  // the opcode that named builtins.getattr
  std::vector<ValueId> stack_;
  std::vector<size_t> marks_;
  // Writers number what they remember 0, 1, 2 ...; only what comes out of turn is in far_memo_.
  std::vector<ValueId> memo_;
  absl::flat_hash_map<uint64_t, ValueId> far_memo_;
  ValueId true_;
  ValueId false_;
  ValueId empty_tuple_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PICKLE_MACHINE_H_
