import bisect
import heapq
import keyword
import threading
import types
import weakref


def words():
    print([w for w in ["class", "net", "None", "match", "is"] if keyword.iskeyword(w)])
    print(keyword.issoftkeyword("match"), len(keyword.kwlist))


def order():
    a = [1, 3, 3, 5]
    print(bisect.bisect_left(a, 3), bisect.bisect_right(a, 3), bisect.bisect(a, 9))
    bisect.insort(a, 4)
    bisect.insort_left(a, -2, key=abs)
    print(a)
    heap = []
    for x in [5, 1, 4, 1, 9, 2]:
        heapq.heappush(heap, x)
    print([heapq.heappop(heap) for _ in range(6)])
    heap = [7, 3, 8, 1]
    heapq.heapify(heap)
    print(heapq.heapreplace(heap, 5), heapq.heappushpop(heap, 0), heap[0])
    print(heapq.nlargest(2, [4, 9, 2]), heapq.nsmallest(2, ["bb", "a", "ccc"], key=len))


class Thing:
    pass


def alone():
    with threading.Lock():
        print("locked")
    store = threading.local()
    store.x = 1
    print(store.x)
    thing = Thing()
    print(weakref.ref(thing)() is thing)


class Base:
    pass


def kinds():
    class A(Base):
        pass

    class B(A):
        pass

    print([c.__name__ for c in Base.__subclasses__()], [c.__name__ for c in A.__subclasses__()])
    print(B.__subclasses__())


def copies():
    shift = 10

    def f(x, y=2, *, z=3):
        total = x + y + z + shift
        return total

    code = f.__code__
    print(code.co_name, code.co_argcount, code.co_kwonlyargcount, code.co_varnames)
    g = types.FunctionType(code, f.__globals__, "g", (5,), f.__closure__)
    g.__kwdefaults__ = {"z": 3}
    print(g.__name__, f(1), g(1, z=3), f.__globals__["Thing"] is Thing, f.__closure__ is None)
    print(len.__class__ is f.__class__, __import__("types") is types)


def same():
    kind = "".join(["nor", "mal"])
    print("normal" is "normal", kind == "normal", [] is [])


def main():
    words()
    order()
    alone()
    kinds()
    copies()
    same()
