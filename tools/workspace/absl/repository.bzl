"""Abseil, from Debian's libabsl-dev, under the labels of upstream.

Debian's static libraries are not position independent and cannot be linked into
a plugin. Its shared ones carry an inline namespace of their own, so they do not
meet a host's Abseil. -labsl_* finds the shared ones as long as nothing asks for
static linking. Each target offers all of them and --as-needed keeps those that
are used: a table of which library needs which would only repeat what the linker
works out anyway.
"""

load("//tools/workspace:debian.bzl", "require_header")

# Package -> targets, as upstream names them. Add what you need.
_TARGETS = {
    "absl/algorithm": ["algorithm", "container"],
    "absl/base": ["base", "config", "core_headers", "dynamic_annotations", "endian", "log_severity", "prefetch"],
    "absl/cleanup": ["cleanup"],
    "absl/container": [
        "btree",
        "fixed_array",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "node_hash_map",
        "node_hash_set",
    ],
    "absl/debugging": ["failure_signal_handler", "leak_check", "stacktrace", "symbolize"],
    "absl/functional": ["any_invocable", "bind_front", "function_ref"],
    "absl/hash": ["hash"],
    "absl/memory": ["memory"],
    "absl/meta": ["type_traits"],
    "absl/numeric": ["bits", "int128"],
    "absl/random": ["bit_gen_ref", "distributions", "random", "seed_sequences"],
    "absl/status": ["status", "statusor"],
    "absl/strings": ["cord", "str_format", "strings"],
    "absl/synchronization": ["synchronization"],
    "absl/time": ["time"],
    "absl/types": ["any", "optional", "span", "variant"],
    "absl/utility": ["utility"],
}

_ROOT_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

licenses(["notice"])

cc_library(
    name = "shared_libraries",
    linkopts = {linkopts},
    visibility = ["//:__subpackages__"],
)
"""

_PACKAGE_BUILD = """\
load("@rules_cc//cc:defs.bzl", "cc_library")

[
    cc_library(
        name = name,
        visibility = ["//visibility:public"],
        deps = ["//:shared_libraries"],
    )
    for name in {names}
]
"""

def _shared_libraries(repository_ctx):
    """Linker flags for each libabsl_*.so that has a pkg-config file."""
    listing = repository_ctx.execute(["pkg-config", "--list-all"])
    if listing.return_code != 0:
        fail("com_google_absl: pkg-config failed. Run ./dev setup. " + listing.stderr)
    libdir = repository_ctx.execute(["pkg-config", "--variable=libdir", "absl_base"]).stdout.strip()
    names = sorted([
        line.split(" ")[0]
        for line in listing.stdout.splitlines()
        if line.startswith("absl_")
    ])
    return [
        "-l" + name
        for name in names
        if repository_ctx.path("{}/lib{}.so".format(libdir, name)).exists
    ]

def _absl_repository_impl(repository_ctx):
    require_header(repository_ctx, "absl/base/config.h", "libabsl-dev")
    linkopts = (
        ["-Wl,--push-state,--as-needed"] +
        _shared_libraries(repository_ctx) +
        ["-Wl,--pop-state", "-pthread"]
    )
    repository_ctx.file("BUILD", _ROOT_BUILD.format(linkopts = linkopts))
    for package, names in _TARGETS.items():
        repository_ctx.file(package + "/BUILD", _PACKAGE_BUILD.format(names = names))

absl_repository = repository_rule(
    implementation = _absl_repository_impl,
    local = True,
)
