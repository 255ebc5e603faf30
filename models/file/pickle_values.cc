#include "models/file/pickle_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

constexpr size_t kMaxRepr = 400;

// Divides the number (most significant word first) by 10^9 in place; the remainder.
uint32_t DivideByBillion(std::vector<uint32_t>* words) {
  uint64_t remainder = 0;
  for (uint32_t& word : *words) {
    const uint64_t part = (remainder << 32) | word;
    word = static_cast<uint32_t>(part / 1'000'000'000);
    remainder = part % 1'000'000'000;
  }
  return static_cast<uint32_t>(remainder);
}

std::string QuotedText(absl::string_view text, bool bytes) {
  const bool has_single = text.find('\'') != absl::string_view::npos;
  const char quote = has_single && text.find('"') == absl::string_view::npos ? '"' : '\'';
  std::string out = bytes ? "b" : "";
  out.push_back(quote);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (out.size() > kMaxRepr) {
      out.append("...");
      break;
    }
    if (c == quote || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\r') {
      out.append("\\r");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (byte < 0x20 || byte == 0x7f || (bytes && byte >= 0x80)) {
      absl::StrAppend(&out, "\\x", absl::Hex(byte, absl::kZeroPad2));
    } else {
      out.push_back(c);
    }
  }
  out.push_back(quote);
  return out;
}

std::string ScalarRepr(const PickleValue& value) {
  switch (value.kind) {
    case PickleKind::kNone:
      return "None";
    case PickleKind::kBool:
      return value.integer != 0 ? "True" : "False";
    case PickleKind::kInt:
    case PickleKind::kBigInt:
      return PickleIntText(value);
    case PickleKind::kFloat:
      return FloatRepr(value.number);
    case PickleKind::kString:
      return QuotedText(value.text, false);
    case PickleKind::kBytes:
      return QuotedText(value.text, true);
    case PickleKind::kTuple:
      return "<tuple>";
    case PickleKind::kList:
      return "<list>";
    case PickleKind::kDict:
      return "<dict>";
    case PickleKind::kSet:
    case PickleKind::kFrozenSet:
      return "<set>";
    case PickleKind::kGlobal:
      return PrintableName(value.text);
    case PickleKind::kPersistent:
      return "<storage>";
    case PickleKind::kObject:
      return "<object>";
  }
  return "";
}

// Equal for keys that Python holds equal: numbers by value, strings by text, the rest by identity.
std::string EqualityKey(const PickleValues& values, ValueId id) {
  const PickleValue& value = values[id];
  switch (value.kind) {
    case PickleKind::kBool:
    case PickleKind::kInt:
      return absl::StrCat("n", value.integer);
    case PickleKind::kFloat:
      if (std::fabs(value.number) < 1e15 && value.number == std::trunc(value.number)) {
        return absl::StrCat("n", static_cast<int64_t>(value.number));
      }
      return absl::StrCat("f", value.number);
    case PickleKind::kString:
      return absl::StrCat("s", value.text);
    case PickleKind::kBytes:
      return absl::StrCat("b", value.text);
    case PickleKind::kTuple:
      return absl::StrCat("t", PickleRepr(values, id));
    default:
      return absl::StrCat("i", id);
  }
}

}  // namespace

PickleValues::PickleValues() : values_(1), boxes_(1) {}

absl::string_view PickleValues::ClassName(const PickleValue& value) const {
  if (value.kind == PickleKind::kGlobal) return value.text;
  if (value.kind != PickleKind::kObject) return "";
  const PickleValue& callee = values_[object(value).callee];
  return callee.kind == PickleKind::kGlobal ? callee.text : "";
}

std::vector<std::pair<ValueId, ValueId>> PickleValues::Entries(const PickleValue& dict) const {
  const absl::Span<const ValueId> flat = items(dict);
  std::vector<std::pair<ValueId, ValueId>> entries;
  entries.reserve(flat.size() / 2);
  absl::flat_hash_map<std::string, size_t> places;
  for (size_t i = 0; i + 1 < flat.size(); i += 2) {
    const auto [it, inserted] = places.try_emplace(EqualityKey(*this, flat[i]), entries.size());
    if (inserted) {
      entries.emplace_back(flat[i], flat[i + 1]);
    } else {
      entries[it->second].second = flat[i + 1];
    }
  }
  return entries;
}

const PickleValue* PickleValues::Find(const PickleValue& dict, absl::string_view key) const {
  if (dict.kind != PickleKind::kDict) return nullptr;
  const absl::Span<const ValueId> entries = items(dict);
  const PickleValue* found = nullptr;
  for (size_t i = 0; i + 1 < entries.size(); i += 2) {
    const PickleValue& candidate = values_[entries[i]];
    if (candidate.kind == PickleKind::kString && candidate.text == key) {
      found = &values_[entries[i + 1]];
    }
  }
  return found;
}

std::string PickleIntText(const PickleValue& value) {
  if (value.kind != PickleKind::kBigInt) return absl::StrCat(value.integer);
  const absl::string_view bytes = value.text;
  constexpr size_t kMaxBytes = 2048;
  if (bytes.size() > kMaxBytes) return absl::StrCat("<integer of ", bytes.size(), " bytes>");
  const bool negative = !bytes.empty() && (static_cast<uint8_t>(bytes.back()) & 0x80) != 0;
  // Magnitude, most significant word first.
  std::vector<uint32_t> words((bytes.size() + 3) / 4 + 1, 0);
  uint32_t carry = negative ? 1 : 0;
  for (size_t i = 0; i < words.size() * 4; ++i) {
    uint32_t byte = i < bytes.size() ? static_cast<uint8_t>(bytes[i]) : (negative ? 0xff : 0);
    if (negative) {
      byte = (~byte & 0xff) + carry;
      carry = byte >> 8;
      byte &= 0xff;
    }
    words[words.size() - 1 - i / 4] |= byte << (8 * (i % 4));
  }
  std::vector<uint32_t> groups;
  while (std::any_of(words.begin(), words.end(), [](uint32_t word) { return word != 0; })) {
    groups.push_back(DivideByBillion(&words));
  }
  if (groups.empty()) return "0";
  std::string out = negative ? "-" : "";
  absl::StrAppend(&out, groups.back());
  for (size_t i = groups.size() - 1; i-- > 0;) {
    absl::StrAppend(&out, absl::Dec(groups[i], absl::kZeroPad9));
  }
  return out;
}

std::string FloatRepr(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  // Python: positional notation from 1e-4 to 1e16, exponents with at least two digits.
  char buffer[64];
  const double magnitude = std::fabs(number);
  const bool positional = magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16);
  const std::to_chars_result end =
      std::to_chars(buffer, buffer + sizeof(buffer), number,
                    positional ? std::chars_format::fixed : std::chars_format::scientific);
  std::string out(buffer, end.ptr);
  if (positional && out.find('.') == std::string::npos) out.append(".0");
  return out;
}

std::string PickleRepr(const PickleValues& values, ValueId id) {
  const PickleValue& value = values[id];
  if (value.kind != PickleKind::kTuple) return ScalarRepr(value);
  std::string out = "(";
  const absl::Span<const ValueId> items = values.items(value);
  for (size_t i = 0; i < items.size() && out.size() < kMaxRepr; ++i) {
    absl::StrAppend(&out, i == 0 ? "" : ", ", ScalarRepr(values[items[i]]));
  }
  absl::StrAppend(&out, items.size() == 1 ? ",)" : ")");
  return out;
}

}  // namespace graft::models
