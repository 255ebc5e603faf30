#include "models/file/safetensors.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/bounded_json.h"
#include "models/file/printable_name.h"
#include "models/file/replace_file.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

struct DTypeCode {
  const char* code;
  DType dtype;
};
constexpr DTypeCode kCodes[] = {
    {"BOOL", DType::kBool},
    {"U8", DType::kUInt8},
    {"I8", DType::kInt8},
    {"U16", DType::kUInt16},
    {"I16", DType::kInt16},
    {"F16", DType::kFloat16},
    {"BF16", DType::kBFloat16},
    {"U32", DType::kUInt32},
    {"I32", DType::kInt32},
    {"F32", DType::kFloat32},
    {"U64", DType::kUInt64},
    {"I64", DType::kInt64},
    {"F64", DType::kFloat64},
    {"C64", DType::kComplex64},
    {"F8_E4M3", DType::kFloat8E4M3FN},
    {"F8_E5M2", DType::kFloat8E5M2},
    {"F8_E8M0", DType::kFloat8E8M0FNU},
    {"F8_E4M3FNUZ", DType::kFloat8E4M3FNUZ},
    {"F8_E5M2FNUZ", DType::kFloat8E5M2FNUZ},
};

std::optional<DType> DTypeOfCode(absl::string_view code) {
  for (const DTypeCode& known : kCodes) {
    if (code == known.code) return known.dtype;
  }
  return std::nullopt;
}

std::string ShapeText(absl::Span<const int64_t> shape) {
  return absl::StrCat("[", absl::StrJoin(shape, ", "), "]");
}

// Bytes of a tensor; nullopt when they do not fit in 63 bits. As the reference: a zero dimension
// does not excuse an overflow before it.
std::optional<uint64_t> TensorBytes(DType dtype, absl::Span<const int64_t> shape) {
  uint64_t elements = 1;
  for (const int64_t dimension : shape) {
    if (__builtin_mul_overflow(elements, static_cast<uint64_t>(dimension), &elements)) return {};
  }
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(elements, ElementBytes(dtype), &bytes) || bytes > INT64_MAX) return {};
  return bytes;
}

// Collects the header without building a document of it. Each callback returns false to stop, with
// the reason in problem().
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  struct Entry {
    SafetensorsTensor tensor;
    uint64_t begin = 0;
    uint64_t end = 0;
    bool has_dtype = false;
    bool has_shape = false;
    int offsets = 0;
    bool has_offsets = false;
  };

  std::vector<Entry>& entries() { return entries_; }
  SafetensorsMetadata& metadata() { return metadata_; }
  const std::string& problem() const { return problem_; }

  bool null() override { return Scalar("null"); }
  bool boolean(bool) override { return Scalar("a truth value"); }
  bool number_integer(number_integer_t) override { return Scalar("a negative number"); }
  bool number_float(number_float_t, const string_t& text) override {
    return Scalar(absl::StrCat("the number ", PrintableName(text)));
  }
  bool binary(binary_t&) override { return Scalar("binary"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::kShape) {
      std::vector<int64_t>& shape = entries_.back().tensor.shape;
      if (value > INT64_MAX) return Fail("a dimension beyond 2^63");
      if (shape.size() == SafetensorsFile::kMaxRank) {
        return Fail(absl::StrCat("more than ", SafetensorsFile::kMaxRank, " dimensions"));
      }
      shape.push_back(static_cast<int64_t>(value));
      return true;
    }
    if (place_ == Place::kOffsets) {
      Entry& entry = entries_.back();
      if (entry.offsets == 2) return Fail("data_offsets with more than 2 numbers");
      (entry.offsets++ == 0 ? entry.begin : entry.end) = value;
      return true;
    }
    return Scalar("a number");
  }

  bool string(string_t& value) override {
    if (place_ == Place::kMetadata) {
      metadata_.emplace_back(std::move(key_), std::move(value));
      return true;
    }
    if (place_ == Place::kTensor && key_ == "dtype") {
      const std::optional<DType> dtype = DTypeOfCode(value);
      if (!dtype) {
        return Fail(
            absl::StrCat("dtype \"", PrintableName(value), "\", which this version does not know"));
      }
      entries_.back().tensor.dtype = *dtype;
      entries_.back().has_dtype = true;
      return true;
    }
    return Scalar("a string");
  }

  bool key(string_t& key) override {
    if (place_ == Place::kTop && !names_.insert(key).second) {
      return Fail(absl::StrCat("the name \"", PrintableName(key), "\" twice"));
    }
    if (place_ == Place::kTensor && !fields_.insert(key).second) {
      return Fail(absl::StrCat("\"", PrintableName(key), "\" twice"));
    }
    key_ = std::move(key);
    return true;
  }

  bool start_object(size_t) override {
    if (place_ == Place::kNothing) {
      place_ = Place::kTop;
      return true;
    }
    if (place_ != Place::kTop) return Scalar("an object");
    if (key_ == "__metadata__") {
      place_ = Place::kMetadata;
      return true;
    }
    place_ = Place::kTensor;
    fields_.clear();
    entries_.emplace_back();
    entries_.back().tensor.name = key_;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kTensor) {
      const Entry& entry = entries_.back();
      if (!entry.has_dtype) return Fail("no \"dtype\"");
      if (!entry.has_shape) return Fail("no \"shape\"");
      if (!entry.has_offsets) return Fail("no \"data_offsets\"");
    }
    place_ = place_ == Place::kTop ? Place::kNothing : Place::kTop;
    return true;
  }

  bool start_array(size_t) override {
    if (place_ == Place::kTensor && key_ == "shape") {
      place_ = Place::kShape;
      return true;
    }
    if (place_ == Place::kTensor && key_ == "data_offsets") {
      place_ = Place::kOffsets;
      return true;
    }
    return Scalar("a list");
  }

  bool end_array() override {
    Entry& entry = entries_.back();
    if (place_ == Place::kShape) {
      entry.has_shape = true;
    } else {
      if (entry.offsets != 2) return Fail("data_offsets with fewer than 2 numbers");
      entry.has_offsets = true;
    }
    place_ = Place::kTensor;
    return true;
  }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    problem_ =
        absl::StrCat("is not valid JSON at byte ", position, ": ", JsonErrorText(error.what()));
    return false;
  }

 private:
  enum class Place { kNothing, kTop, kMetadata, kTensor, kShape, kOffsets };

  // A value that fits nowhere here. Fields that a future version may add to a tensor are let
  // through as long as they are plain values.
  bool Scalar(absl::string_view what) {
    switch (place_) {
      case Place::kNothing:
        return FailHeader(absl::StrCat("must be a JSON object, found ", what));
      case Place::kTop:
        return FailHeader(
            absl::StrCat("\"", PrintableName(key_), "\" must be an object, found ", what));
      case Place::kMetadata:
        return FailHeader(absl::StrCat("__metadata__ \"", PrintableName(key_),
                                       "\" must be a string, found ", what));
      case Place::kShape:
        return Fail(absl::StrCat("a shape with ", what, "; dimensions are whole numbers from 0"));
      case Place::kOffsets:
        return Fail(absl::StrCat("data_offsets with ", what, "; offsets are whole numbers from 0"));
      case Place::kTensor:
        break;
    }
    const bool known = key_ == "dtype" || key_ == "shape" || key_ == "data_offsets";
    if (!known && what != "an object" && what != "a list") return true;
    return Fail(absl::StrCat("\"", PrintableName(key_), "\" is ", what));
  }

  bool Fail(absl::string_view what) {
    const std::string name = entries_.empty() ? "" : PrintableName(entries_.back().tensor.name);
    problem_ = place_ == Place::kTop ? absl::StrCat("has ", what)
                                     : absl::StrCat("tensor \"", name, "\" has ", what);
    return false;
  }

  bool FailHeader(absl::string_view what) {
    problem_ = std::string(what);
    return false;
  }

  Place place_ = Place::kNothing;
  std::string key_;
  std::vector<Entry> entries_;
  SafetensorsMetadata metadata_;
  absl::flat_hash_set<std::string> names_;
  absl::flat_hash_set<std::string> fields_;
  std::string problem_;
};

// "" when the tensors tile a buffer of `buffer_size` bytes exactly, else what is wrong.
std::string CheckTiling(const std::vector<HeaderReader::Entry>& entries, uint64_t buffer_size) {
  std::vector<const HeaderReader::Entry*> order;
  order.reserve(entries.size());
  for (const HeaderReader::Entry& entry : entries) order.push_back(&entry);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  uint64_t covered = 0;
  for (const HeaderReader::Entry* entry : order) {
    const std::string name = PrintableName(entry->tensor.name);
    if (entry->begin != covered) {
      return absl::StrCat("tensor \"", name, "\" begins at byte ", entry->begin,
                          " of the buffer; the tensors before it end at ", covered,
                          entry->begin < covered ? " (overlap)" : " (gap)");
    }
    const std::optional<uint64_t> bytes = TensorBytes(entry->tensor.dtype, entry->tensor.shape);
    if (!bytes) {
      return absl::StrCat("tensor \"", name, "\": shape ", ShapeText(entry->tensor.shape),
                          " overflows");
    }
    if (entry->end < entry->begin || entry->end - entry->begin != *bytes) {
      return absl::StrCat("tensor \"", name, "\": ", DTypeName(entry->tensor.dtype), " ",
                          ShapeText(entry->tensor.shape), " takes ", *bytes,
                          " bytes, its data_offsets are ", entry->begin, " to ", entry->end);
    }
    if (entry->end > buffer_size) {
      return absl::StrCat(
          "tensor \"", name, "\" ends at byte ", entry->end, " of a buffer of ", buffer_size,
          ": the file is cut off (an unfinished download or a writer still at work)");
    }
    covered = entry->end;
  }
  if (covered != buffer_size) {
    return absl::StrCat("its buffer has ", buffer_size, " bytes, the tensors cover ", covered);
  }
  return "";
}

}  // namespace

absl::StatusOr<SafetensorsFile> SafetensorsFile::Open(ByteSpan bytes, absl::string_view label) {
  auto error = [&label](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(label, ": safetensors: ", what));
  };
  const std::optional<uint64_t> header_size = ReadLe<uint64_t>(bytes, 0);
  if (!header_size) {
    return error(
        absl::StrCat("the file has ", bytes.size(), " bytes, its header length alone takes 8"));
  }
  if (*header_size > kMaxHeaderBytes) {
    return error(absl::StrCat("the header claims ", *header_size, " bytes, at most ",
                              kMaxHeaderBytes, " are allowed: probably not a safetensors file"));
  }
  if (!Contains(bytes, 8, *header_size)) {
    return error(absl::StrCat("the header claims ", *header_size, " bytes, the file has ",
                              bytes.size() - 8, " after the header's length: it is cut off"));
  }
  const absl::string_view header = AsText(bytes.subspan(8, *header_size));
  HeaderReader reader;
  if (!nlohmann::json::sax_parse(header.begin(), header.end(), &reader) ||
      !reader.problem().empty()) {
    return error(absl::StrCat("the header ", reader.problem()));
  }
  const ByteSpan buffer = bytes.subspan(8 + *header_size);
  if (std::string problem = CheckTiling(reader.entries(), buffer.size()); !problem.empty()) {
    return error(problem);
  }
  SafetensorsFile file;
  file.metadata_ = std::move(reader.metadata());
  file.tensors_.reserve(reader.entries().size());
  for (HeaderReader::Entry& entry : reader.entries()) {
    entry.tensor.bytes = buffer.subspan(entry.begin, entry.end - entry.begin);
    file.by_name_.try_emplace(entry.tensor.name, file.tensors_.size());
    file.tensors_.push_back(std::move(entry.tensor));
  }
  return file;
}

const SafetensorsTensor* SafetensorsFile::Find(absl::string_view name) const {
  auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &tensors_[it->second];
}

absl::string_view SafetensorsDTypeName(DType dtype) {
  for (const DTypeCode& known : kCodes) {
    if (dtype == known.dtype) return known.code;
  }
  return "";
}

absl::StatusOr<std::string> SafetensorsHeader(absl::Span<const SafetensorsTensor> tensors,
                                              const SafetensorsMetadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) {
    nlohmann::ordered_json& out = header["__metadata__"] = nlohmann::ordered_json::object();
    for (const auto& [key, value] : metadata) out[key] = value;
  }
  absl::flat_hash_set<absl::string_view> names;
  uint64_t offset = 0;
  for (const SafetensorsTensor& tensor : tensors) {
    const std::string name = PrintableName(tensor.name);
    if (tensor.name == "__metadata__" || !names.insert(tensor.name).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("safetensors: the name \"", name, "\" is taken; names must differ"));
    }
    const absl::string_view code = SafetensorsDTypeName(tensor.dtype);
    if (code.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("safetensors: tensor \"", name, "\" is ",
                                                     DTypeName(tensor.dtype),
                                                     ", which the format does not have"));
    }
    for (const int64_t dimension : tensor.shape) {
      if (dimension < 0) {
        return absl::InvalidArgumentError(
            absl::StrCat("safetensors: tensor \"", name, "\" has shape ", ShapeText(tensor.shape)));
      }
    }
    const std::optional<uint64_t> bytes = TensorBytes(tensor.dtype, tensor.shape);
    if (!bytes || *bytes != tensor.bytes.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("safetensors: tensor \"", name, "\": ", DTypeName(tensor.dtype), " ",
                       ShapeText(tensor.shape), " was given ", tensor.bytes.size(), " bytes"));
    }
    header[tensor.name] = {{"dtype", std::string(code)},
                           {"shape", tensor.shape},
                           {"data_offsets", {offset, offset + *bytes}}};
    offset += *bytes;
  }
  std::string text = header.dump(-1, ' ', /*ensure_ascii=*/false,
                                 nlohmann::ordered_json::error_handler_t::replace);
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string out;
  out.reserve(8 + text.size());
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(text.size() >> (8 * i)));
  out.append(text);
  return out;
}

absl::Status WriteSafetensors(const std::string& path, absl::Span<const SafetensorsTensor> tensors,
                              const SafetensorsMetadata& metadata) {
  // Widest elements first, as the reference does: then every tensor is aligned to its element.
  std::vector<SafetensorsTensor> order(tensors.begin(), tensors.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return ElementBytes(a.dtype) > ElementBytes(b.dtype);
  });
  absl::StatusOr<std::string> header = SafetensorsHeader(order, metadata);
  if (!header.ok()) return header.status();
  std::vector<ByteSpan> pieces = {AsBytes(*header)};
  for (const SafetensorsTensor& tensor : order) pieces.push_back(tensor.bytes);
  return ReplaceFile(path, pieces);
}

}  // namespace graft::models
