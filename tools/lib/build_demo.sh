#!/usr/bin/env bash
# Builds the demo (demo/) in the host configuration; runpe calls it when no program is named.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
fl_install build host guest
# A tree that was configured without the cross compiler does not know the target yet.
[[ -e $fl_root/build/host/build.ninja ]] && ninja -C "$fl_root/build/host" -t query demo >/dev/null 2>&1 ||
  fl_configure=1
fl_build host "Building the demo" demo
