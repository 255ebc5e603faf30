"""Policies of Stable-Baselines3 as networks that act deterministically."""

import numpy as np
from gymnasium import spaces
from stable_baselines3.common.policies import ActorCriticCnnPolicy, ActorCriticPolicy
from stable_baselines3.dqn.policies import DQNPolicy
from stable_baselines3.sac.policies import SACPolicy
from stable_baselines3.td3.policies import TD3Policy
from torch import nn


def rate(progress):
    return 3e-4


def box(size):
    return spaces.Box(-1.0, 1.0, (size,), np.float32)


class _Actor(nn.Module):
    def __init__(self, policy):
        super().__init__()
        self.policy = policy

    def forward(self, obs):
        return self.policy._predict(obs, deterministic=True)


def PpoActor(observations, actions=None, discrete=None):
    acts = spaces.Discrete(discrete) if discrete else box(actions)
    return _Actor(ActorCriticPolicy(box(observations), acts, rate))


def PpoImageActor(discrete):
    seen = spaces.Box(0, 255, (3, 64, 64), np.uint8)
    return _Actor(ActorCriticCnnPolicy(seen, spaces.Discrete(discrete), rate))


def SacActor(observations, actions):
    return _Actor(SACPolicy(box(observations), box(actions), rate))


def Td3Actor(observations, actions):
    return _Actor(TD3Policy(box(observations), box(actions), rate))


def DqnActor(observations, discrete):
    return _Actor(DQNPolicy(box(observations), spaces.Discrete(discrete), rate))
