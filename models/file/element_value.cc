#include "models/file/element_value.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace graft::models {
namespace {

// A binary floating kind of at most 16 bits.
struct SmallFloat {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  bool has_infinity;   // IEEE: the highest exponent is infinity and NaN
  bool unsigned_zero;  // "fnuz": no negative zero, whose bits mean NaN
};

constexpr SmallFloat kHalf = {5, 10, 15, true, false};
constexpr SmallFloat kE4M3FN = {4, 3, 7, false, false};
constexpr SmallFloat kE5M2 = {5, 2, 15, true, false};
constexpr SmallFloat kE4M3FNUZ = {4, 3, 8, false, true};
constexpr SmallFloat kE5M2FNUZ = {5, 2, 16, false, true};

double Decode(const SmallFloat& kind, uint32_t bits) {
  const int exponent_mask = (1 << kind.exponent_bits) - 1;
  const int mantissa_mask = (1 << kind.mantissa_bits) - 1;
  const int exponent = static_cast<int>(bits >> kind.mantissa_bits) & exponent_mask;
  const int mantissa = static_cast<int>(bits) & mantissa_mask;
  const bool negative = (bits >> (kind.exponent_bits + kind.mantissa_bits) & 1) != 0;
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  double magnitude;
  if (kind.unsigned_zero && negative && exponent == 0 && mantissa == 0) return kNan;
  if (kind.has_infinity && exponent == exponent_mask) {
    if (mantissa != 0) return kNan;
    magnitude = std::numeric_limits<double>::infinity();
  } else if (!kind.has_infinity && !kind.unsigned_zero && exponent == exponent_mask &&
             mantissa == mantissa_mask) {
    return kNan;
  } else if (exponent == 0) {
    magnitude = std::ldexp(mantissa, 1 - kind.bias - kind.mantissa_bits);
  } else {
    magnitude =
        std::ldexp(mantissa + (1 << kind.mantissa_bits), exponent - kind.bias - kind.mantissa_bits);
  }
  return negative ? -magnitude : magnitude;
}

// IEEE kinds only. Rounds once, from the double.
uint16_t Encode(int exponent_bits, int mantissa_bits, double value) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const uint32_t infinity = ((1u << exponent_bits) - 1) << mantissa_bits;
  const uint32_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value)) return static_cast<uint16_t>(infinity | 1u << (mantissa_bits - 1));
  const double magnitude = std::fabs(value);
  if (std::isinf(magnitude)) return static_cast<uint16_t>(sign | infinity);
  if (magnitude == 0) return static_cast<uint16_t>(sign);
  // The unit in the last place at this magnitude; nearbyint rounds ties to even.
  const int exponent = std::max(std::ilogb(magnitude), 1 - bias);
  const double units = std::nearbyint(std::ldexp(magnitude, mantissa_bits - exponent));
  // units == 2^(mantissa_bits + 1) carries into the exponent by itself.
  const uint32_t bits =
      (static_cast<uint32_t>(exponent + bias - 1) << mantissa_bits) + static_cast<uint32_t>(units);
  return static_cast<uint16_t>(sign | std::min(bits, infinity));
}

template <typename T>
double Load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return static_cast<double>(value);
}

uint16_t Load16(const uint8_t* at) { return static_cast<uint16_t>(at[0] | at[1] << 8); }

void Store16(uint16_t bits, uint8_t* at) {
  at[0] = static_cast<uint8_t>(bits);
  at[1] = static_cast<uint8_t>(bits >> 8);
}

}  // namespace

double ElementAsDouble(DType dtype, const uint8_t* element) {
  switch (dtype) {
    case DType::kFloat32:
      return Load<float>(element);
    case DType::kFloat64:
      return Load<double>(element);
    case DType::kFloat16:
      return Decode(kHalf, Load16(element));
    case DType::kBFloat16:
      return std::bit_cast<float>(static_cast<uint32_t>(Load16(element)) << 16);
    case DType::kInt8:
    case DType::kQInt8:
      return Load<int8_t>(element);
    case DType::kUInt8:
    case DType::kQUInt8:
    case DType::kBool:
      return *element;
    case DType::kInt16:
      return Load<int16_t>(element);
    case DType::kUInt16:
      return Load<uint16_t>(element);
    case DType::kInt32:
    case DType::kQInt32:
      return Load<int32_t>(element);
    case DType::kUInt32:
      return Load<uint32_t>(element);
    case DType::kInt64:
      return Load<int64_t>(element);
    case DType::kUInt64:
      return Load<uint64_t>(element);
    case DType::kFloat8E4M3FN:
      return Decode(kE4M3FN, *element);
    case DType::kFloat8E5M2:
      return Decode(kE5M2, *element);
    case DType::kFloat8E4M3FNUZ:
      return Decode(kE4M3FNUZ, *element);
    case DType::kFloat8E5M2FNUZ:
      return Decode(kE5M2FNUZ, *element);
    case DType::kFloat8E8M0FNU:
      return *element == 0xff ? std::numeric_limits<double>::quiet_NaN()
                              : std::ldexp(1.0, *element - 127);
    case DType::kComplex32:
    case DType::kComplex64:
    case DType::kComplex128:
      break;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

void StoreElement(DType dtype, double value, uint8_t* element) {
  switch (dtype) {
    case DType::kFloat64:
      std::memcpy(element, &value, sizeof(value));
      return;
    case DType::kFloat32: {
      // IEEE arithmetic, which all our platforms have: too large becomes infinity.
      static_assert(std::numeric_limits<float>::is_iec559);
      const auto narrow = static_cast<float>(value);
      std::memcpy(element, &narrow, sizeof(narrow));
      return;
    }
    case DType::kFloat16:
      return Store16(Encode(5, 10, value), element);
    default:
      return Store16(Encode(8, 7, value), element);
  }
}

void ForEachElement(const Weight& weight, const std::function<void(double)>& visit) {
  const size_t element = ElementBytes(weight.dtype);
  // Pieces hold whole elements.
  ForEachPiece(weight, [&](ByteSpan piece) {
    for (size_t at = 0; at + element <= piece.size(); at += element) {
      visit(ElementAsDouble(weight.dtype, piece.data() + at));
    }
  });
}

std::vector<double> ElementsAsDoubles(const Weight& weight) {
  std::vector<double> out;
  out.reserve(static_cast<size_t>(weight.Elements()));
  ForEachElement(weight, [&out](double value) { out.push_back(value); });
  return out;
}

ElementStatistics StatisticsOf(const Weight& weight) {
  ElementStatistics out;
  uint64_t finite = 0;
  double sum = 0;
  ForEachElement(weight, [&](double value) {
    if (std::isnan(value)) {
      ++out.nan;
    } else if (std::isinf(value)) {
      ++out.infinite;
    } else {
      out.min = finite == 0 ? value : std::min(out.min, value);
      out.max = finite == 0 ? value : std::max(out.max, value);
      sum += value;
      ++finite;
    }
  });
  if (finite == 0) {
    out.min = out.max = out.mean = std::numeric_limits<double>::quiet_NaN();
  } else {
    out.mean = sum / static_cast<double>(finite);
  }
  return out;
}

}  // namespace graft::models
