"""All external repositories, in one macro for WORKSPACE."""

load("//tools/workspace/absl:repository.bzl", "absl_repository")
load("//tools/workspace/benchmark:repository.bzl", "benchmark_repository")
load("//tools/workspace/cli11:repository.bzl", "cli11_repository")
load("//tools/workspace/googletest:repository.bzl", "googletest_repository")
load("//tools/workspace/libdeflate:repository.bzl", "libdeflate_repository")
load("//tools/workspace/libtorch:repository.bzl", "libtorch_repository")
load("//tools/workspace/nlohmann_json:repository.bzl", "nlohmann_json_repository")
load("//tools/workspace/onetbb:repository.bzl", "onetbb_repository")
load("//tools/workspace/re2:repository.bzl", "re2_repository")
load("//tools/workspace/remote_coverage_tools:repository.bzl", "remote_coverage_tools_repository")
load("//tools/workspace/rules_cc:repository.bzl", "rules_cc_repository")
load("//tools/workspace/xxhash:repository.bzl", "xxhash_repository")
load("//tools/workspace/zlib:repository.bzl", "zlib_repository")

def add_default_repositories():
    """Declares every dependency. None of them touches the network."""

    # Rules, from Debian's Bazel packages.
    rules_cc_repository(name = "rules_cc")
    remote_coverage_tools_repository(name = "remote_coverage_tools")
    native.local_repository(
        name = "bazel_skylib",
        path = "/usr/share/bazel/tools/skylib",
    )
    native.local_repository(
        name = "platforms",
        path = "/usr/share/bazel/tools/platforms",
    )
    native.local_repository(
        name = "rules_java",
        path = "/usr/share/bazel/rules/java",
    )

    # Libraries.
    absl_repository(name = "com_google_absl")
    benchmark_repository(name = "com_google_benchmark")
    cli11_repository(name = "cli11")
    googletest_repository(name = "com_google_googletest")
    libdeflate_repository(name = "libdeflate")
    libtorch_repository(name = "libtorch")
    nlohmann_json_repository(name = "nlohmann_json")
    onetbb_repository(name = "onetbb")
    re2_repository(name = "re2")
    xxhash_repository(name = "xxhash")
    zlib_repository(name = "zlib")
