#!/usr/bin/env python3
"""Compares Graft's `torch`, run by CPython over the real one, with the real one.

    .venv/bin/python tests/models/architecture/prelude/prelude_test.py
"""

import importlib
import inspect
import pathlib
import sys
import unittest
import warnings

import torch

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[2] / "fixtures" / "nn")]
sys.dont_write_bytecode = True

import cases  # noqa: E402
import graft_shim  # noqa: E402

prelude = graft_shim.load_prelude()

# Left out, and refused by name where they are called.
REFUSED = {
    "FractionalMaxPool2d",
    "FractionalMaxPool3d",
    "UninitializedParameter",
    "UninitializedBuffer",
}
# Attributes that old files lack, with the values that PyTorch then takes.
NEWER = {
    "batch_first": False,
    "padding_mode": "zeros",
    "approximate": "none",
    "norm_first": False,
    "recompute_scale_factor": None,
    "include_last_offset": False,
    "divisor_override": None,
    "proj_size": 0,
    "label_smoothing": 0.0,
    "mask_check": True,
    "enable_nested_tensor": True,
}
NEWER_ANYHOW = {
    "_reversed_padding_repeated_twice",
    "_non_persistent_buffers_set",
    "_forward_hooks_with_kwargs",
    "_forward_pre_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_backward_pre_hooks",
    "_is_full_backward_hook",
    "_load_state_dict_post_hooks",
    "_state_dict_pre_hooks",
    "_flat_weight_refs",
    "_flat_weights",
    "use_nested_tensor",
}


def namespace_of(torch_module):
    """What a source of the cases sees, with `torch_module` as torch."""
    namespace = {}
    exec(cases.PREAMBLE, namespace)
    namespace.update(torch=torch_module, nn=torch_module.nn, F=torch_module.nn.functional)
    return namespace


def flat(value):
    """All tensors of a result, with what holds them."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        return [list(value)] + [leaf for item in value.values() for leaf in flat(item)]
    if isinstance(value, (tuple, list)):
        return [len(value)] + [leaf for item in value for leaf in flat(item)]
    return [value]


def copy_state(source, module, dtype):
    """Gives `module`'s tensors the values of `source`'s, in `dtype`."""
    with torch.no_grad():
        for path, part in source.named_modules():
            other = module.get_submodule(path)
            for registry in ("_parameters", "_buffers"):
                for name, value in getattr(part, registry).items():
                    if value is not None:
                        value = value.detach().clone()
                        if value.is_floating_point():
                            value = value.to(dtype)
                        getattr(other, registry)[name] = value


def counterpart(module_name):
    return importlib.import_module(module_name.replace("torch", graft_shim.NAME, 1))


def rebuilt(value, old):
    """A pickled object's counterpart in the prelude: made without __init__."""
    if isinstance(value, torch.nn.Module) or type(value).__module__.startswith("torch.nn.utils"):
        home = counterpart(type(value).__module__)
        cls = getattr(home, type(value).__name__)
        made = cls.__new__(cls)
        for key, item in vars(value).items():
            recurrent = isinstance(value, torch.nn.RNNBase) and key == "batch_first"
            newer = key in NEWER and NEWER[key] == item and not recurrent
            if old and (newer or key in NEWER_ANYHOW):
                continue
            made.__dict__[key] = rebuilt(item, old)
        return made
    if isinstance(value, dict):
        return type(value)((key, rebuilt(item, old)) for key, item in value.items())
    if inspect.isfunction(value) and value.__module__.startswith("torch."):
        home = counterpart(value.__module__)
        return getattr(home, value.__name__)
    return value


class PreludeTest(unittest.TestCase):
    def assert_same(self, expected, actual, tolerance):
        expected, actual = flat(expected), flat(actual)
        self.assertEqual(len(expected), len(actual))
        for a, b in zip(expected, actual):
            if isinstance(a, torch.Tensor):
                self.assertEqual((a.dtype, a.shape), (b.dtype, b.shape))
                torch.testing.assert_close(b, a, rtol=tolerance, atol=tolerance, equal_nan=True)
            else:
                self.assertEqual(a, b)

    def for_each(self, chosen, check):
        for index, case in enumerate(cases.CASES):
            if chosen(case):
                with self.subTest(index=index, source=case.source):
                    check(index, case)

    def make_both(self, index, case):
        torch.manual_seed(index)
        real = cases.make_module(case, namespace_of(torch))
        torch.manual_seed(index)
        ours = cases.make_module(case, namespace_of(prelude))
        return real, ours

    def test_every_name_of_nn_is_there(self):
        for name in dir(torch.nn):
            value = getattr(torch.nn, name)
            if inspect.isclass(value):
                with self.subTest(name):
                    self.assertTrue(hasattr(prelude.nn, name))

    def test_every_layer_is_compared(self):
        text = "".join(case.source for case in cases.CASES)
        bases = {"Module", "Container", "RNNBase", "RNNCellBase"}
        others = {"Parameter", "Buffer", "NLLLoss2d"}
        constructed = {
            "CTCLoss",
            "CosineEmbeddingLoss",
            "HingeEmbeddingLoss",
            "MarginRankingLoss",
            "MultiLabelMarginLoss",
        }
        for name in dir(torch.nn):
            skipped = name in REFUSED | bases | others | constructed or name.startswith("Lazy")
            if inspect.isclass(getattr(torch.nn, name)) and not skipped:
                with self.subTest(name):
                    self.assertIn(f"nn.{name}", text)

    def test_every_function_of_functional_is_there(self):
        for name in torch.nn.functional.__dict__:
            value = getattr(torch.nn.functional, name)
            if not name.startswith("_") and callable(value) and not inspect.isclass(value):
                if name not in ("assert_int_or_pair", "boolean_dispatch", "Optional", "Callable"):
                    with self.subTest(name):
                        self.assertTrue(hasattr(prelude.nn.functional, name))

    def test_arguments_have_the_names_order_and_defaults_of_pytorch(self):
        ours = {"batch_first"}  # of multi_head_attention_forward
        for where in ("nn", "nn.functional", "nn.init", "nn.utils", "nn.utils.parametrizations"):
            real, mine = torch, prelude
            for part in where.split("."):
                real, mine = getattr(real, part), getattr(mine, part)
            for name in dir(mine):
                a, b = getattr(real, name, None), getattr(mine, name)
                if name.startswith("Lazy") or name in REFUSED or "ractional" in name:
                    continue
                if inspect.isclass(a) and issubclass(a, torch.nn.Module):
                    with self.subTest(f"{where}.{name}"):
                        if a.__init__ is not torch.nn.Module.__init__ and name not in (
                            "RNN", "LSTM", "GRU"
                        ):
                            self.compare_arguments(a.__init__, b.__init__)
                        if "forward" in vars(a):
                            self.compare_arguments(a.forward, b.forward)
                elif inspect.isfunction(a) and inspect.isfunction(b) and not name.startswith("_"):
                    with self.subTest(f"{where}.{name}"):
                        self.compare_arguments(a, b, ours)

    def compare_arguments(self, real, mine, ours=frozenset()):
        a = inspect.signature(real).parameters.values()
        b = [p for p in inspect.signature(mine).parameters.values() if p.name not in ours]
        if any(p.kind is p.VAR_POSITIONAL for p in list(a) + b):
            return  # refused, or PyTorch chooses between two functions
        a = [(p.name, p.default, p.kind) for p in a]
        b = [(p.name, p.default, p.kind) for p in b]
        self.assertEqual([p[0] for p in a], [p[0] for p in b])
        for (name, default, kind), (_, other, other_kind) in zip(a, b):
            self.assertEqual(kind, other_kind, name)
            if not inspect.isfunction(default):
                self.assertEqual(default, other, name)

    def test_parameters_and_buffers_have_pytorchs_names_shapes_order_and_values(self):
        def check(index, case):
            real, ours = self.make_both(index, case)
            a, b = real.state_dict(), ours.state_dict()
            self.assertEqual(list(a), list(b))
            for key in a:
                self.assertEqual((a[key].dtype, a[key].shape), (b[key].dtype, b[key].shape), key)
                if not key.endswith(".base"):  # its completion is drawn in another order
                    torch.testing.assert_close(b[key], a[key], msg=f"{case.source}: {key}")
            for of in ("named_modules", "named_parameters", "named_buffers", "named_children"):
                names = [name for name, _ in getattr(real, of)()]
                self.assertEqual(names, [name for name, _ in getattr(ours, of)()])

        self.for_each(lambda case: True, check)

    def compare_outputs(self, dtype, tolerance):
        def check(index, case):
            real, ours = self.make_both(index, case)
            cases.disturb(real, index)
            real = real.to(dtype).train(case.train)
            ours = ours.train(case.train)
            copy_state(real, ours, dtype)
            inputs = [
                x.to(dtype) if x.is_floating_point() else x for x in cases.make_inputs(case, index)
            ]
            with torch.no_grad():
                expected = real(*[x.clone() for x in inputs])
                actual = ours(*[x.clone() for x in inputs])
            self.assert_same(expected, actual, tolerance)

        self.for_each(lambda case: case.double or dtype is torch.float32, check)

    def test_float32_results_are_pytorchs(self):
        self.compare_outputs(torch.float32, 1e-5)

    def test_float64_results_are_pytorchs(self):
        self.compare_outputs(torch.float64, 1e-9)

    def compare_pickled(self, old):
        def is_whole(case):
            return case.is_layer and "parametrizations" not in case.source

        def check(index, case):
            torch.manual_seed(index)
            real = cases.make_module(case, namespace_of(torch)).train(case.train)
            ours = rebuilt(real, old)
            inputs = cases.make_inputs(case, index)
            with torch.no_grad():
                expected = real(*[x.clone() for x in inputs])
                actual = ours(*[x.clone() for x in inputs])
            self.assert_same(expected, actual, 1e-5)

        self.for_each(is_whole, check)

    def test_pickled_modules_run_on_their_saved_attributes(self):
        self.compare_pickled(old=False)

    def test_pickled_modules_of_old_versions_run(self):
        self.compare_pickled(old=True)


class ModuleTest(unittest.TestCase):
    def make(self, torch_module):
        nn = torch_module.nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Linear(3, 4)
                self.shared = self.a
                tail = nn.Sequential(nn.ReLU(), nn.Linear(4, 2))
                self.list = nn.ModuleList([nn.Linear(4, 4), tail])
                self.w = nn.Parameter(torch.ones(2))
                self.tied = self.w
                self.register_buffer("steps", torch.zeros(1))
                self.register_buffer("hidden", torch.zeros(1), persistent=False)
                self.register_parameter("none", None)

            def forward(self, x):
                return self.list[1](self.list[0](self.a(x))) * self.w

        return Net()

    def both(self):
        return self.make(torch), self.make(prelude)

    def test_walks_name_what_pytorchs_name(self):
        real, ours = self.both()
        for of in ("named_parameters", "named_buffers", "named_modules"):
            for options in (
                {},
                {"prefix": "p"},
                {"remove_duplicate": False},
            ):
                with self.subTest(of=of, options=options):
                    a = [name for name, _ in getattr(real, of)(**options)]
                    self.assertEqual(a, [name for name, _ in getattr(ours, of)(**options)])
        a = [name for name, _ in real.named_parameters(recurse=False)]
        self.assertEqual(a, [name for name, _ in ours.named_parameters(recurse=False)])
        self.assertEqual(list(real.state_dict()), list(ours.state_dict()))
        self.assertEqual(list(real.state_dict(prefix="x.")), list(ours.state_dict(prefix="x.")))
        self.assertEqual(repr(real), repr(ours))

    def test_sub_modules_parameters_and_buffers_are_found_by_path(self):
        _, net = self.both()
        self.assertIs(net.get_submodule("list.1.1"), net.list[1][1])
        self.assertIs(net.get_parameter("list.0.weight"), net.list[0].weight)
        self.assertIs(net.get_buffer("steps"), net.steps)
        self.assertRaises(AttributeError, net.get_submodule, "list.5")
        self.assertRaises(AttributeError, net.get_parameter, "steps")
        net.set_submodule("list.0", prelude.nn.Identity())
        self.assertIsInstance(net.list[0], prelude.nn.Identity)

    def test_attributes_change_kind_as_in_pytorch(self):
        for t in (torch, prelude):
            net = self.make(t)
            net.w = None
            self.assertIsNone(net.w)
            self.assertRaises(TypeError, setattr, net, "a", 3)
            net.plain = 5
            net.plain = t.nn.Linear(1, 1)
            self.assertEqual([n for n, _ in net.named_children()], ["a", "list", "plain"])
            del net.plain
            self.assertFalse(hasattr(net, "plain"))
            net.buffer = t.nn.Buffer(torch.ones(1), persistent=False)
            self.assertNotIn("buffer", net.state_dict())
            self.assertIn("buffer", dict(net.named_buffers()))
            self.assertRaises(KeyError, net.register_buffer, "a", torch.ones(1))
            self.assertRaises(KeyError, net.register_buffer, "a.b", torch.ones(1))
            self.assertRaises(TypeError, net.register_parameter, "p", torch.ones(1))

    def test_assigning_before_init_is_an_error(self):
        class Early(prelude.nn.Module):
            def __init__(self):
                self.layer = prelude.nn.Linear(1, 1)

        self.assertRaises(AttributeError, Early)

    def test_train_and_eval_reach_every_module(self):
        _, net = self.both()
        self.assertTrue(all(module.training for module in net.modules()))
        self.assertIs(net.eval(), net)
        self.assertFalse(any(module.training for module in net.modules()))
        for name in ("cuda", "cpu", "half", "float", "double", "bfloat16", "requires_grad_"):
            self.assertIs(getattr(net, name)(), net)
        self.assertIs(net.to("cpu"), net)
        seen = []
        self.assertIs(net.apply(lambda module: seen.append(type(module).__name__)), net)
        self.assertEqual(seen[-1], "Net")

    def test_float64_is_the_networks_own(self):
        for widen in (
            lambda net: net.double(),
            lambda net: net.to(torch.float64),
            lambda net: net.to("cpu", dtype=torch.float64),
            lambda net: net.to(torch.zeros(1, dtype=torch.float64)),
            lambda net: net.type(torch.float64),
        ):
            real, ours = self.both()
            self.assertIs(widen(ours), ours)
            wide = {name: value.dtype for name, value in widen(real).state_dict().items()}
            self.assertEqual({name: v.dtype for name, v in ours.state_dict().items()}, wide)
            self.assertIs(ours.w, ours.tied)
            self.assertIs(ours.a, ours.shared)
            self.assertIs(ours.float(), ours)
            self.assertTrue(all(v.dtype is torch.float32 for v in ours.state_dict().values()))

    def test_load_state_dict_is_strict(self):
        real, ours = self.both()
        self.assertEqual(ours.load_state_dict(real.state_dict()).missing_keys, [])
        torch.testing.assert_close(ours.a.weight.data, real.a.weight.data)
        partial = {"w": torch.zeros(2), "other": torch.zeros(1)}
        self.assertRaisesRegex(RuntimeError, "Missing key", ours.load_state_dict, partial)
        self.assertRaisesRegex(RuntimeError, "Unexpected key", ours.load_state_dict, partial)
        result = ours.load_state_dict(partial, strict=False)
        self.assertEqual(
            sorted(result.missing_keys),
            sorted(self.make(torch).load_state_dict(partial, strict=False).missing_keys),
        )
        self.assertRaisesRegex(
            RuntimeError, "size mismatch", ours.load_state_dict, {"w": torch.zeros(3)}, strict=False
        )

    def test_hooks_are_called_and_removed(self):
        layer = prelude.nn.Identity()
        first = layer.register_forward_pre_hook(lambda module, args: args[0] + 1)
        second = layer.register_forward_hook(
            lambda module, args, kwargs, output: output * 2, with_kwargs=True
        )
        self.assertEqual(layer(1), 4)
        first.remove()
        self.assertEqual(layer(1), 2)
        second.remove()
        self.assertEqual(layer(1), 1)


class ContainerTest(unittest.TestCase):
    def test_lists_behave_as_pytorchs(self):
        for t in (torch, prelude):
            nn = t.nn
            layers = nn.ModuleList([nn.Linear(1, n) for n in range(1, 5)])
            self.assertEqual([m.out_features for m in layers[1:3]], [2, 3])
            self.assertIsInstance(layers[1:3], nn.ModuleList)
            self.assertEqual(layers[-1].out_features, 4)
            layers.insert(1, nn.Identity())
            del layers[0]
            self.assertEqual([n for n, _ in layers.named_children()], ["0", "1", "2", "3"])
            layers += [nn.ReLU()]
            self.assertEqual(len(layers + layers), 10)
            self.assertIsInstance(layers.pop(4), nn.ReLU)
            self.assertIn(layers[0], layers)
            layers[0] = nn.Tanh()
            self.assertIsInstance(layers[0], nn.Tanh)
            self.assertRaises(IndexError, lambda: layers[9])

    def test_sequences_behave_as_pytorchs(self):
        for t in (torch, prelude):
            nn = t.nn
            body = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 3))
            self.assertEqual(len(body[:-1]), 2)
            self.assertEqual(list(body[1:].state_dict()), ["2.weight", "2.bias"])
            del body[1]
            self.assertEqual(list(body.state_dict())[2:], ["1.weight", "1.bias"])
            body.extend([nn.Tanh()])
            self.assertEqual(len(body * 2), 6)
            self.assertIsInstance(body.pop(-1), nn.Tanh)
            body[1] = nn.Identity()
            self.assertIsInstance(body[-1], nn.Identity)
            self.assertEqual([type(m).__name__ for m in body], ["Linear", "Identity"])

    def test_dictionaries_behave_as_pytorchs(self):
        for t in (torch, prelude):
            nn = t.nn
            table = nn.ModuleDict([["b", nn.Linear(1, 1)], ["a", nn.ReLU()]])
            table.update({"c": nn.Tanh()})
            self.assertEqual(list(table.keys()), ["b", "a", "c"])
            self.assertIn("a", table)
            self.assertIsInstance(table.pop("a"), nn.ReLU)
            self.assertEqual([name for name, _ in table.items()], ["b", "c"])
            table["d"] = nn.Identity()
            self.assertEqual(len(table), 3)
            table.clear()
            self.assertEqual(len(table), 0)

    def test_parameters_behave_as_pytorchs(self):
        for t in (torch, prelude):
            nn = t.nn
            values = nn.ParameterList([nn.Parameter(torch.ones(n)) for n in range(1, 4)])
            values.append(torch.ones(4))
            self.assertEqual(list(values.state_dict()), ["0", "1", "2", "3"])
            self.assertEqual(len(values[1:]), 3)
            values[0] = nn.Parameter(torch.zeros(7))
            self.assertEqual(values[0].shape, (7,))
            self.assertEqual([v.numel() for v in values], [7, 2, 3, 4])
            table = nn.ParameterDict({"z": nn.Parameter(torch.ones(1)), "y": torch.ones(2)})
            table["x"] = torch.ones(3)
            self.assertEqual(list(table), ["y", "z", "x"])
            self.assertEqual(list(table.state_dict()), ["y", "z", "x"])
            self.assertEqual([v.numel() for v in table.values()], [2, 1, 3])
            self.assertIsNone(table.get("none"))
            self.assertEqual(table.pop("x").numel(), 3)
            self.assertEqual(len(table | {"q": torch.ones(1)}), 3)


class ParametrizeTest(unittest.TestCase):
    def test_a_parametrization_of_ones_own_computes_the_weight(self):
        for t in (torch, prelude):

            class Symmetric(t.nn.Module):
                def forward(self, x):
                    return x.triu() + x.triu(1).transpose(-1, -2)

            layer = t.nn.Linear(3, 3)
            t.nn.utils.parametrize.register_parametrization(layer, "weight", Symmetric())
            self.assertEqual(list(layer.state_dict()), ["bias", "parametrizations.weight.original"])
            torch.testing.assert_close(layer.weight, layer.weight.T)
            self.assertTrue(t.nn.utils.parametrize.is_parametrized(layer, "weight"))
            t.nn.utils.parametrize.remove_parametrizations(layer, "weight")
            self.assertEqual(sorted(layer.state_dict()), ["bias", "weight"])

    def test_fusion_keeps_the_result(self):
        conv, norm = prelude.nn.Conv2d(3, 4, 3).eval(), prelude.nn.BatchNorm2d(4).eval()
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 2)
        x = torch.randn(2, 3, 5, 5)
        fused = prelude.nn.utils.fusion.fuse_conv_bn_eval(conv, norm)
        torch.testing.assert_close(fused(x), norm(conv(x)), rtol=1e-4, atol=1e-5)

    def test_parameters_become_a_vector(self):
        layer = prelude.nn.Linear(2, 3)
        vector = prelude.nn.utils.parameters_to_vector(layer.parameters())
        self.assertEqual(vector.shape, (9,))
        prelude.nn.utils.vector_to_parameters(torch.zeros(9), layer.parameters())
        self.assertEqual(float(layer.weight.data.abs().sum()), 0)


class InitTest(unittest.TestCase):
    def test_initialisers_draw_what_pytorchs_draw(self):
        calls = {
            "uniform_": {"a": -1.0, "b": 2.0},
            "normal_": {"mean": 1.0, "std": 0.5},
            "trunc_normal_": {"std": 0.02},
            "constant_": {"val": 0.3},
            "ones_": {},
            "zeros_": {},
            "eye_": {},
            "xavier_uniform_": {"gain": 2.0},
            "xavier_normal_": {},
            "kaiming_uniform_": {"a": 0.1, "mode": "fan_out"},
            "kaiming_normal_": {"nonlinearity": "relu"},
            "orthogonal_": {"gain": 0.5},
            "sparse_": {"sparsity": 0.5},
        }
        for name, options in calls.items():
            with self.subTest(name):
                results = []
                for t in (torch, prelude):
                    torch.manual_seed(3)
                    value = torch.empty(6, 5)
                    self.assertIs(getattr(t.nn.init, name)(value, **options), value)
                    results.append(value)
                torch.testing.assert_close(results[1], results[0], rtol=0, atol=0)
        for gain in ("relu", "tanh", "linear", "leaky_relu", "selu", "conv2d"):
            self.assertEqual(
                torch.nn.init.calculate_gain(gain), prelude.nn.init.calculate_gain(gain)
            )
        value = torch.empty(4, 2, 3)
        torch.testing.assert_close(
            prelude.nn.init.dirac_(value.clone(), 2), torch.nn.init.dirac_(value, 2)
        )


class TorchTest(unittest.TestCase):
    def test_modes_are_managers_and_decorators_without_effect(self):
        @prelude.no_grad()
        def f(x):
            return x + 1

        @prelude.no_grad
        def g(x):
            return f(x)

        @prelude.autocast("cpu", dtype=torch.float16)
        def h(x):
            with prelude.inference_mode(), prelude.set_grad_enabled(False), prelude.enable_grad():
                return g(x)

        self.assertEqual(h(1), 2)

    def test_marks_of_compilers_change_nothing(self):
        @prelude.jit.script
        def f(x: int) -> int:
            return x

        @prelude.jit.ignore(drop=True)
        def g(x):
            return f(x)

        @prelude.compile(mode="max-autotune")
        @prelude.jit.unused
        @prelude.fx.wrap
        @prelude.compiler.disable
        def h(x):
            return g(x)

        self.assertEqual(h(3), 3)
        self.assertFalse(prelude.jit.is_scripting() or prelude.jit.is_tracing())
        self.assertEqual(prelude.jit.annotate(list, [1]), [1])
        self.assertFalse(prelude.onnx.is_in_onnx_export() or prelude.cuda.is_available())
        self.assertFalse(prelude.overrides.has_torch_function((1,)))

    def test_tensors_are_made_from_values(self):
        value = prelude.tensor([[1, 2], [3, 4]], dtype=prelude.float64)
        self.assertEqual(value.dtype, torch.float64)
        self.assertTrue(prelude.is_tensor(value) and isinstance(value, prelude.Tensor))
        self.assertIs(prelude.as_tensor(value), value)
        self.assertEqual(prelude.FloatTensor(2, 3).shape, (2, 3))
        self.assertEqual(prelude.LongTensor([1, 2]).tolist(), [1, 2])
        self.assertEqual(prelude.FloatTensor(torch.ones(2).numpy()).tolist(), [1, 1])
        self.assertIsInstance(prelude.float32, prelude.dtype)
        self.assertEqual(prelude.broadcast_shapes((2, 1), (3,)), torch.Size([2, 3]))

    def test_unique_values_of_constants_are_pytorchs(self):
        value = torch.tensor([[2, 1, 2], [2, 1, 2]])
        for options in ({}, {"return_counts": True}, {"dim": 0, "return_inverse": True}):
            ours = prelude.unique(value, **options)
            self.assertEqual(str(ours), str(torch.unique(value, **options)))
        a, b = prelude.unique_consecutive(value, return_counts=True)
        self.assertEqual((a.tolist(), b.tolist()), ([2, 1, 2, 1, 2], [1, 1, 2, 1, 1]))

    def test_a_failed_assertion_says_why(self):
        self.assertRaisesRegex(AssertionError, "must be 2", prelude._assert, 1 == 2, "must be 2")
        self.assertRaisesRegex(RuntimeError, "why", prelude._check, False, lambda: "why")
        prelude._assert(True, "")

    def test_unknown_names_are_attribute_errors(self):
        for where in (prelude, prelude.linalg, prelude.special, prelude.fft):
            self.assertFalse(hasattr(where, "no_such_operator"))

    def test_what_is_left_out_is_refused_by_name(self):
        refused = {
            "torch.load": lambda: prelude.load("x"),
            "torch.hub.load_state_dict_from_url": lambda: prelude.hub.load_state_dict_from_url("x"),
            "torch.nn.LazyLinear": lambda: prelude.nn.LazyLinear(3),
            "torch.nn.LazyConv2d": lambda: prelude.nn.LazyConv2d(3, 3),
            "torch.nn.LazyBatchNorm2d": lambda: prelude.nn.LazyBatchNorm2d(),
            "torch.nn.FractionalMaxPool2d": lambda: prelude.nn.FractionalMaxPool2d(2, 2),
            "torch.nn.UninitializedParameter": lambda: prelude.nn.UninitializedParameter(),
            "torch.nn.utils.clip_grad_norm_": lambda: prelude.nn.utils.clip_grad_norm_([], 1),
            "pack_padded_sequence": lambda: prelude.nn.utils.rnn.pack_padded_sequence(1, 2),
            "torch.ao.nn.quantized.Linear": lambda: prelude.ao.nn.quantized.Linear(1, 2),
            "torch.ao.quantization.prepare": lambda: prelude.ao.quantization.prepare,
            "torch.distributed.all_reduce": lambda: prelude.distributed.all_reduce,
            "torch.ops.torchvision.nms": lambda: prelude.ops.torchvision.nms,
            "torch.distributions.Normal": lambda: prelude.distributions.Normal(0.0, 1.0).sample(),
        }
        for name, call in refused.items():
            with self.subTest(name), self.assertRaisesRegex(NotImplementedError, name):
                call()

    def test_quantisation_stubs_pass_on(self):
        both = prelude.nn.Sequential(
            prelude.ao.quantization.QuantStub(), prelude.quantization.DeQuantStub()
        )
        functional = prelude.nn.quantized.FloatFunctional()
        x = torch.randn(3)
        torch.testing.assert_close(functional.add_relu(both(x), x), (x + x).relu())
        self.assertEqual(list(both.state_dict()), [])

    def test_distributions_are_pytorchs(self):
        p = torch.tensor([[0.2, 0.3], [0.9, 0.4]])
        for make in (
            lambda t: t.distributions.Normal(p, p + 1),
            lambda t: t.distributions.Bernoulli(probs=p),
            lambda t: t.distributions.Bernoulli(logits=p),
            lambda t: t.distributions.Beta(p, 2 * p),
            lambda t: t.distributions.Independent(t.distributions.Normal(p, 1.0), 1),
            lambda t: t.distributions.Categorical(probs=p),
            lambda t: t.distributions.Categorical(logits=p),
        ):
            real, ours = make(torch), make(prelude)
            self.assertEqual(real.batch_shape, ours.batch_shape)
            self.assertEqual(real.event_shape, ours.event_shape)
            value = real.mode if "Beta" not in repr(real) else real.mean
            for name in ("mean", "variance", "stddev"):
                torch.testing.assert_close(
                    getattr(ours, name), getattr(real, name), equal_nan=True
                )
            torch.testing.assert_close(ours.log_prob(value), real.log_prob(value))
            if "Beta" not in repr(real):
                torch.testing.assert_close(ours.mode, real.mode)
                torch.testing.assert_close(ours.entropy(), real.entropy())


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    unittest.main(warnings="ignore")
