#include "models/python/module_loader.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/python/evaluator.h"
#include "models/python/interpreter.h"
#include "tests/models/python/memory_sources.h"

namespace graft::models::python {
namespace {

using testing::HasSubstr;

class ModuleLoaderTest : public testing::Test {
 protected:
  ModuleLoaderTest()
      : evaluator_({.sources = &sources_, .print = [this](absl::string_view text) {
                      absl::StrAppend(&printed_, text);
                    }}) {}

  // The repr of module.name, or the first line of the error.
  std::string Ask(const std::string& name, const std::string& module = "net") {
    std::string text;
    const absl::Status status = evaluator_.Guard(
        [&] { text = evaluator_.Repr(evaluator_.GetAttr(evaluator_.ImportModule(module), name)); });
    if (status.ok()) return text;
    return std::string(status.message().substr(0, status.message().find('\n')));
  }

  MemorySources sources_;
  std::string printed_;
  Evaluator evaluator_;
};

TEST_F(ModuleLoaderTest, RunsOnlyTheStatementsOfTheNamesAskedFor) {
  sources_.Add("net", R"(
import absent
from gone import thing
def say(x):
    print(x, end=' ')
    return x
a = say('a')
b = say('b')
c = say('c') + a
print('never')
1 / 0
open('file')
)");
  EXPECT_EQ(Ask("c"), "'ca'");
  EXPECT_EQ(printed_, "c a ");
  EXPECT_EQ(Ask("a"), "'a'");
  EXPECT_EQ(printed_, "c a ");
  EXPECT_EQ(Ask("absent"), "net.py:2:1: ModuleNotFoundError: No module named 'absent'");
  EXPECT_EQ(Ask("thing"), "net.py:3:1: ModuleNotFoundError: No module named 'gone'");
  EXPECT_EQ(Ask("nothing"), "AttributeError: module 'net' has no attribute 'nothing'");
}

TEST_F(ModuleLoaderTest, RunsEverythingThatChangesANameInOrder) {
  sources_.Add("net", R"(
N = [1]
N.append(2)
N += [3]
other = list(N)
N[0] = 0
D = {}
D['x'] = 1
D.update(y=2)
for i in range(2):
    D[i] = i
class C: pass
C.x = 5
setattr(C, 'y', 6)
C.z = C.x + C.y
class R:
    def __init__(self): self.names = []
    def register(self, f):
        self.names.append(f.__name__)
        return f
registry = R()
@registry.register
def first(): pass
@registry.register
class Second: pass
del N[1]
)");
  EXPECT_EQ(Ask("N"), "[0, 3]");
  EXPECT_EQ(Ask("D"), "{'x': 1, 'y': 2, 0: 0, 1: 1}");
  EXPECT_EQ(Ask("C") + Ask("i"), "<class 'net.C'>1");
  const absl::Status status = evaluator_.Guard([&] {
    ModuleObject* net = evaluator_.ImportModule("net");
    EXPECT_EQ(evaluator_.Repr(evaluator_.GetAttr(evaluator_.GetAttr(net, "C"), "z")), "11");
    EXPECT_EQ(evaluator_.Repr(evaluator_.GetAttr(evaluator_.GetAttr(net, "registry"), "names")),
              "['first', 'Second']");
  });
  EXPECT_EQ(status, absl::OkStatus());
}

TEST_F(ModuleLoaderTest, ShowsAStatementTheNamesAsTheyWereThen) {
  sources_.Add("net", R"(
x = 1
y = x
x = 2
N = [1]
before = list(N)
N.append(2)
def f(): return 'old'
kept = f
def f(): return 'new'
class A: v = 1
class A(A): w = 2
)");
  EXPECT_EQ(Ask("y"), "1");
  EXPECT_EQ(Ask("x"), "2");
  EXPECT_EQ(Ask("before"), "[1]");
  EXPECT_EQ(Ask("N"), "[1, 2]");
  const absl::Status status = evaluator_.Guard([&] {
    ModuleObject* net = evaluator_.ImportModule("net");
    EXPECT_EQ(evaluator_.Repr(evaluator_.CallMethod(net, "kept", {})), "'old'");
    EXPECT_EQ(evaluator_.Repr(evaluator_.CallMethod(net, "f", {})), "'new'");
    Value a = evaluator_.GetAttr(net, "A");
    EXPECT_EQ(evaluator_.Repr(evaluator_.GetAttr(a, "v")), "1");
    EXPECT_EQ(evaluator_.Repr(evaluator_.GetAttr(a, "w")), "2");
  });
  EXPECT_EQ(status, absl::OkStatus());
}

TEST_F(ModuleLoaderTest, FollowsFunctionsToNamesThatAreBoundBelowThem) {
  sources_.Add("net", R"(
def make(): return Later(), LATER
class Later:
    def __repr__(self): return 'Later()'
LATER = 3
made = make()
)");
  EXPECT_EQ(Ask("made"), "(Later(), 3)");
}

TEST_F(ModuleLoaderTest, ChangesWhatIsImportedOnlyByLiteralsAndMayFail) {
  sources_.Add("lib",
               "flag = 0\nclass backends: mode = 0\ndef set_flag(x):\n    global flag\n"
               "    flag = x\n");
  sources_.Add("net", R"(
import lib
lib.set_flag(5)
lib.backends.mode = True
lib.absent.x = 1
lib.save(run_everything(), 'file')
def f(): return lib.flag, lib.backends.mode
answer = f()
)");
  EXPECT_EQ(Ask("answer"), "(5, True)");
  ASSERT_EQ(evaluator_.notes().size(), 1);
  EXPECT_EQ(evaluator_.notes()[0],
            "net.py:5:1: passed over: AttributeError: module 'lib' has no attribute 'absent'");
}

TEST_F(ModuleLoaderTest, TakesTheBranchThatPythonWouldTake) {
  sources_.Add("net", R"(
try:
    import absent
    has = True
except ImportError:
    absent = None
    has = False
try:
    from have import missing_name
except ImportError:
    missing_name = 'fallback'
try:
    from have import x
except ImportError:
    x = 'not this'
else:
    y = x + 1
if has:
    z = 1
elif x == 1:
    z = 2
with open('f') as f:
    w = 1
if __name__ == '__main__':
    z = 'script'
    1 / 0
)");
  sources_.Add("have", "x = 1\n");
  EXPECT_EQ(Ask("has") + Ask("absent") + Ask("missing_name") + Ask("x") + Ask("y"),
            "FalseNone'fallback'12");
  EXPECT_EQ(Ask("z"), "2");
  EXPECT_THAT(Ask("w"), HasSubstr("not supported"));
}

TEST_F(ModuleLoaderTest, FailsAtTheUseOfWhatABlockCouldNotImport) {
  sources_.Add("net", R"(
if 1:
    import absent
    from have import nothing
    ok = 1
def use(): return absent.x
def use2(): return nothing
x = ok
)");
  sources_.Add("have", "");
  EXPECT_EQ(Ask("x"), "1");
  const auto call = [&](absl::string_view function) {
    return std::string(
        evaluator_
            .Guard([&] { evaluator_.CallMethod(evaluator_.ImportModule("net"), function, {}); })
            .message());
  };
  EXPECT_THAT(call("use"), HasSubstr("net.py:6:19: ModuleNotFoundError: No module named 'absent'"));
  EXPECT_THAT(call("use2"), HasSubstr("cannot import name 'nothing' from 'have'"));
}

TEST_F(ModuleLoaderTest, ImportsPackagesSubmodulesAndRelatives) {
  sources_.AddPackage("pkg",
                      "from .a import A, helper as h\nfrom . import b\nfrom .sub import *\n"
                      "__version__ = '1'\n");
  sources_.Add("pkg.a",
               "from .b import B\nfrom pkg.sub.deep import D\nclass A(B): d = D\n"
               "def helper(): return 'help'\n");
  sources_.Add("pkg.b", "class B: pass\n");
  sources_.AddPackage("pkg.sub", "__all__ = ['one']\nfrom .deep import D\none = 1\ntwo = 2\n");
  sources_.Add("pkg.sub.deep", "from .. import b\nfrom ..sub import one as o\nD = (b.B, o)\n");
  sources_.Add("net", R"(
import pkg
import pkg.sub.deep as deep
import pkg.sub.deep
from pkg import A, h, one
answer = (A.d[1], h(), one, deep.D is pkg.sub.deep.D, pkg.b.B in A.__mro__, hasattr(pkg, 'two'))
from . import nothing
)");
  EXPECT_EQ(Ask("answer"), "(1, 'help', 1, True, True, False)");
  EXPECT_THAT(Ask("nothing"), HasSubstr("attempted relative import, but net is in no package"));
  EXPECT_EQ(Ask("sub", "pkg"), "<module 'pkg.sub'>");
}

TEST_F(ModuleLoaderTest, LetsModulesImportEachOther) {
  sources_.Add("a", "from b import B\nclass A:\n    def b(self): return B()\nX = 1\n");
  sources_.Add("b",
               "import a\nfrom a import X, A\nclass B(A):\n    x = X\n    def a(self): "
               "return a.A()\n");
  sources_.Add("net", "from a import A\nanswer = A().b().x\n");
  EXPECT_EQ(Ask("answer"), "1");
  sources_.Add("c", "from d import *\nc = 1\n");
  sources_.Add("d", "from c import *\nd = 2\n");
  EXPECT_EQ(Ask("d", "c") + Ask("c", "d"), "21");
  EXPECT_THAT(Ask("nothing", "c"), HasSubstr("has no attribute 'nothing'"));
}

TEST_F(ModuleLoaderTest, EndsACircleThatHasNoBeginning) {
  sources_.Add("net", "from other import x\n");
  sources_.Add("other", "from net import x\n");
  EXPECT_THAT(Ask("x"), HasSubstr("ImportError: cannot import name 'x'"));
  sources_.Add("self", "y = y + 1\n");
  EXPECT_THAT(Ask("y", "self"), HasSubstr("NameError: name 'y' is not defined"));
}

TEST_F(ModuleLoaderTest, AsksAModulesGetattrLast) {
  sources_.Add("lib",
               "x = 1\ndef __getattr__(name):\n    if name.startswith('_'): raise "
               "AttributeError(name)\n    return 'made ' + name\n");
  sources_.Add("net",
               "import lib\nfrom lib import y\nanswer = (lib.x, lib.z, y, hasattr(lib, "
               "'_q'))\nfrom lib import _p\n");
  EXPECT_EQ(Ask("answer"), "(1, 'made z', 'made y', False)");
  EXPECT_THAT(Ask("_p"), HasSubstr("ImportError: cannot import name '_p'"));
  sources_.Add("within", "def __getattr__(name): return 1\ndef f(): return unknown\nv = f()\n");
  EXPECT_THAT(Ask("v", "within"), HasSubstr("NameError: name 'unknown' is not defined"));
}

TEST_F(ModuleLoaderTest, TakesStarImportsOverBuiltInNamesAndTheLastOneFirst) {
  sources_.Add("one", "def sum(x): return 'one'\nv = 1\n_hidden = 3\n");
  sources_.Add("two", "v = 2\n");
  sources_.Add("net",
               "from one import *\nfrom two import *\nfrom absent import *\n"
               "answer = (sum([1]), v, len('ab'))\nh = _hidden\n");
  EXPECT_EQ(Ask("answer"), "('one', 2, 2)");
  EXPECT_THAT(Ask("h"), HasSubstr("NameError"));
}

// --- Registries ---------------------------------------------------------------------------------

TEST_F(ModuleLoaderTest, RunsCallsThatStoreInARegistryOfAnotherModule) {
  sources_.AddPackage("pkg", "");
  sources_.Add("pkg.blocks", R"(
_blocks = dict(basic='Basic')
def register_block(name, block):
    _blocks[name] = block
def create_block(name):
    return _blocks[name]
)");
  sources_.Add("pkg.net", R"(
import matplotlib.pyplot as plt
from .blocks import register_block, create_block
from . import blocks as b
class Mobile: pass
class Other: pass
register_block('mobile', Mobile)
b.register_block('other', Other)
plt.figure()
print('never')
train(Mobile())
register_block('broken', Absent)
def build(name): return create_block(name)
mobile = build('mobile')
later = [build(name) for name in ('basic', 'other')]
)");
  EXPECT_EQ(Ask("mobile", "pkg.net"), "<class 'pkg.net.Mobile'>");
  EXPECT_EQ(Ask("later", "pkg.net"), "['Basic', <class 'pkg.net.Other'>]");
  EXPECT_EQ(printed_, "");
  ASSERT_EQ(evaluator_.notes().size(), 1);
  EXPECT_EQ(evaluator_.notes()[0],
            "pkg/net.py:12:1: passed over: NameError: name 'Absent' is not defined");
}

TEST_F(ModuleLoaderTest, RunsDecoratorsThatStoreInARegistry) {
  sources_.Add("registry", R"(
NETS, ORDER = {}, []
def _store(name, net):
    NETS[name] = net
    ORDER.append(name)
def register(name=None):
    def wrap(net):
        _store(name or net.__name__, net)
        return net
    return wrap
def build(name): return NETS[name]
class Registry:
    def __init__(self): self.found = {}
    def register_module(self, net):
        self.found[net.__name__] = net
        return net
    def build(self, name): return self.found[name]
HEADS = Registry()
)");
  sources_.Add("net", R"(
from registry import register, build, HEADS, NETS, ORDER
import registry
@register('a')
class A: pass
@register()
def b(): pass
register_head = HEADS.register_module
@HEADS.register_module
class Head: pass
@register_head
class Tail: pass
NETS['c'] = 'C'
answer = [build('a'), HEADS.build('Head'), HEADS.build('Tail'), build('c'), ORDER]
@register()
class Below: pass
def below(): return registry.build('Below')
)");
  EXPECT_EQ(Ask("answer"),
            "[<class 'net.A'>, <class 'net.Head'>, <class 'net.Tail'>, 'C', ['a', 'b']]");
  const absl::Status status = evaluator_.Guard([&] {
    EXPECT_EQ(evaluator_.Repr(evaluator_.CallMethod(evaluator_.ImportModule("net"), "below", {})),
              "<class 'net.Below'>");
  });
  EXPECT_EQ(status, absl::OkStatus());
}

TEST_F(ModuleLoaderTest, FollowsARegistryThroughReexportsAndStarImports) {
  sources_.AddPackage("pkg", "from .core import *\nfrom .core import add as put\n");
  sources_.Add("pkg.core", "ALL = []\ndef add(x): ALL.append(x)\ndef everything(): return ALL\n");
  sources_.Add("net", R"(
from pkg import *
from pkg import put, ALL as known
import pkg
add(1)
put(2)
pkg.core.add(3)
pkg.ALL.append(4)
answer = everything()
same = known is answer
)");
  EXPECT_EQ(Ask("answer"), "[1, 2, 3, 4]");
  EXPECT_EQ(Ask("same"), "True");
}

TEST_F(ModuleLoaderTest, KnowsClassesThatRegisterThemselves) {
  sources_.Add("base", R"(
class Base:
    known = {}
    def __init_subclass__(cls, **kwargs):
        Base.known[cls.__name__] = cls
class Middle(Base): pass
def names(): return sorted(Base.known)
)");
  sources_.Add("net", R"(
from base import Middle, names
class Net(Middle): pass
class Free: pass
class Other(Net): pass
answer = names()
)");
  EXPECT_EQ(Ask("answer"), "['Middle', 'Net', 'Other']");
}

TEST_F(ModuleLoaderTest, SeesOnlyRegistrationsAboveTheStatementThatRuns) {
  sources_.Add("net", R"(
_all = []
def add(x): _all.append(x)
def count(): return len(_all)
add(1)
first = count()
add(2)
second = count()
)");
  EXPECT_EQ(Ask("second"), "2");
  sources_.Add("again", R"(
from net2 import add, count
add(1)
first = count()
add(2)
second = count()
)");
  sources_.Add("net2", "_all = []\ndef add(x): _all.append(x)\ndef count(): return len(_all)\n");
  EXPECT_EQ(Ask("first", "again"), "1");
  EXPECT_EQ(Ask("second", "again"), "2");
}

TEST_F(ModuleLoaderTest, EndsRoutesThatLeadInCircles) {
  sources_.Add("a", "from b import f\nf(1)\nx = 1\ng = f\ng(1)\n");
  sources_.Add("b", "from a import g as f\nh = h\nh(1)\ny = 2\n");
  sources_.Add("c", "def f(x): g(x)\ndef g(x): f(x)\nf(1)\nz = 3\n");
  EXPECT_EQ(Ask("x", "a") + Ask("y", "b") + Ask("z", "c"), "123");
}

TEST_F(ModuleLoaderTest, FollowsImportsForTypeCheckersWhereAModuleIsLazy) {
  sources_.AddPackage("pkg", R"(
import sys
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from .models import Net
    from .more import *
else:
    sys.modules[__name__] = lazy(__name__)
)");
  sources_.Add("pkg.models", "class Net: pass\n");
  sources_.Add("pkg.more", "extra = 1\n");
  sources_.Add("net", "from pkg import Net, extra\n");
  EXPECT_EQ(Ask("Net") + Ask("extra"), "<class 'pkg.models.Net'>1");
}

TEST_F(ModuleLoaderTest, FollowsImportsForTypeCheckersBehindConditions) {
  sources_.AddPackage("pkg", R"(
import sys
from typing import TYPE_CHECKING
if TYPE_CHECKING or SLOW_IMPORT:
    if is_torch_available():
        from .models import Net
    try:
        if not is_other_available(): raise ImportError()
    except ImportError:
        from .dummies import extra
    else:
        from .more import extra
else:
    sys.modules[__name__] = lazy(__name__)
)");
  sources_.Add("pkg.models", "class Net: pass\n");
  sources_.Add("pkg.more", "extra = 1\n");
  sources_.Add("pkg.dummies", "extra = 2\n");
  sources_.Add("net", "from pkg import Net, extra\n");
  EXPECT_EQ(Ask("Net") + Ask("extra"), "<class 'pkg.models.Net'>1");
}

TEST_F(ModuleLoaderTest, TellsAgainWhyARegisteredNameIsNotThere) {
  sources_.Add("net", R"(
class Base:
    made = []
    def __init_subclass__(cls): Base.made.append(cls)
def later(): return absent
class Net(Base): x = later()
listed = Base.made
)");
  EXPECT_EQ(Ask("listed"), "[]");
  const std::string error = Ask("Net");
  EXPECT_NE(error.find("name 'absent' is not defined"), std::string::npos) << error;
}

TEST_F(ModuleLoaderTest, KnowsWhatIsImportedByName) {
  sources_.Add("net", R"(
import sys
import importlib
import importlib.util
def here(): return sys.modules[__name__].VALUE
VALUE = 4
answer = (here(), 'other' in sys.modules, importlib.import_module('other').x,
          'other' in sys.modules, importlib.util.find_spec('absent'), __file__, __name__)
)");
  sources_.Add("other", "x = 9\n");
  EXPECT_EQ(Ask("answer"), "(4, False, 9, True, None, 'net.py', 'net')");
}

TEST_F(ModuleLoaderTest, ReadsAModuleOnce) {
  sources_.Add("net", "import other\nimport absent1\nx = other.y\n");
  sources_.Add("other", "y = 1\n");
  EXPECT_EQ(Ask("x"), "1");
  const int asked = sources_.asked();
  EXPECT_EQ(Ask("x") + Ask("other"), "1<module 'other'>");
  EXPECT_EQ(sources_.asked(), asked);
}

TEST_F(ModuleLoaderTest, LetsAFunctionSetAGlobal) {
  sources_.Add("net", R"(
cache = None
def get():
    global cache, made
    if cache is None:
        cache = [1]
        made = 'made'
    return cache
same = get() is get()
def look(): return made
)");
  EXPECT_EQ(Ask("same"), "True");
  EXPECT_EQ(Ask("made") + Ask("cache"), "'made'[1]");
}

TEST_F(ModuleLoaderTest, KnowsSubclassesWhoseStatementsHaveNotRun) {
  sources_.Add("net", R"(
import base, other
names = [c.__name__ for c in base.Base.__subclasses__()] if other.x else []
)");
  sources_.Add("base", R"(
class Base: pass
class One(Base): pass
class Two(One): pass
class Broken(Base, metaclass=absent()): print(absent)
)");
  sources_.Add("other", "import base\nx = 1\nclass Three(base.Base): pass\n");
  EXPECT_EQ(Ask("names"), "['One', 'Three']");
}

TEST_F(ModuleLoaderTest, DoesNotTakeAStatementThatFailsForAMissingName) {
  sources_.Add("net", "from other import Net\ny = Net\n");
  sources_.Add("other", "class Net: pass\nNet.run = Net.walk\n");
  EXPECT_EQ(Ask("y"), "other.py:2:11: AttributeError: type object 'Net' has no attribute 'walk'");
}

TEST_F(ModuleLoaderTest, RunsDecoratorsOfARegistryOfTheSameFileWhateverTheirName) {
  sources_.Add("net", R"(
class Factory:
    def __init__(self): self.made = {}
    def maker_of(self, name): return lambda f: self.keep(name, f)
    def keep(self, name, f):
        getattr(self.made, 'update')({name: f})
        return f
norm = Factory()
@norm.maker_of('batch')
def batch(): pass
)");
  sources_.Add("other", "from net import norm\nnames = list(norm.made)\n");
  EXPECT_EQ(Ask("names", "other"), "['batch']");
}

}  // namespace
}  // namespace graft::models::python
