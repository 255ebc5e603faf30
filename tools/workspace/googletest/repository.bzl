"""GoogleTest and GoogleMock, from Debian's libgmock-dev."""

load("//tools/workspace:debian.bzl", "debian_repository")

def googletest_repository(name):
    debian_repository(
        name = name,
        build_file = "//tools/workspace/googletest:package.BUILD",
        header = "gmock/gmock.h",
        package = "libgmock-dev",
    )
