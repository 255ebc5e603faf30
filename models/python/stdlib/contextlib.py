"""contextlib."""

import functools

import _library


class AbstractContextManager:
    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        return None


class ContextDecorator:
    def __call__(self, func):
        @functools.wraps(func)
        def inner(*args, **kwargs):
            with self:
                return func(*args, **kwargs)

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

    def callback(self, function, /, *args, **kwargs):
        self._exits.append(lambda *error: function(*args, **kwargs) and None)
        return function

    def close(self):
        self.__exit__(None, None, None)

    def __exit__(self, exc_type, exc_value, traceback):
        suppressed = False
        while self._exits:
            if self._exits.pop()(exc_type, exc_value, traceback):
                suppressed = True
                exc_type = exc_value = traceback = None
        return suppressed


def contextmanager(function):
    @functools.wraps(function)
    def make(*args, **kwargs):
        _library.not_supported(
            f"@contextmanager on {function.__name__}",
            "a class with __enter__ and __exit__, since generators run to their end at once",
        )

    return make


asynccontextmanager = contextmanager
