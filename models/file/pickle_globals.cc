#include "models/file/pickle_globals.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace graft::models {
namespace {

// Calls with a meaning here, and calls that are harmless. Sorted.
constexpr absl::string_view kKnown[] = {
    "_codecs.encode",
    "builtins.bytearray",
    "builtins.bytes",
    "builtins.complex",
    "builtins.dict",
    "builtins.frozenset",
    "builtins.list",
    "builtins.object",
    "builtins.range",
    "builtins.set",
    "builtins.slice",
    "builtins.str",
    "builtins.tuple",
    "collections.Counter",
    "collections.OrderedDict",
    "collections.defaultdict",
    "collections.deque",
    "copyreg.__newobj__",
    "copyreg._reconstructor",
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "datetime.timedelta",
    "datetime.timezone",
    "functools.partial",
    "logging.getLogger",
    "numpy.core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy.core.numeric._frombuffer",
    "numpy.dtype",
    "numpy.ma.core._mareconstruct",
    "numpy.ndarray",
    "numpy.random._pickle.__bit_generator_ctor",
    "numpy.random._pickle.__generator_ctor",
    "numpy.random._pickle.__randomstate_ctor",
    "numpy.random.bit_generator.__pyx_unpickle_SeedSequence",
    "operator.or_",
    "random.Random",
    "re._compile",
    "torch._dynamo.decorators._DimRange",
    "torch._tensor._rebuild_from_type_v2",
    "torch._utils._rebuild_device_tensor_from_cpu_tensor",
    "torch._utils._rebuild_device_tensor_from_numpy",
    "torch._utils._rebuild_meta_tensor_no_storage",
    "torch._utils._rebuild_nested_tensor",
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state",
    "torch._utils._rebuild_qtensor",
    "torch._utils._rebuild_sparse_tensor",
    "torch._utils._rebuild_tensor",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_tensor_v3",
    "torch._utils._rebuild_wrapper_subclass",
    "torch._utils._rebuild_xla_tensor",
    "torch.device",
    "torch.jit._pickle.build_boollist",
    "torch.jit._pickle.build_doublelist",
    "torch.jit._pickle.build_intlist",
    "torch.jit._pickle.build_tensor_from_id",
    "torch.jit._pickle.build_tensorlist",
    "torch.jit._pickle.restore_type_tag",
    "torch.nested._internal.nested_tensor._rebuild_njt",
    "torch.serialization._get_layout",
    "types.SimpleNamespace",
};

// Python's standard library, as far as it is not plain data, and installers: no model needs an
// object of these. Sorted.
constexpr absl::string_view kRefusedModules[] = {
    "IPython",
    "StringIO",
    "aifc",
    "ast",
    "asynchat",
    "asyncio",
    "asyncore",
    "atexit",
    "audioop",
    "base64",
    "bdb",
    "binascii",
    "bisect",
    "builtins",
    "bz2",
    "cPickle",
    "cProfile",
    "cStringIO",
    "calendar",
    "cgi",
    "cgitb",
    "chunk",
    "cmath",
    "cmd",
    "code",
    "codecs",
    "codeop",
    "colorsys",
    "commands",
    "compileall",
    "concurrent",
    "configparser",
    "contextlib",
    "contextvars",
    "copy",
    "crypt",
    "csv",
    "ctypes",
    "curses",
    "dbm",
    "difflib",
    "dis",
    "distutils",
    "doctest",
    "dummy_threading",
    "email",
    "encodings",
    "ensurepip",
    "errno",
    "faulthandler",
    "fcntl",
    "filecmp",
    "fileinput",
    "fnmatch",
    "ftplib",
    "gc",
    "genericpath",
    "getopt",
    "getpass",
    "gettext",
    "glob",
    "graphlib",
    "grp",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "idlelib",
    "imaplib",
    "imghdr",
    "imp",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "lib2to3",
    "linecache",
    "locale",
    "logging",
    "lzma",
    "mailbox",
    "mailcap",
    "marshal",
    "math",
    "mimetypes",
    "mmap",
    "modulefinder",
    "msilib",
    "msvcrt",
    "multiprocessing",
    "netrc",
    "nis",
    "nntplib",
    "nt",
    "ntpath",
    "nturl2path",
    "opcode",
    "operator",
    "optparse",
    "os",
    "ossaudiodev",
    "pdb",
    "pickle",
    "pickletools",
    "pip",
    "pipes",
    "pkg_resources",
    "pkgutil",
    "platform",
    "plistlib",
    "popen2",
    "poplib",
    "posix",
    "posixpath",
    "pprint",
    "profile",
    "pstats",
    "pty",
    "pwd",
    "py_compile",
    "pyclbr",
    "pydoc",
    "pydoc_data",
    "pyexpat",
    "queue",
    "quopri",
    "random",
    "readline",
    "reprlib",
    "resource",
    "rlcompleter",
    "runpy",
    "sched",
    "secrets",
    "select",
    "selectors",
    "setuptools",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "site",
    "smtpd",
    "smtplib",
    "sndhdr",
    "socket",
    "socketserver",
    "spwd",
    "sqlite3",
    "sre_compile",
    "sre_constants",
    "sre_parse",
    "ssl",
    "stat",
    "statistics",
    "stringprep",
    "struct",
    "subprocess",
    "sunau",
    "symtable",
    "sys",
    "sysconfig",
    "syslog",
    "tabnanny",
    "tarfile",
    "telnetlib",
    "tempfile",
    "termios",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "tkinter",
    "token",
    "tokenize",
    "tomllib",
    "trace",
    "traceback",
    "tracemalloc",
    "tty",
    "turtle",
    "turtledemo",
    "types",
    "unicodedata",
    "unittest",
    "urllib",
    "urllib2",
    "uu",
    "venv",
    "warnings",
    "wave",
    "weakref",
    "webbrowser",
    "winreg",
    "winsound",
    "wsgiref",
    "xdrlib",
    "xml",
    "xmlrpc",
    "zipapp",
    "zipfile",
    "zipimport",
    "zlib",
};

// Of builtins: what loads, runs or reaches anything. Sorted.
constexpr absl::string_view kDangerousBuiltins[] = {
    "__import__", "breakpoint", "compile", "delattr", "eval",  "exec",   "execfile",   "exit",
    "file",       "getattr",    "globals", "help",    "input", "locals", "memoryview", "open",
    "quit",       "raw_input",  "reload",  "setattr", "super", "vars",
};

// Torch's ways to run or fetch code.
constexpr absl::string_view kDangerousPrefixes[] = {
    "torch.hub.",
    "torch._dynamo.",
    "torch._inductor.",
    "torch.package.",
    "torch.utils.cpp_extension.",
    "torch.distributed.rpc.",
    "torch.fx.",
    "torch.jit.unsupported_",
    "torch.utils.bottleneck.",
    "torch.utils.collect_env.",
    "torch.utils._config_module.",
    "torch.utils.data.datapipes.",
    "torch.storage._load_from_bytes",
    "numpy.testing.",
    "numpy.distutils.",
    "numpy.f2py.",
    "numpy.load",
    "joblib.",
    "dill.",
    "cloudpickle.",
};

// Modules that others import, and so hand out: "torch.os.system" is os.system. Sorted.
constexpr absl::string_view kReachedModules[] = {
    "builtins", "ctypes", "importlib", "os",         "posix", "pty",
    "runpy",    "shutil", "socket",    "subprocess", "sys",
};

template <size_t kSize>
bool OneOf(const absl::string_view (&sorted)[kSize], absl::string_view word) {
  return std::binary_search(std::begin(sorted), std::end(sorted), word);
}

template <size_t kSize>
constexpr bool Sorted(const absl::string_view (&words)[kSize]) {
  for (size_t i = 1; i < kSize; ++i) {
    if (!(words[i - 1] < words[i])) return false;
  }
  return true;
}
static_assert(Sorted(kKnown));
static_assert(Sorted(kRefusedModules));
static_assert(Sorted(kDangerousBuiltins));
static_assert(Sorted(kReachedModules));

// Of the modules above: plain data or plain arithmetic, harmless as values and common in
// checkpoints.
bool HarmlessStandard(absl::string_view module, absl::string_view name) {
  return module == "math" || (module == "operator" && !absl::StrContains(name, "attr") &&
                              !absl::StrContains(name, "call") && name != "itemgetter");
}

}  // namespace

std::string CanonicalGlobal(absl::string_view module, absl::string_view name) {
  if (module == "__builtin__") module = "builtins";
  if (module == "copy_reg") module = "copyreg";
  if (module == "_operator") module = "operator";
  if (module == "builtins" && name == "xrange") name = "range";
  if (module == "builtins" && name == "unicode") name = "str";
  if (module == "builtins" && name == "long") name = "int";
  if (module == "torch._C._VariableFunctionsClass") module = "torch";  // torch.relu and its like
  if (absl::StartsWith(module, "numpy._core")) {
    return absl::StrCat("numpy.core", module.substr(11), ".", name);
  }
  return absl::StrCat(module, ".", name);
}

GlobalJudgement JudgeGlobal(absl::string_view global) {
  if (OneOf(kKnown, global)) return GlobalJudgement::kKnown;
  const absl::string_view top = global.substr(0, global.find('.'));
  const absl::string_view last = global.substr(global.rfind('.') + 1);
  if (top == "builtins") {
    const absl::string_view name = global.substr(9);
    const absl::string_view first = name.substr(0, name.find('.'));
    if (OneOf(kDangerousBuiltins, first) || absl::StrContains(name, ".")) {
      return GlobalJudgement::kDangerous;
    }
    return GlobalJudgement::kFunction;
  }
  if (OneOf(kRefusedModules, top) || (absl::StartsWith(top, "_") && !absl::StartsWith(top, "__"))) {
    const absl::string_view module = global.substr(0, global.rfind('.'));
    return HarmlessStandard(module, last) ? GlobalJudgement::kFunction
                                          : GlobalJudgement::kDangerous;
  }
  if (top != "__torch__") {  // TorchScript's names reach no module of Python's
    for (const absl::string_view part : absl::StrSplit(global, '.')) {
      if (OneOf(kReachedModules, part)) return GlobalJudgement::kDangerous;
    }
  }
  for (const absl::string_view prefix : kDangerousPrefixes) {
    if (absl::StartsWith(global, prefix)) return GlobalJudgement::kDangerous;
  }
  // A name with a dunder in its path reaches into an object rather than naming one.
  if (absl::StrContains(global, ".__") && !absl::StartsWith(global, "__")) {
    return GlobalJudgement::kDangerous;
  }
  // Classes are written CapWords, functions in small letters: a convention, used only to tell which
  // harmless placeholder to make. Nothing is called either way.
  const size_t letter = last.find_first_not_of('_');
  return letter != absl::string_view::npos && absl::ascii_isupper(last[letter])
             ? GlobalJudgement::kClass
             : GlobalJudgement::kFunction;
}

}  // namespace graft::models
