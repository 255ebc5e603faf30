#include "models/file/pickle_reader.h"

#include <bit>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/file/pickle_globals.h"
#include "models/file/pickle_machine.h"
#include "models/file/pickle_text.h"

namespace graft::models {
namespace {

constexpr uint8_t kHighestProtocol = 5;

// PickleOpCode of torch/csrc/jit/serialization/pickler.h, as far as its unpickler has a case for
// it.
bool LibTorchReads(uint8_t opcode) {
  switch (opcode) {
    case kMark:
    case kStop:
    case kBinFloat:
    case kBinInt:
    case kBinInt1:
    case kBinInt2:
    case kNone:
    case kBinPersId:
    case kReduce:
    case kBinUnicode:
    case kEmptyList:
    case kAppends:
    case kBuild:
    case kGlobal:
    case kDict:
    case kEmptyDict:
    case kBinGet:
    case kLongBinGet:
    case kList:
    case kBinPut:
    case kLongBinPut:
    case kSetItem:
    case kTuple:
    case kEmptyTuple:
    case kSetItems:
    case kNewObj:
    case kTuple1:
    case kTuple2:
    case kTuple3:
    case kNewTrue:
    case kNewFalse:
    case kLong1:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool PickleReader::TakeProtocol2() {
  if (Take<uint8_t>() == kProto && Take<uint8_t>() == 2) return true;
  return Fail("does not begin a pickle of protocol 2");
}

bool PickleReader::Execute(uint8_t opcode) {
  if (libtorch_ && !LibTorchReads(opcode)) {
    return Fail(absl::StrCat("opcode 0x", absl::Hex(opcode, absl::kZeroPad2),
                             ", which LibTorch does not know"));
  }
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
      if (!Pop(&values_.root_)) return false;
      if (libtorch_ && !stack_.empty()) return Fail("ends with more than one value");
      return true;
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
  if (libtorch_ && raw.size() != 8) return Fail("an integer that is not of 8 bytes");
  if (raw.size() > 8) return Push(AddText(PickleKind::kBigInt, raw));
  uint64_t value =
      !raw.empty() && (static_cast<uint8_t>(raw.back()) & 0x80) != 0 ? ~uint64_t{0} : 0;
  for (size_t i = raw.size(); i-- > 0;) value = (value << 8) | static_cast<uint8_t>(raw[i]);
  return Push(AddInteger(PickleKind::kInt, static_cast<int64_t>(value)));
}

bool PickleReader::PushUnicode(absl::string_view text) {
  if (!libtorch_ && !IsPickleUtf8(text)) return Fail("a string that is not UTF-8");
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
  const bool object = !libtorch_ && value.kind == PickleKind::kObject &&
                      (JudgeGlobal(values_.ClassName(value)) == GlobalJudgement::kClass ||
                       values_.ClassName(value) == "collections.deque");
  if (value.kind != PickleKind::kList && (!object || values_.IsMapping(value))) {
    return Fail("appends to what is no list");
  }
  items_ += items.size();
  std::vector<ValueId>& into = BoxOf(target).items;
  into.insert(into.end(), items.begin(), items.end());
  return true;
}

bool PickleReader::DoSetItems(ValueId target, absl::Span<const ValueId> items) {
  const PickleValue& value = At(target);
  const bool object = !libtorch_ && value.kind == PickleKind::kObject &&
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
  PickleValues::Box& box = BoxOf(target);
  if (object && !box.object.mapping && !box.items.empty()) {
    return Fail("sets items of what is a list");
  }
  box.object.mapping = object;
  box.items.insert(box.items.end(), items.begin(), items.end());
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
      return Memoize(memo_.size() + far_memo_.size());
  }
}

absl::StatusOr<PickleValues> ReadPickle(ByteSpan bytes, uint64_t* position, absl::string_view label,
                                        const PickleOptions& options) {
  return PickleReader(bytes, *position, label, options).Read(position);
}

}  // namespace graft::models
