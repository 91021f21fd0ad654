#!/usr/bin/env bash
# Builds the demo (demo/) in the host configuration; runpe calls it when no program is named.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
fl_install build host guest
fl_build_guest "Building the demo" demo
