"""threading, as one thread sees it: locks that are always free, and no other threads."""

import _library


class Lock:
    def acquire(self, blocking=True, timeout=-1):
        return True

    def release(self):
        pass

    def locked(self):
        return False

    def __enter__(self):
        return True

    def __exit__(self, exc_type, exc_value, traceback):
        return None


RLock = Lock


class local:
    pass


class Event:
    def __init__(self):
        self._set = False

    def is_set(self):
        return self._set

    def set(self):
        self._set = True

    def clear(self):
        self._set = False


def get_ident():
    return 1


def __getattr__(name):
    _library.not_supported(f"threading.{name}", "a model's source runs on one thread")
