"""Networks that generate and repair: diffusion, autoencoders, super-resolution."""

from ._entry import of, whole


def entries():
    steps = whole([2], 1000)
    yield from of("diffusers", "diffusers/models", [[2, 3, 32, 32], steps], {
        "unets/unet_2d.py": [
            "UNet2DModel(sample_size=32, block_out_channels=(32, 64), down_block_types=('DownBlock2D', 'AttnDownBlock2D'), up_block_types=('AttnUpBlock2D', 'UpBlock2D'))",
        ],
        "unets/unet_1d.py": [
            ("UNet1DModel(sample_size=64, in_channels=14, out_channels=14, extra_in_channels=0, time_embedding_type='positional', use_timestep_embedding=True, down_block_types=('DownResnetBlock1D', 'DownResnetBlock1D'), mid_block_type='MidResTemporalBlock1D', up_block_types=('UpResnetBlock1D',), block_out_channels=(32, 64), layers_per_block=1, act_fn='mish', out_block_type='OutConv1DBlock')", [[2, 14, 16], steps]),
        ],
        "unets/unet_2d_condition.py": [
            ("UNet2DConditionModel(sample_size=32, block_out_channels=(32, 64), down_block_types=('DownBlock2D', 'CrossAttnDownBlock2D'), up_block_types=('CrossAttnUpBlock2D', 'UpBlock2D'), cross_attention_dim=16, attention_head_dim=8)", [[2, 4, 32, 32], steps, [2, 7, 16]]),
        ],
        "autoencoders/autoencoder_kl.py": [
            ("AutoencoderKL(block_out_channels=(32, 64), down_block_types=('DownEncoderBlock2D',) * 2, up_block_types=('UpDecoderBlock2D',) * 2)", [[2, 3, 32, 32]]),
        ],
        "autoencoders/vq_model.py": [
            ("VQModel(block_out_channels=(32,), num_vq_embeddings=16)", [[2, 3, 32, 32]]),
        ],
        "transformers/dit_transformer_2d.py": [
            ("DiTTransformer2DModel(num_attention_heads=2, attention_head_dim=8, num_layers=2, sample_size=8, num_embeds_ada_norm=10, out_channels=4, norm_num_groups=4)", [[2, 4, 8, 8], whole([2], 10), whole([2], 10)]),
        ],
    })
    yield from of("denoising-diffusion-pytorch", "denoising_diffusion_pytorch", [[2, 3, 32, 32], steps], {
        "denoising_diffusion_pytorch.py": ["Unet(dim=16, dim_mults=(1, 2))", "Unet(dim=16, dim_mults=(1, 2), flash_attn=True)"],
        "denoising_diffusion_pytorch_1d.py": [("Unet1D(dim=16, dim_mults=(1, 2), channels=8)", [[2, 8, 32], steps])],
        "karras_unet.py": [("KarrasUnet(image_size=32, dim=16, dim_max=32, num_downsamples=2)", [[2, 4, 32, 32], [2]])],
    })
    yield from of("spandrel", "spandrel/architectures", [[2, 3, 32, 32]], {
        "ESRGAN/__arch/RRDB.py": ["RRDBNet(num_filters=16, num_blocks=2, scale=2)"],
        "Compact/__arch/SRVGG.py": ["SRVGGNetCompact(num_feat=16, num_conv=4)"],
        "SwinIR/__arch/SwinIR.py": ["SwinIR(img_size=32, window_size=8, depths=[2, 2], embed_dim=24, num_heads=[2, 2], upscale=2, upsampler='pixelshuffle')"],
        "Swin2SR/__arch/Swin2SR.py": ["Swin2SR(img_size=32, window_size=8, depths=[2, 2], embed_dim=24, num_heads=[2, 2], upscale=2, upsampler='pixelshuffle')"],
        "OmniSR/__arch/OmniSR.py": ["OmniSR(num_feat=16, res_num=1, up_scale=2)"],
        "SPAN/__arch/span.py": ["SPAN(num_in_ch=3, num_out_ch=3, feature_channels=16)"],
        "NAFNet/__arch/NAFNet_arch.py": ["NAFNet(width=8, enc_blk_nums=[1, 1], dec_blk_nums=[1, 1])"],
        "PLKSR/__arch/PLKSR.py": ["PLKSR(dim=16, n_blocks=2, kernel_size=9)"],
        "DAT/__arch/DAT.py": ["DAT(img_size=32, embed_dim=24, split_size=[4, 8], depth=[2], num_heads=[2])"],
    })
