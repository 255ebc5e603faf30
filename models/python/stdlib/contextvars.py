"""contextvars, as one thread sees them: a variable has one value."""

_absent = object()


class Token:
    MISSING = _absent

    def __init__(self, var, old_value):
        self.var = var
        self.old_value = old_value


class ContextVar:
    def __init__(self, name, *, default=_absent):
        self.name = name
        self._default = default
        self._value = _absent

    def get(self, default=_absent, /):
        for value in (self._value, default, self._default):
            if value is not _absent:
                return value
        raise LookupError(self)

    def set(self, value, /):
        token = Token(self, self._value)
        self._value = value
        return token

    def reset(self, token, /):
        if token.var is not self:
            raise ValueError(f"{token!r} was created by a different ContextVar")
        self._value = token.old_value

    def __repr__(self):
        return f"<ContextVar name={self.name!r}>"
