#include "models/file/torch_objects.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

constexpr size_t kMaxRank = 64;

struct StorageClass {
  const char* name;
  DType dtype;
};
constexpr StorageClass kStorageClasses[] = {
    {"DoubleStorage", DType::kFloat64},
    {"FloatStorage", DType::kFloat32},
    {"HalfStorage", DType::kFloat16},
    {"LongStorage", DType::kInt64},
    {"IntStorage", DType::kInt32},
    {"ShortStorage", DType::kInt16},
    {"CharStorage", DType::kInt8},
    {"ByteStorage", DType::kUInt8},
    {"BoolStorage", DType::kBool},
    {"BFloat16Storage", DType::kBFloat16},
    {"ComplexDoubleStorage", DType::kComplex128},
    {"ComplexFloatStorage", DType::kComplex64},
    {"QUInt8Storage", DType::kQUInt8},
    {"QInt8Storage", DType::kQInt8},
    {"QInt32Storage", DType::kQInt32},
};

// False when it is no storage class. `*dtype` stays empty for UntypedStorage.
bool ParseStorageClass(absl::string_view global, std::optional<DType>* dtype) {
  if (global == "torch.storage.UntypedStorage" || global == "torch.UntypedStorage" ||
      global == "torch.cuda.UntypedStorage") {
    return true;
  }
  if (!absl::ConsumePrefix(&global, "torch.cuda.") && !absl::ConsumePrefix(&global, "torch.")) {
    return false;
  }
  const auto* const known = std::ranges::find_if(
      kStorageClasses, [&](const StorageClass& candidate) { return global == candidate.name; });
  if (known == std::end(kStorageClasses)) return false;
  *dtype = known->dtype;
  return true;
}

// A storage as one persistent id describes it.
struct StorageReference {
  TorchStorage storage;
  std::string problem;  // "" when all is well
};

StorageReference ReadPersistentId(const PickleValues& values, const PickleValue& persistent) {
  StorageReference out;
  auto fail = [&out](absl::string_view what) {
    out.problem = absl::StrCat("a reference to stored data ", what);
    return out;
  };
  const PickleValue& id = values[values.items(persistent)[0]];
  if (id.kind != PickleKind::kTuple) return fail("that is no tuple");
  const absl::Span<const ValueId> items = values.items(id);
  auto text = [&](size_t i) {
    return values[items[i]].kind == PickleKind::kString ? values[items[i]].text
                                                        : absl::string_view();
  };
  if (items.empty() || text(0) != "storage") {
    return fail(
        absl::StrCat("of the unknown kind ", items.empty() ? "()" : PickleRepr(values, items[0])));
  }
  if (items.size() != 5 && items.size() != 6) {
    return fail(absl::StrCat("with ", items.size(), " parts, expected 5 or 6"));
  }
  if (values[items[1]].kind != PickleKind::kGlobal ||
      !ParseStorageClass(values[items[1]].text, &out.storage.dtype)) {
    return fail(
        absl::StrCat("with ", PickleRepr(values, items[1]), " in place of a storage class"));
  }
  if (values[items[2]].kind != PickleKind::kString) return fail("whose key is no string");
  if (values[items[3]].kind != PickleKind::kString) return fail("whose location is no string");
  out.storage.key = std::string(text(2));
  out.storage.location = std::string(text(3));
  const PickleValue& count = values[items[4]];
  const uint64_t element = out.storage.dtype ? ElementBytes(*out.storage.dtype) : 1;
  if (count.kind != PickleKind::kInt || count.integer < 0 ||
      __builtin_mul_overflow(static_cast<uint64_t>(count.integer), element,
                             &out.storage.size_bytes)) {
    return fail(absl::StrCat("of ", PickleRepr(values, items[4]), " elements"));
  }
  if (items.size() == 5 || values[items[5]].kind == PickleKind::kNone) return out;
  // (view key, offset, size) in elements.
  const PickleValue& view = values[items[5]];
  const absl::Span<const ValueId> parts =
      view.kind == PickleKind::kTuple ? values.items(view) : absl::Span<const ValueId>();
  if (parts.size() != 3 || values[parts[1]].kind != PickleKind::kInt ||
      values[parts[2]].kind != PickleKind::kInt || values[parts[1]].integer < 0 ||
      values[parts[2]].integer < 0 ||
      __builtin_mul_overflow(static_cast<uint64_t>(values[parts[1]].integer), element,
                             &out.storage.view_offset) ||
      __builtin_mul_overflow(static_cast<uint64_t>(values[parts[2]].integer), element,
                             &out.storage.view_size) ||
      out.storage.view_offset > out.storage.size_bytes ||
      out.storage.view_size > out.storage.size_bytes - out.storage.view_offset) {
    return fail(
        absl::StrCat("with a view outside its storage \"", PrintableName(out.storage.key), "\""));
  }
  out.storage.is_view = true;
  return out;
}

std::string StorageIdentity(const TorchStorage& storage) {
  return storage.is_view
             ? absl::StrCat(storage.view_offset, ":", storage.view_size, ":", storage.key)
             : absl::StrCat("-", storage.key);
}

// Number of elements; nullopt when it overflows.
std::optional<int64_t> CountElements(absl::Span<const int64_t> shape) {
  int64_t elements = 1;
  for (const int64_t size : shape) {
    if (size == 0) return 0;
  }
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(elements, size, &elements)) return std::nullopt;
  }
  return elements;
}

}  // namespace

int64_t TorchTensor::Elements() const { return CountElements(shape).value_or(0); }

absl::StatusOr<std::vector<TorchStorage>> CollectStorages(const PickleValues& values,
                                                          absl::string_view label) {
  std::vector<TorchStorage> storages;
  absl::flat_hash_map<std::string, size_t> seen;
  for (ValueId id = 0; id < values.size(); ++id) {
    if (values[id].kind != PickleKind::kPersistent) continue;
    StorageReference reference = ReadPersistentId(values, values[id]);
    if (!reference.problem.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(label, ": ", reference.problem));
    }
    const auto [it, inserted] =
        seen.try_emplace(StorageIdentity(reference.storage), storages.size());
    if (inserted) {
      storages.push_back(std::move(reference.storage));
    } else if (storages[it->second].size_bytes != reference.storage.size_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(label, ": storage \"", PrintableName(reference.storage.key), "\" has ",
                       storages[it->second].size_bytes, " bytes in one place and ",
                       reference.storage.size_bytes, " in another"));
    }
  }
  return storages;
}

// Turns the calls of PyTorch's rebuild functions into tensors, in the order of the pickle: what a
// call refers to was made before it.
class TorchObjectBuilder {
 public:
  TorchObjectBuilder(const PickleValues& values, std::vector<TorchStorage> storages,
                     absl::string_view label)
      : values_(values), label_(label) {
    objects_.storages_ = std::move(storages);
  }

  absl::StatusOr<TorchObjects> Build() {
    absl::flat_hash_map<std::string, uint32_t> by_identity;
    for (uint32_t i = 0; i < objects_.storages_.size(); ++i) {
      by_identity.emplace(StorageIdentity(objects_.storages_[i]), i);
    }
    for (ValueId id = 0; id < values_.size(); ++id) {
      const PickleValue& value = values_[id];
      if (value.kind == PickleKind::kPersistent) {
        const StorageReference reference = ReadPersistentId(values_, value);
        objects_.storage_of_[id] = by_identity[StorageIdentity(reference.storage)];
        dtype_of_[id] = reference.storage.dtype;
      } else if (value.kind == PickleKind::kObject) {
        const PickleObject& object = values_.object(value);
        Rebuild(id, values_.ClassName(value), values_.items(values_[object.arguments]));
        if (!problem_.empty()) {
          return absl::InvalidArgumentError(absl::StrCat(label_, ": ", problem_));
        }
      }
    }
    return std::move(objects_);
  }

 private:
  using Arguments = absl::Span<const ValueId>;

  void Fail(absl::string_view what) {
    if (problem_.empty()) problem_ = std::string(what);
  }
  bool Count(absl::string_view name, Arguments arguments, size_t least, size_t most) {
    if (arguments.size() >= least && arguments.size() <= most) return true;
    Fail(absl::StrCat(name, " with ", arguments.size(), " arguments, expected ", least, " to ",
                      most));
    return false;
  }

  void Rebuild(ValueId id, absl::string_view name, Arguments arguments) {
    if (name == "torch._tensor._rebuild_from_type_v2") {
      // (function, type, arguments, state): the tensor with attributes of its own; only the tensor
      // counts.
      if (!Count(name, arguments, 4, 4)) return;
      const PickleValue& inner = values_[arguments[2]];
      if (values_[arguments[0]].kind != PickleKind::kGlobal || inner.kind != PickleKind::kTuple) {
        return Fail(absl::StrCat(name, " of what is no function and its arguments"));
      }
      const bool parameter = values_[arguments[1]].text == "torch.nn.parameter.Parameter";
      Rebuild(id, values_[arguments[0]].text, values_.items(inner));
      if (const auto it = objects_.tensor_of_.find(id);
          it != objects_.tensor_of_.end() && parameter) {
        objects_.tensors_[it->second].parameter = true;
      }
      return;
    }
    if (!absl::ConsumePrefix(&name, "torch._utils.")) return;
    TorchTensor tensor;
    bool done = false;
    if (name == "_rebuild_tensor") {
      done = Count(name, arguments, 4, 4) && ReadStrided(arguments, std::nullopt, &tensor);
    } else if (name == "_rebuild_tensor_v2") {
      done = Count(name, arguments, 6, 7) && ReadStrided(arguments, std::nullopt, &tensor) &&
             ReadRest(arguments, 4, 6, &tensor);
    } else if (name == "_rebuild_tensor_v3") {
      done = Count(name, arguments, 7, 8) && ReadDType(arguments[6], &tensor.dtype) &&
             ReadStrided(arguments, tensor.dtype, &tensor) && ReadRest(arguments, 4, 7, &tensor);
    } else if (name == "_rebuild_parameter" || name == "_rebuild_parameter_with_state") {
      done = Count(name, arguments, 3, 4) && ReadParameter(arguments, &tensor);
    } else if (name == "_rebuild_qtensor") {
      done = Count(name, arguments, 7, 7) && ReadStrided(arguments, std::nullopt, &tensor) &&
             ReadRest(arguments, 5, 7, &tensor) && ReadQuantizer(arguments[4], &tensor);
    } else if (name == "_rebuild_sparse_tensor") {
      done = Count(name, arguments, 2, 2) && ReadSparse(arguments, &tensor);
    } else if (name == "_rebuild_meta_tensor_no_storage") {
      done = Count(name, arguments, 4, 4) && ReadMeta(arguments, &tensor);
    } else {
      return;
    }
    if (!done) return Fail(absl::StrCat(name, ": arguments of the wrong kind"));
    objects_.tensor_of_[id] = static_cast<uint32_t>(objects_.tensors_.size());
    objects_.tensors_.push_back(std::move(tensor));
  }

  bool ReadBool(ValueId id, bool* out) {
    if (values_[id].kind != PickleKind::kBool) return false;
    *out = values_[id].integer != 0;
    return true;
  }

  bool ReadDType(ValueId id, DType* out) {
    absl::string_view name = values_[id].kind == PickleKind::kGlobal ? values_[id].text : "";
    if (!absl::ConsumePrefix(&name, "torch.")) return false;
    const std::optional<DType> dtype = ParseDType(name);
    if (!dtype) {
      Fail(absl::StrCat("a tensor of dtype ", PrintableName(name),
                        ", which is not known: save it as bytes, tensor.view(torch.uint8)"));
      return false;
    }
    *out = *dtype;
    return true;
  }

  // A tuple, list or torch.Size of whole numbers from 0.
  bool ReadSizes(ValueId id, std::vector<int64_t>* out) {
    const PickleValue* value = &values_[id];
    if (value->kind == PickleKind::kObject && values_.ClassName(*value) == "torch.Size") {
      const Arguments arguments = values_.items(values_[values_.object(*value).arguments]);
      if (arguments.size() != 1) return false;
      value = &values_[arguments[0]];
    }
    if (value->kind != PickleKind::kTuple && value->kind != PickleKind::kList) return false;
    const Arguments items = values_.items(*value);
    if (items.size() > kMaxRank) {
      Fail(absl::StrCat("a tensor of ", items.size(), " dimensions; at most ", kMaxRank,
                        " are supported"));
      return false;
    }
    for (const ValueId item : items) {
      if (values_[item].kind != PickleKind::kInt || values_[item].integer < 0) {
        Fail(absl::StrCat("a tensor with the size or stride ", PickleRepr(values_, item)));
        return false;
      }
      out->push_back(values_[item].integer);
    }
    return true;
  }

  // (storage, offset, size, stride ...). `dtype`: of the elements where the storage has none.
  bool ReadStrided(Arguments arguments, std::optional<DType> dtype, TorchTensor* tensor) {
    const auto storage = objects_.storage_of_.find(arguments[0]);
    if (storage == objects_.storage_of_.end()) {
      Fail("a tensor without a storage");
      return false;
    }
    const std::optional<DType> stored = dtype_of_[arguments[0]];
    if (!stored && !dtype) {
      Fail("a tensor of an untyped storage without a dtype");
      return false;
    }
    tensor->dtype = dtype ? *dtype : *stored;
    tensor->storage = storage->second;
    const PickleValue& offset = values_[arguments[1]];
    if (offset.kind != PickleKind::kInt || offset.integer < 0) {
      Fail(absl::StrCat("a tensor with the offset ", PickleRepr(values_, arguments[1])));
      return false;
    }
    tensor->offset = offset.integer;
    return ReadSizes(arguments[2], &tensor->shape) && ReadSizes(arguments[3], &tensor->stride) &&
           CheckBounds(*tensor);
  }

  bool CheckBounds(const TorchTensor& tensor) {
    const std::string shape =
        absl::StrCat(DTypeName(tensor.dtype), " [", absl::StrJoin(tensor.shape, ", "), "]");
    if (tensor.shape.size() != tensor.stride.size()) {
      Fail(absl::StrCat("a tensor ", shape, " with ", tensor.stride.size(), " strides"));
      return false;
    }
    const std::optional<int64_t> elements = CountElements(tensor.shape);
    const TorchStorage& storage = objects_.storages_[tensor.storage];
    const uint64_t element_bytes = ElementBytes(tensor.dtype);
    const uint64_t stored = storage.bytes.size() / element_bytes;
    int64_t last = tensor.offset;
    bool overflow = !elements.has_value();
    for (size_t i = 0; i < tensor.shape.size() && elements && *elements > 0; ++i) {
      int64_t reach = 0;
      overflow |= __builtin_mul_overflow(tensor.shape[i] - 1, tensor.stride[i], &reach);
      overflow |= __builtin_add_overflow(last, reach, &last);
    }
    if (overflow) {
      Fail(absl::StrCat("a tensor ", shape, " whose size overflows"));
      return false;
    }
    if (*elements > 0 && static_cast<uint64_t>(last) >= stored) {
      Fail(absl::StrCat("a tensor ", shape, " that reaches to element ", last, " of storage \"",
                        PrintableName(storage.key), "\", which has ", stored));
      return false;
    }
    // Strides of 0 make large tensors of small storages; a terabyte of one number is an attack.
    constexpr int64_t kMaxViewBytes = int64_t{1} << 30;
    constexpr uint64_t kMaxRepeat = 64;
    int64_t bytes = 0;
    if (__builtin_mul_overflow(*elements, static_cast<int64_t>(element_bytes), &bytes) ||
        (bytes > kMaxViewBytes &&
         static_cast<uint64_t>(bytes) / kMaxRepeat > storage.bytes.size())) {
      Fail(absl::StrCat("a tensor ", shape, " on a storage of only ", storage.bytes.size(),
                        " bytes"));
      return false;
    }
    return true;
  }

  // requires_grad and backward_hooks at `first`, then the metadata dictionary at `metadata` if
  // given.
  bool ReadRest(Arguments arguments, size_t first, size_t metadata, TorchTensor* tensor) {
    if (!ReadBool(arguments[first], &tensor->requires_grad)) return false;
    const PickleKind hooks = values_[arguments[first + 1]].kind;
    if (hooks != PickleKind::kDict && hooks != PickleKind::kNone) return false;
    if (metadata >= arguments.size()) return true;
    const PickleValue& marks = values_[arguments[metadata]];
    if (marks.kind == PickleKind::kNone) return true;
    if (marks.kind != PickleKind::kDict) return false;
    if (const PickleValue* conj = values_.Find(marks, "conj")) tensor->conj = conj->integer != 0;
    if (const PickleValue* neg = values_.Find(marks, "neg")) tensor->neg = neg->integer != 0;
    return true;
  }

  bool ReadParameter(Arguments arguments, TorchTensor* tensor) {
    const auto data = objects_.tensor_of_.find(arguments[0]);
    if (data == objects_.tensor_of_.end()) {
      Fail("a parameter that is no tensor");
      return false;
    }
    *tensor = objects_.tensors_[data->second];
    tensor->parameter = true;
    return ReadBool(arguments[1], &tensor->requires_grad);
  }

  bool ReadQuantizer(ValueId id, TorchTensor* tensor) {
    if (values_[id].kind != PickleKind::kTuple) return false;
    const Arguments parts = values_.items(values_[id]);
    if (parts.size() < 3 || values_[parts[0]].kind != PickleKind::kGlobal) return false;
    absl::string_view scheme = values_[parts[0]].text;
    if (!absl::ConsumePrefix(&scheme, "torch.")) return false;
    tensor->quantizer = std::string(scheme);
    if (scheme == "per_tensor_affine" && parts.size() == 3) {
      const PickleValue& scale = values_[parts[1]];
      const PickleValue& zero = values_[parts[2]];
      if (scale.kind != PickleKind::kFloat || zero.kind != PickleKind::kInt) return false;
      tensor->scale = scale.number;
      tensor->zero_point = zero.integer;
      return true;
    }
    if (scheme == "per_channel_affine" && parts.size() == 4) {
      if (!objects_.tensor_of_.contains(parts[1]) || !objects_.tensor_of_.contains(parts[2]) ||
          values_[parts[3]].kind != PickleKind::kInt) {
        return false;
      }
      tensor->scales = parts[1];
      tensor->zero_points = parts[2];
      tensor->axis = values_[parts[3]].integer;
      return true;
    }
    Fail(absl::StrCat("a quantised tensor of the unknown scheme ", PrintableName(scheme)));
    return false;
  }

  bool ReadSparse(Arguments arguments, TorchTensor* tensor) {
    // layout: a call of _get_layout("torch.sparse_coo").
    const PickleValue& layout = values_[arguments[0]];
    if (layout.kind != PickleKind::kObject || values_[arguments[1]].kind != PickleKind::kTuple) {
      return false;
    }
    const Arguments name = values_.items(values_[values_.object(layout).arguments]);
    const Arguments parts = values_.items(values_[arguments[1]]);
    if (name.size() != 1 || values_[name[0]].kind != PickleKind::kString) return false;
    absl::string_view kind = values_[name[0]].text;
    const bool named = absl::ConsumePrefix(&kind, "torch.sparse_");
    const bool coo = kind == "coo";
    if (!named || (!coo && kind != "csr" && kind != "csc" && kind != "bsr" && kind != "bsc")) {
      Fail(absl::StrCat("a sparse tensor of layout ", PickleRepr(values_, name[0]),
                        "; torch.sparse_coo, _csr, _csc, _bsr and _bsc are known"));
      return false;
    }
    tensor->layout = coo ? TorchTensor::Layout::kSparseCoo : TorchTensor::Layout::kSparseCompressed;
    tensor->sparse_kind = std::string(kind);
    const size_t tensors = coo ? 2 : 3;
    if (parts.size() < tensors + 1) return false;
    for (size_t i = 0; i < tensors; ++i) {
      if (!objects_.tensor_of_.contains(parts[i])) return false;
      tensor->parts.push_back(parts[i]);
    }
    tensor->dtype = objects_.tensors_[objects_.tensor_of_[parts[tensors - 1]]].dtype;
    return ReadSizes(parts[tensors], &tensor->shape) && CountElements(tensor->shape).has_value();
  }

  bool ReadMeta(Arguments arguments, TorchTensor* tensor) {
    tensor->layout = TorchTensor::Layout::kMeta;
    return ReadDType(arguments[0], &tensor->dtype) && ReadSizes(arguments[1], &tensor->shape) &&
           ReadSizes(arguments[2], &tensor->stride) && CountElements(tensor->shape).has_value() &&
           ReadBool(arguments[3], &tensor->requires_grad);
  }

  const PickleValues& values_;
  std::string label_;
  std::string problem_;
  TorchObjects objects_;
  absl::flat_hash_map<ValueId, std::optional<DType>> dtype_of_;  // of each persistent id
};

absl::StatusOr<TorchObjects> TorchObjects::Build(const PickleValues& values,
                                                 std::vector<TorchStorage> storages,
                                                 absl::string_view label) {
  return TorchObjectBuilder(values, std::move(storages), label).Build();
}

const TorchTensor* TorchObjects::TensorAt(ValueId id) const {
  const auto it = tensor_of_.find(id);
  return it == tensor_of_.end() ? nullptr : &tensors_[it->second];
}

const TorchStorage* TorchObjects::StorageAt(ValueId id) const {
  const auto it = storage_of_.find(id);
  return it == storage_of_.end() ? nullptr : &storages_[it->second];
}

ByteSpan StorageBytes(const TorchObjects& objects, const TorchTensor& tensor) {
  return objects.storages()[tensor.storage].bytes;
}

}  // namespace graft::models
