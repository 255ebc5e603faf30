#include "models/torch/host_values.h"

#include <ATen/core/function_schema.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/torch/torch_dtype.h"

namespace graft::models {

void Flatten(const c10::IValue& value, const std::string& name, std::vector<NamedTensor>* out) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) out->push_back({name, value.toTensor()});
  } else if (value.isTuple()) {
    const auto type = value.type()->cast<c10::TupleType>();
    const auto& elements = value.toTupleRef().elements();
    for (size_t i = 0; i < elements.size(); ++i) {
      const bool named =
          type != nullptr && type->schema() != nullptr && i < type->schema()->arguments().size();
      Flatten(elements[i], named ? type->schema()->arguments()[i].name() : "", out);
    }
  } else if (value.isList()) {
    for (const c10::IValue& element : value.toListRef()) Flatten(element, "", out);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict()) {
      Flatten(entry.value(), entry.key().isString() ? entry.key().toStringRef() : "", out);
    }
  }
}
at::Tensor Plain(at::Tensor tensor) {
  if (tensor.is_quantized()) tensor = tensor.dequantize();
  if (tensor.layout() != at::kStrided) tensor = tensor.to_dense();
  return tensor.cpu().resolve_conj().resolve_neg();
}

bool IsPlain(const at::Tensor& tensor) {
  return tensor.layout() == at::kStrided && tensor.is_contiguous() && tensor.is_cpu() &&
         !tensor.is_conj() && !tensor.is_neg() && !tensor.is_quantized();
}

std::string ShapeText(at::IntArrayRef sizes) {
  return absl::StrCat("[", absl::StrJoin(sizes, ", "), "]");
}

std::string TypeText(c10::ScalarType type) {
  const std::optional<DType> known = FromScalarType(type);
  return known ? std::string(DTypeName(*known)) : c10::toString(type);
}

std::string SpecsText(const std::vector<TensorSpec>& specs) {
  return absl::StrJoin(specs, ", ", [](std::string* out, const TensorSpec& spec) {
    out->append(spec.DebugString());
  });
}

bool Converts(c10::ScalarType from, c10::ScalarType to) {
  if (from == to) return true;
  if (at::isComplexType(from) || at::isComplexType(to)) return false;
  if (at::isFloatingType(from)) return at::isFloatingType(to);
  return to != at::kBool;
}

}  // namespace graft::models
