// torch.dtype, torch.device, torch.layout, torch.memory_format, and the classes of tensors, as the
// evaluator sees them.
//
//   Value dtype = recorder.types(ev).DType(at::kFloat);      // torch.float32, the same each time
//
// Threads: one evaluator's. Ownership: the evaluator's heap. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TORCH_TYPES_H_
#define GRAFT_MODELS_ARCHITECTURE_TORCH_TYPES_H_

#include <c10/core/Device.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

class Recorder;

class DTypeObject final : public python::Object {
 public:
  DTypeObject(python::ClassObject* c, c10::ScalarType t) : cls(c), type(t) {}
  python::ClassObject* Class(python::Evaluator&) const override { return cls; }
  std::optional<python::Value> GetAttr(python::Evaluator& ev, absl::string_view name) override;
  std::string Repr(python::Evaluator& ev) override;
  std::optional<size_t> Hash(python::Evaluator& ev) override;

  python::ClassObject* const cls;
  const c10::ScalarType type;
};

class DeviceObject final : public python::Object {
 public:
  DeviceObject(python::ClassObject* c, c10::Device d) : cls(c), device(d) {}
  python::ClassObject* Class(python::Evaluator&) const override { return cls; }
  std::optional<python::Value> GetAttr(python::Evaluator& ev, absl::string_view name) override;
  std::optional<python::Value> Compare(python::Evaluator& ev, python::CompareOp op,
                                       python::Value other) override;
  std::string Repr(python::Evaluator& ev) override;
  std::string Str(python::Evaluator&) override { return device.str(); }
  std::optional<size_t> Hash(python::Evaluator& ev) override;

  python::ClassObject* const cls;
  const c10::Device device;
};

class LayoutObject final : public python::Object {
 public:
  LayoutObject(python::ClassObject* c, std::string n, c10::Layout l)
      : cls(c), name(std::move(n)), layout(l) {}
  python::ClassObject* Class(python::Evaluator&) const override { return cls; }
  std::string Repr(python::Evaluator&) override { return "torch." + name; }
  std::optional<size_t> Hash(python::Evaluator& ev) override;

  python::ClassObject* const cls;
  const std::string name;
  const c10::Layout layout;
};

class MemoryFormatObject final : public python::Object {
 public:
  MemoryFormatObject(python::ClassObject* c, std::string n, c10::MemoryFormat f)
      : cls(c), name(std::move(n)), format(f) {}
  python::ClassObject* Class(python::Evaluator&) const override { return cls; }
  std::string Repr(python::Evaluator&) override { return "torch." + name; }
  std::optional<size_t> Hash(python::Evaluator& ev) override;

  python::ClassObject* const cls;
  const std::string name;
  const c10::MemoryFormat format;
};

class TorchTypes {
 public:
  // The classes and the objects that there is one of. Once, under Evaluator::Guard.
  void Define(python::Evaluator& ev, Recorder& recorder);
  bool defined() const { return tensor != nullptr; }

  python::Value DType(c10::ScalarType type) const;  // None for kinds without a name
  // nullopt: there is no such name.
  std::optional<python::Value> DTypeNamed(absl::string_view name) const;
  std::optional<python::Value> LayoutNamed(absl::string_view name) const;
  std::optional<python::Value> MemoryFormatNamed(absl::string_view name) const;
  // The recorder's device, which every tensor is on.
  python::Value TargetDevice() const { return target_device_; }
  python::Value Size(python::Evaluator& ev, std::vector<python::Value> sizes) const;

  python::ClassObject* tensor = nullptr;
  python::ClassObject* parameter = nullptr;
  python::ClassObject* size = nullptr;
  python::ClassObject* dtype = nullptr;
  python::ClassObject* device = nullptr;
  python::ClassObject* layout = nullptr;
  python::ClassObject* memory_format = nullptr;
  python::ClassObject* number_limits = nullptr;  // finfo, iinfo

 private:
  absl::flat_hash_map<c10::ScalarType, python::Value> dtypes_;
  absl::flat_hash_map<std::string, python::Value> layouts_;
  absl::flat_hash_map<std::string, python::Value> memory_formats_;
  python::Value target_device_;
};

// A dtype object, or Python's float, int and bool; nullopt: neither.
std::optional<c10::ScalarType> AsScalarType(python::Evaluator& ev, python::Value value);
// "float32" for kFloat; "" for kinds without a name.
absl::string_view ScalarTypeName(c10::ScalarType type);
// torch.finfo(type), torch.iinfo(type).
python::Value FloatLimits(python::Evaluator& ev, const TorchTypes& types, c10::ScalarType type);
python::Value IntLimits(python::Evaluator& ev, const TorchTypes& types, c10::ScalarType type);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TORCH_TYPES_H_
