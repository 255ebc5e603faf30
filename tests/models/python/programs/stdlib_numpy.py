import numpy as np


def show(value):
    """A value with its type, so that printing does not hide it."""
    if isinstance(value, tuple):
        return "(" + ", ".join(show(item) for item in value) + ")"
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} {rounded(value.tolist())}"
    if isinstance(value, np.number):
        return f"{value.dtype} {rounded(value.item())}"
    return repr(value.item()) if isinstance(value, np.bool_) and hasattr(value, "item") else repr(value)


def rounded(value):
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value


def attempt(*calls):
    for call in calls:
        try:
            print(show(call()))
        except (TypeError, ValueError, IndexError, OverflowError) as error:
            print(type(error).__name__)


def types():
    print(np.dtype("float32"), np.dtype(np.float32), np.dtype(float), np.dtype(None), np.dtype("<f4"), np.dtype("i8"), np.dtype(bool))
    print(np.dtype("float32") == np.float32, np.float32 == np.dtype("float32"), np.dtype("int8") == "int8", np.dtype("int8") in (np.int8, np.uint8), np.dtype("float64") != float)
    print(repr(np.dtype("float32")), np.dtype("int16").itemsize, np.dtype("uint8").kind, np.dtype("float16").name, np.dtype(np.int64).type is np.int64)
    print([np.issubdtype(a, b) for a in (np.float32, np.int64, float, int, "uint8", bool, np.dtype("float16")) for b in (np.floating, np.integer, np.number, np.signedinteger, np.generic)])
    print(np.promote_types("int8", "uint8"), np.promote_types("int32", "float32"), np.promote_types("int16", "float32"), np.promote_types(bool, "int8"), np.promote_types("uint64", "int8"))
    print(np.result_type(np.float32(1), 2.0), np.result_type(np.int8, 3), np.result_type(np.int64, 1.5), np.result_type("float32", np.int32), np.can_cast("int32", "float32"), np.can_cast("int8", "int32"), np.can_cast("float64", "float32", "same_kind"))
    f, i = np.finfo(np.float32), np.iinfo(np.int16)
    print(float(f.eps), float(f.max), float(f.min), float(f.tiny), f.bits, i.min, i.max, np.iinfo(np.int64).max, np.iinfo("uint8").max, np.iinfo(int).min, float(np.finfo(float).eps), float(np.finfo("float16").max))
    attempt(lambda: np.dtype("nothing"), lambda: np.iinfo(float))


def scalars():
    for v in (np.float32(0.1), np.int64(7), np.uint8(200), np.float64(2.5), np.int8(-3), np.float16(0.1)):
        print(show(v), show(v + 1), show(v * 2), show(v / 3), show(-v if v.dtype.kind != "u" else v), show(v ** 2), show(v // 2), show(v % 2), v == v, bool(v > 1), float(v).__class__.__name__, str(v.dtype))
    attempt(lambda: np.uint8(300), lambda: np.uint8(-1), lambda: np.int8(200), lambda: np.int32(3.9), lambda: np.float32("1.5"), lambda: np.int64(True))
    print(isinstance(np.float64(1), float), isinstance(np.float32(1), np.floating), isinstance(np.int32(1), np.integer), isinstance(np.int32(1), np.number), isinstance(np.bool_(True), np.bool_))
    print(show(np.float32(1) + np.int64(1)), show(np.float32(1.5) * np.float64(2)), show(np.int32(3) * np.int8(2)), show(np.int64(3) / np.int64(2)), show(np.float32(2) * 1.1), show(2.0 ** np.int64(3)))
    print([1, 2, 3][np.int64(1)], list(range(np.int32(3))), {4: "x"}[np.int64(4)], "%d %s" % (np.int64(4), np.float32(0.5)), f"{np.float64(2.5):.2f}", divmod(np.int64(7), 2)[0] == 3, abs(np.int64(-3)) == 3, int(np.float32(3.7)), round(np.float64(2.567), 1) == 2.6)
    print(show(np.float32(3).astype(int)), show(np.int64(3).reshape(1)), np.float32(2).item(), np.int64(5).tolist(), np.float64(1).shape, np.int8(1).ndim, show(np.prod((2, 3))), show(np.prod([2.0, 3])), show(np.prod(())))


def making():
    print(show(np.array([1, 2])), show(np.array([1, 2.5])), show(np.array([[True, False]])), show(np.array(3)), show(np.array([])), show(np.array([[1, 2], [3, 4]], dtype=np.float32)), show(np.array([1.7, -1.7], int)), show(np.array((1, 2), ndmin=2)), show(np.array([300, -1]).astype("uint8")), show(np.array([0.1], "float32")), show(np.array([np.float32(0.1), np.float32(2)])), show(np.array(range(3))))
    print(show(np.zeros(2)), show(np.zeros((2, 0))), show(np.ones((1, 2), dtype=int)), show(np.full((2,), 7)), show(np.full(2, 0.5, "float16")), show(np.full((2, 2), [1, 2])), show(np.zeros_like([1, 2])), show(np.ones_like(np.zeros(2), dtype=bool)), show(np.empty((0, 3))), show(np.eye(2)), show(np.identity(2, int)), show(np.eye(2, 3, 1, int)))
    print(show(np.arange(3)), show(np.arange(1, 2, 0.25)), show(np.arange(5, 0, -2)), show(np.arange(3.0)), show(np.arange(2, dtype="float32")), show(np.arange(0)), show(np.linspace(0, 1, 5)), show(np.linspace(0, 1, 4, endpoint=False)), show(np.linspace(1, 10, 4, dtype=int)), show(np.linspace(2, 3, 1)), show(np.logspace(0, 2, 3)), show(np.geomspace(1, 8, 4)))
    print(show(np.tri(3, k=-1)), show(np.tril(np.ones((2, 3)))), show(np.triu([[1, 2], [3, 4]])), show(np.diag([1, 2])), show(np.diag([[1, 2], [3, 4]], 1)), show(tuple(np.meshgrid([1, 2], [3, 4, 5]))), show(tuple(np.meshgrid([1, 2], [3], indexing="ij"))), show(np.indices((2, 2))), show(np.triu_indices(3, 1)), show(np.mgrid[0:2, 0:3]), show(np.hanning(4)), show(np.hamming(3)))
    a = np.array([[1, 2, 3], [4, 5, 6]])
    print(a.size, a.ndim, a.nbytes, a.strides, len(a), a.T.shape, a.T.strides, [row.tolist() for row in a], 5 in a, show(a.copy()), show(np.asarray(a) is a), bool(np.array([1])), int(np.array(3)), float(np.array(2.5)), [10, 20][np.array(1)])
    attempt(lambda: np.array([[1], [2, 3]]), lambda: bool(np.array([1, 2])), lambda: np.zeros(3)[3], lambda: np.zeros(3)[0, 0], lambda: np.zeros((2, 3)) + np.zeros((2, 2)), lambda: np.zeros(3).reshape(2), lambda: np.zeros(2).item())


def indexing():
    a = np.arange(24).reshape(2, 3, 4)
    print(show(a[0]), show(a[1, 2, 3]), show(a[-1, 0]), show(a[:, 1]), show(a[..., 0]), show(a[0, ::2, ::-1]), show(a[:, None, 0].shape), show(a[1:, :2, -1]), show(a[[0, 1], [1, 2]]), show(a[:, [0, 2]].shape), show(a[0][[[0, 1], [2, 0]], 0]), show(a[a > 20]), show(a[np.array([True, False])].shape), show(a[0, :, np.array([0, 3])]), show(a[..., np.newaxis].shape), show(a[0, 0, 0:0]))
    a[0, 1] = 100
    a[:, 0, 0] = [7, 8]
    a[a == 100] = -1
    row = a[1]
    row[0] += 5
    row[...] *= 2
    print(show(a))
    b = np.zeros(4, dtype=np.float32)
    b[1:3] = np.array([1.1, 2.2])
    b[[0, 3]] = 9
    b += 1
    b[0] -= 0.5
    v = b.reshape(2, 2)
    v[0, 0] = 42
    t = v.T
    t[1, 0] = 43
    print(show(b), show(v), show(t), v.base is not None)
    c = np.arange(6)
    c.shape = (2, 3)
    c[:, 1:] = 0
    c.fill(3)
    d = np.ones(3, int)
    d *= 2
    d //= 2
    d |= 4
    print(show(c), show(d), show(d & 1), show(~d), show(d << 1), show(np.array([True, False]) | False), show(~np.array([True])))


def arithmetic():
    a, b = np.array([1, 2, 3]), np.array([[0.5], [2]])
    print(show(a + b), show(a - 1), show(2 - a), show(a * 2.0), show(a / 2), show(7 // a), show(-7 % a), show(a ** 2), show(2 ** a), show(-a), show(abs(-a)), show(a @ a), show(b.T @ b), show(np.ones((2, 3)) @ a), show(a == 2), show(a != b), show(a < [2, 2, 2]), show((a > 1) & (a < 3)), show(a == None), show([1, 2, 3] + a), show(np.float32(2) * a), show(a.astype("float32") * 1.5), show(np.array([200], "uint8") + np.uint8(100)), show(np.array([2**31 - 1], "int32") * np.array([2], "int32")))
    with np.errstate(all="ignore"):
        z = np.array([-1.0, 0.0, 1.0])
        print(show(z / 0), show(np.sqrt(z)), show(np.log(z)), show(np.exp(z * 1000)), show(z // 0.0), show(np.array([1, 2]) // 0), show(np.power(z, -1.0)), show(np.power(np.array([-8.0]), 0.5)), show(np.arcsin(z * 2)), show(np.log1p(z)))
        print(show(np.isinf(z / 0)), show(np.isnan(z / 0)), show(np.isfinite([1.0, np.inf])), np.isinf(3), bool(np.isnan(np.nan)), show(np.maximum(z, np.nan)), show(np.fmax(z, np.nan)))
    print(show(np.sqrt(4)), show(np.sqrt([1, 4])), show(np.sqrt(np.float32(2))), show(np.exp(np.array([0, 1], "float32"))), show(np.sin([0.5])), show(np.cos(0.5)), show(np.tanh([0.5])), show(np.arctan2(1, 2)), show(np.log2(8)), show(np.log10([10, 100])), show(np.floor([1.5, -1.5])), show(np.ceil(1.2)), show(np.round(2.5)), show(np.round([1.25, 3.75], 1)), show(np.rint([0.5, 1.5, -2.5])), show(np.trunc(-1.7)), show(np.sign([-2, 0, 3])), show(np.abs([-1.5, 2])), show(np.square(3)), show(np.deg2rad(180.0)), show(np.hypot(3, 4)), show(np.clip([1, 5, 9], 2, 6)), show(np.clip(7.5, 0, 1)), show(np.maximum([1, 5], 3)), show(np.minimum(2, [1, 5])), show(np.mod(-7, 3)), show(np.floor_divide(7, 2)), show(np.reciprocal(4.0)), show(np.logical_and([1, 0], 1)), show(np.logical_not([1, 0])), show(np.logical_or.reduce([0, 0, 1])), show(np.add.reduce([1, 2])), show(np.maximum.reduce([[1, 5], [3, 2]])), show(np.multiply.outer([1, 2], [3, 4])), show(np.add.accumulate([1, 2, 3])))
    out = np.zeros(2)
    np.add([1, 2], 1, out=out)
    print(show(out), show(np.power(2, [1, 2])), show(np.float64(2) ** -1), show(np.exp2(3)))
    attempt(lambda: np.array([2]) ** -1)


def reductions():
    a = np.array([[1, 2, 3], [4, 5, 6]])
    f = np.array([[0.5, 1.5], [2.5, -1]], dtype="float32")
    print(show(a.sum()), show(a.sum(0)), show(a.sum(axis=1, keepdims=True)), show(a.sum((0, 1))), show(f.sum()), show(np.sum([True, True])), show(np.sum(np.array([1], "uint8"))), show(a.mean()), show(f.mean(0)), show(a.prod()), show(np.prod(a, 1)), show(a.max()), show(a.min(1)), show(np.max(f, axis=0)), show(a.argmax()), show(a.argmin(1)), show(a.std()), show(f.var(0)), show(np.std([1, 2, 3], ddof=1)), show(np.any(a > 5)), show(np.all(a > 0, axis=0)), show(a.any()), show(a.cumsum()), show(np.cumsum(a, 1)), show(np.cumprod([1, 2, 3])), show(np.median([3, 1, 2])), show(np.percentile([1, 2, 3, 4], 25)), show(np.quantile(f, [0, 0.5], axis=0)), show(np.ptp(a)), show(np.count_nonzero([0, 1, 2])), show(np.average([1, 2], weights=[3, 1])), show(np.nanmax([1, np.nan])), show(np.nansum([1, np.nan])), show(np.diff([1, 4, 9])), show(np.diff(a, axis=0)), show(np.sum(np.ones((2, 0)), 1)), show(np.trace(a)))
    attempt(lambda: np.max([]), lambda: np.zeros(2).sum(axis=3))
    print(show(np.dot([1, 2], [3, 4])), show(np.dot(a, a.T)), show(np.matmul(np.ones((2, 1, 3)), np.ones((3, 2)))), show(np.outer([1, 2], [3, 4])), show(np.inner([1, 2], [3, 4])), show(np.tensordot(a, a, ([0], [0]))), show(np.einsum("ij,kj->ik", a, a)), show(np.einsum("ij->j", a)), show(np.einsum("ii", np.eye(2))), show(np.einsum("i,j", [1, 2], [3, 4])), show(np.einsum("m,d->md", np.arange(2.0), np.ones(2))), show(np.cross([1, 0, 0], [0, 1, 0])), show(np.linalg.norm([3, 4])), show(np.linalg.norm(f, axis=1)), show(np.linalg.norm([3.0, -4], 1)), show(np.linalg.norm(a)), show(np.linalg.inv([[2.0, 1], [1, 1]])), show(np.linalg.det([[1.0, 2], [3, 4]])), show(np.linalg.solve([[2.0, 0], [0, 4]], [2, 8])), show(np.interp([0.5, 5], [0, 1, 2], [0, 10, 20])))


def arranging():
    a = np.arange(6).reshape(2, 3)
    print(show(a.reshape(3, -1)), show(a.ravel()), show(a.flatten()), show(a.transpose()), show(np.transpose(np.zeros((1, 2, 3)), (2, 0, 1)).shape), show(np.swapaxes(a, 0, 1)), show(np.moveaxis(np.zeros((1, 2, 3)), 0, -1).shape), show(np.squeeze(np.zeros((1, 2, 1))).shape), show(np.expand_dims(a, 0).shape), show(np.expand_dims(a, (0, -1)).shape), show(np.atleast_1d(3)), show(np.atleast_2d([1, 2])), show(np.broadcast_to([1, 2], (2, 2))), show(np.concatenate([a, a])), show(np.concatenate([a, [[7], [8]]], axis=1)), show(np.concatenate(([1], [2.5]))), show(np.stack([[1, 2], [3, 4]], axis=-1)), show(np.vstack([[1, 2], [3, 4]])), show(np.hstack([[1], [2, 3]])), show(np.column_stack([[1, 2], [3, 4]])), show(np.dstack([[1], [2]])), show(np.append([1], [2, 3])), show(tuple(np.split(np.arange(4), 2))), show(tuple(np.array_split(np.arange(5), 3))), show(tuple(np.split(a, [1], axis=1))), show(np.tile([1, 2], 2)), show(np.tile([[1], [2]], (2, 2))), show(np.repeat([1, 2], 2)), show(np.repeat(a, [1, 2], axis=0)), show(np.flip([1, 2, 3])), show(np.flip(a, 1)), show(np.roll([1, 2, 3], 1)), show(np.roll(a, 1, axis=1)), show(np.rot90(a)), show(np.take([5, 6, 7], [0, 2])), show(np.take_along_axis(a, np.array([[2], [0]]), 1)), show(np.delete([1, 2, 3], 1)), show(np.insert([1, 2], 1, 9)))
    print(show(np.pad([1, 2], 1)), show(np.pad(a, ((0, 1), (1, 0)), constant_values=9)), show(np.pad([1, 2, 3], 2, mode="edge")), show(np.pad([1, 2, 3], 2, mode="reflect")), show(np.pad([1, 2, 3], (1, 2), mode="symmetric")), show(np.pad([1, 2, 3], (1, 2), "wrap")))
    print(show(np.where([True, False], 1, 2.5)), show(np.where(a > 2, a, 0)), show(np.where(a > 3)), show(np.nonzero([0, 3, 4])), show(np.argwhere(a > 3)), show(np.unravel_index(4, (2, 3))), show(np.sort([3, 1, 2])), show(np.sort(a[:, ::-1])), show(np.argsort([3, 1, 2])), show(np.argsort(-a, axis=1)), show(np.searchsorted([1, 3, 5], 3)), show(np.searchsorted([1, 3, 5], [0, 6], side="right")), show(np.digitize([1, 4], [2, 3])), show(np.unique([3, 1, 3])), show(np.unique([3, 1, 3], return_counts=True)), show(np.unique([3, 1, 3], return_index=True, return_inverse=True)), show(np.bincount([1, 1, 3])), show(np.isin([1, 2], [2, 3])), show(np.isclose(1.0, 1.0 + 1e-9)), show(np.allclose([1, 2], [1, 2.1])), show(np.array_equal([1, 2], [1, 2])), show(np.nan_to_num([np.nan, 1.0])), np.isscalar(3), np.isscalar(np.float32(3)), np.isscalar([3]), np.shape([[1, 2]]), np.ndim(3), np.size([1, 2]), show(np.vectorize(lambda x: x + 1)([1, 2])), show(np.select([a > 3, a > 1], [a, -a], 0)), show(np.apply_along_axis(sum, 1, a)), show(np.sum(a, axis=-1)), show(np.setdiff1d([1, 2, 3], [2])))


def drawing():
    state = np.random.RandomState(3)
    print(show(state.rand(2)), show(state.randn(3)), show(state.randint(0, 10, 4)), show(state.permutation(5)), show(state.uniform(-1, 1)), show(state.normal(2.0, 0.5, (2, 1))), show(state.choice(5, 2, replace=False)), show(state.choice([3, 4], 3)), show(state.choice(3, p=[0.1, 0.2, 0.7])), show(state.uniform([0, 1], [1, 3])))
    np.random.seed(0)
    print(show(np.random.rand()), show(np.random.randn(2)), show(np.random.randint(5)), show(np.random.permutation([1, 2, 3])))
    items = [1, 2, 3, 4]
    np.random.shuffle(items)
    rng = np.random.default_rng()
    print(items, rng.random(2).shape, rng.integers(0, 3) < 3, rng.normal(size=2).dtype, np.random.random((1, 2)).shape)


def main():
    types()
    scalars()
    making()
    indexing()
    arithmetic()
    reductions()
    arranging()
    drawing()
