#!/bin/bash
# usage: run_tests.sh RUN_TESTS_PY SCRIPT
# Runs it with the Python of ./dev setup. The test's data are links into the source tree, and the
# environment lies there.
set -euo pipefail
tree=$(readlink -f "$1")
python=${tree%/tests/python/run_tests.py}/.venv/bin/python
if ! "${python}" -c 'import torch' 2> /dev/null; then
  echo "skipped: no Python with PyTorch at ${python}; ./dev setup makes it"
  cat > "${XML_OUTPUT_FILE}" << XML
<testsuites><testsuite><testcase name="$(basename "$2")" classname="python" result="skipped">
<skipped message="no Python with PyTorch"/></testcase></testsuite></testsuites>
XML
  exit 0
fi
exec "${python}" -W ignore "$1" "$2"
