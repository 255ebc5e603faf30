()
(a,)
(a, b)
(a, b,)
a,
a, b
a, *b
*a, b
(*a, b, *c)
(a)
[]
[a]
[a, b,]
[*a, *b]
[[], [[]], ()]
{}
{a}
{a, b,}
{*a, b}
{a: b}
{a: b, c: d,}
{**a}
{**a, b: c, **d}
{a: lambda: b, c: d if e else f}
{a: {b: {c}}}
[a for b in c]
[a for b in c if d if e]
[a for b in c for d in e if f]
[a for b, c in d]
[a for b, *c in d]
[a for (b, c), [d] in e]
[a for b in c or d]
[a for b.c in d]
[a for b[0] in d]
[a, (b for c in d)]
[(a, b) for c in d]
[lambda: a for b in c]
[a if b else c for d in e if f and not g]
[b := a for c in d]
[x := 0, y := 1]
{a for b in c}
{a: b for c in d}
{a: b for c, d in e.items() if f}
(a for b in c)
(a for b in c if d)
((a for b in c), d)
async def f():
    [a async for b in c]
    {a: b async for c in d if e async for g in h}
    return (a for b in c async for d in e)
x[a]
x[a, b]
x[a,]
x[:]
x[::]
x[a:]
x[:b]
x[::c]
x[a:b]
x[a:b:c]
x[a:b, c]
x[..., None, ::-1]
x[a, b:c, d::e]
x[()]
x[a := 1]
x[*a]
x[*a, b]
x[lambda: a]
x[a if b else c:d]
x[
    a,
    b,
]
