"""An empty stand-in: `bazel test` resolves this name even without coverage."""

def _remote_coverage_tools_repository_impl(repository_ctx):
    repository_ctx.file(
        "BUILD",
        'filegroup(name = "coverage_report_generator", visibility = ["//visibility:public"])\n',
    )

remote_coverage_tools_repository = repository_rule(
    implementation = _remote_coverage_tools_repository_impl,
)
