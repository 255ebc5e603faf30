"""Google Benchmark, from Debian's libbenchmark-dev."""

load("//tools/workspace:debian.bzl", "debian_repository")

def benchmark_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/benchmark:package.BUILD",
        header = "benchmark/benchmark.h",
        package = "libbenchmark-dev",
    )
