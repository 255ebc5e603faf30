class A: pass
class A(): pass
class A(B): pass
class A(B, C, metaclass=M, **kwargs): pass
class A(*bases): pass
class A[T]: pass
class A[T: (int, str), *Ts, **P](B[T]): pass
class A(a.b.C[int]): x = 1; y = 2


class Net(nn.Module):
    """Doc."""

    hidden: int
    width: int = 64
    names = ("a", "b")

    class Config:
        depth = 2

    def __init__(self, width=64):
        super().__init__()
        super(Net, self).__init__()
        self.fc = nn.Linear(width, 10)
        self.x: int = 1
        self.y[0]: int = 2

    @property
    def size(self) -> int:
        return self.width

    @staticmethod
    def make(): ...


@dataclass(frozen=True)
@final
class A:
    x: int = field(default_factory=list)


type X = int
type Pair[T] = tuple[T, T]
type = 1
type(x)
type.x = 2
type[int]
