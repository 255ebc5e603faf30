if a: pass
if a: b; c
if a:
    b
if a:
    b
else:
    c
if a:
    b
elif c:
    d
elif e:
    f
else:
    g
if a:
    b
else:
    if c:
        d
if (a := b): pass
if a := b: pass
if a:
    if b:
        c
    d
e
while a: pass
while a:
    if b: break
    elif c: continue
    d
else:
    e
while a := b():
    c
for a in b: pass
for a, b in c: pass
for a, in b: pass
for a, *b in c, d: pass
for (a, b) in c: pass
for [a, b], c in d: pass
for a.b in c: pass
for a[0] in b: pass
for a in *b, c: pass
for a in b:
    continue
else:
    for c in d:
        break
with a: pass
with a as b: pass
with a as b, c as d, e: pass
with a as (b, c): pass
with a as [b, *c]: pass
with a.b() as c.d, e as f[0]: pass
with (a): pass
with (a, b): pass
with (a as b): pass
with (a as b, c): pass
with (
    a as b,
    c(d, e=(f)) as (g, h),
    i,
): pass
with (a, b) as c: pass
with (a).b: pass
with (a)(b), c: pass
with (a for b in c): pass
with (a := b): pass
with (a := b, c): pass
with (*a, b): pass
with (): pass
with (), (): pass
with (a if b else c): pass
try: a
except: b
try:
    a
except A:
    b
except (B, C) as d:
    e
except f.g():
    h
else:
    i
finally:
    j
try:
    a
finally:
    b
try:
    a
except* A as b:
    c
except *(B, C):
    d


def f():
    with (yield): pass
    for a in b:
        try:
            continue
        except A:
            break
        finally:
            pass
    return
