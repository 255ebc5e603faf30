"""xxHash, fast hashes of contents, from Debian's libxxhash-dev; used header-only."""

load("//tools/workspace:debian.bzl", "debian_repository")

def xxhash_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/xxhash:package.BUILD",
        header = "xxhash.h",
        package = "libxxhash-dev",
    )
