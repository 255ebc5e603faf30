"""numbers: the tower of int and float."""

import _library


class Number:
    __instancecheck__ = _library.instance_check("Number")


class Complex(Number):
    __instancecheck__ = _library.instance_check("Number")


class Real(Complex):
    __instancecheck__ = _library.instance_check("Number")


class Rational(Real):
    __instancecheck__ = _library.instance_check("Integral")


class Integral(Rational):
    __instancecheck__ = _library.instance_check("Integral")
