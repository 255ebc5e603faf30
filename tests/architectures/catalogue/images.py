"""Networks that see images."""

from ._entry import IMAGE, LARGE, of


def _torchvision():
    small = {
        "alexnet.py": ["alexnet()"],
        "vgg.py": [f"vgg{depth}{norm}()" for depth in (11, 13, 16, 19) for norm in ("", "_bn")],
        "resnet.py": [
            f"{name}()"
            for name in (
                "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d",
                "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
            )
        ],
        "squeezenet.py": ["squeezenet1_0()", "squeezenet1_1()"],
        "densenet.py": [f"densenet{depth}()" for depth in (121, 161, 169, 201)],
        "inception.py": [("inception_v3(init_weights=False)", [[2, 3, 96, 96]])],
        "googlenet.py": ["googlenet(init_weights=False)"],
        "shufflenetv2.py": [f"shufflenet_v2_x{width}()" for width in ("0_5", "1_0", "1_5", "2_0")],
        "mobilenetv2.py": ["mobilenet_v2()"],
        "mobilenetv3.py": ["mobilenet_v3_small()", "mobilenet_v3_large()"],
        "mnasnet.py": [f"mnasnet{width}()" for width in ("0_5", "0_75", "1_0", "1_3")],
        "efficientnet.py": [f"efficientnet_{size}()" for size in (
            "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "v2_s", "v2_m", "v2_l")],
        "regnet.py": [f"regnet_{kind}()" for kind in (
            "y_400mf", "y_800mf", "y_1_6gf", "y_3_2gf", "y_8gf", "y_16gf", "y_32gf", "y_128gf",
            "x_400mf", "x_800mf", "x_1_6gf", "x_3_2gf", "x_8gf", "x_16gf", "x_32gf")],
        "convnext.py": [f"convnext_{size}()" for size in ("tiny", "small", "base", "large")],
        "swin_transformer.py": [f"swin_{v}()" for v in ("t", "s", "b", "v2_t", "v2_s", "v2_b")],
        "vision_transformer.py": [
            ("vit_b_16(image_size=64)", [IMAGE]), ("vit_b_32(image_size=64)", [IMAGE]),
            ("vit_l_16(image_size=64)", [IMAGE]), ("vit_l_32(image_size=64)", [IMAGE]),
            ("vit_h_14(image_size=56)", [[2, 3, 56, 56]]),
        ],
        "maxvit.py": [("maxvit_t()", [LARGE])],
    }
    return of("torchvision", "torchvision/models", [IMAGE], small)


def _timm():
    return of("timm", "timm/models", [IMAGE], {
        "resnet.py": [
            "resnet18()", "resnet26d()", "resnext50_32x4d()", "ecaresnet26t()", "seresnet18()",
        ],
        "resnetv2.py": ["resnetv2_50()"],
        "efficientnet.py": [
            "efficientnet_b0()", "mobilenetv2_050()", "mnasnet_small()", "efficientnet_lite0()",
            "mixnet_s()",
        ],
        "mobilenetv3.py": ["mobilenetv3_small_050()", "mobilenetv4_conv_small()", "lcnet_050()"],
        "convnext.py": ["convnext_atto()", "convnextv2_atto()"],
        "vision_transformer.py": [
            ("vit_tiny_patch16_224(img_size=64)", [IMAGE]),
            ("vit_small_patch32_224(img_size=64)", [IMAGE]),
        ],
        "deit.py": [("deit_tiny_patch16_224(img_size=64)", [IMAGE])],
        "mlp_mixer.py": [("mixer_s32_224()", [LARGE])],
        "regnet.py": ["regnetx_002()", "regnety_002()"],
        "densenet.py": ["densenet121()"],
        "dla.py": ["dla34()"],
        "ghostnet.py": ["ghostnet_050()"],
        "hrnet.py": ["hrnet_w18_small()"],
        "vgg.py": ["vgg11()"],
        "rexnet.py": ["rexnet_100()"],
        "res2net.py": ["res2net50_26w_4s()"],
        "swin_transformer.py": [("swin_tiny_patch4_window7_224()", [LARGE])],
        "levit.py": [("levit_128s()", [LARGE])],
        "mobilevit.py": ["mobilevit_xxs()"],
        "metaformer.py": ["poolformer_s12()"],
        "pvt_v2.py": ["pvt_v2_b0()"],
        "edgenext.py": ["edgenext_xx_small()"],
        "fastvit.py": ["fastvit_t8()"],
        "repvit.py": ["repvit_m0_9()"],
        "xception.py": ["legacy_xception()"],
        "selecsls.py": ["selecsls42()"],
        "vovnet.py": ["ese_vovnet19b_dw()"],
        "byobnet.py": ["repvgg_a0()", "gernet_s()"],
        "cspnet.py": ["cspdarknet53()"],
        "convmixer.py": ["convmixer_768_32()"],
        "inception_next.py": ["inception_next_atto()"],
        "starnet.py": ["starnet_s1()"],
        "tiny_vit.py": [("tiny_vit_5m_224()", [LARGE])],
        "cait.py": [("cait_xxs24_224()", [LARGE])],
        "sknet.py": ["skresnet18()"],
    })


def _others():
    yield from of("facenet-pytorch", "facenet_pytorch/models", [[2, 3, 96, 96]], {
        "inception_resnet_v1.py": [
            "InceptionResnetV1(classify=True, num_classes=10)", "InceptionResnetV1()",
        ],
        "mtcnn.py": [
            "PNet(pretrained=False)", ("RNet(pretrained=False)", [[2, 3, 24, 24]]),
            ("ONet(pretrained=False)", [[2, 3, 48, 48]]),
        ],
    })
    decoders = "segmentation_models_pytorch/decoders"
    weights = "encoder_weights=None"
    yield from of("segmentation-models-pytorch", decoders, [IMAGE], {
        "unet/model.py": [
            f"Unet('resnet18', {weights})", f"Unet('mobilenet_v2', {weights})",
            f"Unet('efficientnet-b0', {weights})", f"Unet('vgg11_bn', {weights})",
            f"Unet('densenet121', {weights})", f"Unet('mit_b0', {weights})",
            f"Unet('se_resnet50', {weights})", f"Unet('timm-efficientnet-b0', {weights})",
            f"Unet('tu-resnet18', {weights})", f"Unet('xception', {weights})",
            f"Unet('resnet18', {weights}, decoder_attention_type='scse')",
            f"Unet('resnet18', {weights}, aux_params={{'classes': 4}})",
        ],
        "unetplusplus/model.py": [f"UnetPlusPlus('resnet18', {weights})"],
        "fpn/model.py": [f"FPN('resnet18', {weights})"],
        "linknet/model.py": [f"Linknet('resnet18', {weights})"],
        "pan/model.py": [f"PAN('resnet18', {weights})"],
        "pspnet/model.py": [f"PSPNet('resnet18', {weights})"],
        "deeplabv3/model.py": [
            f"DeepLabV3('resnet18', {weights})", f"DeepLabV3Plus('resnet18', {weights})",
        ],
        "manet/model.py": [f"MAnet('resnet18', {weights})"],
        "segformer/model.py": [f"Segformer('resnet18', {weights})", f"Segformer('mit_b0', {weights})"],
        "upernet/model.py": [f"UPerNet('resnet18', {weights})"],
        "dpt/model.py": [
            (f"DPT('tu-vit_tiny_patch16_224', {weights}, dynamic_img_size=True)", [LARGE]),
        ],
    })
    yield from of("efficientnet-pytorch", "efficientnet_pytorch", [IMAGE], {
        "model.py": [f"EfficientNet.from_name('efficientnet-b{i}')" for i in range(8)],
    })
    yield from of("resnest", "resnest/torch", [IMAGE], {
        "resnest.py": ["resnest50()", "resnest101()"],
        "ablation.py": ["resnest50_fast_1s1x64d()", "resnest50_fast_4s1x64d()"],
    })


def _vit_pytorch():
    size = "image_size=64, patch_size=16, num_classes=10, dim=64"
    body = f"{size}, depth=2, heads=4, mlp_dim=128"
    stages = "dim=(32, 64, 96, 128), depth=(1, 1, 2, 1)"
    return of("vit-pytorch", "vit_pytorch", [IMAGE], {
        "vit.py": [f"ViT({body})", f"ViT({body}, pool='mean')"],
        "simple_vit.py": [f"SimpleViT({body})"],
        "deepvit.py": [f"DeepViT({body})"],
        "cait.py": [f"CaiT({size}, depth=2, cls_depth=1, heads=4, mlp_dim=128)"],
        "xcit.py": [f"XCiT({size}, depth=2, cls_depth=1, heads=4, mlp_dim=128)"],
        "cct.py": [
            "CCT(img_size=64, embedding_dim=64, n_conv_layers=2, num_layers=2, num_heads=4, "
            "mlp_ratio=3., num_classes=10, positional_embedding='learnable')",
        ],
        "cross_vit.py": [
            "CrossViT(image_size=64, num_classes=10, sm_dim=32, lg_dim=64, sm_patch_size=8, "
            "lg_patch_size=16, depth=1, lg_enc_depth=2)",
        ],
        "crossformer.py": [(f"CrossFormer(num_classes=10, {stages})", [LARGE])],
        "cvt.py": ["CvT(num_classes=10, s3_depth=2)"],
        "jet_vit.py": [f"JetViT({body}, window_size=4)"],
        "jumbo_vit.py": [f"JumboViT({body})"],
        "levit.py": [
            ("LeViT(image_size=224, num_classes=10, stages=3, dim=(64, 96, 128), depth=2, "
             "heads=(2, 3, 4), mlp_mult=2)", [LARGE]),
        ],
        "local_vit.py": [f"LocalViT({body})"],
        "look_vit.py": [
            "LookViT(dim=64, image_size=64, num_classes=10, depth=2, patch_size=16, heads=4, "
            "highres_patch_size=8)",
        ],
        "max_vit.py": [
            ("MaxViT(num_classes=10, dim_conv_stem=16, dim=16, dim_head=8, depth=(1, 1))", [LARGE]),
        ],
        "mobile_vit.py": [
            "MobileViT(image_size=(64, 64), dims=[96, 120, 144], channels=[16, 32, 48, 48, 64, 64, "
            "80, 80, 96, 96, 384], num_classes=10)",
        ],
        "nest.py": [
            ("NesT(image_size=224, patch_size=4, dim=32, heads=2, num_hierarchies=3, "
             "block_repeats=(1, 1, 2), num_classes=10)", [LARGE]),
        ],
        "normalized_vit.py": [f"nViT({body})"],
        "parallel_vit.py": [f"ViT({body})"],
        "pit.py": [
            ("PiT(image_size=224, patch_size=14, dim=64, num_classes=10, depth=(1, 1, 1), heads=4, "
             "mlp_dim=128)", [LARGE]),
        ],
        "regionvit.py": [
            (f"RegionViT({stages}, window_size=7, num_classes=10)", [LARGE]),
        ],
        "rvt.py": [f"RvT({body})"],
        "scalable_vit.py": [
            ("ScalableViT(num_classes=10, dim=32, heads=(2, 4, 8, 16), depth=(1, 1, 1, 1), "
             "ssa_dim_key=(40, 40, 40, 32), reduction_factor=(8, 4, 2, 1), window_size=(32, 32, "
             "None, None))", [[2, 3, 256, 256]]),
        ],
        "sep_vit.py": [
            ("SepViT(num_classes=10, dim=32, dim_head=32, heads=(1, 2, 4, 8), depth=(1, 1, 1, 1), "
             "window_size=7)", [LARGE]),
        ],
        "simple_flash_attn_vit.py": [f"SimpleViT({body})"],
        "simple_uvit.py": [f"SimpleUViT({body})"],
        "simple_vit_1d.py": [
            ("SimpleViT(seq_len=64, patch_size=8, num_classes=10, dim=64, depth=2, heads=4, "
             "mlp_dim=128)", [[2, 3, 64]]),
        ],
        "simple_vit_with_fft.py": [
            f"SimpleViT({size}, freq_patch_size=8, depth=2, heads=4, mlp_dim=128)",
        ],
        "simple_vit_with_patch_dropout.py": [f"SimpleViT({body})"],
        "simple_vit_with_qk_norm.py": [f"SimpleViT({body})"],
        "simple_vit_with_register_tokens.py": [f"SimpleViT({body})"],
        "simple_vit_with_value_residual.py": [f"SimpleViT({body})"],
        "simple_vit_with_hyper_connections.py": [f"SimpleViT({body}, num_residual_streams=2)"],
        "t2t.py": [
            ("T2TViT(image_size=224, dim=64, depth=2, heads=4, mlp_dim=128, num_classes=10)",
             [LARGE]),
        ],
        "twins_svt.py": [("TwinsSVT(num_classes=10, s3_depth=1, s4_depth=1)", [LARGE])],
        "vit_1d.py": [
            ("ViT(seq_len=64, patch_size=8, num_classes=10, dim=64, depth=2, heads=4, mlp_dim=128)",
             [[2, 3, 64]]),
        ],
        "vit_5.py": [f"ViT({body})"],
        "vit_for_small_dataset.py": [f"ViT({body})"],
        "vit_nd.py": [
            "ViTND(ndim=2, input_shape=64, patch_size=16, num_classes=10, dim=64, depth=2, heads=4, "
            "mlp_dim=128)",
        ],
        "vit_nd_rotary.py": [
            "ViTND(ndim=2, input_shape=64, patch_size=16, num_classes=10, dim=64, depth=2, heads=4, "
            "mlp_dim=128)",
        ],
        "vit_with_keel_post_ln.py": [f"ViT({body})"],
        "vit_with_patch_dropout.py": [f"ViT({body})"],
        "vit_with_patch_merger.py": [f"ViT({body})"],
        "ats_vit.py": [f"ViT({body}, max_tokens_per_depth=(8, 4))"],
    })


def _pytorchcv():
    return of("pytorchcv", "pytorchcv/models", [LARGE], {
        "alexnet.py": ["alexnet()"],
        "zfnet.py": ["zfnet()"],
        "vgg.py": ["vgg11()"],
        "bninception.py": ["bninception()"],
        "resnet.py": ["resnet10()", "resnet18_wd4()"],
        "preresnet.py": ["preresnet10()"],
        "resnext.py": ["resnext14_16x4d()"],
        "seresnet.py": ["seresnet10()"],
        "sepreresnet.py": ["sepreresnet10()"],
        "seresnext.py": ["seresnext50_32x4d()"],
        "senet.py": ["senet16()"],
        "resnesta.py": ["resnestabc14()"],
        "ibnresnet.py": ["ibn_resnet50()"],
        "ibnresnext.py": ["ibn_resnext50_32x4d()"],
        "ibndensenet.py": ["ibn_densenet121()"],
        "ibnbresnet.py": ["ibnb_resnet50()"],
        "airnet.py": ["airnet50_1x64d_r2()"],
        "airnext.py": ["airnext50_32x4d_r2()"],
        "bamresnet.py": ["bam_resnet18()"],
        "cbamresnet.py": ["cbam_resnet18()"],
        "resattnet.py": ["resattnet56()"],
        "sknet.py": ["sknet50()"],
        "scnet.py": ["scnet50()"],
        "regnet.py": ["regnetx002()", "regnety002()"],
        "diaresnet.py": ["diaresnet10()"],
        "pyramidnet.py": ["pyramidnet101_a360()"],
        "diracnetv2.py": ["diracnet18v2()"],
        "sharesnet.py": ["sharesnet18()"],
        "densenet.py": ["densenet121()"],
        "condensenet.py": ["condensenet74_c4_g4()"],
        "sparsenet.py": ["sparsenet121()"],
        "peleenet.py": ["peleenet()"],
        "wrn.py": ["wrn50_2()"],
        "drn.py": ["drnc26()"],
        "dpn.py": ["dpn68()"],
        "darknet.py": ["darknet_tiny()"],
        "darknet53.py": ["darknet53()"],
        "irevnet.py": ["irevnet301()"],
        "bagnet.py": ["bagnet9()"],
        "dla.py": ["dla34()"],
        "msdnet.py": ["msdnet22()"],
        "fishnet.py": ["fishnet99()"],
        "espnetv2.py": ["espnetv2_wd2()"],
        "dicenet.py": ["dicenet_wd5()"],
        "hrnet.py": ["hrnet_w18_small_v1()"],
        "vovnet.py": ["vovnet27s()"],
        "selecsls.py": ["selecsls42()"],
        "hardnet.py": ["hardnet39ds()"],
        "xdensenet.py": ["xdensenet121_2()"],
        "squeezenet.py": ["squeezenet_v1_0()", "squeezeresnet_v1_1()"],
        "squeezenext.py": ["sqnxt23_w1()"],
        "shufflenet.py": ["shufflenet_g3_wd4()"],
        "shufflenetv2.py": ["shufflenetv2_wd2()"],
        "shufflenetv2b.py": ["shufflenetv2b_wd2()"],
        "menet.py": ["menet108_8x1_g3()"],
        "mobilenet.py": ["mobilenet_wd4()"],
        "mobilenetb.py": ["mobilenetb_wd4()"],
        "fdmobilenet.py": ["fdmobilenet_wd4()"],
        "mobilenetv2.py": ["mobilenetv2_wd4()"],
        "mobilenetv3.py": ["mobilenetv3_small_w7d20()"],
        "igcv3.py": ["igcv3_wd4()"],
        "ghostnet.py": ["ghostnet()"],
        "mnasnet.py": ["mnasnet_small()"],
        "darts.py": ["darts()"],
        "proxylessnas.py": ["proxylessnas_cpu()"],
        "fbnet.py": ["fbnet_cb()"],
        "xception.py": [("xception()", [[2, 3, 299, 299]])],
        "inceptionv3.py": [("inceptionv3()", [[2, 3, 299, 299]])],
        "inceptionv4.py": [("inceptionv4()", [[2, 3, 299, 299]])],
        "inceptionresnetv1.py": [("inceptionresnetv1()", [[2, 3, 299, 299]])],
        "inceptionresnetv2.py": [("inceptionresnetv2()", [[2, 3, 299, 299]])],
        "polynet.py": [("polynet()", [[2, 3, 331, 331]])],
        "nasnet.py": ["nasnet_4a1056()"],
        "efficientnet.py": ["efficientnet_b0()", "efficientnet_b0b()"],
        "efficientnetedge.py": ["efficientnet_edge_small_b()"],
        "mixnet.py": ["mixnet_s()"],
        "isqrtcovresnet.py": ["isqrtcovresnet18()"],
        "revnet.py": ["revnet38()"],
        "tresnet.py": ["tresnet_m()"],
        "resnet_cifar.py": [("resnet20_cifar10()", [[2, 3, 32, 32]])],
        "nin_cifar.py": [("nin_cifar10()", [[2, 3, 32, 32]])],
        "shakeshakeresnet_cifar.py": [("shakeshakeresnet20_2x16d_cifar10()", [[2, 3, 32, 32]])],
        "fractalnet_cifar.py": [("fractalnet_cifar10()", [[2, 3, 32, 32]])],
        "ror_cifar.py": [("ror3_56_cifar10()", [[2, 3, 32, 32]])],
        "wrn1bit_cifar.py": [("wrn20_10_1bit_cifar10()", [[2, 3, 32, 32]])],
        "octresnet.py": ["octresnet10_ad2()"],
        "unet.py": [("unet_cityscapes()", [IMAGE])],
        "segnet.py": [("segnet_cityscapes()", [IMAGE])],
        "linknet.py": [("linknet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "enet.py": [("enet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "erfnet.py": [("erfnet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "esnet.py": [("esnet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "fpenet.py": [("fpenet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "sinet.py": [("sinet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "cgnet.py": [("cgnet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "contextnet.py": [("ctxnet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "dabnet.py": [("dabnet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "edanet.py": [("edanet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "lednet.py": [("lednet_cityscapes(in_size=(64, 64))", [IMAGE])],
        "fastscnn.py": [("fastscnn_cityscapes(in_size=(64, 64))", [IMAGE])],
        "bisenet.py": [("bisenet_resnet18_celebamaskhq(in_size=(64, 64))", [IMAGE])],
        "danet.py": [
            ("danet_resnetd50b_cityscapes(pretrained_backbone=False, in_size=(480, 480))",
             [[2, 3, 480, 480]]),
        ],
        "deeplabv3.py": [
            ("deeplabv3_resnetd50b_voc(pretrained_backbone=False, in_size=(64, 64))",
             [IMAGE]),
        ],
        "pspnet.py": [
            ("pspnet_resnetd50b_voc(pretrained_backbone=False, in_size=(64, 64))",
             [IMAGE]),
        ],
        "fcn8sd.py": [
            ("fcn8sd_resnetd50b_voc(pretrained_backbone=False, in_size=(64, 64))",
             [IMAGE]),
        ],
        "alphapose_coco.py": [
            ("alphapose_fastseresnet101b_coco(pretrained_backbone=False)", [[2, 3, 256, 192]]),
        ],
        "simplepose_coco.py": [
            ("simplepose_resnet18_coco(pretrained_backbone=False)", [[2, 3, 256, 192]]),
        ],
        "simpleposemobile_coco.py": [
            ("simplepose_mobile_resnet18_coco(pretrained_backbone=False)", [[2, 3, 256, 192]]),
        ],
        "lwopenpose_cmupan.py": [
            ("lwopenpose2d_mobilenet_cmupan_coco()", [IMAGE]),
        ],
        "centernet.py": [
            ("centernet_resnet18_coco(pretrained_backbone=False, in_size=(64, 64))",
             [IMAGE]),
        ],
        "superpointnet.py": [("superpointnet()", [[2, 1, 64, 64]])],
        "raft.py": [("raft_small()", [[2, 3, 128, 128], [2, 3, 128, 128]])],
        "pfpcnet.py": [("pfpcnet()", [[2, 3, 256, 256]])],
    })


def _kornia():
    yield from of("kornia", "kornia", [IMAGE], {
        "models/vit.py": ["VisionTransformer(image_size=64, patch_size=16, embed_dim=64, depth=2, num_heads=4)"],
        "models/vit_mobile.py": [("MobileViT(mode='xxs')", [[2, 3, 256, 256]])],
        "models/tiny_vit.py": [("TinyViT(num_classes=10)", [LARGE])],
        "models/rrdbnet.py": [("RRDBNet(3, 3, scale=2, num_feat=16, num_block=2, num_grow_ch=8)", [[2, 3, 32, 32]])],
        "models/dexined.py": ["DexiNed(pretrained=False)"],
        "feature/hardnet.py": [
            ("HardNet8(pretrained=False)", [[2, 1, 32, 32]]),
        ],
        "feature/hynet.py": [("HyNet(pretrained=False)", [[2, 1, 32, 32]])],
        "feature/sosnet.py": [("SOSNet(pretrained=False)", [[2, 1, 32, 32]])],
        "feature/tfeat.py": [("TFeat(pretrained=False)", [[2, 1, 32, 32]])],
        "feature/defmo.py": [("DeFMO(pretrained=False)", [[2, 6, 64, 64]])],
        "feature/siftdesc.py": [("SIFTDescriptor(patch_size=32)", [[2, 1, 32, 32]])],
        "feature/mkd.py": [("MKDDescriptor(patch_size=32, whitening=None)", [[2, 1, 32, 32]])],
        "feature/responses.py": [("CornerHarris(0.04)", [[2, 1, 32, 32]])],
    })


def _pretrainedmodels():
    return of("pretrainedmodels", "pretrainedmodels/models", [LARGE], {
        "bninception.py": ["bninception(pretrained=None)"],
        "dpn.py": ["dpn68(pretrained=None)"],
        "fbresnet.py": ["fbresnet152(pretrained=None)"],
        "inceptionresnetv2.py": [("inceptionresnetv2(num_classes=1000, pretrained=None)", [[2, 3, 299, 299]])],
        "inceptionv4.py": [("inceptionv4(num_classes=1000, pretrained=None)", [[2, 3, 299, 299]])],
        "nasnet_mobile.py": ["nasnetamobile(pretrained=None)"],
        "resnext.py": ["resnext101_32x4d(pretrained=None)"],
        "senet.py": ["se_resnet50(pretrained=None)", "se_resnext50_32x4d(pretrained=None)"],
        "xception.py": [("xception(pretrained=None)", [[2, 3, 299, 299]])],
        "polynet.py": [("polynet(pretrained=None)", [[2, 3, 331, 331]])],
    })


def _detection():
    yield from of("ultralytics", "ultralytics/nn/modules", [[2, 16, 32, 32]], {
        "block.py": ["C2f(16, 16, 2, True)", "SPPF(16, 16)", "C3k2(16, 16, 1)", ("C2PSA(128, 128)", [[2, 128, 8, 8]])],
        "conv.py": ["CBAM(16)", "GhostConv(16, 16)", "RepConv(16, 16)"],
        "transformer.py": ["TransformerBlock(16, 16, 4, 2)"],
    })
    yield from of("ultralytics", "wrappers", [[2, 3, 64, 64]], {
        "ultralytics_models.py": ["Detector()"],
    })
    yield from of("segment-anything", "segment_anything/modeling", [[2, 3, 64, 64]], {
        "image_encoder.py": ["ImageEncoderViT(img_size=64, patch_size=16, embed_dim=32, depth=2, num_heads=4, out_chans=16, use_rel_pos=True, window_size=2, global_attn_indexes=(1,))"],
    })
    yield from of("torchreid", "torchreid/reid/models", [[2, 3, 128, 64]], {
        "osnet.py": ["osnet_x0_25(10, pretrained=False)"],
        "osnet_ain.py": ["osnet_ain_x0_25(10, pretrained=False)"],
        "mlfn.py": [("mlfn(10, pretrained=False)", [[2, 3, 256, 128]])],
        "pcb.py": [("pcb_p4(10, pretrained=False)", [[2, 3, 192, 96]])],
        "mudeep.py": [("MuDeep(10)", [[2, 3, 256, 128]])],
        "squeezenet.py": ["squeezenet1_1(10, pretrained=False)"],
        "shufflenet.py": ["shufflenet(10, pretrained=False)"],
        "resnet_ibn_a.py": ["resnet50_ibn_a(10, 'softmax', pretrained=False)"],
    })
    yield from of("lightly", "lightly/models", [IMAGE], {
        "modules/heads.py": [("SimCLRProjectionHead(32, 32, 16)", [[2, 32]]), ("DINOProjectionHead(32, 32, 16, 24)", [[2, 32]]), ("BarlowTwinsProjectionHead(32, 32, 16)", [[2, 32]])],
    })
    yield from of("torch-geometric", "torch_geometric/nn/dense", [[2, 6, 8], [2, 6, 6]], {
        "dense_gcn_conv.py": ["DenseGCNConv(8, 4)"],
        "dense_sage_conv.py": ["DenseSAGEConv(8, 4)"],
        "dense_gin_conv.py": ["DenseGINConv(torch.nn.Linear(8, 4))"],
        "dense_graph_conv.py": ["DenseGraphConv(8, 4)"],
        "dense_gat_conv.py": ["DenseGATConv(8, 4, heads=2)"],
        "linear.py": [("Linear(8, 4)", [[2, 8]])],
    })


def entries():
    yield from _torchvision()
    yield from _timm()
    yield from _others()
    yield from _vit_pytorch()
    yield from _pytorchcv()
    yield from _pretrainedmodels()
    yield from _kornia()
    yield from _detection()
