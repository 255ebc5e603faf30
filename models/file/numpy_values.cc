#include "models/file/numpy_values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "models/file/element_value.h"

namespace graft::models {
namespace {

using Arguments = absl::Span<const ValueId>;

// --- NumPy
// ------------------------------------------------------------------------------------------

struct NumpyType {
  DType dtype;
  bool swapped = false;
};

// numpy.dtype("f4", False, True) with the state (3, "<", ...).
std::optional<NumpyType> ParseNumpyType(const PickleValues& values, ValueId id) {
  const PickleValue& value = values[id];
  if (value.kind != PickleKind::kObject || values.ClassName(value) != "numpy.dtype") return {};
  const Arguments arguments = values.items(values[values.object(value).arguments]);
  if (arguments.empty() || values[arguments[0]].kind != PickleKind::kString) return {};
  struct Code {
    const char* code;
    DType dtype;
  };
  static constexpr Code kCodes[] = {
      {"f2", DType::kFloat16}, {"f4", DType::kFloat32}, {"f8", DType::kFloat64},
      {"i1", DType::kInt8},    {"i2", DType::kInt16},   {"i4", DType::kInt32},
      {"i8", DType::kInt64},   {"u1", DType::kUInt8},   {"u2", DType::kUInt16},
      {"u4", DType::kUInt32},  {"u8", DType::kUInt64},  {"b1", DType::kBool},
  };
  for (const Code& known : kCodes) {
    if (values[arguments[0]].text != known.code) continue;
    NumpyType type{known.dtype};
    const PickleValue& state = values[values.object(value).state];
    if (state.kind == PickleKind::kTuple && values.items(state).size() > 1) {
      type.swapped = values[values.items(state)[1]].text == ">";
    }
    return type;
  }
  return {};
}

std::vector<double> Numbers(const NumpyType& type, absl::string_view bytes) {
  const size_t element = ElementBytes(type.dtype);
  std::vector<double> out;
  for (size_t at = 0; at + element <= bytes.size(); at += element) {
    uint8_t raw[16];
    std::memcpy(raw, bytes.data() + at, element);
    if (type.swapped) std::reverse(raw, raw + element);
    out.push_back(ElementAsDouble(type.dtype, raw));
  }
  return out;
}

// The shortest digits that read back as the same element of that type, NumPy's way: "1." for 1.
std::string ArrayNumber(DType dtype, double number) {
  if (dtype == DType::kBool) return number != 0 ? "True" : "False";
  if (!IsComputeFloat(dtype)) return absl::StrFormat("%.0f", number);
  if (!std::isfinite(number)) return FloatRepr(number);
  char buffer[64];
  std::to_chars_result end{};
  if (dtype == DType::kFloat64) {
    end = std::to_chars(buffer, buffer + sizeof(buffer), number, std::chars_format::fixed);
  } else {
    end = std::to_chars(buffer, buffer + sizeof(buffer), static_cast<float>(number),
                        std::chars_format::fixed);
  }
  if (end.ec != std::errc()) return absl::StrCat(number);
  std::string out(buffer, end.ptr);
  if (!absl::StrContains(out, ".")) out.push_back('.');
  return out;
}

// Pads so that the decimal points stand in a column.
void Align(std::vector<std::string>* cells) {
  size_t left = 0;
  size_t right = 0;
  auto point = [](const std::string& cell) { return std::min(cell.find('.'), cell.size()); };
  for (const std::string& cell : *cells) {
    left = std::max(left, point(cell));
    right = std::max(right, cell.size() - point(cell));
  }
  for (std::string& cell : *cells) {
    const size_t before = point(cell);
    const size_t after = cell.size() - before;
    cell = absl::StrCat(std::string(left - before, ' '), cell, std::string(right - after, ' '));
  }
}

std::string NestedList(absl::Span<const std::string> cells, absl::Span<const int64_t> shape,
                       int indent) {
  if (shape.size() == 1) return absl::StrCat("[", absl::StrJoin(cells, ", "), "]");
  const size_t step = shape[0] == 0 ? 0 : cells.size() / static_cast<size_t>(shape[0]);
  std::string out = "[";
  for (int64_t i = 0; i < shape[0]; ++i) {
    if (i > 0) {
      absl::StrAppend(&out, ",", std::string(shape.size() - 1, '\n'),
                      std::string(static_cast<size_t>(indent) + 1, ' '));
    }
    out += NestedList(cells.subspan(static_cast<size_t>(i) * step, step), shape.subspan(1),
                      indent + 1);
  }
  return out + "]";
}

// State of an ndarray: (version, shape, dtype, fortran order, bytes).
std::optional<NamedRepr> ReprOfArray(const PickleValues& values, const PickleValue& state) {
  if (state.kind != PickleKind::kTuple || values.items(state).size() != 5) return {};
  const Arguments parts = values.items(state);
  const std::optional<NumpyType> type = ParseNumpyType(values, parts[2]);
  const PickleValue& bytes = values[parts[4]];
  if (values[parts[1]].kind != PickleKind::kTuple) return {};
  std::vector<int64_t> shape;
  int64_t elements = 1;
  for (const ValueId id : values.items(values[parts[1]])) {
    const int64_t size = values[id].kind == PickleKind::kInt ? values[id].integer : -1;
    if (size < 0 || __builtin_mul_overflow(elements, size, &elements)) return {};
    shape.push_back(size);
  }
  const std::string shape_text = absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
  constexpr int64_t kMaxPrinted = 1000;
  constexpr size_t kMaxRank = 8;
  if (!type || bytes.kind != PickleKind::kBytes || elements > kMaxPrinted || elements == 0 ||
      shape.size() > kMaxRank || shape.empty() ||
      bytes.text.size() != static_cast<size_t>(elements) * ElementBytes(type->dtype)) {
    return NamedRepr{"ndarray", absl::StrCat("array of shape ", shape_text)};
  }
  std::vector<double> numbers = Numbers(*type, bytes.text);
  if (values[parts[3]].integer != 0 && shape.size() > 1) {  // column-major
    std::vector<double> ordered(numbers.size());
    std::vector<int64_t> index(shape.size(), 0);
    for (double& number : ordered) {
      int64_t at = 0;
      for (size_t d = shape.size(); d-- > 0;) at = at * shape[d] + index[d];
      number = numbers[static_cast<size_t>(at)];
      for (size_t d = shape.size(); d-- > 0;) {
        if (++index[d] < shape[d]) break;
        index[d] = 0;
      }
    }
    numbers = std::move(ordered);
  }
  std::vector<std::string> cells;
  cells.reserve(numbers.size());
  for (const double number : numbers) cells.push_back(ArrayNumber(type->dtype, number));
  Align(&cells);
  const bool usual =
      type->dtype == DType::kFloat64 || type->dtype == DType::kInt64 || type->dtype == DType::kBool;
  return NamedRepr{
      "ndarray",
      absl::StrCat("array(", NestedList(cells, shape, 6),
                   usual ? "" : absl::StrCat(", dtype=", std::string(DTypeName(type->dtype))),
                   ")")};
}

std::string ComplexPart(double number) {
  std::string text = FloatRepr(number);
  if (absl::EndsWith(text, ".0")) text.resize(text.size() - 2);
  return text;
}

}  // namespace

std::optional<double> Float64Scalar(const PickleValues& values, const PickleValue& value) {
  if (values.ClassName(value) != "numpy.core.multiarray.scalar") return {};
  const Arguments arguments = values.items(values[values.object(value).arguments]);
  if (arguments.size() != 2 || values[arguments[1]].kind != PickleKind::kBytes) return {};
  const std::optional<NumpyType> type = ParseNumpyType(values, arguments[0]);
  if (!type || type->dtype != DType::kFloat64) return {};
  const std::vector<double> numbers = Numbers(*type, values[arguments[1]].text);
  return numbers.size() == 1 ? std::optional<double>(numbers[0]) : std::nullopt;
}

std::optional<NamedRepr> ReprOfKnownObject(const PickleValues& values, const PickleValue& value) {
  const absl::string_view type = values.ClassName(value);
  const PickleObject& object = values.object(value);
  const Arguments arguments = values.items(values[object.arguments]);
  auto joined = [&] {
    return absl::StrJoin(arguments, ", ", [&](std::string* out, ValueId id) {
      out->append(PickleRepr(values, id));
    });
  };
  if (type == "numpy.core.multiarray._reconstruct") {
    return ReprOfArray(values, values[object.state]);
  }
  if (type == "numpy.core.multiarray.scalar" && arguments.size() == 2 &&
      values[arguments[1]].kind == PickleKind::kBytes) {
    const std::optional<NumpyType> number_type = ParseNumpyType(values, arguments[0]);
    if (!number_type) return {};
    const std::vector<double> numbers = Numbers(*number_type, values[arguments[1]].text);
    if (numbers.size() != 1) return {};
    std::string digits = ArrayNumber(number_type->dtype, numbers[0]);
    if (!digits.empty() && digits.back() == '.') digits.push_back('0');
    const std::string name(DTypeName(number_type->dtype));
    return NamedRepr{name == "bool" ? "bool_" : name, absl::StrCat("np.", name, "(", digits, ")")};
  }
  if (type == "torch.device" && !arguments.empty()) {
    std::string repr = absl::StrCat("device(type=", PickleRepr(values, arguments[0]));
    if (arguments.size() > 1) absl::StrAppend(&repr, ", index=", PickleRepr(values, arguments[1]));
    return NamedRepr{"device", repr + ")"};
  }
  if (type == "builtins.complex" && arguments.size() == 2) {
    const double real = values[arguments[0]].number;
    const double imaginary = values[arguments[1]].number;
    const std::string tail =
        absl::StrCat(std::signbit(imaginary) ? "" : "+", ComplexPart(imaginary), "j");
    return NamedRepr{"complex", absl::StrCat("(", ComplexPart(real), tail, ")")};
  }
  if (type == "builtins.range" && (arguments.size() == 2 || arguments.size() == 3)) {
    if (arguments.size() == 3 && values[arguments[2]].integer == 1) {
      return NamedRepr{"range", absl::StrCat("range(", PickleRepr(values, arguments[0]), ", ",
                                             PickleRepr(values, arguments[1]), ")")};
    }
    return NamedRepr{"range", absl::StrCat("range(", joined(), ")")};
  }
  if (type == "builtins.slice") return NamedRepr{"slice", absl::StrCat("slice(", joined(), ")")};
  return {};
}

}  // namespace graft::models
