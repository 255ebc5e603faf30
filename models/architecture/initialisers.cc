#include "models/architecture/initialisers.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/call_execution.h"
#include "models/architecture/operator_call.h"
#include "models/architecture/torch_error_at_line.h"

namespace graft::models::architecture {
namespace {

using python::Evaluator;
using python::Value;
using torch::jit::Operator;
using torch::jit::Stack;

// Each takes (self, numbers, generator), writes to self and leaves it on the stack. None is
// registered with LibTorch: they are called through their pointers only.
struct Arguments {
  at::Tensor self;
  std::vector<double> numbers;
  std::optional<at::Generator> generator;
};

Arguments Pop(Stack& stack) {
  Arguments arguments;
  arguments.generator = torch::jit::pop(stack).toOptional<at::Generator>();
  arguments.numbers = torch::jit::pop(stack).toDoubleVector();
  arguments.self = torch::jit::pop(stack).toTensor();
  return arguments;
}

// A random matrix's Q, made unique by the signs of R's diagonal.
void Orthogonal(Stack& stack) {
  Arguments a = Pop(stack);
  const int64_t rows = a.self.size(0);
  const int64_t columns = a.self.numel() / std::max<int64_t>(rows, 1);
  at::Tensor flat = at::empty({std::max(rows, columns), std::min(rows, columns)},
                              at::TensorOptions(at::kCPU).dtype(at::kFloat));
  flat.normal_(0, 1, a.generator);
  auto [q, r] = at::linalg_qr(flat);
  q.mul_(r.diagonal().sign());
  if (rows < columns) q = q.t();
  a.self.copy_(q.reshape(a.self.sizes()).mul(a.numbers.at(0)));
  stack.emplace_back(a.self);
}

// In every column, a share of the elements is zero.
void Sparse(Stack& stack) {
  Arguments a = Pop(stack);
  a.self.normal_(0, a.numbers.at(1), a.generator);
  const int64_t rows = a.self.size(0);
  const auto zeros = static_cast<int64_t>(std::ceil(a.numbers.at(0) * static_cast<double>(rows)));
  for (int64_t column = 0; column < a.self.size(1); ++column) {
    const at::Tensor order = at::randperm(rows, a.generator, at::TensorOptions(at::kCPU));
    a.self.select(1, column).index_fill_(0, order.slice(0, 0, zeros), 0);
  }
  stack.emplace_back(a.self);
}

// A kernel that passes its input through.
void Dirac(Stack& stack) {
  Arguments a = Pop(stack);
  const auto groups = static_cast<int64_t>(a.numbers.at(0));
  a.self.zero_();
  const int64_t out = a.self.size(0) / groups;
  const int64_t passed = std::min(out, a.self.size(1));
  for (int64_t group = 0; group < groups; ++group) {
    for (int64_t d = 0; d < passed; ++d) {
      at::Tensor kernel = a.self.select(0, group * out + d).select(0, d);
      while (kernel.dim() > 0) kernel = kernel.select(0, kernel.size(0) / 2);
      kernel.fill_(1);
    }
  }
  stack.emplace_back(a.self);
}

void Eye(Stack& stack) {
  Arguments a = Pop(stack);
  a.self.zero_();
  a.self.diagonal().fill_(1);
  stack.emplace_back(a.self);
}

std::shared_ptr<Operator> MakeOperator(const char* name, void (*run)(Stack& stack)) {
  return std::make_shared<Operator>(
      absl::StrCat("graft::", name,
                   "(Tensor(a!) self, float[] numbers, Generator? generator=None) -> Tensor(a!)"),
      torch::jit::Operation(run), c10::AliasAnalysisKind::FROM_SCHEMA);
}

std::shared_ptr<Operator> OperatorNamed(absl::string_view name) {
  if (name == "orthogonal_") return MakeOperator("orthogonal_", Orthogonal);
  if (name == "sparse_") return MakeOperator("sparse_", Sparse);
  if (name == "dirac_") return MakeOperator("dirac_", Dirac);
  return MakeOperator("eye_", Eye);
}

void CheckShape(Evaluator& ev, TensorObject& tensor, absl::string_view name, double groups) {
  const at::Tensor& meta = tensor.data().meta[0];
  const int64_t dims = meta.dim();
  const bool fits = name == "orthogonal_" ? dims >= 2
                    : name == "dirac_"    ? dims >= 3 && dims <= 5
                                          : dims == 2;
  if (!fits) {
    ev.Raise(python::ErrorKind::kValueError,
             absl::StrCat("init.", name, " does not fit a tensor of ", dims, " dimensions"));
  }
  if (name == "dirac_" && (groups < 1 || meta.size(0) % static_cast<int64_t>(groups) != 0)) {
    ev.Raise(python::ErrorKind::kValueError, "dim 0 must be divisible by groups");
  }
}

}  // namespace

Value Initialise(Evaluator& ev, Recorder& recorder, TensorObject& tensor, absl::string_view name,
                 const std::vector<double>& arguments) {
  CheckShape(ev, tensor, name, arguments.empty() ? 1 : arguments[0]);
  TensorData& data = tensor.data();
  if (IsTraced(ev, recorder, data)) {
    ev.RaiseNotSupported(absl::StrCat("init.", name, " on what depends on the inputs"));
  }
  auto call = std::make_shared<BoundCall>();
  call->op = OperatorNamed(name);
  call->args.resize(3);
  call->args[0].kind = BoundArg::Kind::kTensor;
  call->args[0].tensor = tensor.shared_data();
  call->args[1].constant = c10::List<double>(arguments);
  if (data.pending()) {
    AddFill(std::move(call));
  } else {
    PrepareWrite(ev, recorder, data);
    Compute(ev, recorder, *call, nullptr);
  }
  return &tensor;
}

Value TruncatedNormal(Evaluator& ev, Recorder& recorder, TensorObject& tensor, double mean,
                      double std, double a, double b) {
  const auto distribution = [](double x) { return (1 + std::erf(x / std::sqrt(2.0))) / 2; };
  const double low = distribution((a - mean) / std);
  const double high = distribution((b - mean) / std);
  const auto step = [&](absl::string_view name, std::vector<Value> numbers) {
    numbers.insert(numbers.begin(), &tensor);
    CallOperator(ev, recorder, name, {std::move(numbers)}, CallStyle::kMethod);
  };
  step("uniform_", {Value::Float(2 * low - 1), Value::Float(2 * high - 1)});
  step("erfinv_", {});
  step("mul_", {Value::Float(std * std::sqrt(2.0))});
  step("add_", {Value::Float(mean)});
  step("clamp_", {Value::Float(a), Value::Float(b)});
  return &tensor;
}

}  // namespace graft::models::architecture
