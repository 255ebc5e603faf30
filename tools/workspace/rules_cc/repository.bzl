"""rules_cc, from Debian's bazel-rules-cc.

That package is newer than Debian's Bazel: two of its files call the function
use_cpp_toolchain, which this Bazel does not have. They are rewritten to name the
toolchain type, which is what the function returns.
"""

_RULES_CC = "/usr/share/bazel/rules/cc"
_REWRITTEN = "cc/private/rules_impl"

def _without_use_cpp_toolchain(text):
    return text.replace(
        ', "use_cpp_toolchain")',
        ")",
    ).replace(
        "use_cpp_toolchain()",
        '["@bazel_tools//tools/cpp:toolchain_type"]',
    )

def _link_entries(repository_ctx, directory, but):
    for entry in repository_ctx.path(_RULES_CC + "/" + directory).readdir():
        if entry.basename not in but:
            repository_ctx.symlink(entry, (directory + "/" if directory else "") + entry.basename)

def _rules_cc_repository_impl(repository_ctx):
    if not repository_ctx.path(_RULES_CC).exists:
        fail("rules_cc: {} is missing. Run ./dev setup, or: apt-get install bazel-rules-cc".format(
            _RULES_CC,
        ))
    _link_entries(repository_ctx, "", but = ["WORKSPACE", "cc"])
    _link_entries(repository_ctx, "cc", but = ["private"])
    _link_entries(repository_ctx, "cc/private", but = ["rules_impl"])
    for entry in repository_ctx.path(_RULES_CC + "/" + _REWRITTEN).readdir():
        target = _REWRITTEN + "/" + entry.basename
        if entry.basename.endswith(".bzl"):
            repository_ctx.file(
                target,
                _without_use_cpp_toolchain(repository_ctx.read(entry)),
                executable = False,
            )
        else:
            repository_ctx.symlink(entry, target)

rules_cc_repository = repository_rule(
    implementation = _rules_cc_repository_impl,
    local = True,
)
