"""Libraries that Debian packages install in the compiler's default paths.

Such a repository holds no files: headers come from /usr/include and libraries
from the linker's search path, so a target is a cc_library with linkopts alone.
"""

def require_header(repository_ctx, header, package):
    """Fails, saying what to do, where a header of a package is missing."""
    if not repository_ctx.path("/usr/include/" + header).exists:
        fail("{}: /usr/include/{} is missing. Run ./dev setup, or: apt-get install {}".format(
            repository_ctx.name,
            header,
            package,
        ))

def _debian_repository_impl(repository_ctx):
    require_header(repository_ctx, repository_ctx.attr.header, repository_ctx.attr.package)
    repository_ctx.symlink(repository_ctx.attr.build_file, "BUILD")

debian_repository = repository_rule(
    doc = "One Debian development package as a repository with one BUILD file.",
    implementation = _debian_repository_impl,
    attrs = {
        "build_file": attr.label(mandatory = True, allow_single_file = True),
        "header": attr.string(mandatory = True, doc = "A header to look for, below /usr/include."),
        "package": attr.string(mandatory = True, doc = "The package that installs it."),
    },
    local = True,
)
