"""Numbers: conversions, rounding, math, bases."""
import math
import operator


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    print(int("12"), int(" -7 "), int("ff", 16), int("0b101", 0), int(3.9), int(-3.9), int(True), int("1_000"))
    print(float("1.5"), float("1e3"), float(" inf "), float("-nan") != 0, float(2), float("1_0.5"))
    print(attempt(int, "1.5"), attempt(float, "x"), attempt(int, None), attempt(int, "12", 2))
    print(bool(0), bool(""), bool("0"), bool([0]), bool(0.0), bool(None), bool(-1))
    print(abs(-3), abs(-2.5), pow(2, 10), pow(3, 4, 5), pow(2, -1), divmod(7, 3), divmod(-7, 3), divmod(7.5, 2))
    print(min(3, 1, 2), max("abc"), min([], default="d"), max([1, 5, 3], key=lambda x: -x), sum([0.1] * 3), sum(range(5)))
    print(round(-9223372036854775807, -18), round(9223372036854775807, -18), round(-1250, -2))
    print(round(2.567, 2), round(-2.5), round(12345, -2), round(0.5), round(1.5), round(2.0), type(round(2.0)).__name__)
    print(hex(255), bin(5), oct(8), hex(-1), (10).bit_length(), (6).bit_count())
    print(math.floor(-1.5), math.ceil(1.2), math.trunc(-1.7), math.sqrt(16), math.isqrt(17), math.gcd(12, 18), math.lcm(4, 6))
    print(math.prod([1, 2, 3]), math.fsum([0.1] * 10), math.hypot(3, 4), math.log2(8), math.log(100, 10), math.log10(1000))
    print(math.comb(5, 2), math.perm(5, 2), math.factorial(5), math.exp(0), math.pow(2, 3), math.copysign(1, -0.0))
    print(math.isclose(0.1 + 0.2, 0.3), math.isnan(math.nan), math.isinf(math.inf), math.isfinite(1), math.fmod(-7, 3))
    print(math.degrees(math.pi), math.radians(180), round(math.sin(1), 6), round(math.atan2(1, -1), 6), math.tau > 6)
    print(math.modf(2.5), math.frexp(8.0), math.ldexp(0.5, 4), round(math.cbrt(27), 9))
    print((3.0).is_integer(), (2.5).as_integer_ratio(), (1.5).hex())
    print(1_000_000, 0xFF, 0o17, 0b11, 1e3, .5, 5., 1E-2, 10 ** 15, -2 ** 2, (-2) ** 2, 2 ** 3 ** 2)
    print(7 / 2, 6 / 3, 7 // 2.0, 1 / 3, 2 ** 0.5, -1 ** 0.5, 5 % 3.5, 1e308 * 10, -1e308 * 10)
    print(attempt(lambda: 1 / 0), attempt(lambda: 1 % 0), attempt(lambda: 1.0 // 0), attempt(math.sqrt, -1), attempt(math.log, 0))
    print(operator.add(1, 2), operator.itemgetter(1)([5, 6]), operator.attrgetter("real")(3), operator.mul(2, 3.5))
    print(operator.itemgetter(0, -1)("abc"), operator.methodcaller("upper")("a"), operator.not_(1), operator.contains([1], 1))
    print(sorted([3, 1.5, True, -2]), [1, 2.0, 3] == [1.0, 2, 3], hash(1) == hash(1.0) == hash(True), 10 == 10.0)
    print(isinstance(True, int), type(True + 1).__name__, True * 3, ~True, True & False, True ^ True, not True)
    print(all([]), any([]), all([1, 0]), any([0, 2]), list(map(int, "123")), list(range(5, 0, -2)), len(range(0, 10, 3)))
    print(float("nan") == float("nan"), max(float("-inf"), -1e9), min(1, math.nan))
    print(str(3.0), str(-0.0), str(1e22), str(123456789.123456789), 0.1 + 0.7, 1.1 * 3, 1e-5, 123e-7)
