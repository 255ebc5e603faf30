größe = 1
变量 = "值"
π = τ = 3.14
_ = __ = _a1 = A_B = 2
été.ñandú(größe=变量)
def функция(аргумент): return аргумент
import пакет.модуль as м
matches = cases = types = iff = or_ = None
printf = rb2 = f_ = bR_ = u1 = 0
