#!/usr/bin/env bash
# Writes requirements.lock and requirements-light.lock from the .in files: every
# package that pip chooses on Linux x86_64, with the hashes of its wheels for
# each Python version below. Run it after editing a .in file; commit the result.
set -euo pipefail

# The oldest comes first: it chooses the versions, the others follow.
readonly PYTHON_VERSIONS=(3.11 3.12 3.13)
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d)
trap 'rm -rf "${work}"' EXIT

# A pip that reads package metadata alone: the wheels (3 GB) are not fetched.
python3 -m venv "${work}/venv"
"${work}/venv/bin/pip" install --quiet 'pip>=24'

# resolve NAME VERSION: pip's report for NAME.in under one Python version.
resolve() {
  "${work}/venv/bin/pip" install --quiet --dry-run --ignore-installed \
    --report "${work}/$1-$2.json" --target "${work}/target" \
    --only-binary=:all: --python-version "$2" \
    --constraint "${work}/$1.constraint" --requirement "$1.in"
}

for name in requirements requirements-light; do
  : > "${work}/${name}.constraint"
  reports=()
  for version in "${PYTHON_VERSIONS[@]}"; do
    echo "${name}.in for Python ${version}"
    resolve "${name}" "${version}"
    reports+=("${work}/${name}-${version}.json")
    python3 write_lock.py --pins "${reports[0]}" > "${work}/${name}.constraint"
  done
  python3 write_lock.py "${reports[@]}" > "${work}/${name}.lock"
  install -m 644 "${work}/${name}.lock" "${name}.lock"
done
