"""Networks that act: those of the libraries that train robots and players."""

from ._entry import of, whole


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
    yield from of("rl-games", "wrappers", [[2, 24]], {
        "rl_games_actor.py": [
            "Actor(24, 6)", "Actor(24, 6, separate=True)", "Actor(24, 6, d2rl=True)",
        ],
    })
    yield from of("tianshou", "wrappers", [[2, 8]], {
        "tianshou_actor.py": [
            "PpoActor(8, 3)", "DeterministicActor(8, 3)", "DuelingQ(8, 4)", "RecurrentQ(8, 4)",
            ("AtariQ(6)", [[2, 4, 84, 84]]),
        ],
    })
    yield from of("torchrl", "torchrl/modules/models", [[2, 8]], {
        "models.py": [
            "MLP(in_features=8, out_features=4, depth=2, num_cells=16)",
            "DuelingMlpDQNet(4, mlp_kwargs_feature={'num_cells': [16], 'in_features': 8, "
            "'out_features': 8}, mlp_kwargs_output={'num_cells': [16], 'in_features': 8})",
            ("ConvNet(in_features=3, num_cells=[8, 16], kernel_sizes=3)", [[2, 3, 20, 20]]),
            "DdpgMlpActor(3, mlp_net_kwargs={'in_features': 8})",
        ],
    })
    yield from of("lerobot", "wrappers", [[2, 6]], {
        "lerobot_policies.py": [
            ("Act(6, 4)", [[2, 6], [2, 3, 64, 64]]),
            ("DiffusionUnet(4)", [[2, 16, 4], whole([2], 100), [2, 12]]),
            ("RgbEncoder()", [[2, 3, 96, 96]]),
            "SacTrunk(6)",
        ],
    })
    yield from of("CleanRL style", "wrappers", [[2, 8]], {
        "cleanrl_actor.py": ["Agent(Envs(8, 3))", ("AtariAgent(6)", [[2, 4, 84, 84]])],
    })
