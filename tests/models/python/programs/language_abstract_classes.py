"""Abstract classes: what refuses an instance, and what it says."""

import abc
import inspect
from abc import ABC, ABCMeta, abstractmethod
from dataclasses import dataclass


class Shape(ABC):
    @abstractmethod
    def area(self):
        return 0

    @property
    @abstractmethod
    def name(self):
        pass

    @classmethod
    @abstractmethod
    def unit(cls):
        pass

    @staticmethod
    @abstractmethod
    def sides():
        pass

    def describe(self):
        return f"{self.name}: {self.area()}"


class Partial(Shape):
    name = "partial"

    def area(self):
        return super().area() + 1


class Square(Partial):
    name = "square"

    @classmethod
    def unit(cls):
        return cls(2)

    @staticmethod
    def sides():
        return 4

    def __init__(self, size=1):
        self.size = size

    def area(self):
        return self.size**2 + super().area()


class AbstractAgain(Square):
    @abstractmethod
    def area(self):
        pass


class Meta(ABCMeta):
    def __new__(mcls, name, bases, namespace, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        cls.tag = name.lower()
        return cls


class WithMeta(metaclass=Meta):
    made = []

    def __init_subclass__(cls, mark=None):
        WithMeta.made.append((cls.__name__, mark))

    @abstractmethod
    def run(self):
        pass


class Runs(WithMeta, mark=1):
    def run(self):
        return self.tag


class Settable(ABC):
    @property
    def value(self):
        return 1

    @value.setter
    @abstractmethod
    def value(self, value):
        pass


class WithNew(ABC):
    def __new__(cls, *args):
        cls.asked = args
        return super().__new__(cls)

    @abstractmethod
    def go(self):
        pass


class NotAbc:
    @abstractmethod
    def ignored(self):
        return "not refused"


class Numbers(dict, ABC):
    @abstractmethod
    def ignored(self):
        pass


class Mixin:
    def area(self):
        return 3

    @property
    def name(self):
        return "mixed"


class Mixed(Mixin, Shape):
    def sides(self):
        return 0

    unit = None


class Old(metaclass=ABCMeta):
    @abc.abstractproperty
    def old(self):
        pass


@dataclass
class Point(ABC):
    x: int = 0

    @abstractmethod
    def length(self):
        pass


@dataclass
class Line(Point):
    y: int = 1

    def length(self):
        return self.x + self.y


def attempt(call):
    try:
        result = call()
        print(result if isinstance(result, (str, int, dict)) else type(result).__name__)
    except TypeError as error:
        print("TypeError:", error)


def main():
    for cls in (Shape, Partial, AbstractAgain, WithMeta, Settable, Old, Point):
        attempt(cls)
    attempt(lambda: Partial.__new__(Partial))
    attempt(lambda: object.__new__(Shape))
    attempt(lambda: WithNew(1, 2))
    print(WithNew.asked)
    attempt(lambda: Shape(1))
    print(Square(3).describe(), Square.unit().size, Square.sides(), Shape.area(None))
    attempt(lambda: NotAbc().ignored())
    attempt(lambda: Numbers(a=1))
    print(Mixed().describe())
    print(Line(2).length(), Line(2))
    print(Runs().run(), WithMeta.made, WithMeta.tag)
    print(sorted(Shape.__abstractmethods__), sorted(Partial.__abstractmethods__), Square.__abstractmethods__)
    print([inspect.isabstract(cls) for cls in (Shape, Square, AbstractAgain, NotAbc, Old, int)])
    print(type(Shape) is ABCMeta, type(Square).__name__, type(ABC), isinstance(Shape, type), type(Runs).__name__)
    print(isinstance(Square(), Shape), issubclass(Square, ABC), [c.__name__ for c in Square.__mro__])
    print(Shape.area.__isabstractmethod__, hasattr(Shape.describe, "__isabstractmethod__"))

    def later(self):
        return 5

    Later = ABCMeta("Later", (Shape,), {"area": later, "name": "later", "unit": 1})
    attempt(Later)
    Later.sides = later
    attempt(Later)
    abc.update_abstractmethods(Later)
    attempt(lambda: Later().sides())
