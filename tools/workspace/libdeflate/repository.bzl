"""libdeflate, fast checksums of zip records, from Debian's libdeflate-dev."""

load("//tools/workspace:debian.bzl", "debian_repository")

def libdeflate_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/libdeflate:package.BUILD",
        header = "libdeflate.h",
        package = "libdeflate-dev",
    )
