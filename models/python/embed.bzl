"""Python sources as text within a library: what the evaluator imports without a file system."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def embedded_python(name, srcs, function, root):
    """A library with `absl::Span<const EmbeddedSource> FUNCTION()` in NAME.h.

    Args:
      name: of the library; its header is NAME.h beside the BUILD file.
      srcs: .py files.
      function: C++ name, in graft::models::python.
      root: the folder (below the package) that module names start from.
    """
    text = name + "_text.cc"
    native.genrule(
        name = name + "_text",
        srcs = srcs,
        outs = [text],
        cmd = """{
          echo '#include "models/python/embedded_source.h"'
          echo 'namespace graft::models::python {'
          echo 'absl::Span<const EmbeddedSource> %s() {'
          echo '  static const EmbeddedSource sources[] = {'
          for f in $(SRCS); do
            printf '{"%%s", R"graft_python(' "$${f#*%s/}"
            cat "$$f"
            echo ')graft_python"},'
          done
          echo '  };'
          echo '  return sources;'
          echo '}'
          echo '}  // namespace graft::models::python'
        } > $@""" % (function, root),
    )
    cc_library(
        name = name,
        srcs = [text],
        hdrs = [name + ".h"],
        visibility = ["//visibility:public"],
        deps = [
            "//models/python:embedded_source",
            "@com_google_absl//absl/types:span",
        ],
    )
