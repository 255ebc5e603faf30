#include "models/architecture/tensor_indexing.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/operator_call.h"
#include "models/architecture/recorder.h"
#include "models/architecture/symbolic_int.h"
#include "models/architecture/tensor_literal.h"
#include "models/python/underlying.h"

namespace graft::models::architecture {
namespace {

using python::Evaluator;
using python::SliceObject;
using python::Value;

// x[a, b, c] on its way: views are taken one after the other; tensors are kept for one index at the
// end.
class Indexing {
 public:
  Indexing(Evaluator& ev, TensorObject& tensor)
      : ev_(ev), recorder_(tensor.recorder()), result_(&tensor) {}

  // `writes`: masks need no size then.
  void Apply(Value key, bool writes);

  TensorObject* result() const { return result_; }
  bool has_tensors() const {
    return std::any_of(indices_.begin(), indices_.end(), [](Value v) { return !v.IsNone(); });
  }
  // One for each dimension from the first: a tensor or None.
  const std::vector<Value>& indices() const { return indices_; }

 private:
  Value Call(absl::string_view name, std::vector<Value> args) {
    return CallOperator(ev_, recorder_, name, {std::move(args)});
  }
  void Step(absl::string_view name, std::vector<Value> args) {
    result_ = Call(name, std::move(args)).As<TensorObject>();
  }
  void One(Value item, bool writes);
  void Slice(const SliceObject& slice);
  void Tensor(TensorObject* index, bool writes);
  void Mask(TensorObject* mask, bool writes);
  void AddIndex(Value index) {
    indices_.resize(static_cast<size_t>(dim_));
    indices_.push_back(index);
    ++dim_;
  }

  Evaluator& ev_;
  Recorder& recorder_;
  TensorObject* result_;
  int64_t dim_ = 0;  // of result_, that the next item is for
  std::vector<Value> indices_;
};

bool IsMaskType(c10::ScalarType type) { return type == at::kBool || type == at::kByte; }

// A list as a whole is an index when it holds numbers only (Python's rule for x[[0, 2]]).
Value AsIndex(Evaluator& ev, Recorder& recorder, Value item) {
  if (item.As<python::ListObject>() == nullptr &&
      python::Underlying<python::TupleObject>(item) == nullptr &&
      item.As<python::RangeObject>() == nullptr) {
    return item;
  }
  return MakeTensor(ev, recorder, item, std::nullopt);
}

// How many dimensions of the tensor an item stands for.
int64_t DimensionsOf(Value item) {
  if (item.IsNone() || item.IsEllipsis() || item.IsBool()) return 0;
  auto* tensor = item.As<TensorObject>();
  if (tensor == nullptr || !IsMaskType(tensor->data().dtype())) return 1;
  return tensor->data().meta[0].dim();
}

void Indexing::Apply(Value key, bool writes) {
  std::vector<Value> items;
  if (const auto* tuple = python::Underlying<python::TupleObject>(key)) {
    items = tuple->items;
  } else {
    items = {key};
  }
  int64_t used = 0;
  for (Value& item : items) {
    item = AsIndex(ev_, recorder_, item);
    used += DimensionsOf(item);
  }
  const int64_t dims = result_->data().meta[0].dim();
  if (used > dims) {
    ev_.Raise(python::ErrorKind::kIndexError,
              absl::StrCat("too many indices for tensor of dimension ", dims));
  }
  const bool ellipsis =
      std::any_of(items.begin(), items.end(), [](const Value& item) { return item.IsEllipsis(); });
  bool seen_ellipsis = false;
  for (const Value& item : items) {
    if (item.IsEllipsis() && ellipsis && !seen_ellipsis) {
      dim_ += dims - used;
      seen_ellipsis = true;
    } else if (!item.IsEllipsis()) {
      One(item, writes);
    }
  }
}

void Indexing::One(Value item, bool writes) {
  const Value dim = Value::Int(dim_);
  if (item.IsNone()) {
    Step("unsqueeze", {result_, dim});
    ++dim_;
  } else if (item.IsBool()) {
    Step("unsqueeze", {result_, dim});
    AddIndex(MakeTensor(ev_, recorder_, ev_.List({item}), std::nullopt));
  } else if (auto* slice = item.As<SliceObject>()) {
    Slice(*slice);
  } else if (auto* tensor = item.As<TensorObject>()) {
    Tensor(tensor, writes);
  } else if (item.As<SymbolicInt>() != nullptr) {
    Step("select", {result_, dim, item});
  } else {
    Step("select", {result_, dim, Value::Int(ev_.ToInt(item, "a tensor index"))});
  }
}

void Indexing::Slice(const SliceObject& slice) {
  const auto bound = [&](Value value) -> Value {
    if (value.IsNone() || value.As<SymbolicInt>() != nullptr) return value;
    return Value::Int(ev_.ToInt(value, "a slice bound"));
  };
  const Value step = slice.step.IsNone() ? Value::Int(1) : bound(slice.step);
  if (step.IsInt() && step.AsInt() <= 0) {
    ev_.Raise(python::ErrorKind::kValueError, "step must be greater than zero");
  }
  const Value start = bound(slice.start);
  const Value stop = bound(slice.stop);
  const bool whole = start.IsNone() && stop.IsNone() && step.IsInt() && step.AsInt() == 1;
  if (!whole) Step("slice", {result_, Value::Int(dim_), start, stop, step});
  ++dim_;
}

void Indexing::Tensor(TensorObject* index, bool writes) {
  TensorData& data = index->data();
  if (IsMaskType(data.dtype())) {
    Mask(index, writes);
    return;
  }
  if (!c10::isIntegralType(data.dtype(), /*includeBool=*/false)) {
    ev_.Raise(python::ErrorKind::kIndexError,
              "tensors used as indices must be long, int, byte or bool tensors");
  }
  if (data.meta[0].dim() == 0 && !IsTraced(ev_, recorder_, data)) {
    Step("select", {result_, Value::Int(dim_), index->Item(ev_, "an index")});
    return;
  }
  AddIndex(index);
}

void Indexing::Mask(TensorObject* mask, bool writes) {
  if (IsTraced(ev_, recorder_, mask->data())) {
    if (!writes) {
      ev_.RaiseNotSupported(
          "x[mask] with a mask that depends on the inputs",
          "the size of its result depends on elements; write torch.where(mask, x, other)");
    }
    const int64_t covered = mask->data().meta[0].dim();
    if (covered == 0) Step("unsqueeze", {result_, Value::Int(dim_)});
    AddIndex(mask);
    dim_ += std::max<int64_t>(covered, 1) - 1;
    return;
  }
  if (mask->data().meta[0].dim() == 0) {
    One(Value::Bool(ev_.Truth(mask)), writes);
    return;
  }
  // What it selects is known: indices for each of the dimensions that it covers.
  const at::IntArrayRef sizes = mask->data().meta[0].sizes();
  for (int64_t i = 0; i < mask->data().meta[0].dim(); ++i) {
    const at::Tensor& shown = result_->data().meta[0];
    if (shown.size(dim_ + i) != sizes[i] || result_->data().meta[1].size(dim_ + i) != sizes[i]) {
      ev_.Raise(python::ErrorKind::kIndexError,
                absl::StrCat("The shape of the mask does not match the shape of the indexed tensor "
                             "at index ",
                             dim_ + i));
    }
  }
  const Value places = Call("nonzero", {mask});
  const Value columns = Call("unbind", {places, Value::Int(1)});
  for (const Value& column : columns.As<python::TupleObject>()->items) AddIndex(column);
}

// A number as a tensor of x's kind.
Value AsTensor(Evaluator& ev, TensorObject& like, Value value) {
  if (value.As<TensorObject>() != nullptr) return value;
  if (value.As<SymbolicInt>() != nullptr) return value;
  return MakeTensor(ev, like.recorder(), value, like.data().dtype());
}

}  // namespace

Value IndexTensor(Evaluator& ev, TensorObject& tensor, Value key) {
  Indexing indexing(ev, tensor);
  indexing.Apply(key, /*writes=*/false);
  if (!indexing.has_tensors()) {
    if (indexing.result() != &tensor) return indexing.result();
    return CallOperator(ev, tensor.recorder(), "alias", {{&tensor}});
  }
  return CallOperator(ev, tensor.recorder(), "index",
                      {{indexing.result(), ev.List(indexing.indices())}});
}

void AssignIndexed(Evaluator& ev, TensorObject& tensor, Value key, Value given) {
  const Value value = python::Underlying(given);
  Recorder& recorder = tensor.recorder();
  const bool number = value.IsInt() || value.IsFloat() || value.IsBool();
  Indexing indexing(ev, tensor);
  indexing.Apply(key, /*writes=*/true);
  TensorObject* target = indexing.result();
  if (indexing.has_tensors()) {
    CallOperator(ev, recorder, "index_put_",
                 {{target, ev.List(indexing.indices()), AsTensor(ev, tensor, value)}},
                 CallStyle::kMethod);
  } else if (number) {
    CallOperator(ev, recorder, "fill_", {{target, value}}, CallStyle::kMethod);
  } else {
    Value filled = AsTensor(ev, tensor, value);
    auto* source = filled.As<TensorObject>();
    // Leading dimensions of size 1 may be more than the target has.
    while (source != nullptr && source->data().meta[0].dim() > target->data().meta[0].dim() &&
           source->data().meta[0].size(0) == 1 && source->data().meta[1].size(0) == 1) {
      filled = CallOperator(ev, recorder, "squeeze", {{source, Value::Int(0)}});
      source = filled.As<TensorObject>();
    }
    if (source == nullptr) {
      CallOperator(ev, recorder, "fill_", {{target, filled}}, CallStyle::kMethod);
    } else {
      CallOperator(ev, recorder, "copy_", {{target, source}}, CallStyle::kMethod);
    }
  }
}

}  // namespace graft::models::architecture
