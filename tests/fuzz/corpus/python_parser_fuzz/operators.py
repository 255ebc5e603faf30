a + b - c * d / e // f % g @ h
a ** b ** c
-a ** -b
-+~a
(a + b) * (c - d)
((a)) + (b)
a | b ^ c & d << e >> f
a | (b ^ c) & d
not a
not not a == b
a and b and c or d or e and f
a or (b or c)
a < b
a < b <= c == d != e > f >= g
a is b is not c in d not in e
(a < b) < c
not a in b
a if b else c
a if b else c if d else e
(a if b else c) if (d if e else f) else g
lambda: a
lambda a: lambda b: a + b
a if b else lambda: c
(a := b)
(a := b if c else d)
[a := 1, b]
a.b.c
a.b().c[0](1)(2).d
a[b][c]
1 .real
"text".join(x)
(a.b)
(a).b
-a.b ** c[d]
a@b@c
a if b and c or d else e
async_ = await_
x = a\
    + b\
  .c
(a
 + b  # in between
 * c)
