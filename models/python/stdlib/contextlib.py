"""contextlib."""

import functools

import _library


class AbstractContextManager:
    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        return None


class ContextDecorator:
    def _recreate_cm(self):
        return self

    def __call__(self, func):
        @functools.wraps(func)
        def inner(*args, **kwds):
            with self._recreate_cm():
                return func(*args, **kwds)

        return inner


class nullcontext(AbstractContextManager):
    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result


class suppress(AbstractContextManager):
    def __init__(self, *exceptions):
        self._exceptions = exceptions

    def __exit__(self, exc_type, exc_value, traceback):
        return exc_type is not None and issubclass(exc_type, self._exceptions)


class closing(AbstractContextManager):
    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, exc_type, exc_value, traceback):
        self.thing.close()


class ExitStack(AbstractContextManager):
    def __init__(self):
        self._exits = []

    def enter_context(self, manager):
        result = manager.__enter__()
        self._exits.append(manager.__exit__)
        return result

    def push(self, exit):
        method = getattr(type(exit), "__exit__", None)
        self._exits.append(exit if method is None else exit.__exit__)
        return exit

    def callback(self, callback, /, *args, **kwds):
        def call(*error):
            callback(*args, **kwds)

        self._exits.append(call)
        return callback

    def pop_all(self):
        taken = type(self)()
        taken._exits, self._exits = self._exits, []
        return taken

    def close(self):
        self.__exit__(None, None, None)

    def __exit__(self, exc_type, exc_value, traceback):
        received, error = exc_type is not None, exc_value
        while self._exits:
            try:
                if self._exits.pop()(None if error is None else type(error), error, None):
                    error = None
            except BaseException as raised:
                error = raised
        if error is not None and error is not exc_value:
            raise error
        return received and error is None


class _GeneratorContextManager(AbstractContextManager, ContextDecorator):
    def __init__(self, function, args, kwargs):
        self._again = function, args, kwargs
        self.gen = function(*args, **kwargs)
        self.__doc__ = function.__doc__

    # A generator runs once: each call of a function that this decorates takes another.
    def _recreate_cm(self):
        return type(self)(*self._again)

    def __enter__(self):
        try:
            return next(self.gen)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(self, exc_type, exc_value, traceback):
        if exc_type is None:
            try:
                next(self.gen)
            except StopIteration:
                return False
            raise RuntimeError("generator didn't stop")
        try:
            self.gen.throw(exc_value)
        except StopIteration as error:
            return error is not exc_value
        except RuntimeError as error:
            # What it makes of a StopIteration that it did not handle.
            if error is exc_value or isinstance(exc_value, StopIteration) and error.__cause__ is exc_value:
                return False
            raise
        except BaseException as error:
            if error is not exc_value:
                raise
            return False
        raise RuntimeError("generator didn't stop after throw()")


def contextmanager(func):
    @functools.wraps(func)
    def helper(*args, **kwds):
        return _GeneratorContextManager(func, args, kwds)

    return helper


def asynccontextmanager(func):
    _library.not_supported("@asynccontextmanager", "@contextmanager on a function without async")
