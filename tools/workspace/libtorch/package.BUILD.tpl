load("@rules_cc//cc:defs.bzl", "cc_library")

package(default_visibility = ["//visibility:public"])

licenses(["notice"])

# Directories, not globs: the 9,400 headers would cost each sandbox a second.
# Bazel does not look inside, so the version in a define stands for the contents.
cc_library(
    name = "headers",
    hdrs = ["include"] + {cuda_hdrs},
    defines = ["'GRAFT_LIBTORCH_VERSION=\"{version}\"'"],
    includes = [
        "include",
        "include/torch/csrc/api/include",
    ] + {cuda_hdrs},
    visibility = ["//visibility:private"],
)

# Tensors and TorchScript on the CPU.
cc_library(
    name = "torch_cpu",
    linkopts = {cpu_linkopts},
    deps = [":headers"],
)

# The CUDA backend. Missing (targets that need it are skipped) where LibTorch was
# built without CUDA.
cc_library(
    name = "torch_cuda",
    linkopts = {cuda_linkopts},
    target_compatible_with = {cuda_compatible_with},
    deps = [":torch_cpu"],
)

# GRAFT_LIBTORCH_DIR, GRAFT_LIBTORCH_VERSION: string macros for code that opens
# LibTorch's libraries by path or reports what it was built with.
cc_library(
    name = "paths",
    defines = [
        "'GRAFT_LIBTORCH_DIR=\"{lib}\"'",
        "'GRAFT_LIBTORCH_VERSION=\"{version}\"'",
    ],
)
