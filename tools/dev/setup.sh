# Setup of a development machine: system packages and the Python environment.
# Sourced by ./dev, which sets ROOT, CACHE_DIR and the functions say and die.
#
# There is no "setup was done" flag that could be wrong: each step looks at what
# is there. That takes a tenth of a second when nothing is missing.

readonly BUILD_PACKAGES=(
  bazel-bootstrap bazel-platforms bazel-rules-cc bazel-rules-java bazel-skylib
  g++ lld pkg-config
  libabsl-dev libbenchmark-dev libcli11-dev libgmock-dev libgtest-dev
  libtbb-dev nlohmann-json3-dev zlib1g-dev
  python3-venv
)
readonly FORMAT_PACKAGES=(clang-format-14)
readonly LINT_PACKAGES=(clang-format-14 clang-tidy-14)
readonly FUZZ_PACKAGES=(clang libclang-rt-14-dev)

setup_all() {
  setup_packages "${BUILD_PACKAGES[@]}"
  setup_python
}

# --- System packages -------------------------------------------------------

missing_packages() {
  comm -23 <(printf '%s\n' "$@" | sort) \
    <(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" \
      2> /dev/null | sed -n 's/^installed //p' | sort)
}

# as_root COMMAND...: runs it directly for root, through sudo for others.
as_root() {
  if [[ ${EUID} == 0 ]]; then
    "$@"
  elif [[ -t 0 ]]; then
    sudo "$@"
  else
    sudo --non-interactive "$@"
  fi
}

setup_packages() {
  command -v dpkg-query > /dev/null ||
    die "this is not Debian or Ubuntu; install by hand what these packages hold: $*"
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} -gt 0 ]] || return 0

  if [[ ${EUID} != 0 ]]; then
    command -v sudo > /dev/null ||
      die "ask an administrator to run: apt-get install ${missing[*]}"
    say "using sudo to install packages"
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  local started=${SECONDS}
  run_apt update ||
    say "apt-get update did not fully succeed; going on with the lists at hand"
  run_apt install --yes --no-install-recommends "${missing[@]}" ||
    die "apt-get failed; see the lines above"
  say "packages installed in $((SECONDS - started)) s"
}

# run_apt ARGUMENTS...: one line for each package that is ready, and all errors.
run_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" 2>&1 |
    sed --unbuffered --quiet \
      -e 's/^Setting up \([^ ]*\) \(([^)]*)\).*/    \1 \2/p' \
      -e '/^[EW]: /p' -e '/dpkg: error/p'
}

# --- Python ----------------------------------------------------------------
#
# The environment lives in the cache, under a name made from the lock file and
# the Python version; .venv in the tree is a link to it. So all clones share
# one, and a changed lock file never alters an environment that is in use.

python_lock() {
  if [[ -n ${GRAFT_LIBTORCH:-} ]]; then
    echo "${ROOT}/tools/python/requirements-light.lock"
  else
    echo "${ROOT}/tools/python/requirements.lock"
  fi
}

# python_identity PYTHON: version and location, if PYTHON can make our venv.
python_identity() {
  "$1" -c '
import ensurepip, sys, venv
if not (3, 11) <= sys.version_info < (3, 14): sys.exit(1)
print(sys.version_info[:3], sys.base_prefix)' 2> /dev/null
}

# find_python: sets PYTHON and PYTHON_IDENTITY. The system's own comes first:
# it stays where it is, unlike those of version managers.
find_python() {
  for PYTHON in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    PYTHON_IDENTITY=$(python_identity "${PYTHON}") && return 0
  done
  die "no Python from 3.11 to 3.13 with venv was found; install python3 and python3-venv"
}

setup_python() {
  local lock environment key
  find_python
  lock=$(python_lock)
  key=$( (cat "${lock}" && echo "${PYTHON_IDENTITY}") | sha256sum | cut -c1-16)
  environment=${CACHE_DIR}/python-${key}
  [[ -e ${environment}/.complete ]] || make_environment "${environment}" "${lock}"
  link_environment "${environment}"
}

# make_environment DIRECTORY LOCK: a second process waits for the first.
make_environment() (
  mkdir -p "${CACHE_DIR}"
  exec 9> "$1.lock"
  flock --nonblock 9 || {
    say "waiting for another ./dev that makes the same Python environment"
    flock 9
  }
  [[ -e $1/.complete ]] && return
  say "making the Python environment (${2##*/}) in $1"
  rm -rf "$1"
  "${PYTHON}" -m venv "$1" || die "${PYTHON} -m venv failed"
  install_requirements "$1" "$2" ||
    die "pip failed; the lines above say why. Run ./dev setup again when it is solved"
  touch "$1/.complete"
  say "Python environment ready in ${SECONDS} s"
)

# install_requirements DIRECTORY LOCK: one line for each file that is fetched.
install_requirements() {
  "$1/bin/python" -m pip install --disable-pip-version-check --no-input \
    --progress-bar off --no-compile --no-deps --require-hashes --requirement "$2" 2>&1 |
    sed --unbuffered --quiet \
      -e 's/^ *Downloading \(.*\/\)\{0,1\}/    /p' \
      -e 's/^ *Using cached \(.*\/\)\{0,1\}/    cached: /p' \
      -e 's/^Installing collected packages.*/    unpacking, about a minute .../p' \
      -e '/^ERROR/,$p' -e '/^WARNING/p'
}

link_environment() {
  local link=${ROOT}/.venv
  [[ $(readlink "${link}") != "$1" ]] || return 0
  [[ ! -e ${link} || -L ${link} ]] ||
    die ".venv is a directory that ./dev did not make; move it away"
  ln -sfn "$1" "${link}.$$"
  mv -T "${link}.$$" "${link}"
}
