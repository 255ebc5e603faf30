#include "models/file/pickle_reader.h"

#include <bit>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/file/pickle_globals.h"
#include "models/file/pickle_text.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

// Far beyond any model file (a large checkpoint has some 100,000 values), and 1 GiB at worst.
constexpr size_t kMaxValues = 8'000'000;
constexpr size_t kMaxBoxes = 4'000'000;
constexpr size_t kMaxItems = 32'000'000;
constexpr uint8_t kHighestProtocol = 5;

enum Opcode : uint8_t {
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

}  // namespace

// The machine. Each Do... method executes one opcode; false stops it, with status_ set.
class PickleReader {
 public:
  PickleReader(ByteSpan bytes, uint64_t position, absl::string_view label)
      : bytes_(bytes), position_(position), start_(position), label_(label) {
    true_ = AddInteger(PickleKind::kBool, 1);
    false_ = AddInteger(PickleKind::kBool, 0);
    empty_tuple_ = Add(PickleKind::kTuple);
  }

  absl::StatusOr<PickleValues> Read(uint64_t* end) {
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
    *end = position_;
    return std::move(values_);
  }

 private:
  // --- errors ---

  bool Fail(absl::string_view what) {
    status_ = absl::InvalidArgumentError(
        absl::StrCat(label_, ": pickle byte ", opcode_at_ - start_, ": ", what));
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
  bool DoNewObject(ValueId callee, ValueId arguments);
  std::optional<bool> CallContainer(absl::string_view name, absl::Span<const ValueId> arguments);
  bool CallOrderedDict(absl::Span<const ValueId> arguments);

  bool Memoize(uint64_t index) {
    ValueId id = 0;
    if (!Top(&id)) return false;
    memo_[index] = id;
    return true;
  }
  bool Recall(uint64_t index) {
    const auto it = memo_.find(index);
    if (it == memo_.end()) return Fail(absl::StrCat("recalls value ", index, ", never remembered"));
    return Push(it->second);
  }

  ByteSpan bytes_;
  uint64_t position_;
  uint64_t start_;
  uint64_t opcode_at_ = 0;
  std::string label_;
  absl::Status status_;
  bool stopped_ = false;
  PickleValues values_;
  size_t items_ = 0;
  std::vector<ValueId> stack_;
  std::vector<size_t> marks_;
  absl::flat_hash_map<uint64_t, ValueId> memo_;
  ValueId true_;
  ValueId false_;
  ValueId empty_tuple_;
};

bool PickleReader::Execute(uint8_t opcode) {
  switch (opcode) {
    case kProto: {
      const std::optional<uint8_t> protocol = Take<uint8_t>();
      if (!protocol) return false;
      if (*protocol > kHighestProtocol) {
        return Fail(absl::StrCat("pickle protocol ", *protocol, "; 0 to 5 are known"));
      }
      return true;
    }
    case kFrame: {
      // Only tells a reader from a stream how much to fetch.
      const std::optional<uint64_t> size = Take<uint64_t>();
      if (!size) return false;
      if (!Contains(bytes_, position_, *size)) {
        return Fail(absl::StrCat("a frame of ", *size, " bytes in ", bytes_.size() - position_));
      }
      return true;
    }
    case kStop:
      stopped_ = true;
      return Pop(&values_.root_);
    case kMark:
      marks_.push_back(stack_.size());
      return true;
    case kPop: {
      // Python: a mark on top is popped as if it were a value.
      if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop_back();
        return true;
      }
      ValueId ignored = 0;
      return Pop(&ignored);
    }
    case kPopMark: {
      std::vector<ValueId> ignored;
      return PopToMark(&ignored);
    }
    case kDup: {
      ValueId id = 0;
      return Top(&id) && Push(id);
    }
    case kNone:
      return Push(PickleValues::kNone);
    case kNewTrue:
      return Push(true_);
    case kNewFalse:
      return Push(false_);
    case kInt:
    case kLong:
    case kFloat:
    case kBinInt:
    case kBinInt1:
    case kBinInt2:
    case kLong1:
    case kLong4:
    case kBinFloat:
      return ExecuteNumber(opcode);
    case kString:
    case kBinString:
    case kShortBinString:
    case kUnicode:
    case kBinUnicode:
    case kShortBinUnicode:
    case kBinUnicode8:
    case kBinBytes:
    case kShortBinBytes:
    case kBinBytes8:
    case kByteArray8:
      return ExecuteText(opcode);
    case kEmptyTuple:
    case kTuple:
    case kTuple1:
    case kTuple2:
    case kTuple3:
    case kEmptyList:
    case kList:
    case kEmptyDict:
    case kDict:
    case kEmptySet:
    case kFrozenSet:
    case kAppend:
    case kAppends:
    case kSetItem:
    case kSetItems:
    case kAddItems:
      return ExecuteContainer(opcode);
    case kPut:
    case kBinPut:
    case kLongBinPut:
    case kMemoize:
    case kGet:
    case kBinGet:
    case kLongBinGet:
      return ExecuteMemo(opcode);
    case kExt1:
    case kExt2:
    case kExt4:
      return Fail("uses the extension registry, which no model file does");
    default:
      return ExecuteObject(opcode);
  }
}

bool PickleReader::ExecuteNumber(uint8_t opcode) {
  switch (opcode) {
    case kInt: {
      const std::optional<absl::string_view> line = TakeLine();
      return line && DoInt(*line);
    }
    case kLong: {
      const std::optional<absl::string_view> line = TakeLine();
      return line && DoLong(*line);
    }
    case kFloat: {
      const std::optional<absl::string_view> line = TakeLine();
      double number = 0;
      if (!line) return false;
      if (!absl::SimpleAtod(*line, &number)) {
        return Fail(absl::StrCat("\"", PrintableName(*line), "\" is no number"));
      }
      const ValueId id = Add(PickleKind::kFloat);
      values_.values_[id].number = number;
      return Push(id);
    }
    case kBinInt: {
      const std::optional<int32_t> value = Take<int32_t>();
      return value && Push(AddInteger(PickleKind::kInt, *value));
    }
    case kBinInt1: {
      const std::optional<uint8_t> value = Take<uint8_t>();
      return value && Push(AddInteger(PickleKind::kInt, *value));
    }
    case kBinInt2: {
      const std::optional<uint16_t> value = Take<uint16_t>();
      return value && Push(AddInteger(PickleKind::kInt, *value));
    }
    case kLong1: {
      const std::optional<absl::string_view> raw = TakeCounted<uint8_t>();
      return raw && DoLongBytes(*raw);
    }
    case kLong4: {
      const std::optional<uint32_t> size = Take<uint32_t>();
      if (!size) return false;
      if (*size > INT32_MAX) return Fail("an integer of negative length");
      const std::optional<absl::string_view> raw = TakeBytes(*size);
      return raw && DoLongBytes(*raw);
    }
    default: {  // kBinFloat, big-endian
      const std::optional<uint64_t> bits = Take<uint64_t>();
      if (!bits) return false;
      const ValueId id = Add(PickleKind::kFloat);
      values_.values_[id].number = std::bit_cast<double>(__builtin_bswap64(*bits));
      return Push(id);
    }
  }
}

bool PickleReader::DoInt(absl::string_view line) {
  if (line == "00") return Push(false_);
  if (line == "01") return Push(true_);
  return DoLong(line);
}

bool PickleReader::DoLong(absl::string_view line) {
  if (!line.empty() && line.back() == 'L') line.remove_suffix(1);
  int64_t value = 0;
  if (absl::SimpleAtoi(line, &value)) return Push(AddInteger(PickleKind::kInt, value));
  std::optional<std::string> bytes = BigIntFromDecimal(line);
  if (!bytes) return Fail(absl::StrCat("\"", PrintableName(line), "\" is no whole number"));
  return Push(AddText(PickleKind::kBigInt, Keep(*std::move(bytes))));
}

bool PickleReader::DoLongBytes(absl::string_view raw) {
  if (raw.size() > 8) return Push(AddText(PickleKind::kBigInt, raw));
  uint64_t value =
      !raw.empty() && (static_cast<uint8_t>(raw.back()) & 0x80) != 0 ? ~uint64_t{0} : 0;
  for (size_t i = raw.size(); i-- > 0;) value = (value << 8) | static_cast<uint8_t>(raw[i]);
  return Push(AddInteger(PickleKind::kInt, static_cast<int64_t>(value)));
}

bool PickleReader::PushUnicode(absl::string_view text) {
  if (!IsPickleUtf8(text)) return Fail("a string that is not UTF-8");
  return Push(AddText(PickleKind::kString, text));
}

bool PickleReader::ExecuteText(uint8_t opcode) {
  std::optional<absl::string_view> text;
  switch (opcode) {
    case kString: {
      const std::optional<absl::string_view> line = TakeLine();
      if (!line) return false;
      std::optional<std::string> plain = UnquotePythonString(*line);
      if (!plain) return Fail("a string with broken quotes or escapes");
      return Push(AddText(PickleKind::kString, Keep(*std::move(plain))));
    }
    case kUnicode: {
      const std::optional<absl::string_view> line = TakeLine();
      if (!line) return false;
      std::optional<std::string> plain = DecodeRawUnicode(*line);
      if (!plain) return Fail("a string with broken escapes");
      return Push(AddText(PickleKind::kString, Keep(*std::move(plain))));
    }
    case kBinString:
      text = TakeCounted<uint32_t>();
      return text && Push(AddText(PickleKind::kString, *text));
    case kShortBinString:
      text = TakeCounted<uint8_t>();
      return text && Push(AddText(PickleKind::kString, *text));
    case kBinUnicode:
      text = TakeCounted<uint32_t>();
      return text && PushUnicode(*text);
    case kShortBinUnicode:
      text = TakeCounted<uint8_t>();
      return text && PushUnicode(*text);
    case kBinUnicode8:
      text = TakeCounted<uint64_t>();
      return text && PushUnicode(*text);
    case kBinBytes:
      text = TakeCounted<uint32_t>();
      break;
    case kShortBinBytes:
      text = TakeCounted<uint8_t>();
      break;
    default:  // kBinBytes8, kByteArray8
      text = TakeCounted<uint64_t>();
      break;
  }
  return text && Push(AddText(PickleKind::kBytes, *text));
}

bool PickleReader::ExecuteContainer(uint8_t opcode) {
  std::vector<ValueId> items;
  ValueId id = 0;
  switch (opcode) {
    case kEmptyTuple:
      return Push(empty_tuple_);
    case kTuple:
      return PopToMark(&items) && Push(AddItems(PickleKind::kTuple, std::move(items)));
    case kTuple1:
    case kTuple2:
    case kTuple3:
      items.resize(1u + opcode - kTuple1);
      for (size_t i = items.size(); i-- > 0;) {
        if (!Pop(&items[i])) return false;
      }
      return Push(AddItems(PickleKind::kTuple, std::move(items)));
    case kEmptyList:
      return Push(Add(PickleKind::kList));
    case kList:
      return PopToMark(&items) && Push(AddItems(PickleKind::kList, std::move(items)));
    case kEmptyDict:
      return Push(AddDict("dict"));
    case kDict:
      if (!PopToMark(&items)) return false;
      if (items.size() % 2 != 0) return Fail("a dictionary with a key that has no value");
      return Push(AddDict("dict", std::move(items)));
    case kEmptySet:
      return Push(Add(PickleKind::kSet));
    case kFrozenSet:
      return PopToMark(&items) && Push(AddItems(PickleKind::kFrozenSet, std::move(items)));
    case kAppend:
      items.resize(1);
      return Pop(&items[0]) && Top(&id) && DoAppend(id, items);
    case kAppends:
      return PopToMark(&items) && Top(&id) && DoAppend(id, items);
    case kSetItem:
      items.resize(2);
      return Pop(&items[1]) && Pop(&items[0]) && Top(&id) && DoSetItems(id, items);
    case kSetItems:
      return PopToMark(&items) && Top(&id) && DoSetItems(id, items);
    default: {  // kAddItems
      if (!PopToMark(&items) || !Top(&id)) return false;
      if (At(id).kind != PickleKind::kSet) return Fail("adds items to what is no set");
      items_ += items.size();
      std::vector<ValueId>& into = BoxOf(id).items;
      into.insert(into.end(), items.begin(), items.end());
      return true;
    }
  }
}

bool PickleReader::DoAppend(ValueId target, absl::Span<const ValueId> items) {
  const PickleValue& value = At(target);
  // A subclass of list, or a deque.
  const bool object = value.kind == PickleKind::kObject &&
                      (JudgeGlobal(values_.ClassName(value)) == GlobalJudgement::kClass ||
                       values_.ClassName(value) == "collections.deque");
  if (value.kind != PickleKind::kList && !object) return Fail("appends to what is no list");
  items_ += items.size();
  std::vector<ValueId>& into = BoxOf(target).items;
  into.insert(into.end(), items.begin(), items.end());
  return true;
}

bool PickleReader::DoSetItems(ValueId target, absl::Span<const ValueId> items) {
  const PickleValue& value = At(target);
  const bool object = value.kind == PickleKind::kObject &&
                      JudgeGlobal(values_.ClassName(value)) == GlobalJudgement::kClass;
  if (value.kind != PickleKind::kDict && !object)
    return Fail("sets items of what is no dictionary");
  if (items.size() % 2 != 0) return Fail("sets a key without a value");
  for (size_t i = 0; i < items.size(); i += 2) {
    const PickleKind kind = At(items[i]).kind;
    if (kind == PickleKind::kList || kind == PickleKind::kDict || kind == PickleKind::kSet) {
      return Fail("a dictionary key that Python cannot hash");
    }
  }
  items_ += items.size();
  std::vector<ValueId>& into = BoxOf(target).items;
  into.insert(into.end(), items.begin(), items.end());
  return true;
}

bool PickleReader::ExecuteMemo(uint8_t opcode) {
  switch (opcode) {
    case kPut:
    case kGet: {
      const std::optional<absl::string_view> line = TakeLine();
      uint64_t index = 0;
      if (!line) return false;
      if (!absl::SimpleAtoi(*line, &index)) {
        return Fail(absl::StrCat("\"", PrintableName(*line), "\" is no place in the memo"));
      }
      return opcode == kPut ? Memoize(index) : Recall(index);
    }
    case kBinPut:
    case kBinGet: {
      const std::optional<uint8_t> index = Take<uint8_t>();
      return index && (opcode == kBinPut ? Memoize(*index) : Recall(*index));
    }
    case kLongBinPut:
    case kLongBinGet: {
      const std::optional<uint32_t> index = Take<uint32_t>();
      return index && (opcode == kLongBinPut ? Memoize(*index) : Recall(*index));
    }
    default:  // kMemoize
      return Memoize(memo_.size());
  }
}

bool PickleReader::ExecuteObject(uint8_t opcode) {
  ValueId callee = 0;
  ValueId arguments = 0;
  std::vector<ValueId> items;
  switch (opcode) {
    case kGlobal: {
      const std::optional<absl::string_view> module = TakeLine();
      if (!module) return false;
      const std::optional<absl::string_view> name = TakeLine();
      return name && DoGlobal(*module, *name);
    }
    case kStackGlobal: {
      ValueId module = 0;
      ValueId name = 0;
      if (!Pop(&name) || !Pop(&module)) return false;
      if (At(name).kind != PickleKind::kString || At(module).kind != PickleKind::kString) {
        return Fail("names a global with something that is no string");
      }
      return DoGlobal(At(module).text, At(name).text);
    }
    case kReduce:
      return Pop(&arguments) && Pop(&callee) && DoCall(callee, arguments);
    case kNewObj:
      return Pop(&arguments) && Pop(&callee) && DoNewObject(callee, arguments);
    case kNewObjEx: {
      ValueId keywords = 0;
      return Pop(&keywords) && Pop(&arguments) && Pop(&callee) && DoNewObject(callee, arguments);
    }
    case kObj:
      if (!PopToMark(&items)) return false;
      if (items.empty()) return Fail("builds an object of no class");
      callee = items.front();
      items.erase(items.begin());
      return DoCall(callee, AddItems(PickleKind::kTuple, std::move(items)));
    case kInst: {
      const std::optional<absl::string_view> module = TakeLine();
      if (!module) return false;
      const std::optional<absl::string_view> name = TakeLine();
      if (!name || !PopToMark(&items) || !DoGlobal(*module, *name) || !Pop(&callee)) return false;
      return DoCall(callee, AddItems(PickleKind::kTuple, std::move(items)));
    }
    case kBuild: {
      ValueId state = 0;
      return Pop(&state) && Top(&callee) && DoBuild(callee, state);
    }
    case kPersId: {
      const std::optional<absl::string_view> line = TakeLine();
      if (!line) return false;
      items.push_back(AddText(PickleKind::kString, *line));
      return Push(AddItems(PickleKind::kPersistent, std::move(items)));
    }
    case kBinPersId:
      items.resize(1);
      return Pop(&items[0]) && DoPersistentId(items[0]);
    default:
      return Fail(absl::StrCat("unknown opcode 0x", absl::Hex(opcode, absl::kZeroPad2)));
  }
}

bool PickleReader::DoGlobal(absl::string_view module, absl::string_view name) {
  constexpr size_t kMaxNameBytes = 1000;
  if (module.size() + name.size() > kMaxNameBytes || !IsPickleUtf8(module) || !IsPickleUtf8(name)) {
    return Fail("names a global in an impossible way");
  }
  std::string global = CanonicalGlobal(module, name);
  if (JudgeGlobal(global) == GlobalJudgement::kDangerous) return Refuse(global, "a reference to");
  return Push(AddText(PickleKind::kGlobal, Keep(std::move(global))));
}

bool PickleReader::DoCall(ValueId callee, ValueId arguments) {
  if (At(callee).kind != PickleKind::kGlobal) return Fail("calls what is no function");
  if (At(arguments).kind != PickleKind::kTuple)
    return Fail("calls with arguments that are no tuple");
  const absl::string_view name = At(callee).text;
  const absl::Span<const ValueId> items = ItemsOf(arguments);
  if (const std::optional<bool> done = CallContainer(name, items)) return *done;
  switch (JudgeGlobal(name)) {
    case GlobalJudgement::kKnown:
    case GlobalJudgement::kClass:
      return Push(AddObject(callee, arguments));
    case GlobalJudgement::kFunction:
    case GlobalJudgement::kDangerous:
      return Refuse(name, "a call to");
  }
  return false;
}

bool PickleReader::DoNewObject(ValueId callee, ValueId arguments) {
  if (At(callee).kind != PickleKind::kGlobal) return Fail("makes an object of what is no class");
  if (At(arguments).kind != PickleKind::kTuple)
    return Fail("makes an object with arguments that are no tuple");
  if (const std::optional<bool> done = CallContainer(At(callee).text, ItemsOf(arguments)))
    return *done;
  return Push(AddObject(callee, arguments));
}

// Calls whose results are plain data. nullopt: not one of them.
std::optional<bool> PickleReader::CallContainer(absl::string_view name,
                                                absl::Span<const ValueId> arguments) {
  auto sequence = [&](size_t index) -> std::optional<std::vector<ValueId>> {
    if (index >= arguments.size()) return std::vector<ValueId>();
    const PickleKind kind = At(arguments[index]).kind;
    if (kind != PickleKind::kList && kind != PickleKind::kTuple && kind != PickleKind::kSet &&
        kind != PickleKind::kFrozenSet) {
      return std::nullopt;
    }
    const absl::Span<const ValueId> items = ItemsOf(arguments[index]);
    return std::vector<ValueId>(items.begin(), items.end());
  };
  auto make = [&](PickleKind kind) {
    std::optional<std::vector<ValueId>> items = sequence(0);
    return items ? Push(AddItems(kind, *std::move(items)))
                 : Fail("makes a container of what is no list");
  };
  if (name == "collections.OrderedDict") return CallOrderedDict(arguments);
  if (name == "collections.defaultdict") return Push(AddDict("defaultdict"));
  if (name == "collections.Counter" || name == "builtins.dict") {
    const absl::string_view type = name == "builtins.dict" ? "dict" : "Counter";
    if (arguments.empty()) return Push(AddDict(type));
    if (At(arguments[0]).kind != PickleKind::kDict)
      return Fail("makes a dictionary of what is none");
    const absl::Span<const ValueId> items = ItemsOf(arguments[0]);
    return Push(AddDict(type, std::vector<ValueId>(items.begin(), items.end())));
  }
  if (name == "builtins.set") return make(PickleKind::kSet);
  if (name == "builtins.frozenset") return make(PickleKind::kFrozenSet);
  if (name == "builtins.list") return make(PickleKind::kList);
  if (name == "builtins.tuple") return make(PickleKind::kTuple);
  if (absl::StartsWith(name, "torch.jit._pickle.build_") &&
      name != "torch.jit._pickle.build_tensor_from_id") {
    return make(PickleKind::kList);
  }
  if (name == "torch.jit._pickle.restore_type_tag") {
    if (arguments.size() != 2) return Fail("restore_type_tag takes 2 arguments");
    return Push(arguments[0]);
  }
  if (name == "builtins.bytes" || name == "builtins.bytearray") {
    if (arguments.empty()) return Push(AddText(PickleKind::kBytes, ""));
    const PickleValue& value = At(arguments[0]);
    if (value.kind == PickleKind::kBytes) return Push(AddText(PickleKind::kBytes, value.text));
  }
  if (name == "_codecs.encode" || name == "builtins.bytearray" || name == "builtins.bytes") {
    // How protocols before 3 write bytes: as Latin-1 text.
    if (arguments.size() != 2 || At(arguments[0]).kind != PickleKind::kString) {
      return Fail("encodes what is no string");
    }
    std::optional<std::string> bytes = Latin1FromUtf8(At(arguments[0]).text);
    if (!bytes) return Fail("encodes a character that Latin-1 does not have");
    return Push(AddText(PickleKind::kBytes, Keep(*std::move(bytes))));
  }
  if (name == "copyreg._reconstructor" || name == "copyreg.__newobj__") {
    if (arguments.empty() || At(arguments[0]).kind != PickleKind::kGlobal) {
      return Fail("rebuilds an object of no class");
    }
    return DoNewObject(arguments[0], empty_tuple_);
  }
  return std::nullopt;
}

// OrderedDict(), or OrderedDict([[key, value], ...]) as Python 2 wrote it.
bool PickleReader::CallOrderedDict(absl::Span<const ValueId> arguments) {
  std::vector<ValueId> entries;
  if (!arguments.empty()) {
    const PickleKind kind = At(arguments[0]).kind;
    if (kind != PickleKind::kList && kind != PickleKind::kTuple) {
      return Fail("makes an OrderedDict of what is no list");
    }
    for (const ValueId pair : ItemsOf(arguments[0])) {
      const PickleKind pair_kind = At(pair).kind;
      if ((pair_kind != PickleKind::kList && pair_kind != PickleKind::kTuple) ||
          ItemsOf(pair).size() != 2) {
        return Fail("makes an OrderedDict of what are no pairs");
      }
      entries.insert(entries.end(), ItemsOf(pair).begin(), ItemsOf(pair).end());
    }
  }
  return Push(AddDict("OrderedDict", std::move(entries)));
}

bool PickleReader::DoBuild(ValueId target, ValueId state) {
  const PickleValue& value = At(target);
  if (value.kind != PickleKind::kObject && value.kind != PickleKind::kDict) {
    return Fail(value.kind == PickleKind::kGlobal ? "sets the state of a class itself"
                                                  : "sets the state of what is no object");
  }
  BoxOf(target).object.state = state;
  return true;
}

bool PickleReader::DoPersistentId(ValueId id) {
  // PyTorch's legacy format names a module's class as ("module", class, file, source text).
  if (At(id).kind == PickleKind::kTuple) {
    const absl::Span<const ValueId> items = ItemsOf(id);
    if (items.size() == 4 && At(items[0]).kind == PickleKind::kString &&
        At(items[0]).text == "module" && At(items[1]).kind == PickleKind::kGlobal) {
      return Push(items[1]);
    }
  }
  return Push(AddItems(PickleKind::kPersistent, {id}));
}

absl::StatusOr<PickleValues> ReadPickle(ByteSpan bytes, uint64_t* position,
                                        absl::string_view label) {
  return PickleReader(bytes, *position, label).Read(position);
}

}  // namespace graft::models
