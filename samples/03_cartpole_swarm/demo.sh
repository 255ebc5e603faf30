#!/usr/bin/env bash
# Runs the swarm without a picture on the terminal and draws what happened.
#
#   GRAFT_BIN=bazel-bin PYTHON=.venv/bin/python samples/03_cartpole_swarm/demo.sh [OPTION...]
#
# OPTION goes on to the scene. From the root of the repository; the picture is
# out/cartpole_swarm.png.
set -euo pipefail

: "${GRAFT_BIN:?names the directory bazel-bin}" "${PYTHON:?names a Python with matplotlib}"
readonly PICTURE=out/cartpole_swarm.png

cat << 'TEXT'
256 cart-poles stand in gusts of wind, balanced by one network inside a C++ loop
at 60 Hz. While it runs, three checkpoints of a PyTorch training appear in the
folder that the model watches: a novice, a better one, an expert. Before the
expert comes, half of its file comes: that has to be refused.

TEXT

folder=$(mktemp -d)
trap 'rm -rf "${folder}"' EXIT
export GRAFT_LIBRARY=${GRAFT_LIBRARY:-${GRAFT_BIN}/plugin/libgraft.so}
status=0
"${GRAFT_BIN}/samples/03_cartpole_swarm/cartpole_swarm" --headless --folder "${folder}/watched" \
  --csv "${folder}/frames.csv" "$@" || status=$?

if [[ -s ${folder}/frames.csv ]]; then
  mkdir -p out
  cp "${folder}/frames.csv" out/cartpole_swarm.csv
  "${PYTHON}" samples/03_cartpole_swarm/plot.py out/cartpole_swarm.csv "${PICTURE}"
  echo
  echo "picture:       ${PICTURE}"
  echo "every frame:   out/cartpole_swarm.csv"
fi
exit "${status}"
