import collections
import contextlib
import copy
import functools
import inspect
import itertools
import math
import operator
import os.path
import string
import sys
import textwrap
import types
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Any, Dict, Generic, List, NamedTuple, Optional, Tuple, TypeVar, Union


def attempt(*calls):
    for call in calls:
        try:
            print(call())
        except (TypeError, ValueError, IndexError, KeyError, OverflowError, AttributeError) as error:
            print(type(error).__name__, error)


def maths():
    print(math.sqrt(2), math.floor(2.7), math.ceil(2.1), math.trunc(-2.7), math.floor(-2.5), math.ceil(5))
    print(math.log(8, 2), math.log(math.e), math.log2(8), math.log10(1000), math.log1p(0.5), math.exp(1), math.expm1(1e-9))
    print(math.sin(1), math.cos(1), math.tan(1), math.atan2(1, 2), math.degrees(math.pi), math.radians(180), math.hypot(3, 4))
    print(math.factorial(10), math.comb(5, 2), math.perm(5, 2), math.gcd(12, 18), math.lcm(4, 6), math.isqrt(17), math.prod([2, 3, 4]))
    print(math.isclose(0.1 + 0.2, 0.3), math.isnan(math.nan), math.isinf(-math.inf), math.isfinite(1), math.copysign(1, -0.0), math.fmod(7, 3))
    print(math.fsum([0.1] * 10), math.modf(2.5), math.frexp(8), math.ldexp(0.5, 4), math.pow(2, 3), math.dist([0, 0], [3, 4]), math.tau, math.erf(0.5), math.gamma(5))
    attempt(lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.exp(1000), lambda: math.factorial(-1), lambda: math.sqrt("a"), lambda: math.floor("a"))


def tools():
    add = partial(lambda a, b=1, *c, **d: (a, b, c, d), 1, x=5)
    print(add(), add(2, 3, y=6), add(x=9), add.args, add.keywords, partial(add, 7).args, partial(int, base=2)("101"))
    print(reduce(lambda a, b: a * b, [1, 2, 3, 4]), reduce(operator.add, [], 5), reduce(max, [3, 9, 2]))

    @functools.lru_cache(maxsize=None)
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    @functools.cache
    def twice(x):
        print("computed", x)
        return x * 2

    def logged(f):
        @functools.wraps(f)
        def wrapper(*args, **kwargs):
            return ("logged", f(*args, **kwargs))
        return wrapper

    @logged
    def named(x):
        """Doc."""
        return x

    print(fib(60), twice(2), twice(2), named(1), named.__name__, named.__doc__)

    class Box:
        @functools.cached_property
        def value(self):
            print("made")
            return 42

    box = Box()
    print(box.value, box.value, "value" in box.__dict__)

    @functools.total_ordering
    class Version:
        def __init__(self, n):
            self.n = n

        def __eq__(self, other):
            return self.n == other.n

        def __lt__(self, other):
            return self.n < other.n

    print(Version(1) >= Version(2), Version(1) <= Version(1), Version(3) > Version(2), sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))

    @functools.singledispatch
    def show(x):
        return "object"

    @show.register(int)
    def show_int(x):
        return "int"

    print(show("a"), show(1), show(True))
    print(operator.itemgetter(1)([1, 2]), operator.itemgetter(0, 2)("abc"), operator.attrgetter("n")(Version(5)), operator.methodcaller("upper")("a"),
          operator.mul(3, 4), operator.contains([1], 1), operator.neg(2))
    attempt(lambda: reduce(operator.add, []), lambda: partial(5))


def iterators():
    it = itertools
    print(list(it.chain([1], (2, 3), "a")), list(it.chain.from_iterable([[1], [2]])), list(it.repeat(1, 3)), list(it.islice(it.count(5, 2), 3)))
    print(list(it.islice(it.cycle("ab"), 5)), list(it.islice(range(10), 2, 8, 3)), list(it.islice("abc", None)), list(it.product("ab", [1, 2])))
    print(list(it.product([0, 1], repeat=2)), list(it.product()), list(it.zip_longest([1, 2], "a", fillvalue="-")), list(it.accumulate([1, 2, 3])))
    print(list(it.accumulate([1, 2, 3], operator.mul, initial=10)), list(it.starmap(pow, [(2, 3), (3, 2)])), list(it.permutations("abc", 2)))
    print(list(it.permutations([1, 2, 3])), list(it.combinations("abcd", 2)), list(it.combinations_with_replacement("ab", 2)), list(it.combinations("ab", 3)))
    print([(k, list(g)) for k, g in it.groupby("aabbbc")], [(k, list(g)) for k, g in it.groupby([1, 3, 2, 4], key=lambda x: x % 2)])
    a, b = it.tee([1, 2, 3])
    print(next(a), list(b), list(a), list(it.pairwise([1, 2, 3])), list(it.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(it.dropwhile(lambda x: x < 3, [1, 3, 1])))
    print(list(it.filterfalse(lambda x: x % 2, range(5))), list(it.compress("abcd", [1, 0, 1, 0])))


Point = namedtuple("Point", "x y")
Sized3 = namedtuple("Sized3", ["a", "b", "c"], defaults=[2, 3])


class Layer(NamedTuple):
    name: str
    size: int = 10
    act: Optional[str] = None

    def double(self):
        return self.size * 2


def containers():
    p = Point(1, y=2)
    print(p, p.x, p[1], p._fields, p._replace(x=5), p._asdict(), Point._make([7, 8]), p == (1, 2), isinstance(p, tuple), len(p), *p)
    print(Sized3(1), Sized3(1, c=9), Layer("conv"), Layer("fc", 3).double(), Layer._fields, Layer("a")._replace(size=1), Layer("q").act)
    d = OrderedDict([("a", 1), ("b", 2)])
    d["c"] = 3
    d.move_to_end("a")
    print(d, list(d), d.popitem(last=False), d == {"c": 3, "a": 1}, isinstance(d, dict), OrderedDict(), OrderedDict(x=1))
    e = defaultdict(list)
    e["x"].append(1)
    print(e["x"], dict(e), e["nope"], len(e), e.get("zz"), defaultdict(int, a=1)["b"], defaultdict(lambda: 5)["k"], e.default_factory is list)
    c = Counter("abracadabra")
    c.update("aa")
    print(c, c["a"], c["zz"], c.most_common(2), sum(c.values()), Counter({"x": 2}) + Counter(x=1, y=3), sorted(Counter(a=2).elements()))
    q = deque([1, 2, 3], maxlen=3)
    q.append(4)
    q.appendleft(0)
    q.rotate(1)
    print(q, q.pop(), q.popleft(), len(q), list(q), deque("ab"), q[0], collections.ChainMap({"a": 1}, {"a": 2, "b": 3})["b"])
    attempt(lambda: Point(1), lambda: Point(1, 2, 3), lambda: Point(1, z=1), lambda: deque().pop(), lambda: p.z, lambda: defaultdict(5))


T = TypeVar("T")


class Registry(Generic[T]):
    def __init__(self):
        self.items: List[T] = []


class Checks:
    def __iter__(self):
        return iter([])

    def __call__(self):
        pass


def kinds():
    print(isinstance([], Iterable), isinstance(5, Iterable), isinstance("a", Sequence), isinstance({}, Mapping), isinstance({}, Sequence))
    print(isinstance(Checks(), Iterable), isinstance(Checks(), Callable), isinstance(len, Callable), isinstance([], Hashable), isinstance(1, Hashable))
    print(isinstance((1,), collections.abc.Sequence), isinstance(iter([]), collections.abc.Iterator), Registry().items, Registry[int]().items)
    print(types.SimpleNamespace(a=1, b="x"), types.SimpleNamespace(a=1).a, isinstance(kinds, types.FunctionType), types.NoneType is type(None))
    print(sys.version_info >= (3, 8), sys.version_info[0], sys.maxsize, sys.platform, string.ascii_lowercase, string.digits)
    print(os.path.join("a", "b", "/c", "d"), os.path.basename("/x/y.pt"), os.path.dirname("/x/y.pt"), os.path.splitext("a/b.tar.gz"), os.path.splitext(".rc"))
    print(os.path.split("/a"), os.path.normpath("a/../b/./c//d"), os.path.isabs("/a"), repr(textwrap.dedent("  a\n    b\n  c")))
    signature = inspect.signature(lambda a, /, b, *c, d=1, **e: None)
    print(list(signature.parameters), [int(p.kind) for p in signature.parameters.values()], signature.parameters["d"].default)
    print("size" in inspect.signature(Layer.double).parameters, inspect.isclass(Checks), inspect.isfunction(attempt), inspect.getfullargspec(attempt).varargs)
    with contextlib.suppress(KeyError):
        {}["x"]
    with contextlib.nullcontext(5) as five:
        print(five)


class Node:
    def __init__(self, value):
        self.value = value
        self.children = []
        self.parent = None


class Custom:
    def __deepcopy__(self, memo):
        return "custom copy"


def copies():
    a = [1, [2, 3], {"k": [4]}]
    b = copy.copy(a)
    c = copy.deepcopy(a)
    a[1].append(9)
    a[2]["k"].append(5)
    print(b, c)
    n = Node(1)
    n.children.append(Node(2))
    n.children[0].parent = n
    m = copy.deepcopy(n)
    n.children[0].value = 7
    print(m.children[0].value, m.children[0].parent is m, copy.copy(n).children is n.children, copy.deepcopy([Custom()]))
    shared = [1]
    d = copy.deepcopy([shared, shared])
    print(d[0] is d[1], copy.deepcopy((1, [2])), copy.deepcopy(Point(1, [2])), copy.deepcopy({1, 2}), copy.deepcopy(OrderedDict(a=[1])))
    loop = [1]
    loop.append(loop)
    other = copy.deepcopy(loop)
    print(other[1] is other, copy.deepcopy(len) is len, copy.deepcopy(Node) is Node)


def main():
    maths()
    tools()
    iterators()
    containers()
    kinds()
    copies()


if __name__ == "__main__":
    main()
