"""Counter, deque, defaultdict, heapq, bisect, operator, string, textwrap."""
import bisect
import heapq
import string
import textwrap
from collections import Counter, defaultdict, deque


def main():
    c = Counter("mississippi")
    print(c["s"], c["z"], sorted(c.items()), c.most_common(2)[0][1], sum(c.values()), len(c))
    c.update("miss")
    c["new"] += 5
    print(c["m"], c["new"], (Counter(a=3, b=1) - Counter(a=1, b=2)), Counter(a=1) + Counter(a=2, b=1) == Counter(a=3, b=1))
    print(sorted(Counter(a=2, b=1).elements()), Counter([1, 1, 2]) == {1: 2, 2: 1}, dict(Counter("ab")))
    d = deque([1, 2, 3], maxlen=3)
    d.append(4)
    d.appendleft(0)
    print(d, list(d), d[0], d[-1], len(d), d.maxlen, d.pop(), d.popleft(), d)
    e = deque("abc")
    e.rotate(1)
    e.extend("de")
    e.extendleft("xy")
    print(list(e), "c" in e, e.index("a"), e.count("b"), list(reversed(e)))
    q = deque([(0, [1])])
    seen = []
    while q:
        depth, node = q.popleft()
        seen.append((depth, node))
        q.extend((depth + 1, n) for n in node if isinstance(n, list))
    print(seen, bool(deque()))
    g = defaultdict(lambda: defaultdict(int))
    for a, b in [("x", "y"), ("x", "z"), ("x", "y")]:
        g[a][b] += 1
    print({k: dict(v) for k, v in g.items()}, defaultdict(list, {"a": [1]})["a"], "q" in g)
    h = [5, 1, 4]
    heapq.heapify(h)
    heapq.heappush(h, 0)
    print([heapq.heappop(h) for _ in range(len(h))], heapq.nlargest(2, [3, 9, 4]), heapq.nsmallest(2, [3, 9, 4]))
    a = [1, 3, 3, 5]
    bisect.insort(a, 4)
    print(bisect.bisect(a, 3), bisect.bisect_left(a, 3), a, bisect.bisect_right(a, 9))
    print(string.ascii_lowercase[:3], string.digits, string.punctuation[:3], string.ascii_letters[-1])
    print(textwrap.dedent("    a\n      b\n"), end="")
    print(textwrap.indent("x\ny", "> "))
