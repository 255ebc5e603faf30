"""Networks of medicine, mostly in three dimensions."""

from ._entry import of

VOLUME = [2, 1, 32, 32, 32]
SLICE = [2, 1, 64, 64]


def entries():
    flat = "spatial_dims=2, in_channels=1, out_channels=2"
    deep = "spatial_dims=3, in_channels=1, out_channels=2"
    steps = "channels=(8, 16, 32), strides=(2, 2)"
    yield from of("monai", "monai/networks/nets", [SLICE], {
        "unet.py": [
            f"UNet({flat}, {steps}, num_res_units=2)",
            (f"UNet({deep}, {steps}, norm='BATCH')", [VOLUME]),
        ],
        "attentionunet.py": [f"AttentionUnet({flat}, {steps})"],
        "autoencoder.py": [f"AutoEncoder({flat}, {steps})"],
        "basic_unet.py": [f"BasicUNet({flat}, features=(8, 8, 16, 32, 64, 8))"],
        "basic_unetplusplus.py": [f"BasicUNetPlusPlus({flat}, features=(8, 8, 16, 32, 64, 8))"],
        "densenet.py": [f"DenseNet121({flat})"],
        "dynunet.py": [
            f"DynUNet({flat}, kernel_size=[3, 3, 3], strides=[1, 2, 2], upsample_kernel_size=[2, 2])",
        ],
        "efficientnet.py": [
            ("EfficientNetBN('efficientnet-b0', pretrained=False, spatial_dims=2, in_channels=1, "
             "num_classes=4)", [SLICE]),
        ],
        "flexible_unet.py": ["FlexibleUNet(1, 2, 'efficientnet-b0')"],
        "highresnet.py": [f"HighResNet({flat})"],
        "resnet.py": [
            ("resnet10(spatial_dims=3, n_input_channels=1, num_classes=4)", [VOLUME]),
            "resnet18(spatial_dims=2, n_input_channels=1, num_classes=4)",
        ],
        "segresnet.py": [(f"SegResNet({deep}, init_filters=8)", [VOLUME])],
        "segresnet_ds.py": [(f"SegResNetDS({deep}, init_filters=8)", [VOLUME])],
        "senet.py": ["SEResNet50(spatial_dims=2, in_channels=1, num_classes=4)"],
        "swin_unetr.py": [
            ("SwinUNETR(in_channels=1, out_channels=2, feature_size=12, spatial_dims=2)", [SLICE]),
            ("SwinUNETR(in_channels=1, out_channels=2, feature_size=12)", [VOLUME]),
        ],
        "unetr.py": [
            ("UNETR(in_channels=1, out_channels=2, img_size=32, feature_size=8, hidden_size=48, "
             "mlp_dim=96, num_heads=4)", [VOLUME]),
        ],
        "vit.py": [
            ("ViT(in_channels=1, img_size=32, patch_size=16, hidden_size=48, mlp_dim=96, "
             "num_layers=2, num_heads=4, classification=True)", [VOLUME]),
        ],
        "vnet.py": [("VNet(spatial_dims=3)", [VOLUME])],
        "mednext.py": [(f"MedNeXt({deep}, init_filters=8)", [VOLUME])],
        "restormer.py": ["Restormer(in_channels=1, out_channels=1, dim=8)"],
        "regressor.py": [
            "Regressor((1, 64, 64), (4,), channels=(8, 16), strides=(2, 2))",
        ],
        "generator.py": [
            ("Generator((8,), (8, 4, 4), channels=(8, 4, 1), strides=(2, 2, 1))", [[2, 8]]),
        ],
        "classifier.py": ["Discriminator((1, 64, 64), channels=(8, 16), strides=(2, 2))"],
        "patchgan_discriminator.py": ["PatchDiscriminator(2, 8, 1)"],
        "autoencoderkl.py": [
            "AutoencoderKL(2, 1, 1, num_res_blocks=(1, 1), channels=(8, 16), attention_levels="
            "(False, True), norm_num_groups=4)",
        ],
        "vqvae.py": ["VQVAE(2, 1, 1, channels=(8, 16), num_res_layers=1, num_res_channels=(8, 16), downsample_parameters=((2, 4, 1, 1), (2, 4, 1, 1)), upsample_parameters=((2, 4, 1, 1, 0), (2, 4, 1, 1, 0)))"],
        "diffusion_model_unet.py": [
            ("DiffusionModelUNet(2, 1, 1, num_res_blocks=1, channels=(8, 16), attention_levels="
             "(False, True), norm_num_groups=4, num_head_channels=8)",
             [SLICE, {"shape": [2], "below": 100}]),
        ],
        "hovernet.py": [("HoVerNet(out_classes=3)", [[2, 3, 256, 256]])],
        "milmodel.py": [
            ("MILModel(num_classes=3, pretrained=False, mil_mode='att', backbone='resnet18')",
             [[2, 4, 3, 64, 64]]),
        ],
        "quicknat.py": ["Quicknat(num_classes=3, num_filters=8)"],
        "ahnet.py": ["AHNet(spatial_dims=2, upsample_mode='bilinear')"],
        "transchex.py": [],
        "voxelmorph.py": [],
    })
