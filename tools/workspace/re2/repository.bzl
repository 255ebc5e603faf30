"""RE2, regular expressions in linear time, from Debian's libre2-dev."""

load("//tools/workspace:debian.bzl", "debian_repository")

def re2_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/re2:package.BUILD",
        header = "re2/re2.h",
        package = "libre2-dev",
    )
