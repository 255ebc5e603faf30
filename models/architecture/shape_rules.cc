#include "models/architecture/shape_rules.h"

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace graft::models::architecture {
namespace {

using torch::jit::Stack;

at::Tensor Empty(at::IntArrayRef sizes, const at::Tensor& like) {
  at::TensorOptions options = like.options();
  const c10::MemoryFormat format = like.suggest_memory_format();
  const bool fits = (format == c10::MemoryFormat::ChannelsLast && sizes.size() == 4) ||
                    (format == c10::MemoryFormat::ChannelsLast3d && sizes.size() == 5);
  return at::empty(sizes, options, fits ? format : c10::MemoryFormat::Contiguous);
}

// An int for each spatial dimension, given as one for all or one for each.
std::vector<int64_t> Spatial(const c10::IValue& value, size_t dims, const char* what) {
  std::vector<int64_t> numbers = value.toIntVector();
  if (numbers.size() == 1) numbers.resize(dims, numbers[0]);
  TORCH_CHECK(numbers.size() == dims, "expected ", what,
              " to be a single integer value or a list of ", dims,
              " values to match the convolution dimensions, but got ", what, "=", numbers);
  return numbers;
}

struct Convolution {
  size_t dims = 0;
  bool transposed = false;
  at::Tensor input = {};
  at::Tensor weight = {};
  std::optional<at::Tensor> bias = {};
  std::vector<int64_t> stride = {};
  std::vector<int64_t> padding = {};
  std::vector<int64_t> output_padding = {};
  std::vector<int64_t> dilation = {};
  int64_t groups = 1;
};

void CheckKinds(const Convolution& c) {
  TORCH_CHECK(c.input.scalar_type() == c.weight.scalar_type(), "Input type (",
              c.input.scalar_type(), ") and weight type (", c.weight.scalar_type(),
              ") should be the same");
  TORCH_CHECK(!c.bias || c.input.scalar_type() == c.bias->scalar_type(), "Input type (",
              c.input.scalar_type(), ") and bias type (", c.bias->scalar_type(),
              ") should be the same");
}

at::Tensor ConvolutionShape(const Convolution& c) {
  const auto dims = static_cast<int64_t>(c.dims);
  CheckKinds(c);
  TORCH_CHECK(c.weight.dim() == dims + 2, "expected ", dims + 2,
              "-dimensional weight for a convolution, but got weight of size ", c.weight.sizes());
  const bool batched = c.input.dim() == dims + 2;
  TORCH_CHECK(batched || c.input.dim() == dims + 1, "Expected ", dims + 1, "D (unbatched) or ",
              dims + 2, "D (batched) input to conv", dims,
              "d, but got input of size: ", c.input.sizes());
  const int64_t first = batched ? 1 : 0;
  const int64_t channels = c.input.size(first);
  const int64_t expected = c.transposed ? c.weight.size(0) : c.weight.size(1) * c.groups;
  TORCH_CHECK(channels == expected, "Given groups=", c.groups, ", weight of size ",
              c.weight.sizes(), ", expected input", c.input.sizes(), " to have ", expected,
              " channels, but got ", channels, " channels instead");
  TORCH_CHECK(c.groups > 0 && c.weight.size(0) % c.groups == 0, "Given groups=", c.groups,
              ", expected weight to be divisible by ", c.groups, " at dimension 0, but got weight ",
              "of size ", c.weight.sizes());
  const int64_t made = c.transposed ? c.weight.size(1) * c.groups : c.weight.size(0);
  TORCH_CHECK(!c.bias || (c.bias->dim() == 1 && c.bias->size(0) == made), "Given ",
              c.transposed ? "transposed=1, " : "", "weight of size ", c.weight.sizes(),
              ", expected bias to be 1-dimensional with ", made, " elements, but got bias of size ",
              c.bias->sizes(), " instead");
  std::vector<int64_t> sizes;
  if (batched) sizes.push_back(c.input.size(0));
  sizes.push_back(made);
  for (int64_t i = 0; i < dims; ++i) {
    const int64_t in = c.input.size(first + 1 + i);
    const int64_t reach = c.dilation[i] * (c.weight.size(2 + i) - 1);
    TORCH_CHECK(c.stride[i] > 0, "non-positive stride is not supported");
    int64_t out = 0;
    if (c.transposed) {
      out = (in - 1) * c.stride[i] - 2 * c.padding[i] + reach + c.output_padding[i] + 1;
    } else {
      TORCH_CHECK(in + 2 * c.padding[i] >= reach + 1, "Calculated padded input size per channel: (",
                  in + 2 * c.padding[i], "). Kernel size: (", reach + 1,
                  "). Kernel size can't be greater than actual input size");
      out = (in + 2 * c.padding[i] - reach - 1) / c.stride[i] + 1;
    }
    TORCH_CHECK(out > 0, "the output of this convolution would have size ", out, " for input ",
                c.input.sizes(), " and weight ", c.weight.sizes());
    sizes.push_back(out);
  }
  const bool weight_leads = !c.input.is_contiguous(c.weight.suggest_memory_format());
  return Empty(sizes, weight_leads && c.weight.dim() == c.input.dim() ? c.weight : c.input);
}

std::optional<at::Tensor> OptionalTensor(const c10::IValue& value) {
  if (!value.isTensor() || !value.toTensor().defined()) return std::nullopt;
  return value.toTensor();
}

// conv1d, conv2d, conv3d: also with padding "same" and "valid".
Stack Conv(const Stack& inputs, size_t dims) {
  Convolution c = {.dims = dims, .input = inputs[0].toTensor(), .weight = inputs[1].toTensor()};
  c.bias = OptionalTensor(inputs[2]);
  c.stride = Spatial(inputs[3], dims, "stride");
  c.dilation = Spatial(inputs[5], dims, "dilation");
  c.groups = inputs[6].toInt();
  if (!inputs[4].isString()) {
    c.padding = Spatial(inputs[4], dims, "padding");
    return {ConvolutionShape(c)};
  }
  c.padding.assign(dims, 0);
  TORCH_CHECK(inputs[4].toStringRef() == "same" || inputs[4].toStringRef() == "valid",
              "Invalid padding string: '", inputs[4].toStringRef(), "'");
  if (inputs[4].toStringRef() == "valid") return {ConvolutionShape(c)};
  for (int64_t stride : c.stride) {
    TORCH_CHECK(stride == 1, "padding='same' is not supported for strided convolutions");
  }
  // As if the input were padded by the reach of the kernel: the size stays.
  std::vector<int64_t> sizes = c.input.sizes().vec();
  for (size_t i = 0; i < dims; ++i) {
    sizes[sizes.size() - dims + i] +=
        c.dilation[i] * (c.weight.size(2 + static_cast<int64_t>(i)) - 1);
  }
  c.input = Empty(sizes, c.input);
  return {ConvolutionShape(c)};
}

Stack ConvTranspose(const Stack& inputs, size_t dims) {
  Convolution c = {.dims = dims,
                   .transposed = true,
                   .input = inputs[0].toTensor(),
                   .weight = inputs[1].toTensor()};
  c.bias = OptionalTensor(inputs[2]);
  c.stride = Spatial(inputs[3], dims, "stride");
  c.padding = Spatial(inputs[4], dims, "padding");
  c.output_padding = Spatial(inputs[5], dims, "output_padding");
  c.groups = inputs[6].toInt();
  c.dilation = Spatial(inputs[7], dims, "dilation");
  return {ConvolutionShape(c)};
}

// A tensor of one element for each channel, or None.
void CheckChannels(const c10::IValue& value, int64_t channels, const char* what) {
  const std::optional<at::Tensor> tensor = OptionalTensor(value);
  TORCH_CHECK(!tensor || tensor->numel() == channels, what, " should contain ", channels,
              " elements not ", tensor->numel());
}

// Batch norm and instance norm: (input, weight, bias, running_mean, running_var, ...).
Stack ChannelNorm(const Stack& inputs) {
  const at::Tensor input = inputs[0].toTensor();
  TORCH_CHECK(input.dim() >= 2, "expected at least 2 dimensions, but got input of size ",
              input.sizes());
  const char* names[] = {"weight", "bias", "running_mean", "running_var"};
  for (size_t i = 0; i < 4; ++i) CheckChannels(inputs[i + 1], input.size(1), names[i]);
  return {Empty(input.sizes(), input)};
}

// (input, normalized_shape, weight, bias, ...)
Stack LayerNorm(const Stack& inputs) {
  const at::Tensor input = inputs[0].toTensor();
  const std::vector<int64_t> shape = inputs[1].toIntVector();
  const auto dims = static_cast<int64_t>(shape.size());
  TORCH_CHECK(dims >= 1 && input.dim() >= dims &&
                  input.sizes().slice(input.dim() - dims) == at::IntArrayRef(shape),
              "Given normalized_shape=", shape,
              ", expected input with shape [*, ...] ending in it, ", "but got input of size ",
              input.sizes());
  for (size_t i : {2, 3}) {
    const std::optional<at::Tensor> tensor = OptionalTensor(inputs[i]);
    TORCH_CHECK(!tensor || tensor->sizes() == at::IntArrayRef(shape), "Expected ",
                i == 2 ? "weight" : "bias", " to be of same shape as normalized_shape, but got ",
                tensor->sizes(), " and normalized_shape=", shape);
  }
  return {at::empty(input.sizes(), input.options())};
}

// (input, num_groups, weight, bias, ...)
Stack GroupNorm(const Stack& inputs) {
  const at::Tensor input = inputs[0].toTensor();
  const int64_t groups = inputs[1].toInt();
  TORCH_CHECK(input.dim() >= 2 && groups > 0 && input.size(1) % groups == 0,
              "Expected number of channels in input to be divisible by num_groups, but got input ",
              "of shape ", input.sizes(), " and num_groups=", groups);
  CheckChannels(inputs[2], input.size(1), "weight");
  CheckChannels(inputs[3], input.size(1), "bias");
  return {Empty(input.sizes(), input)};
}

// (input, output_size): the last dimensions become output_size.
Stack AdaptiveAveragePool(const Stack& inputs, size_t dims) {
  const at::Tensor input = inputs[0].toTensor();
  const std::vector<int64_t> output = Spatial(inputs[1], dims, "output_size");
  const auto spatial = static_cast<int64_t>(dims);
  TORCH_CHECK(input.dim() == spatial + 1 || input.dim() == spatial + 2,
              "adaptive_avg_pool: expected ", spatial + 1, "D or ", spatial + 2,
              "D tensor, but got input of size ", input.sizes());
  std::vector<int64_t> sizes = input.sizes().vec();
  for (size_t i = 0; i < dims; ++i) sizes[sizes.size() - dims + i] = output[i];
  return {Empty(sizes, input)};
}

// (weight, indices, ...)
Stack Embedding(const Stack& inputs) {
  const at::Tensor weight = inputs[0].toTensor();
  const at::Tensor indices = inputs[1].toTensor();
  TORCH_CHECK(weight.dim() == 2, "'weight' must be 2-D");
  TORCH_CHECK(
      indices.scalar_type() == at::kLong || indices.scalar_type() == at::kInt,
      "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
      "Long, Int; but got ",
      indices.scalar_type(), " instead");
  std::vector<int64_t> sizes = indices.sizes().vec();
  sizes.push_back(weight.size(1));
  return {at::empty(sizes, weight.options())};
}

// (query, key, value, ...): in the kinds and sizes that every implementation takes.
Stack Attention(const Stack& inputs) {
  const at::Tensor query = inputs[0].toTensor();
  const at::Tensor key = inputs[1].toTensor();
  const at::Tensor value = inputs[2].toTensor();
  TORCH_CHECK(query.dim() >= 2 && key.dim() >= 2 && value.dim() >= 2 &&
                  query.size(-1) == key.size(-1) && key.size(-2) == value.size(-2),
              "scaled_dot_product_attention: the sizes of query ", query.sizes(), ", key ",
              key.sizes(), " and value ", value.sizes(), " do not fit together");
  TORCH_CHECK(
      query.scalar_type() == key.scalar_type() && query.scalar_type() == value.scalar_type(),
      "Expected query, key, and value to have the same dtype, but got query.dtype: ",
      query.scalar_type(), " key.dtype: ", key.scalar_type(),
      " and value.dtype: ", value.scalar_type(), " instead");
  std::vector<int64_t> sizes = query.sizes().vec();
  sizes.back() = value.size(-1);
  return {at::empty(sizes, query.options())};
}

Stack SameAsFirst(const Stack& inputs) {
  const at::Tensor input = inputs[0].toTensor();
  return {at::empty_like(input)};
}

Stack First(const Stack& inputs) { return {inputs[0]}; }

using Rule = Stack (*)(const Stack& inputs);

const absl::flat_hash_map<absl::string_view, Rule>& Rules() {
  static const auto* const rules = new absl::flat_hash_map<absl::string_view, Rule>{
      {"aten::conv1d", [](const Stack& i) { return Conv(i, 1); }},
      {"aten::conv2d", [](const Stack& i) { return Conv(i, 2); }},
      {"aten::conv3d", [](const Stack& i) { return Conv(i, 3); }},
      {"aten::conv_transpose1d", [](const Stack& i) { return ConvTranspose(i, 1); }},
      {"aten::conv_transpose2d", [](const Stack& i) { return ConvTranspose(i, 2); }},
      {"aten::conv_transpose3d", [](const Stack& i) { return ConvTranspose(i, 3); }},
      {"aten::batch_norm", ChannelNorm},
      {"aten::instance_norm", ChannelNorm},
      {"aten::layer_norm", LayerNorm},
      {"aten::group_norm", GroupNorm},
      {"aten::adaptive_avg_pool1d", [](const Stack& i) { return AdaptiveAveragePool(i, 1); }},
      {"aten::adaptive_avg_pool2d", [](const Stack& i) { return AdaptiveAveragePool(i, 2); }},
      {"aten::adaptive_avg_pool3d", [](const Stack& i) { return AdaptiveAveragePool(i, 3); }},
      {"aten::embedding", Embedding},
      {"aten::scaled_dot_product_attention", Attention},
      {"aten::hardswish", SameAsFirst},
      {"aten::hardswish_", First},
      {"aten::hardtanh", SameAsFirst},
      {"aten::hardtanh_", First},
      {"aten::relu6", SameAsFirst},
      {"aten::relu6_", First},
  };
  return *rules;
}

// LibTorch computes the shapes of mixed kinds, and fails when it computes the elements.
const absl::flat_hash_set<absl::string_view>& TakesOneKind() {
  static const auto* const names = new absl::flat_hash_set<absl::string_view>{
      "aten::linear",
      "aten::matmul",
      "aten::mm",
      "aten::bmm",
      "aten::mv",
      "aten::dot",
      "aten::addmm",
      "aten::baddbmm",
      "aten::bilinear",
      "aten::einsum",
      "aten::addmv",
      "aten::addbmm",
      "aten::tensordot",
      "aten::chain_matmul",
      "aten::cdist",
      "aten::lstm",
      "aten::gru",
      "aten::rnn_tanh",
      "aten::rnn_relu",
      "aten::lstm_cell",
      "aten::gru_cell",
      "aten::rnn_tanh_cell",
      "aten::rnn_relu_cell",
  };
  return *names;
}

void CheckOneKind(const c10::FunctionSchema& schema, const Stack& inputs) {
  if (!TakesOneKind().contains(schema.name())) return;
  c10::ScalarType kind = c10::ScalarType::Undefined;
  const auto check = [&](const c10::IValue& value) {
    if (!value.isTensor() || !value.toTensor().defined()) return;
    const c10::ScalarType type = value.toTensor().scalar_type();
    if (kind == c10::ScalarType::Undefined) kind = type;
    TORCH_CHECK(type == kind, "expected all tensors to have the same dtype, but got: ", kind,
                " and ", type);
  };
  for (const c10::IValue& input : inputs) {
    if (input.isTensorList()) {
      for (const c10::IValue& item : input.toListRef()) check(item);
    } else {
      check(input);
    }
  }
}

}  // namespace

std::optional<Stack> KnownShapes(const c10::FunctionSchema& schema, const Stack& inputs) {
  CheckOneKind(schema, inputs);
  const auto rule = Rules().find(schema.name());
  if (rule == Rules().end()) return std::nullopt;
  return rule->second(inputs);
}

}  // namespace graft::models::architecture
