"""Networks of sound, text and other sequences."""

from ._entry import of, whole

TOKENS = whole([2, 12], 100)


def _sound():
    yield from of("torchcrepe", "torchcrepe", [[2, 1024]], {
        "model.py": ["Crepe('tiny')", "Crepe('full')"],
    })
    yield from of("torchaudio", "torchaudio/models", [[2, 1, 4000]], {
        "wav2letter.py": [
            "Wav2Letter()", ("Wav2Letter(input_type='mfcc', num_features=20)", [[2, 20, 100]]),
        ],
        "conv_tasnet.py": [
            "ConvTasNet(enc_num_feats=32, msk_num_feats=16, msk_num_hidden_feats=32, "
            "msk_num_layers=3, msk_num_stacks=2)",
        ],
        "deepspeech.py": [("DeepSpeech(20, n_hidden=64)", [[2, 1, 50, 20]])],
        "wavernn.py": [
            ("WaveRNN([5, 5, 8], 64, 200, n_res_block=2, n_rnn=32, n_fc=32, n_hidden=16, "
             "n_output=16)", [[2, 1, 800], [2, 1, 128, 8]]),
        ],
        "conformer.py": [
            ("Conformer(32, 4, 64, 2, 31)", [[2, 20, 32], whole([2], 21)]),
        ],
        "wav2vec2/model.py": [
            ("wav2vec2_base()", [[2, 4000]]),
            ("wavlm_base()", [[2, 4000]]),
        ],
        "_hdemucs.py": [
            ("HDemucs(['a', 'b'], audio_channels=1, channels=8, depth=4, nfft=1024)",
             [[2, 1, 16384]]),
        ],
        "squim/objective.py": [("squim_objective_base()", [[2, 4000]])],
    })


def _sequences():
    yield from of("pytorch-tcn", "pytorch_tcn", [[2, 8, 40]], {
        "tcn.py": [
            "TCN(8, [16, 16])", "TCN(8, [16, 16], causal=False, use_norm='layer_norm')",
            "TCN(8, [16, 16], use_skip_connections=True, use_gate=True, activation='tanh')",
            ("TCN(8, [16, 16], input_shape='NLC', output_projection=3)", [[2, 40, 8]]),
        ],
    })
    decoder = "attn_layers=Decoder(dim=32, depth=2, heads=4, attn_dim_head=8"
    encoder = "attn_layers=Encoder(dim=32, depth=2, heads=4, attn_dim_head=8"
    tokens = "TransformerWrapper(num_tokens=100, max_seq_len=16, "
    yield from of("x-transformers", "x_transformers", [TOKENS], {
        "x_transformers.py": [
            f"{tokens}{decoder}))", f"{tokens}{encoder}))",
            f"{tokens}{decoder}, rotary_pos_emb=True, use_rmsnorm=True, ff_glu=True))",
            f"{tokens}{decoder}, alibi_pos_bias=True))",
            f"{tokens}{encoder}, rel_pos_bias=True, attn_qk_norm=True))",
            ("ContinuousTransformerWrapper(dim_in=8, dim_out=3, max_seq_len=16, "
             f"{encoder}))", [[2, 12, 8]]),
        ],
    })


def _transformers_text(small):
    text = f"vocab_size=100, max_position_embeddings=40, {small}"
    decoder = f"{text}, num_key_value_heads=2, use_cache=False"
    yield from of("transformers", "transformers/models", [TOKENS], {
        "bert/modeling_bert.py": [
            f"BertModel(BertConfig({text}))",
            f"BertForSequenceClassification(BertConfig({text}))",
            f"BertForTokenClassification(BertConfig({text}))",
            f"BertForMaskedLM(BertConfig({text}))",
            f"BertForQuestionAnswering(BertConfig({text}))",
            f"BertModel(BertConfig({text}), add_pooling_layer=False)",
        ],
        "roberta/modeling_roberta.py": [
            f"RobertaModel(RobertaConfig({text}))",
            f"RobertaForSequenceClassification(RobertaConfig({text}))",
        ],
        "xlm_roberta/modeling_xlm_roberta.py": [f"XLMRobertaModel(XLMRobertaConfig({text}))"],
        "camembert/modeling_camembert.py": [f"CamembertModel(CamembertConfig({text}))"],
        "distilbert/modeling_distilbert.py": [
            "DistilBertModel(DistilBertConfig(vocab_size=100, dim=32, n_layers=2, n_heads=4, "
            "hidden_dim=64))",
            "DistilBertForSequenceClassification(DistilBertConfig(vocab_size=100, dim=32, "
            "n_layers=2, n_heads=4, hidden_dim=64))",
        ],
        "electra/modeling_electra.py": [f"ElectraModel(ElectraConfig({text}, embedding_size=32))"],
        "albert/modeling_albert.py": [f"AlbertModel(AlbertConfig({text}, embedding_size=16))"],
        "mpnet/modeling_mpnet.py": [f"MPNetModel(MPNetConfig({text}))"],
        "deberta/modeling_deberta.py": [f"DebertaModel(DebertaConfig({text}))"],
        "deberta_v2/modeling_deberta_v2.py": [f"DebertaV2Model(DebertaV2Config({text}))"],
        "ernie/modeling_ernie.py": [f"ErnieModel(ErnieConfig({text}))"],
        "esm/modeling_esm.py": [
            f"EsmModel(EsmConfig({text}, pad_token_id=1, position_embedding_type='rotary'))",
        ],
        "convbert/modeling_convbert.py": [f"ConvBertModel(ConvBertConfig({text}))"],
        "squeezebert/modeling_squeezebert.py": [
            f"SqueezeBertModel(SqueezeBertConfig({text}, embedding_size=32))",
        ],
        "mobilebert/modeling_mobilebert.py": [
            f"MobileBertModel(MobileBertConfig({text}, embedding_size=32, "
            "intra_bottleneck_size=32))",
        ],
        "modernbert/modeling_modernbert.py": [
            f"ModernBertModel(ModernBertConfig({text}, pad_token_id=0, cls_token_id=1, "
            "sep_token_id=2, bos_token_id=1, eos_token_id=2))",
        ],
        "nystromformer/modeling_nystromformer.py": [
            f"NystromformerModel(NystromformerConfig({text}, num_landmarks=4, "
            "segment_means_seq_len=12))",
        ],
        "roformer/modeling_roformer.py": [f"RoFormerModel(RoFormerConfig({text}))"],
        "megatron_bert/modeling_megatron_bert.py": [f"MegatronBertModel(MegatronBertConfig({text}))"],
        "xlnet/modeling_xlnet.py": [
            "XLNetModel(XLNetConfig(vocab_size=100, d_model=32, n_layer=2, n_head=4, d_inner=64, "
            "use_mems_eval=False))",
        ],
        "clip/modeling_clip.py": [
            f"CLIPTextModel(CLIPTextConfig({text}, bos_token_id=0, eos_token_id=2))",
        ],
        "t5/modeling_t5.py": [
            "T5EncoderModel(T5Config(vocab_size=100, d_model=32, d_kv=8, d_ff=64, num_layers=2, "
            "num_heads=4))",
        ],
        "umt5/modeling_umt5.py": [
            "UMT5EncoderModel(UMT5Config(vocab_size=100, d_model=32, d_kv=8, d_ff=64, "
            "num_layers=2, num_heads=4))",
        ],
        "gpt2/modeling_gpt2.py": [
            "GPT2LMHeadModel(GPT2Config(vocab_size=100, n_positions=40, n_embd=32, n_layer=2, "
            "n_head=4, use_cache=False))",
            "GPT2Model(GPT2Config(vocab_size=100, n_positions=40, n_embd=32, n_layer=2, "
            "n_head=4, use_cache=False))",
        ],
        "gpt_neo/modeling_gpt_neo.py": [
            "GPTNeoModel(GPTNeoConfig(vocab_size=100, max_position_embeddings=40, hidden_size=32, "
            "num_layers=2, num_heads=4, attention_types=[[['global', 'local'], 1]], "
            "window_size=8, use_cache=False))",
        ],
        "gpt_neox/modeling_gpt_neox.py": [
            f"GPTNeoXForCausalLM(GPTNeoXConfig({text}, use_cache=False))",
        ],
        "opt/modeling_opt.py": [
            "OPTForCausalLM(OPTConfig(vocab_size=100, max_position_embeddings=40, hidden_size=32, "
            "num_hidden_layers=2, num_attention_heads=4, ffn_dim=64, word_embed_proj_dim=32, "
            "use_cache=False))",
        ],
        "bloom/modeling_bloom.py": [
            "BloomForCausalLM(BloomConfig(vocab_size=100, hidden_size=32, n_layer=2, n_head=4, "
            "use_cache=False))",
        ],
        "llama/modeling_llama.py": [f"LlamaForCausalLM(LlamaConfig({decoder}))"],
        "mistral/modeling_mistral.py": [f"MistralForCausalLM(MistralConfig({decoder}))"],
        "qwen2/modeling_qwen2.py": [f"Qwen2ForCausalLM(Qwen2Config({decoder}))"],
        "qwen3/modeling_qwen3.py": [f"Qwen3ForCausalLM(Qwen3Config({decoder}, head_dim=8))"],
        "gemma/modeling_gemma.py": [f"GemmaForCausalLM(GemmaConfig({decoder}, head_dim=8))"],
        "phi/modeling_phi.py": [f"PhiForCausalLM(PhiConfig({decoder}))"],
        "mamba/modeling_mamba.py": [
            "MambaModel(MambaConfig(vocab_size=100, hidden_size=32, num_hidden_layers=2, "
            "state_size=8, use_cache=False))",
        ],
    })


def _more_sound():
    yield from of("encodec", "encodec", [[2, 1, 3200]], {
        "modules/seanet.py": [
            "SEANetEncoder(dimension=16, n_filters=4)",
            ("SEANetDecoder(dimension=16, n_filters=4)", [[2, 16, 10]]),
        ],
    })
    yield from of("openai-whisper", "whisper", [[2, 80, 40]], {
        "model.py": [
            "AudioEncoder(80, 20, 32, 4, 2)",
        ],
    })
    yield from of("demucs", "demucs", [[2, 2, 16384]], {
        "demucs.py": ["Demucs(['a', 'b'], channels=8, depth=4, resample=False)"],
        "hdemucs.py": ["HDemucs(['a', 'b'], channels=8, nfft=1024, depth=4)"],
    })
    yield from of("asteroid", "asteroid/models", [[2, 4000]], {
        "conv_tasnet.py": ["ConvTasNet(2, n_blocks=2, n_repeats=2, bn_chan=16, hid_chan=32, skip_chan=16, n_filters=32)"],
        "dprnn_tasnet.py": ["DPRNNTasNet(2, n_repeats=2, bn_chan=16, hid_size=16, n_filters=16, chunk_size=50)"],
        "dptnet.py": ["DPTNet(2, n_repeats=1, hid_size=16, n_filters=16, chunk_size=50)"],
        "demask.py": ["DeMask(hidden_dims=(32,))"],
    })
    yield from of("speechbrain", "speechbrain/lobes/models", [[2, 50, 20]], {
        "ECAPA_TDNN.py": ["ECAPA_TDNN(20, lin_neurons=16, channels=[16, 16, 16, 16, 48], attention_channels=8, res2net_scale=4, se_channels=8)"],
        "Xvector.py": ["Xvector(device='cpu', in_channels=20, tdnn_channels=[16, 16, 16, 16, 32], lin_neurons=16)"],
        "CRDNN.py": ["CRDNN(input_shape=[None, None, 20], cnn_channels=(8, 8), rnn_neurons=16, dnn_neurons=16)"],
        "convolution.py": ["ConvolutionFrontEnd((8, 50, 20), num_blocks=2, num_layers_per_block=1, out_channels=[8, 8], kernel_sizes=[3, 3], strides=[2, 2], residuals=[False, False])"],
    })


def _attention():
    yield from of("perceiver-pytorch", "perceiver_pytorch", [[2, 32, 32, 3]], {
        "perceiver_pytorch.py": ["Perceiver(num_freq_bands=4, depth=2, max_freq=10., num_latents=8, latent_dim=32, num_classes=10)"],
        "perceiver_io.py": [("PerceiverIO(dim=16, queries_dim=8, depth=2, num_latents=8, latent_dim=32, logits_dim=5)", [[2, 20, 16]])],
        "gated.py": ["Perceiver(num_freq_bands=4, depth=2, max_freq=10., num_latents=8, latent_dim=32, num_classes=10)"],
    })
    yield from of("local-attention", "local_attention", [TOKENS], {
        "transformer.py": ["LocalTransformer(num_tokens=100, dim=32, depth=2, max_seq_len=16, local_attn_window_size=4, heads=4, dim_head=8)"],
    })
    yield from of("pytorch-tabnet", "pytorch_tabnet", [[2, 10]], {
        "tab_network.py": ["TabNetNoEmbeddings(10, 3, group_attention_matrix=torch.eye(10))", "TabNetPretraining(10, group_attention_matrix=torch.eye(10))"],
    })
    yield from of("open-clip-torch", "open_clip", [[2, 3, 64, 64]], {
        "transformer.py": [
            "VisionTransformer(64, 16, 32, 2, 4, 4.0, output_dim=16)",
            "VisionTransformer(64, 16, 32, 2, 4, 4.0, output_dim=16, attentional_pool=True)",
            ("TextTransformer(context_length=12, vocab_size=100, width=32, heads=4, layers=2, output_dim=16)", [TOKENS]),
        ],
        "modified_resnet.py": ["ModifiedResNet([1, 1, 1, 1], 16, 4, image_size=64, width=8)"],
        "model.py": [("CLIP(16, CLIPVisionCfg(layers=2, width=32, head_width=8, patch_size=16, image_size=64), CLIPTextCfg(context_length=12, vocab_size=100, width=32, heads=4, layers=2))", [[2, 3, 64, 64], TOKENS])],
    })


def _transformers_images(small):
    image = f"{small}, image_size=64"
    patches = f"{image}, patch_size=16"
    stages = "hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1]"
    yield from of("transformers", "transformers/models", [[2, 3, 64, 64]], {
        "vit/modeling_vit.py": [
            f"ViTModel(ViTConfig({patches}))", f"ViTForImageClassification(ViTConfig({patches}))",
        ],
        "vit_msn/modeling_vit_msn.py": [f"ViTMSNModel(ViTMSNConfig({patches}))"],
        "deit/modeling_deit.py": [
            f"DeiTModel(DeiTConfig({patches}))",
            f"DeiTForImageClassificationWithTeacher(DeiTConfig({patches}))",
        ],
        "beit/modeling_beit.py": [
            f"BeitModel(BeitConfig({patches}, use_relative_position_bias=True))",
        ],
        "dinov2/modeling_dinov2.py": [f"Dinov2Model(Dinov2Config({patches}))"],
        "dinov2_with_registers/modeling_dinov2_with_registers.py": [
            f"Dinov2WithRegistersModel(Dinov2WithRegistersConfig({patches}))",
        ],
        "dinov3_vit/modeling_dinov3_vit.py": [f"DINOv3ViTModel(DINOv3ViTConfig({patches}))"],
        "ijepa/modeling_ijepa.py": [f"IJepaModel(IJepaConfig({patches}))"],
        "yolos/modeling_yolos.py": [
            f"YolosModel(YolosConfig({small}, image_size=[64, 64], patch_size=16, "
            "num_detection_tokens=5))",
        ],
        "clip/modeling_clip.py": [
            f"CLIPVisionModel(CLIPVisionConfig({patches}))",
            f"CLIPVisionModelWithProjection(CLIPVisionConfig({patches}, projection_dim=16))",
        ],
        "siglip/modeling_siglip.py": [f"SiglipVisionModel(SiglipVisionConfig({patches}))"],
        "dpt/modeling_dpt.py": [
            "DPTForDepthEstimation(DPTConfig(hidden_size=32, num_hidden_layers=4, "
            "num_attention_heads=4, intermediate_size=64, image_size=64, patch_size=16, "
            "backbone_out_indices=[0, 1, 2, 3], neck_hidden_sizes=[8, 8, 16, 16], "
            "fusion_hidden_size=8))",
        ],
        "swin/modeling_swin.py": [
            "SwinModel(SwinConfig(image_size=64, embed_dim=16, depths=[2, 2], num_heads=[2, 4], "
            "window_size=4))",
        ],
        "swinv2/modeling_swinv2.py": [
            "Swinv2Model(Swinv2Config(image_size=64, embed_dim=16, depths=[2, 2], "
            "num_heads=[2, 4], window_size=4))",
        ],
        "convnext/modeling_convnext.py": [f"ConvNextModel(ConvNextConfig({stages}))"],
        "convnextv2/modeling_convnextv2.py": [
            f"ConvNextV2ForImageClassification(ConvNextV2Config({stages}))",
        ],
        "resnet/modeling_resnet.py": [
            f"ResNetModel(ResNetConfig(embedding_size=8, {stages}, layer_type='basic'))",
            f"ResNetForImageClassification(ResNetConfig(embedding_size=8, {stages}))",
        ],
        "regnet/modeling_regnet.py": [
            f"RegNetModel(RegNetConfig(embedding_size=8, {stages}, groups_width=8))",
        ],
        "bit/modeling_bit.py": [
            f"BitModel(BitConfig(embedding_size=8, num_groups=4, {stages}))",
        ],
        "mobilenet_v1/modeling_mobilenet_v1.py": [
            "MobileNetV1Model(MobileNetV1Config(image_size=64, depth_multiplier=0.25))",
        ],
        "mobilenet_v2/modeling_mobilenet_v2.py": [
            "MobileNetV2ForImageClassification(MobileNetV2Config(image_size=64, "
            "depth_multiplier=0.25))",
        ],
        "efficientnet/modeling_efficientnet.py": [
            "EfficientNetModel(EfficientNetConfig(image_size=64, width_coefficient=0.5, "
            "depth_coefficient=0.5, hidden_dim=640))",
        ],
        "levit/modeling_levit.py": [
            "LevitForImageClassification(LevitConfig(image_size=64, hidden_sizes=[16, 24, 32], "
            "num_attention_heads=[2, 3, 4], depths=[1, 1, 1], key_dim=[8, 8, 8]))",
        ],
        "cvt/modeling_cvt.py": ["CvtModel(CvtConfig(embed_dim=[8, 16, 24], num_heads=[1, 2, 3]))"],
        "pvt/modeling_pvt.py": [
            "PvtModel(PvtConfig(image_size=64, hidden_sizes=[8, 16, 24, 32], "
            "num_attention_heads=[1, 2, 3, 4], depths=[1, 1, 1, 1]))",
        ],
        "pvt_v2/modeling_pvt_v2.py": [
            "PvtV2Model(PvtV2Config(image_size=64, hidden_sizes=[8, 16, 24, 32], "
            "num_attention_heads=[1, 2, 3, 4], depths=[1, 1, 1, 1]))",
        ],
        "poolformer/modeling_poolformer.py": [f"PoolFormerModel(PoolFormerConfig({stages}))"],
        "focalnet/modeling_focalnet.py": [
            "FocalNetModel(FocalNetConfig(image_size=64, embed_dim=16, hidden_sizes=[16, 32], "
            "depths=[1, 1], focal_levels=[2, 2], focal_windows=[3, 3]))",
        ],
        "mobilevit/modeling_mobilevit.py": [
            "MobileViTModel(MobileViTConfig(image_size=64, hidden_sizes=[16, 24, 32], "
            "neck_hidden_sizes=[8, 16, 16, 24, 24, 32, 64], num_attention_heads=4))",
        ],
        "mobilevitv2/modeling_mobilevitv2.py": [
            "MobileViTV2Model(MobileViTV2Config(image_size=64, width_multiplier=0.25))",
        ],
        "segformer/modeling_segformer.py": [
            f"SegformerForSemanticSegmentation(SegformerConfig({stages}, "
            "num_attention_heads=[1, 2, 3, 4], decoder_hidden_size=16))",
            f"SegformerModel(SegformerConfig({stages}, num_attention_heads=[1, 2, 3, 4]))",
        ],
        "glpn/modeling_glpn.py": [
            f"GLPNForDepthEstimation(GLPNConfig({stages}, num_attention_heads=[1, 2, 3, 4], "
            "decoder_hidden_size=16))",
        ],
    })


def _transformers_sound(small):
    sound = (
        f"{small}, conv_dim=(16, 16), conv_stride=(5, 4), conv_kernel=(10, 8), "
        "num_feat_extract_layers=2, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=4"
    )
    yield from of("transformers", "transformers/models", [[2, 400]], {
        "wav2vec2/modeling_wav2vec2.py": [
            f"Wav2Vec2Model(Wav2Vec2Config({sound}))",
            f"Wav2Vec2ForCTC(Wav2Vec2Config({sound}, vocab_size=20))",
        ],
        "hubert/modeling_hubert.py": [f"HubertModel(HubertConfig({sound}))"],
        "wavlm/modeling_wavlm.py": [f"WavLMModel(WavLMConfig({sound}))"],
        "unispeech/modeling_unispeech.py": [f"UniSpeechModel(UniSpeechConfig({sound}))"],
        "audio_spectrogram_transformer/modeling_audio_spectrogram_transformer.py": [
            (f"ASTModel(ASTConfig({small}, max_length=64, num_mel_bins=32))", [[2, 64, 32]]),
        ],
        "whisper/modeling_whisper.py": [
            ("WhisperEncoder(WhisperConfig(d_model=32, encoder_layers=2, "
             "encoder_attention_heads=4, encoder_ffn_dim=64, max_source_positions=20, "
             "num_mel_bins=16))", [[2, 16, 40]]),
        ],
    })


def _transformers_series(small):
    yield from of("transformers", "transformers/models", [[2, 32, 3]], {
        "decision_transformer/modeling_decision_transformer.py": [
            ("DecisionTransformerModel(DecisionTransformerConfig(state_dim=8, act_dim=3, "
             "hidden_size=32, max_ep_len=50, n_layer=2, n_head=4, use_cache=False))",
             [[2, 6, 8], [2, 6, 3], [2, 6, 1], [2, 6, 1], whole([2, 6], 50)]),
        ],
        "patchtst/modeling_patchtst.py": [
            "PatchTSTModel(PatchTSTConfig(num_input_channels=3, context_length=32, "
            "patch_length=8, patch_stride=8, d_model=32, num_hidden_layers=2, "
            "num_attention_heads=4, ffn_dim=64))",
        ],
        "patchtsmixer/modeling_patchtsmixer.py": [
            "PatchTSMixerModel(PatchTSMixerConfig(num_input_channels=3, context_length=32, "
            "patch_length=8, patch_stride=8, d_model=16, num_layers=2))",
        ],
        "videomae/modeling_videomae.py": [
            (f"VideoMAEModel(VideoMAEConfig({small}, image_size=32, patch_size=16, "
             "num_frames=4))", [[2, 4, 3, 32, 32]]),
        ],
        "timesformer/modeling_timesformer.py": [
            (f"TimesformerModel(TimesformerConfig({small}, image_size=32, patch_size=16, "
             "num_frames=4))", [[2, 4, 3, 32, 32]]),
        ],
    })


def _transformers():
    small = (
        "hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64"
    )
    yield from _transformers_text(small)
    yield from _transformers_images(small)
    yield from _transformers_sound(small)
    yield from _transformers_series(small)


def entries():
    yield from _sound()
    yield from _sequences()
    yield from _transformers()
    yield from _more_sound()
    yield from _attention()
