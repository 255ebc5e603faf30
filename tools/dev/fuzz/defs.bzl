"""Fuzz targets."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_test")

def graft_fuzz_target(name, srcs, corpus = [], deps = [], **kwargs):
    """A function LLVMFuzzerTestOneInput, fuzzed and tested.

    Makes two targets: NAME, which `./dev fuzz NAME` builds with Clang and
    libFuzzer, and NAME_corpus_test, an ordinary test that feeds every file of the
    corpus to the function once. A crash that fuzzing found becomes a regression
    test when its input is added to the corpus.

    Args:
      name: of the fuzzer.
      srcs: with the definition of LLVMFuzzerTestOneInput.
      corpus: input files, by convention glob(["corpus/NAME/*"]).
      deps: of srcs.
      **kwargs: for both targets.
    """
    cc_binary(
        name = name,
        testonly = True,
        srcs = srcs,
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = deps,
        **kwargs
    )
    cc_test(
        name = name + "_corpus_test",
        size = "small",
        srcs = srcs,
        args = ["$(rootpaths :{}_corpus)".format(name)] if corpus else [],
        data = [":{}_corpus".format(name)] if corpus else [],
        deps = deps + ["//tools/dev/fuzz:replay"],
        **kwargs
    )
    if corpus:
        native.filegroup(
            name = name + "_corpus",
            srcs = corpus,
        )
