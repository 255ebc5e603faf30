"""oneAPI Threading Building Blocks, from Debian's libtbb-dev."""

load("//tools/workspace:debian.bzl", "debian_repository")

def onetbb_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/onetbb:package.BUILD",
        header = "oneapi/tbb.h",
        package = "libtbb-dev",
    )
