# shellcheck shell=bash disable=SC2034
# Setup of a development machine: system packages and the Python environment.
# Sourced by ./dev, which sets ROOT, CACHE_DIR and the functions say and die.
#
# Each step looks at what is there and does only what is missing: a tenth of a
# second when nothing is. The Python environment alone is too large to look
# through; it carries a stamp, and its name is the hash of what it is made from.

readonly BUILD_PACKAGES=(
  bazel-bootstrap bazel-platforms bazel-rules-cc bazel-rules-java bazel-skylib
  g++ lld pkg-config
  libabsl-dev libbenchmark-dev libcli11-dev libgmock-dev libgtest-dev
  libdeflate-dev libre2-dev libtbb-dev libxxhash-dev nlohmann-json3-dev zlib1g-dev
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

# missing_packages NAME...: prints those that are not installed.
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

# run_apt ARGUMENTS...: shows one line for each package that is ready, and errors.
run_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" 2>&1 |
    sed --unbuffered --quiet \
      -e 's/^Setting up \([^ ]*\) (\([^)]*\)).*/    \1 \2/p' \
      -e '/^[EW]: /p' -e '/^dpkg: error/p' -e '/^sudo: /p'
}

setup_packages() {
  local missing started=${SECONDS}
  command -v dpkg-query > /dev/null ||
    die "this is neither Debian nor Ubuntu; install what these packages hold: $*"
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} -gt 0 ]] || return 0

  if [[ ${EUID} != 0 ]]; then
    command -v sudo > /dev/null ||
      die "ask an administrator to run: apt-get install ${missing[*]}"
    say "using sudo to install packages"
  fi
  say "installing with apt-get: ${missing[*]}"
  run_apt update ||
    say "apt-get update failed in part; going on with the package lists at hand"
  run_apt install --yes --no-install-recommends "${missing[@]}" ||
    die "apt-get install failed. Run it by hand: apt-get install ${missing[*]}"
  say "packages installed in $((SECONDS - started)) s"
}

# --- Python ----------------------------------------------------------------
#
# The environment lives in the cache directory and .venv in the tree is a link to
# it. All clones share one, and a new lock file makes a new one instead of
# changing one that is in use.

# python_lock: the lock file to install. With a LibTorch from elsewhere PyTorch's
# 3 GB are not needed.
python_lock() {
  if [[ -n ${GRAFT_LIBTORCH:-} ]]; then
    echo "${ROOT}/tools/python/requirements-light.lock"
  else
    echo "${ROOT}/tools/python/requirements.lock"
  fi
}

# python_identity PYTHON: its version and place; fails if it cannot make a venv
# or if the lock files have no wheels for it.
python_identity() {
  "$1" -c '
import ensurepip, sys, venv
if not (3, 11) <= sys.version_info < (3, 14): sys.exit(1)
print(sys.version_info[:3], sys.base_prefix)' 2> /dev/null
}

# find_python: sets PYTHON and PYTHON_IDENTITY. The system's own comes first: it
# stays where it is, unlike those of version managers.
find_python() {
  for PYTHON in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    if PYTHON_IDENTITY=$(python_identity "${PYTHON}"); then return; fi
  done
  die "no Python from 3.11 to 3.13 that can make a venv; install python3 and python3-venv"
}

setup_python() {
  local lock key environment
  find_python
  lock=$(python_lock)
  key=$({ cat "${lock}" && echo "${PYTHON_IDENTITY}"; } | sha256sum | cut -c1-16)
  environment=${CACHE_DIR}/python-${key}
  [[ -e ${environment}/.complete ]] || make_environment "${environment}" "${lock}"
  link_environment "${environment}"
}

# make_environment DIRECTORY LOCK: a second process waits for the first. A venv
# cannot be moved, so it is made in place and stamped when it is complete.
make_environment() (
  started=${SECONDS}
  mkdir -p "${CACHE_DIR}"
  exec 9> "$1.lock"
  if ! flock --nonblock 9; then
    say "waiting for another ./dev that makes the same Python environment"
    flock 9
  fi
  [[ ! -e $1/.complete ]] || return 0
  say "making the Python environment in $1 (from ${2##*/})"
  rm -rf "$1"
  "${PYTHON}" -m venv "$1" || die "${PYTHON} -m venv failed; install python3-venv"
  install_requirements "$1" "$2" ||
    die "pip failed, as said above. Solve that and run ./dev setup again"
  touch "$1/.complete"
  say "Python environment made in $((SECONDS - started)) s"
)

# install_requirements DIRECTORY LOCK: shows one line for each file it fetches.
install_requirements() {
  "$1/bin/python" -m pip install --disable-pip-version-check --no-input \
    --progress-bar off --no-compile --no-deps --require-hashes --requirement "$2" 2>&1 |
    sed --unbuffered --quiet \
      -e 's/^ *Downloading \(.*\/\)\{0,1\}/    /p' \
      -e 's/^ *Using cached \(.*\/\)\{0,1\}/    cached: /p' \
      -e 's/^Installing collected packages.*/    unpacking (PyTorch takes a minute) .../p' \
      -e '/^WARNING/p' -e '/^ERROR/,$p'
}

# link_environment DIRECTORY: .venv changes in one step. A running Bazel would
# not notice that LibTorch is elsewhere now; a new one looks.
link_environment() {
  local link=${ROOT}/.venv
  [[ $(readlink "${link}") != "$1" ]] || return 0
  [[ ! -e ${link} || -L ${link} ]] ||
    die ".venv is a directory that ./dev did not make; move it away"
  ln -sfn "$1" "${link}.$$"
  mv -T "${link}.$$" "${link}"
  "${BAZEL}" shutdown > /dev/null 2>&1 || true
}
