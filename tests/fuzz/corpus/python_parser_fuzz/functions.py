def f(): pass
def f(a): pass
def f(a, b=1, c=2): pass
def f(a, /): pass
def f(a, b=1, /, c=2, *, d, e=3, **g): pass
def f(a, /, *args, b, **kwargs): pass
def f(*, a): pass
def f(*, a=1, b): pass
def f(*args): pass
def f(**kwargs): pass
def f(a, b,): pass
def f(*args, **kwargs,): pass
def f(a: int, b: str = "x", *args: float, c: bool = True, **kwargs: "any") -> None: pass
def f(*args: *Ts) -> tuple[int, ...]: pass
def f[T](a: T) -> T: pass
def f[T: int, *Ts, **P](a: T, *args: *Ts) -> None: pass


def f(
    a,  # first
    b=(1, 2),
    *,
    c=lambda x: x,
):
    """Doc."""
    return a


def g():
    yield
    yield 1
    yield 1, 2
    yield *a, b
    x = yield
    x = yield 1
    x += yield
    x: int = yield 1
    y = yield from z
    (yield)
    return (yield 1), 2


def no_generator():
    def inner():
        yield 1
    lambda: (yield)
    class C:
        def method(self):
            yield
    return inner


def outer_generator():
    if a:
        for b in c:
            with d:
                try:
                    x = [(yield b)]
                finally:
                    pass


async def h(a, *, b=1) -> int:
    await a
    x = await b.c(d)
    -await a ** 2
    async for i in x:
        pass
    else:
        pass
    async with a as b, c:
        pass
    yield 1


@decorator
@module.decorator(1, a=2)
@(lambda f: f)
@x[0].y
def f(): return


@a
async def f(): return *b, c


lambda: 0
lambda a: a
lambda a, b=1, /, c=2, *d, e, g=3, **h: a
lambda *, a: a
lambda *a, **b: (a, b)
lambda a,: a
lambda a=lambda b: b: a
lambda: (yield)
