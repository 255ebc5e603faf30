#!/usr/bin/env python3
"""Holds models/zoo, run by PyTorch, against torchvision and against the formulas.

    .venv/bin/python tests/models/zoo/zoo_test.py [CLASS[.TEST]]

Of large networks the keys are compared, and the outputs of the smallest of each file; of all of
them with GRAFT_ZOO_ALL=1, which takes minutes. torchvision is known from tests/fixtures/zoo/keys.json. Where torchvision, rsl_rl or
Stable-Baselines3 can be imported, the models are compared with the packages themselves too.
"""

import ast
import functools
import gc
import importlib
import json
import math
import os
import pathlib
import sys
import unittest

import torch
from torch import nn
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).resolve().parents[3]
ZOO = ROOT / "models" / "zoo"
FIXTURES = ROOT / "tests" / "fixtures" / "zoo"
sys.dont_write_bytecode = True
sys.path[:0] = [str(ZOO), str(FIXTURES)]

from fingerprint import digest, fingerprint, inputs, materialise, run  # noqa: E402
from pattern import weights  # noqa: E402

ENTRIES = json.loads((FIXTURES / "keys.json").read_text())["models"]


def entries_to_run():
    """Those whose outputs are compared."""
    if "GRAFT_ZOO_ALL" in os.environ:
        return ENTRIES
    smallest = {}
    for entry in sorted(ENTRIES, key=lambda entry: entry["parameters"]):
        smallest.setdefault(entry["architecture"].partition(":")[0], entry["architecture"])
    return [
        entry
        for entry in ENTRIES
        if entry["parameters"] < 1e7 or entry["architecture"] in smallest.values()
    ]


def import_or_none(name: str):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


torchvision = import_or_none("torchvision")


def build(architecture: str, package=None) -> nn.Module:
    """The model of a manifest's "architecture"; package: where its function is, if not there."""
    file, _, call = architecture.partition(":")
    return eval(call, vars(package or importlib.import_module(file.removesuffix(".py"))))


def build_empty(architecture: str, package=None) -> nn.Module:
    with torch.device("meta"):
        return build(architecture, package)


def layout(model: nn.Module):
    """Keys in their order, with dtypes and shapes."""
    return [(key, value.dtype, tuple(value.shape)) for key, value in model.state_dict().items()]


def shapes(model: nn.Module):
    return {key: tuple(value.shape) for key, value in model.state_dict().items()}


def filled(model: nn.Module) -> nn.Module:
    weights(model.state_dict(), gain=4.5)
    return model.eval()


class ZooTest(unittest.TestCase):
    def tearDown(self):
        gc.collect()

    def assert_close(self, ours, theirs, tolerance=1e-6):
        self.assertEqual(ours.shape, theirs.shape)
        error = (ours - theirs).abs().max().item()
        self.assertLessEqual(error, tolerance * theirs.abs().max().item())


class EveryModel(ZooTest):
    def test_is_described_in_keys_json(self):
        described = {entry["architecture"].partition("(")[0] for entry in ENTRIES}
        for file in sorted(ZOO.glob("*.py")):
            body = ast.parse(file.read_text()).body
            networks = {node.name for node in body if isinstance(node, ast.ClassDef)}
            for node in body:
                if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name):
                    if node.returns.id in networks:
                        self.assertIn(f"{file.name}:{node.name}", described)

    def test_has_the_keys_of_keys_json(self):
        for expected in ENTRIES:
            with self.subTest(expected["architecture"]):
                model = build_empty(expected["architecture"])
                self.assertEqual(digest(model.state_dict()), expected["keys_sha256"])

    def test_has_the_outputs_of_keys_json(self):
        for expected in entries_to_run():
            with self.subTest(expected["architecture"]):
                model = build_empty(expected["architecture"])
                found = fingerprint(model, expected["inputs"], expected["gain"])
                for field in ("tensors", "parameters"):
                    self.assertEqual(found[field], expected[field])
                self.assertEqual(len(found["outputs"]), len(expected["outputs"]))
                for ours, theirs in zip(found["outputs"], expected["outputs"]):
                    self.assertEqual(ours["shape"], theirs["shape"])
                    for a, b in zip(ours["first"], theirs["first"]):
                        self.assertAlmostEqual(a, b, delta=1e-5 * theirs["largest"])

    def test_compiles_to_torchscript(self):
        for entry in entries_to_run():
            with self.subTest(entry["architecture"]):
                model = materialise(build_empty(entry["architecture"]), entry["gain"])
                arguments = inputs(entry["inputs"])
                script = torch.jit.script(model)
                for ours, theirs in zip(run(script, arguments), run(model, arguments)):
                    self.assert_close(ours, theirs, tolerance=1e-5)


@unittest.skipUnless(torchvision, "torchvision cannot be imported")
class AgainstTorchvision(ZooTest):
    ENTRIES = [entry for entry in ENTRIES if entry["reference"] == "torchvision"]

    def test_same_keys_in_the_same_order_and_bit_for_bit_the_same_outputs(self):
        for entry in self.ENTRIES:
            with self.subTest(entry["architecture"]):
                theirs = build_empty(entry["architecture"], torchvision.models)
                ours = build_empty(entry["architecture"])
                self.assertEqual(layout(ours), layout(theirs))
                self.assertEqual(digest(theirs.state_dict()), entry["keys_sha256"])
                materialise(theirs, entry["gain"])
                ours.load_state_dict(theirs.state_dict(), assign=True)
                arguments = inputs(entry["inputs"])
                for a, b in zip(run(ours.eval(), arguments), run(theirs, arguments)):
                    self.assertTrue(torch.equal(a, b))

    def test_same_initial_weights_for_the_same_seed(self):
        for entry in self.ENTRIES:
            if entry["parameters"] > 9e7:
                continue  # minutes of random numbers, by the same code
            with self.subTest(entry["architecture"]):
                states = []
                for package in (None, torchvision.models):
                    torch.manual_seed(7)
                    states.append(build(entry["architecture"], package).state_dict())
                for key, ours in states[0].items():
                    self.assertTrue(torch.equal(ours, states[1][key]), key)

    def test_same_outputs_while_training(self):
        """Dropout, stochastic depth and batch statistics included."""
        for call in (
            "alexnet.py:alexnet()",
            "resnet.py:resnet18()",
            "mobilenet_v2.py:mobilenet_v2()",
            "mobilenet_v3.py:mobilenet_v3_small()",
            "densenet.py:densenet121(drop_rate=0.2)",
            "squeezenet.py:squeezenet1_1()",
            "efficientnet.py:efficientnet_b0(stochastic_depth_prob=0.8)",
            "convnext.py:convnext_tiny(stochastic_depth_prob=0.8)",
            "vit.py:vit_b_32(image_size=64, dropout=0.1, attention_dropout=0.1)",
        ):
            with self.subTest(call):
                outputs = []
                size = 64 if "vit" in call else 65
                for package in (None, torchvision.models):
                    torch.manual_seed(7)
                    model = build(call, package).train()
                    outputs.append(model(inputs([[2, 3, size, size]])[0]))
                self.assertTrue(torch.equal(*outputs))


class MlpTest(ZooTest):
    def test_has_the_keys_of_a_bare_sequential(self):
        self.assertEqual(
            shapes(build("mlp.py:Mlp()")),
            {
                "0.weight": (256, 48),
                "0.bias": (256,),
                "2.weight": (128, 256),
                "2.bias": (128,),
                "4.weight": (12, 128),
                "4.bias": (12,),
            },
        )

    def test_is_the_formula(self):
        model = filled(build("mlp.py:Mlp([5, 7, 2], 'relu', output_activation='tanh')"))
        state = model.state_dict()
        x = inputs([[3, 5]])[0]
        hidden = torch.relu(x @ state["0.weight"].T + state["0.bias"])
        expected = torch.tanh(hidden @ state["2.weight"].T + state["2.bias"])
        self.assert_close(run(model, [x])[0], expected)

    def test_takes_the_actor_of_an_rsl_rl_checkpoint_once_the_prefix_is_off(self):
        policy = filled(build("actor_critic.py:ActorCritic()"))
        actor = {
            key.removeprefix("actor."): value
            for key, value in policy.state_dict().items()
            if key.startswith("actor.")
        }
        mlp = build("mlp.py:Mlp(sizes=[48, 256, 256, 256, 12])").eval()
        mlp.load_state_dict(actor)
        x = inputs([[3, 48]])
        self.assertTrue(torch.equal(run(mlp, x)[0], run(policy, x)[0]))

    def test_refuses_an_unknown_activation_by_name(self):
        with self.assertRaisesRegex(ValueError, "activation 'sine' is none of: celu, crelu"):
            build("mlp.py:Mlp(activation='sine')")


class ActorCriticTest(ZooTest):
    def test_has_the_keys_of_rsl_rl(self):
        self.assertEqual(
            shapes(build("actor_critic.py:ActorCritic(4, 6, 2, [8], [16])")),
            {
                "std": (2,),
                "actor.0.weight": (8, 4),
                "actor.0.bias": (8,),
                "actor.2.weight": (2, 8),
                "actor.2.bias": (2,),
                "critic.0.weight": (16, 6),
                "critic.0.bias": (16,),
                "critic.2.weight": (1, 16),
                "critic.2.bias": (1,),
            },
        )

    def test_normalises_and_gives_mean_and_value(self):
        model = filled(
            build(
                "actor_critic.py:ActorCritic(4, 4, 2, [8], [16], actor_obs_normalization=True, "
                "noise_std_type='log', value=True)"
            )
        )
        state = model.state_dict()
        self.assertIn("log_std", state)
        self.assertEqual(state["actor_obs_normalizer.count"].dtype, torch.int64)
        x = inputs([[3, 4]])[0]
        action, value = run(model, [x])
        centred = x - state["actor_obs_normalizer._mean"]
        normalised = centred / (state["actor_obs_normalizer._std"] + 0.01)
        hidden = F.elu(normalised @ state["actor.0.weight"].T + state["actor.0.bias"])
        self.assert_close(action, hidden @ state["actor.2.weight"].T + state["actor.2.bias"])
        hidden = F.elu(x @ state["critic.0.weight"].T + state["critic.0.bias"])
        self.assert_close(value, hidden @ state["critic.2.weight"].T + state["critic.2.bias"])

    def test_refuses_a_value_of_what_it_is_not_given(self):
        with self.assertRaisesRegex(ValueError, "sees the actor's 4 features; this one sees 6"):
            build("actor_critic.py:ActorCritic(4, 6, 2, value=True)")

    def test_equals_rsl_rl(self):
        models = import_or_none("rsl_rl.models")
        if models is None:
            self.skipTest("rsl_rl from version 5 cannot be imported")
        tensordict = importlib.import_module("tensordict")
        x = inputs([[3, 10]])[0]
        observations = tensordict.TensorDict({"policy": x}, batch_size=[3])
        noise = {"class_name": "GaussianDistribution", "init_std": 1.0}
        theirs = filled(
            models.MLPModel(
                observations, {"actor": ["policy"]}, "actor", 3, [32, 16], "elu", True, noise
            )
        )
        ours = build("actor_critic.py:Actor(10, 3, [32, 16], obs_normalization=True)").eval()
        self.assertEqual(layout(ours), layout(theirs))
        ours.load_state_dict(theirs.state_dict())
        self.assertTrue(torch.equal(run(ours, [x])[0], run(theirs, [observations])[0]))


class LstmPolicyTest(ZooTest):
    def setUp(self):
        self.model = filled(
            build(
                "lstm_policy.py:LstmPolicy(10, 12, 3, actor_hidden_dims=[16], "
                "critic_hidden_dims=[16], rnn_hidden_dim=8, rnn_num_layers=2)"
            )
        )

    def test_has_the_keys_of_rsl_rl(self):
        keys = set(self.model.state_dict())
        expected = {"std"}
        for net in ("actor", "critic"):
            expected |= {f"{net}.{i}.{part}" for i in (0, 2) for part in ("weight", "bias")}
        for memory in ("memory_a", "memory_c"):
            for layer in (0, 1):
                for gate in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                    expected.add(f"{memory}.rnn.{gate}_l{layer}")
        self.assertEqual(keys, expected)

    def test_is_the_formula_and_carries_its_state(self):
        state = self.model.state_dict()
        obs, h, c = inputs([[5, 10], [5, 2, 8], [5, 2, 8]])
        action, next_h, next_c = run(self.model, [obs, h, c])
        x = obs
        for layer in (0, 1):
            part = {
                name: state[f"memory_a.rnn.{name}_l{layer}"]
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            }
            gates = x @ part["weight_ih"].T + part["bias_ih"]
            gates = gates + h[:, layer] @ part["weight_hh"].T + part["bias_hh"]
            i, f, g, o = gates.chunk(4, dim=1)
            cell = torch.sigmoid(f) * c[:, layer] + torch.sigmoid(i) * torch.tanh(g)
            x = torch.sigmoid(o) * torch.tanh(cell)
            self.assert_close(next_h[:, layer], x)
            self.assert_close(next_c[:, layer], cell)
        hidden = F.elu(x @ state["actor.0.weight"].T + state["actor.0.bias"])
        self.assert_close(action, hidden @ state["actor.2.weight"].T + state["actor.2.bias"])

    def test_keeps_each_agent_s_memory_in_its_own_row(self):
        obs, h, c = inputs([[5, 10], [5, 2, 8], [5, 2, 8]])
        together = run(self.model, [obs, h, c])
        alone = run(self.model, [obs[3:4], h[3:4], c[3:4]])
        for a, b in zip(alone, together):
            self.assert_close(a, b[3:4])


class Sb3PolicyTest(ZooTest):
    def test_has_the_keys_of_stable_baselines3(self):
        self.assertEqual(
            shapes(build("sb3_policy.py:PpoPolicy(obs=5, actions=2, pi=[8], vf=[16])")),
            {
                "log_std": (2,),
                "mlp_extractor.policy_net.0.weight": (8, 5),
                "mlp_extractor.policy_net.0.bias": (8,),
                "mlp_extractor.value_net.0.weight": (16, 5),
                "mlp_extractor.value_net.0.bias": (16,),
                "action_net.weight": (2, 8),
                "action_net.bias": (2,),
                "value_net.weight": (1, 16),
                "value_net.bias": (1,),
            },
        )

    def test_is_the_formula(self):
        model = filled(build("sb3_policy.py:PpoPolicy(obs=5, actions=2, pi=[8], vf=[16])"))
        state = model.state_dict()
        x = inputs([[3, 5]])[0]
        net = "mlp_extractor.policy_net.0"
        hidden = torch.tanh(x @ state[f"{net}.weight"].T + state[f"{net}.bias"])
        expected = hidden @ state["action_net.weight"].T + state["action_net.bias"]
        self.assert_close(run(model, [x])[0], expected)

    def test_equals_stable_baselines3(self):
        policies = import_or_none("stable_baselines3.common.policies")
        if policies is None:
            self.skipTest("stable_baselines3 cannot be imported")
        spaces = importlib.import_module("gymnasium.spaces")
        seen = spaces.Box(-math.inf, math.inf, (6,))
        box = spaces.Box(-1.0, 1.0, (3,))
        x = inputs([[4, 6]])[0]

        def mode(policy):
            return functools.partial(policy._predict, deterministic=True)

        def logits(policy):
            return lambda obs: policy.get_distribution(obs).distribution.logits

        learning_rate = float
        sac = importlib.import_module("stable_baselines3.sac.policies").SACPolicy
        for architecture, policy, answer in (
            (
                "PpoPolicy(obs=6, actions=3)",
                policies.ActorCriticPolicy(seen, box, learning_rate),
                mode,
            ),
            (
                "PpoPolicy(obs=6, actions=5, pi=[8, 9], vf=[], activation='relu', discrete=True)",
                policies.ActorCriticPolicy(
                    seen,
                    spaces.Discrete(5),
                    learning_rate,
                    net_arch={"pi": [8, 9], "vf": []},
                    activation_fn=nn.ReLU,
                ),
                logits,
            ),
            ("SacActor(obs=6, actions=3)", sac(seen, box, learning_rate).actor, mode),
        ):
            with self.subTest(architecture):
                ours = build(f"sb3_policy.py:{architecture}").eval()
                theirs = filled(policy)
                self.assertEqual(layout(ours), layout(theirs))
                ours.load_state_dict(theirs.state_dict())
                with torch.inference_mode():
                    expected = answer(theirs)(x)
                found = run(ours, [x])[0]
                if answer is logits:  # Categorical subtracts their logarithm's sum
                    found = found - found.logsumexp(1, keepdim=True)
                self.assert_close(found, expected)


class TransformerTest(ZooTest):
    def test_is_the_formula(self):
        for first in (True, False):
            with self.subTest(norm_first=first):
                model = filled(
                    build(
                        "transformer.py:TransformerPolicy(obs=6, actions=2, window=5, width=8, "
                        f"heads=2, layers=1, feedforward=12, norm_first={first})"
                    )
                )
                x = inputs([[3, 5, 6]])[0]
                self.assert_close(run(model, [x])[0], self.formula(model, x, first))

    def formula(self, model, obs, norm_first):
        state = model.state_dict()

        def linear(name, x):
            return x @ state[f"{name}.weight"].T + state[f"{name}.bias"]

        def norm(name, x):
            return F.layer_norm(x, [8], state[f"{name}.weight"], state[f"{name}.bias"])

        layer = "encoder.layers.0"

        def attend(x):
            packed = x @ state[f"{layer}.self_attn.in_proj_weight"].T
            packed = packed + state[f"{layer}.self_attn.in_proj_bias"]
            # [agents, window, 3, heads, 4] -> q, k, v [agents, heads, window, 4]
            q, k, v = packed.view(3, 5, 3, 2, 4).permute(2, 0, 3, 1, 4)
            mixed = torch.softmax(q @ k.transpose(2, 3) / 2.0, dim=-1) @ v
            return linear(f"{layer}.self_attn.out_proj", mixed.transpose(1, 2).reshape(3, 5, 8))

        def feed(x):
            return linear(f"{layer}.linear2", F.gelu(linear(f"{layer}.linear1", x)))

        x = linear("embed", obs) + state["position"]
        if norm_first:
            x = x + attend(norm(f"{layer}.norm1", x))
            x = x + feed(norm(f"{layer}.norm2", x))
        else:
            x = norm(f"{layer}.norm1", x + attend(x))
            x = norm(f"{layer}.norm2", x + feed(x))
        return linear("action", norm("encoder.norm", x)[:, -1])


if __name__ == "__main__":
    torch.set_num_threads(1)
    unittest.main()
