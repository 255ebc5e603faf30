"""CLI11, command lines (headers only), from Debian's libcli11-dev."""

load("//tools/workspace:debian.bzl", "debian_repository")

def cli11_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/cli11:package.BUILD",
        header = "CLI/CLI.hpp",
        package = "libcli11-dev",
    )
