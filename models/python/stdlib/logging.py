"""logging: warnings and what is worse are printed, the rest is dropped."""

CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0

_names = {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG", 0: "NOTSET"}


class Handler:
    def __init__(self, *args, **kwargs):
        pass

    def setLevel(self, level):
        pass

    def setFormatter(self, formatter):
        pass


class StreamHandler(Handler):
    pass


class NullHandler(Handler):
    pass


class Formatter:
    def __init__(self, *args, **kwargs):
        pass


class Logger:
    def __init__(self, name):
        self.name = name
        self.level = NOTSET
        self.handlers = []
        self.propagate = True

    def log(self, level, msg, *args, **kwargs):
        if level >= max(WARNING, self.level):
            text = str(msg) % args if args else str(msg)
            print(f"{getLevelName(level)}:{self.name}:{text}")

    def debug(self, msg, *args, **kwargs):
        self.log(DEBUG, msg, *args)

    def info(self, msg, *args, **kwargs):
        self.log(INFO, msg, *args)

    def warning(self, msg, *args, **kwargs):
        self.log(WARNING, msg, *args)

    warn = warning

    def error(self, msg, *args, **kwargs):
        self.log(ERROR, msg, *args)

    exception = error

    def critical(self, msg, *args, **kwargs):
        self.log(CRITICAL, msg, *args)

    def setLevel(self, level):
        self.level = level if isinstance(level, int) else NOTSET

    def getEffectiveLevel(self):
        return self.level or WARNING

    def isEnabledFor(self, level):
        return level >= max(WARNING, self.level)

    def addHandler(self, handler):
        self.handlers.append(handler)

    def removeHandler(self, handler):
        if handler in self.handlers:
            self.handlers.remove(handler)

    def hasHandlers(self):
        return bool(self.handlers)

    def getChild(self, suffix):
        return getLogger(f"{self.name}.{suffix}")


_loggers = {}


def getLogger(name=None):
    name = "root" if name is None else name
    if name not in _loggers:
        _loggers[name] = Logger(name)
    return _loggers[name]


def getLevelName(level):
    return _names.get(level, f"Level {level}")


def basicConfig(**kwargs):
    pass


def disable(level=CRITICAL):
    pass


def captureWarnings(capture):
    pass


def debug(msg, *args, **kwargs):
    getLogger().debug(msg, *args)


def info(msg, *args, **kwargs):
    getLogger().info(msg, *args)


def warning(msg, *args, **kwargs):
    getLogger().warning(msg, *args)


warn = warning


def error(msg, *args, **kwargs):
    getLogger().error(msg, *args)


exception = error


def critical(msg, *args, **kwargs):
    getLogger().critical(msg, *args)
