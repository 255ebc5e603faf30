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


def _transformers():
    small = (
        "hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64"
    )
    text = f"vocab_size=100, max_position_embeddings=40, {small}"
    image = f"{small}, image_size=64"
    yield from of("transformers", "transformers/models", [TOKENS], {
        "bert/modeling_bert.py": [
            f"BertModel(BertConfig({text}))",
            f"BertForSequenceClassification(BertConfig({text}))",
        ],
        "roberta/modeling_roberta.py": [f"RobertaModel(RobertaConfig({text}))"],
        "distilbert/modeling_distilbert.py": [
            "DistilBertModel(DistilBertConfig(vocab_size=100, dim=32, n_layers=2, n_heads=4, "
            "hidden_dim=64))",
        ],
        "electra/modeling_electra.py": [f"ElectraModel(ElectraConfig({text}, embedding_size=32))"],
        "albert/modeling_albert.py": [f"AlbertModel(AlbertConfig({text}, embedding_size=16))"],
        "mpnet/modeling_mpnet.py": [f"MPNetModel(MPNetConfig({text}))"],
        "gpt2/modeling_gpt2.py": [
            "GPT2LMHeadModel(GPT2Config(vocab_size=100, n_positions=40, n_embd=32, n_layer=2, "
            "n_head=4, use_cache=False))",
        ],
        "llama/modeling_llama.py": [
            f"LlamaForCausalLM(LlamaConfig({text}, num_key_value_heads=2, use_cache=False))",
        ],
        "qwen2/modeling_qwen2.py": [
            f"Qwen2ForCausalLM(Qwen2Config({text}, num_key_value_heads=2, use_cache=False))",
        ],
        "t5/modeling_t5.py": [
            "T5EncoderModel(T5Config(vocab_size=100, d_model=32, d_kv=8, d_ff=64, num_layers=2, "
            "num_heads=4))",
        ],
        "vit/modeling_vit.py": [
            (f"ViTModel(ViTConfig({image}, patch_size=16))", [[2, 3, 64, 64]]),
            (f"ViTForImageClassification(ViTConfig({image}, patch_size=16))", [[2, 3, 64, 64]]),
        ],
        "deit/modeling_deit.py": [
            (f"DeiTModel(DeiTConfig({image}, patch_size=16))", [[2, 3, 64, 64]]),
        ],
        "dinov2/modeling_dinov2.py": [
            (f"Dinov2Model(Dinov2Config({image}, patch_size=16))", [[2, 3, 64, 64]]),
        ],
        "convnext/modeling_convnext.py": [
            ("ConvNextModel(ConvNextConfig(hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1]))",
             [[2, 3, 64, 64]]),
        ],
        "resnet/modeling_resnet.py": [
            ("ResNetModel(ResNetConfig(embedding_size=8, hidden_sizes=[8, 16, 24, 32], "
             "depths=[1, 1, 1, 1], layer_type='basic'))", [[2, 3, 64, 64]]),
        ],
        "segformer/modeling_segformer.py": [
            ("SegformerForSemanticSegmentation(SegformerConfig(depths=[1, 1, 1, 1], hidden_sizes="
             "[8, 16, 24, 32], num_attention_heads=[1, 2, 3, 4], decoder_hidden_size=16))",
             [[2, 3, 64, 64]]),
        ],
        "wav2vec2/modeling_wav2vec2.py": [
            (f"Wav2Vec2Model(Wav2Vec2Config({small}, conv_dim=(16, 16), conv_stride=(5, 4), "
             "conv_kernel=(10, 8), num_feat_extract_layers=2, num_conv_pos_embeddings=16, "
             "num_conv_pos_embedding_groups=4))", [[2, 400]]),
        ],
        "clip/modeling_clip.py": [
            (f"CLIPVisionModel(CLIPVisionConfig({image}, patch_size=16))", [[2, 3, 64, 64]]),
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


def entries():
    yield from _sound()
    yield from _sequences()
    yield from _transformers()
    yield from _more_sound()
    yield from _attention()
