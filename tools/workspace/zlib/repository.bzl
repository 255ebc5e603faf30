"""zlib, from Debian's zlib1g-dev."""

load("//tools/workspace:debian.bzl", "debian_repository")

def zlib_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/zlib:package.BUILD",
        header = "zlib.h",
        package = "zlib1g-dev",
    )
