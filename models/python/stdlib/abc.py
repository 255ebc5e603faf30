"""abc: abstract methods are marked; a class that lacks them can still be made an instance of."""


class ABC:
    pass


ABCMeta = type


def abstractmethod(funcobj):
    return funcobj


abstractproperty = property
abstractclassmethod = classmethod
abstractstaticmethod = staticmethod
