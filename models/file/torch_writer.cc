#include "models/file/torch_writer.h"

#include <deque>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"
#include "models/file/replace_file.h"
#include "models/file/zip_writer.h"

namespace graft::models {
namespace {

// The class of a typed storage, or "" for dtypes that have none.
absl::string_view StorageClassOf(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return "DoubleStorage";
    case DType::kFloat32:
      return "FloatStorage";
    case DType::kFloat16:
      return "HalfStorage";
    case DType::kBFloat16:
      return "BFloat16Storage";
    case DType::kInt64:
      return "LongStorage";
    case DType::kInt32:
      return "IntStorage";
    case DType::kInt16:
      return "ShortStorage";
    case DType::kInt8:
      return "CharStorage";
    case DType::kUInt8:
      return "ByteStorage";
    case DType::kBool:
      return "BoolStorage";
    case DType::kComplex128:
      return "ComplexDoubleStorage";
    case DType::kComplex64:
      return "ComplexFloatStorage";
    default:
      return "";
  }
}

// Opcodes of protocol 2, as pickle_reader.cc names them.
class PickleProgram {
 public:
  PickleProgram() : text_("\x80\x02") {}

  void Op(char opcode) { text_.push_back(opcode); }
  void Global(absl::string_view module, absl::string_view name) {
    absl::StrAppend(&text_, "c", module, "\n", name, "\n");
  }
  void String(absl::string_view value) {
    text_.push_back('X');
    for (int i = 0; i < 4; ++i) text_.push_back(static_cast<char>(value.size() >> (8 * i)));
    absl::StrAppend(&text_, value);
  }
  // LONG1: any 64-bit number.
  void Integer(int64_t value) {
    text_.append("\x8a\x08");
    for (int i = 0; i < 8; ++i) text_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void Integers(const std::vector<int64_t>& values) {
    Op('(');
    for (const int64_t value : values) Integer(value);
    Op('t');
  }
  void EmptyOrderedDict() {
    Global("collections", "OrderedDict");
    absl::StrAppend(&text_, ")R");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::vector<int64_t> ContiguousStrides(const std::vector<int64_t>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * std::max<int64_t>(shape[i], 1);
  return strides;
}

void AddTensor(const Weight& weight, absl::string_view key, PickleProgram* program) {
  const absl::string_view storage_class = StorageClassOf(weight.dtype);
  const bool typed = !storage_class.empty();
  program->Global("torch._utils", typed ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
  program->Op('(');
  program->Op('(');
  program->String("storage");
  if (typed) {
    program->Global("torch", storage_class);
  } else {
    program->Global("torch.storage", "UntypedStorage");
  }
  program->String(key);
  program->String("cpu");
  program->Integer(typed ? weight.Elements() : static_cast<int64_t>(weight.LogicalBytes()));
  program->Op('t');
  program->Op('Q');
  program->Integer(0);
  program->Integers(weight.shape);
  program->Integers(ContiguousStrides(weight.shape));
  program->Op('\x89');
  program->EmptyOrderedDict();
  if (!typed) program->Global("torch", DTypeName(weight.dtype));
  program->Op('t');
  program->Op('R');
}

}  // namespace

absl::Status WriteTorchStateDict(const std::string& path, const WeightTable& weights) {
  using View = std::tuple<const uint8_t*, int64_t, DType, std::vector<int64_t>,
                          std::vector<int64_t>, bool, bool>;
  std::map<View, std::string> keys;
  std::deque<std::vector<uint8_t>> copies;
  std::vector<std::pair<std::string, ByteSpan>> records;
  PickleProgram program;
  program.EmptyOrderedDict();
  program.Op('(');
  for (const Weight& weight : weights) {
    if (weight.dtype == DType::kQInt8 || weight.dtype == DType::kQUInt8 ||
        weight.dtype == DType::kQInt32) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": weight \"", PrintableName(weight.name), "\" is quantised (",
                       DTypeName(weight.dtype), "); dequantise it in Python first"));
    }
    const View view = {weight.storage.data(), weight.offset, weight.dtype, weight.shape,
                       weight.stride,         weight.conj,   weight.neg};
    const auto [it, inserted] = keys.try_emplace(view, absl::StrCat(records.size()));
    if (inserted) {
      ByteSpan bytes;
      if (weight.IsContiguous()) {
        bytes = weight.ContiguousBytes();
      } else {
        copies.push_back(CopyElements(weight));
        bytes = copies.back();
      }
      records.emplace_back(absl::StrCat("archive/data/", it->second), bytes);
    }
    program.String(weight.name);
    AddTensor(weight, it->second, &program);
  }
  program.Op('u');
  program.Op('.');
  ZipWriter zip;
  zip.Add("archive/data.pkl", AsBytes(program.text()));
  zip.Add("archive/byteorder", AsBytes("little"));
  for (const auto& [name, bytes] : records) zip.Add(name, bytes);
  zip.Add("archive/version", AsBytes("3\n"));
  return ReplaceFile(path, zip.Finish());
}

}  // namespace graft::models
