"""JSON for Modern C++ (headers only), from Debian's nlohmann-json3-dev."""

load("//tools/workspace:debian.bzl", "debian_repository")

def nlohmann_json_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/nlohmann_json:package.BUILD",
        header = "nlohmann/json.hpp",
        package = "nlohmann-json3-dev",
    )
