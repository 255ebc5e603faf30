"""Exceptions: chaining, finally and return, custom classes, with."""


class AppError(Exception):
    def __init__(self, code, message="failed", **details):
        super().__init__(message)
        self.code = code
        self.details = details

    def __str__(self):
        return f"[{self.code}] {super().__str__()}"


class NotReady(AppError):
    default = 7

    def __init__(self, **kw):
        super().__init__(self.default, "not ready", **kw)


class Resource:
    def __init__(self, name, log, swallow=()):
        self.name, self.log, self.swallow = name, log, swallow

    def __enter__(self):
        self.log.append(f"enter {self.name}")
        return self

    def __exit__(self, kind, error, trace):
        self.log.append(f"exit {self.name} {None if kind is None else kind.__name__}")
        return kind is not None and issubclass(kind, self.swallow or ())


def order():
    out = []
    try:
        out.append("try")
        try:
            raise KeyError("k")
        except IndexError:
            out.append("wrong")
        finally:
            out.append("inner finally")
    except (KeyError, ValueError) as error:
        out.append(f"caught {error!r}")
    else:
        out.append("not here")
    finally:
        out.append("finally")
    return out


def returns():
    def first():
        try:
            return "try"
        finally:
            steps.append("cleanup")

    def second():
        try:
            raise ValueError
        finally:
            return "finally wins"

    def third():
        for i in range(3):
            try:
                continue
            finally:
                steps.append(i)
        return "done"

    def fourth():
        while True:
            try:
                return "from loop"
            finally:
                break
        return "after break"

    steps = []
    return first(), second(), third(), fourth(), steps


def chained():
    try:
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise AppError(3, key="v") from error
    except AppError as error:
        a = (str(error), error.code, error.details, type(error.__cause__).__name__)
    try:
        try:
            {}["x"]
        except KeyError:
            raise NotReady()
    except AppError as error:
        b = (str(error), type(error.__context__).__name__, error.__cause__, error.args)
    try:
        try:
            int("x")
        except ValueError:
            raise RuntimeError("hidden") from None
    except RuntimeError as error:
        c = (error.__cause__, error.__suppress_context__)
    return a, b, c


def reraise():
    try:
        try:
            raise ValueError("original")
        except ValueError:
            raise
    except ValueError as error:
        return repr(error)


def contexts():
    log = []
    with Resource("a", log) as a, Resource("b", log, (KeyError,)):
        log.append(a.name)
        raise KeyError("inside")
    log.append("after")
    try:
        with Resource("c", log):
            with Resource("d", log):
                raise TypeError("t")
    except TypeError:
        log.append("caught")
    with (
        Resource("e", log) as e,
        Resource("f", log) as f,
    ):
        log.append(e.name + f.name)

    def leaves():
        with Resource("g", log):
            return "returned"

    log.append(leaves())
    return log


def attempt(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def main():
    print(order())
    print(returns())
    print(chained())
    print(reraise())
    print(contexts())
    print(repr(AppError(1)), repr(ValueError("a", 2)), str(ValueError()), ValueError("a", 2).args)
    print(attempt(lambda: [][0]), attempt(lambda: {}["k"]), attempt(lambda: int("z")))
    print(attempt(lambda: None.x), attempt(lambda: 1 + "a"), attempt(lambda: undefined))
    print(attempt(lambda: (lambda a: a)()), attempt(lambda: len(3)), attempt(lambda: [1, 2].index(3)))
    print(attempt(lambda: next(iter([]))), attempt(lambda: "a".foo), attempt(lambda x=3: x()))
    print(isinstance(KeyError(), LookupError), issubclass(ModuleNotFoundError, ImportError),
          issubclass(ZeroDivisionError, ArithmeticError), NotImplementedError.__mro__[1].__name__)

    def assertion(x):
        assert x > 0, f"x is {x}"
        return x

    print(attempt(assertion, 1), attempt(assertion, -1))

    def unbound():
        if False:
            value = 1
        return value

    print(attempt(unbound))
    try:
        raise AppError
    except TypeError as error:
        print(type(error).__name__)
    error = ValueError("noted")
    error.add_note("a note")
    print(error.__notes__)
    try:
        import no_such_module_anywhere
    except ImportError as error:
        print(type(error).__name__, error.name)
