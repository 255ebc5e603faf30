"""Networks of tianshou, as its examples put them together."""

import numpy as np
from tianshou.env.atari.atari_network import DQNet
from tianshou.utils.net.common import Net, Recurrent
from tianshou.utils.net.continuous import ContinuousActorDeterministic, ContinuousActorProbabilistic
from torch import nn


class _First(nn.Module):
    """What a network answers, without the state that it hands on."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, obs):
        answer = self.net(obs)[0]
        return answer[0] if isinstance(answer, tuple) else answer


def PpoActor(observations, actions):
    hidden = Net(state_shape=(observations,), hidden_sizes=[32, 32], activation=nn.Tanh)
    return _First(
        ContinuousActorProbabilistic(
            preprocess_net=hidden, action_shape=(actions,), unbounded=True
        )
    )


def DeterministicActor(observations, actions):
    hidden = Net(state_shape=np.array([observations]), hidden_sizes=[32, 32])
    return _First(
        ContinuousActorDeterministic(preprocess_net=hidden, action_shape=(actions,), max_action=2.0)
    )


def DuelingQ(observations, actions):
    heads = ({"hidden_sizes": [16]}, {"hidden_sizes": [16]})
    return _First(
        Net(
            state_shape=observations, action_shape=actions, hidden_sizes=[32], dueling_param=heads
        )
    )


def RecurrentQ(observations, actions):
    return _First(
        Recurrent(layer_num=1, state_shape=observations, action_shape=actions, hidden_layer_size=16)
    )


def AtariQ(actions):
    return _First(DQNet(c=4, h=84, w=84, action_shape=actions))
