#!/bin/bash
# The plugin exports one symbol. Everything of LibTorch, oneTBB and Abseil stays inside.
set -euo pipefail
exported=$(nm --dynamic --defined-only --extern-only plugin/libgraft.so | awk '{print $3}')
if [[ "$exported" != "graft_get_api" ]]; then
  echo "expected exactly graft_get_api, found:"
  echo "$exported" | head -50
  exit 1
fi
# Nothing of CUDA is opened at start: a machine without a driver pays nothing for it.
if readelf --dynamic plugin/libgraft.so | grep -E 'NEEDED.*(cuda|cublas|cudnn)'; then
  echo "the plugin must not need a CUDA library at start"
  exit 1
fi
