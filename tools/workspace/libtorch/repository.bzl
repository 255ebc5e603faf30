"""LibTorch, from a PyTorch wheel or an unpacked libtorch archive.

Where it is looked for:
  1. GRAFT_LIBTORCH, when set: a `torch` package directory or an unpacked
     libtorch, that is, a directory with include/ and lib/. No other place then.
  2. .venv in the workspace, which ./dev setup makes.
  3. What `python3` would import as torch.

The libraries are linked by their real absolute path: they find the CUDA packages
beside them through $ORIGIN, which a link to the file would break.
"""

_ENVIRON = ["GRAFT_LIBTORCH", "CUDA_HOME", "PATH"]

_FIND_SPEC = """
import importlib.util
spec = importlib.util.find_spec("torch")
print(spec.submodule_search_locations[0] if spec else "")
"""

def _workspace_root(repository_ctx):
    return repository_ctx.path(Label("@//:WORKSPACE")).dirname

def _is_libtorch(path):
    return (
        path.get_child("lib").get_child("libtorch_cpu.so").exists and
        path.get_child("include").get_child("torch").exists
    )

def _from_environment(repository_ctx, value):
    path = repository_ctx.path(
        value if value.startswith("/") else "{}/{}".format(_workspace_root(repository_ctx), value),
    )
    if not _is_libtorch(path):
        fail(("libtorch: GRAFT_LIBTORCH is {}, but lib/libtorch_cpu.so and include/torch are not " +
              "there. Give a torch package directory or an unpacked libtorch, or unset it and " +
              "run ./dev setup.").format(value))
    return path

def _from_venv(repository_ctx):
    lib = _workspace_root(repository_ctx).get_child(".venv").get_child("lib")
    if not lib.exists:
        return None
    for python in lib.readdir():
        path = python.get_child("site-packages").get_child("torch")
        if _is_libtorch(path):
            return path
    return None

def _from_python(repository_ctx):
    python = repository_ctx.which("python3")
    if not python:
        return None
    found = repository_ctx.execute([python, "-c", _FIND_SPEC]).stdout.strip()
    if not found:
        return None
    path = repository_ctx.path(found)
    return path if _is_libtorch(path) else None

def _find(repository_ctx):
    value = repository_ctx.os.environ.get("GRAFT_LIBTORCH", "")
    if value:
        path = _from_environment(repository_ctx, value)
    else:
        path = _from_venv(repository_ctx) or _from_python(repository_ctx)
    if not path:
        fail("libtorch: no LibTorch was found in .venv or in python3. Run ./dev setup, or set " +
             "GRAFT_LIBTORCH to a torch package directory or an unpacked libtorch.")
    return path.realpath

def _version(repository_ctx, torch):
    """Such as 2.11.0+cu130, from the file that each of the two layouts has."""
    if torch.get_child("version.py").exists:
        for line in repository_ctx.read(torch.get_child("version.py")).splitlines():
            if line.startswith("__version__ = "):
                return line.split("'")[1]
    if torch.get_child("build-version").exists:
        return repository_ctx.read(torch.get_child("build-version")).strip()
    fail("libtorch: {} has neither version.py nor build-version".format(torch))

def _cuda(repository_ctx, torch):
    """(include directory, directory of libcudart) of the CUDA it was built for.

    The wheels beside torch come first; a toolkit is needed only for an unpacked
    libtorch, which has no CUDA headers.
    """
    roots = []
    nvidia = torch.dirname.get_child("nvidia")
    if nvidia.exists:
        roots += nvidia.readdir()
    roots.append(repository_ctx.path(
        repository_ctx.os.environ.get("CUDA_HOME", "") or "/usr/local/cuda",
    ))
    for root in roots:
        include = root.get_child("include")
        if include.get_child("cuda_runtime_api.h").exists:
            for name in ["lib", "lib64"]:
                for library in (root.get_child(name).readdir() if root.get_child(name).exists else []):
                    if library.basename.startswith("libcudart.so."):
                        return struct(include = include, cudart = library)
    return None

def _search_and_rpath(directory):
    return ["'-L{}'".format(directory), "'-Wl,-rpath,{}'".format(directory)]

def _libtorch_repository_impl(repository_ctx):
    torch = _find(repository_ctx)
    lib = torch.get_child("lib")
    cuda = None
    if lib.get_child("libtorch_cuda.so").exists:
        cuda = _cuda(repository_ctx, torch)

    repository_ctx.symlink(torch.get_child("include"), "include")
    if cuda:
        repository_ctx.symlink(cuda.include, "cuda_include")
        cuda_linkopts = _search_and_rpath(lib) + [
            # Nothing refers to libtorch_cuda by symbol: its registrations count.
            "-Wl,--push-state,--no-as-needed",
            "-ltorch_cuda",
            "-Wl,--pop-state",
            "-lc10_cuda",
            "'{}'".format(cuda.cudart),
            "'-Wl,-rpath,{}'".format(cuda.cudart.dirname),
        ]
    else:
        cuda_linkopts = []

    repository_ctx.template(
        "BUILD",
        repository_ctx.attr._build_template,
        {
            "{cpu_linkopts}": repr(_search_and_rpath(lib) + ["-ltorch_cpu", "-lc10"]),
            "{cuda_compatible_with}": repr([] if cuda else ["@platforms//:incompatible"]),
            "{cuda_hdrs}": repr(["cuda_include"] if cuda else []),
            "{cuda_linkopts}": repr(cuda_linkopts),
            "{lib}": str(lib),
            "{version}": _version(repository_ctx, torch),
        },
        executable = False,
    )
    repository_ctx.file("defs.bzl", '"""What this LibTorch has."""\n\nHAS_CUDA = {}\n'.format(cuda != None))

libtorch_repository = repository_rule(
    doc = "Makes @libtorch from the LibTorch that is installed. Builds nothing.",
    implementation = _libtorch_repository_impl,
    attrs = {
        "_build_template": attr.label(
            allow_single_file = True,
            default = "//tools/workspace/libtorch:package.BUILD.tpl",
        ),
    },
    configure = True,
    environ = _ENVIRON,
    local = True,
)
