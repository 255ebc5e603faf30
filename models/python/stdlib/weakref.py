"""weakref, as strong references: what a network is built of lives as long as it does."""

import _library


class ReferenceType:
    def __init__(self, object, callback=None):
        self._object = object

    def __call__(self):
        return self._object


ref = ReferenceType
WeakValueDictionary = dict
WeakKeyDictionary = dict
WeakSet = set


def proxy(object, callback=None):
    return object


def __getattr__(name):
    _library.not_supported(f"weakref.{name}", "a plain reference")
