"""Networks of LeRobot's policies, built from the settings that they read, without the policies'
own machinery of data sets and hubs."""

from types import SimpleNamespace

import torch
from lerobot.constants import OBS_IMAGES, OBS_STATE
from lerobot.policies.act.modeling_act import ACT
from lerobot.policies.diffusion.modeling_diffusion import DiffusionConditionalUnet1d, DiffusionRgbEncoder
from lerobot.policies.sac.modeling_sac import MLP
from torch import nn


def _feature(*shape):
    return SimpleNamespace(shape=shape)


class Act(nn.Module):
    def __init__(self, state, actions):
        super().__init__()
        self.act = ACT(
            SimpleNamespace(
                use_vae=True, dim_model=32, latent_dim=8, chunk_size=10, n_heads=4,
                dim_feedforward=64, feedforward_activation="relu", n_encoder_layers=2,
                n_decoder_layers=1, n_vae_encoder_layers=1, pre_norm=False, dropout=0.1,
                vision_backbone="resnet18", pretrained_backbone_weights=None,
                replace_final_stride_with_dilation=False, robot_state_feature=_feature(state),
                env_state_feature=None, image_features={"observation.images.front": 0},
                action_feature=_feature(actions),
            )
        )

    def forward(self, state, image):
        return self.act({OBS_STATE: state, OBS_IMAGES: [image]})[0]


class DiffusionUnet(nn.Module):
    def __init__(self, actions):
        super().__init__()
        self.unet = DiffusionConditionalUnet1d(
            SimpleNamespace(
                diffusion_step_embed_dim=16, action_feature=_feature(actions), down_dims=(16, 32),
                kernel_size=5, n_groups=8, use_film_scale_modulation=True,
            ),
            global_cond_dim=12,
        )

    def forward(self, actions, timestep, condition):
        return self.unet(actions, timestep, global_cond=condition)


def RgbEncoder():
    return DiffusionRgbEncoder(
        SimpleNamespace(
            crop_shape=(84, 84), crop_is_random=True, vision_backbone="resnet18",
            pretrained_backbone_weights=None, use_group_norm=True, spatial_softmax_num_keypoints=8,
            image_features={"observation.image": _feature(3, 96, 96)}, resize_shape=None,
            crop_ratio=1.0,
        )
    )


def SacTrunk(state):
    return MLP(state, [32, 32], activations=torch.nn.SiLU())
