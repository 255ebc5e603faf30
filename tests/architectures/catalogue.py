"""The networks that survey.py runs: package, source file, expression, shapes of inputs.

An expression is evaluated in its file, by Python and by Graft alike.
"""

IMAGE = [2, 3, 64, 64]
LARGE = [2, 3, 224, 224]


def _of(package, folder, image, files):
    for file, expressions in files.items():
        for expression in expressions:
            inputs = [image]
            if isinstance(expression, tuple):
                expression, inputs = expression
            yield {
                "package": package,
                "file": f"{folder}/{file}",
                "expression": expression,
                "inputs": inputs,
            }


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
            "y_400mf", "y_800mf", "y_1_6gf", "y_3_2gf", "y_8gf", "y_16gf", "y_32gf", "x_400mf",
            "x_800mf", "x_1_6gf", "x_3_2gf", "x_8gf", "x_16gf", "x_32gf")],
        "convnext.py": [f"convnext_{size}()" for size in ("tiny", "small", "base", "large")],
        "swin_transformer.py": [f"swin_{v}()" for v in ("t", "s", "b", "v2_t", "v2_s", "v2_b")],
        "vision_transformer.py": [
            ("vit_b_16(image_size=64)", [IMAGE]), ("vit_b_32(image_size=64)", [IMAGE]),
            ("vit_l_16(image_size=64)", [IMAGE]), ("vit_l_32(image_size=64)", [IMAGE]),
        ],
        "maxvit.py": [("maxvit_t()", [LARGE])],
    }
    return _of("torchvision", "torchvision/models", IMAGE, small)


def _timm():
    return _of("timm", "timm/models", IMAGE, {
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
    yield from _of("facenet-pytorch", "facenet_pytorch/models", [2, 3, 96, 96], {
        "inception_resnet_v1.py": [
            "InceptionResnetV1(classify=True, num_classes=10)", "InceptionResnetV1()",
        ],
        "mtcnn.py": [
            "PNet(pretrained=False)", ("RNet(pretrained=False)", [[2, 3, 24, 24]]),
            ("ONet(pretrained=False)", [[2, 3, 48, 48]]),
        ],
    })
    yield from _of("torchcrepe", "torchcrepe", [2, 1024], {"model.py": ["Crepe('tiny')", "Crepe('full')"]})
    decoders = "segmentation_models_pytorch/decoders"
    weights = "encoder_weights=None"
    yield from _of("segmentation-models-pytorch", decoders, IMAGE, {
        "unet/model.py": [f"Unet('resnet18', {weights})", f"Unet('mobilenet_v2', {weights})"],
        "fpn/model.py": [f"FPN('resnet18', {weights})"],
        "linknet/model.py": [f"Linknet('resnet18', {weights})"],
        "pspnet/model.py": [f"PSPNet('resnet18', {weights})"],
        "deeplabv3/model.py": [f"DeepLabV3Plus('resnet18', {weights})"],
        "manet/model.py": [f"MAnet('resnet18', {weights})"],
    })
    yield from _of("rsl-rl-lib", "rsl_rl", [2, 48], {
        "modules/mlp.py": ["MLP(48, 12, [64, 32], 'elu')"],
    })


def entries():
    yield from _torchvision()
    yield from _timm()
    yield from _others()
