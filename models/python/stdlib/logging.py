"""logging: warnings and what is worse are printed, the rest is dropped."""

import sys

CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0

_names = {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG", 0: "NOTSET"}


class Filter:
    """What is dropped is dropped by its level: nobody is asked to filter."""

    def __init__(self, name=""):
        self.name = name

    def filter(self, record):
        return True


class Filterer:
    def __init__(self):
        self.filters = []

    def addFilter(self, filter):
        if filter not in self.filters:
            self.filters.append(filter)

    def removeFilter(self, filter):
        if filter in self.filters:
            self.filters.remove(filter)


class Handler(Filterer):
    def __init__(self, level=NOTSET):
        super().__init__()
        self.level = level
        self.formatter = None

    def setLevel(self, level):
        self.level = level

    def setFormatter(self, fmt):
        self.formatter = fmt

    def flush(self):
        pass

    def close(self):
        pass


class StreamHandler(Handler):
    terminator = "\n"

    def __init__(self, stream=None):
        super().__init__()
        self.stream = sys.stderr if stream is None else stream


class NullHandler(Handler):
    pass


class Formatter:
    def __init__(self, *args, **kwargs):
        pass


class Logger(Filterer):
    def __init__(self, name, level=NOTSET):
        super().__init__()
        self.name = name
        self.level = level
        self.handlers = []
        self.propagate = True
        self.disabled = False
        self.parent = None

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


class LoggerAdapter:
    def __init__(self, logger, extra=None):
        self.logger = logger
        self.extra = extra

    def process(self, msg, kwargs):
        return msg, kwargs

    def log(self, level, msg, *args, **kwargs):
        if self.logger.isEnabledFor(level):
            msg, kwargs = self.process(msg, kwargs)
            self.logger.log(level, msg, *args, **kwargs)

    def debug(self, msg, *args, **kwargs):
        self.log(DEBUG, msg, *args, **kwargs)

    def info(self, msg, *args, **kwargs):
        self.log(INFO, msg, *args, **kwargs)

    def warning(self, msg, *args, **kwargs):
        self.log(WARNING, msg, *args, **kwargs)

    warn = warning

    def error(self, msg, *args, **kwargs):
        self.log(ERROR, msg, *args, **kwargs)

    exception = error

    def critical(self, msg, *args, **kwargs):
        self.log(CRITICAL, msg, *args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.logger, name)


_loggers = {}


def getLogger(name=None):
    name = "root" if name is None else name
    if name not in _loggers:
        _loggers[name] = Logger(name)
    return _loggers[name]


def getLoggerClass():
    return Logger


def setLoggerClass(klass):
    pass


def addLevelName(level, levelName):
    _names[level] = levelName


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
