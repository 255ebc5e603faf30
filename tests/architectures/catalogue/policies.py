"""Networks that act: rsl_rl, Stable-Baselines3, skrl."""

from ._entry import of


def entries():
    yield from of("rsl-rl-lib", "rsl_rl", [[2, 48]], {
        "modules/mlp.py": ["MLP(48, 12, [64, 32], 'elu')"],
        "modules/cnn.py": [
            ("CNN((16, 16), 3, output_channels=[8, 16], kernel_size=3)", [[2, 3, 16, 16]]),
        ],
        "modules/normalization.py": ["EmpiricalNormalization(48)"],
    })
    yield from of("rsl-rl-lib", "wrappers", [[2, 48]], {
        "rsl_rl_actor.py": ["Actor(48, 12)", "Actor(48, 12, obs_normalization=True)"],
    })
    yield from of("stable-baselines3", "wrappers", [[2, 8]], {
        "sb3_actor.py": [
            "PpoActor(8, 3)", "PpoActor(8, discrete=4)", "SacActor(8, 3)", "Td3Actor(8, 3)",
            "DqnActor(8, 4)", ("PpoImageActor(4)", [[2, 3, 64, 64]]),
        ],
    })
    yield from of("skrl", "wrappers", [[2, 8]], {
        "skrl_actor.py": ["Actor(8, 3)"],
    })
