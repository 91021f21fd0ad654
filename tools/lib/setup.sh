# Sourced by the tools: installs what is missing and builds what is out of date.
# Quiet when there is nothing to do; one line on stderr for anything that takes over two seconds.

fl_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
fl_quiet=${fl_quiet:-0}

fl_fail() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  exit "${fl_failure_status:-1}"
}

# fl_slowly TEXT COMMAND...: runs COMMAND; says TEXT if it takes over two seconds; shows what it
# printed only if it failed.
fl_slowly() {
  local text=$1 log status=0
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null &
  local command=$!
  if [[ $fl_quiet = 0 ]]; then
    (
      sleep 2 2>/dev/null  # It outlives the kill below: it must hold neither our stderr nor our locks.
      printf '%s...\n' "$text" >&2
    ) </dev/null >/dev/null 7>&- 8>&- 9>&- &
    local announcer=$!
    disown "$announcer"
  fi
  wait "$command" || status=$?
  if [[ $fl_quiet = 0 ]]; then kill "$announcer" 2>/dev/null || true; fi
  if [[ $status != 0 ]]; then tail -n 60 "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# fl_has FILE | COMMAND | package:NAME
fl_has() {
  case $1 in
    /*) [[ -e $1 ]] ;;
    package:*) [[ $(dpkg-query -W -f '${Status}' "${1#package:}" 2>/dev/null) = *" installed" ]] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

# A group's needs: what shows that it is there, and the Debian package that brings it.
fl_needs() {
  case $1 in
    build) cat <<'LIST'
cmake cmake
ninja ninja-build
g++ g++
package:g++-multilib g++-multilib
nasm nasm
python3 python3
LIST
      ;;
    run) cat <<'LIST'
qemu-system-i386 qemu-system-x86
mcopy mtools
python3 python3
LIST
      ;;
    guest) cat <<'LIST'
i686-w64-mingw32-gcc-win32 gcc-mingw-w64-i686-win32
LIST
      ;;
    nt) cat <<'LIST'
i686-w64-mingw32-g++-posix g++-mingw-w64-i686-posix
LIST
      ;;
    wine) cat <<'LIST'
apt-get apt
dpkg-deb dpkg
tar tar
flock util-linux
LIST
      ;;
    wine_machine) cat <<'LIST'
mke2fs e2fsprogs
LIST
      ;;
    host) cat <<'LIST'
/usr/include/gtest/gtest.h libgtest-dev
LIST
      ;;
    test) cat <<'LIST'
/usr/include/gtest/gtest.h libgtest-dev
/usr/include/benchmark/benchmark.h libbenchmark-dev
/usr/include/boost/intrusive/rbtree.hpp libboost-dev
clang-format clang-format
fsck.fat dosfstools
LIST
      ;;
    fuzz) cat <<'LIST'
clang++ clang
package:libclang-rt-dev libclang-rt-dev
LIST
      ;;
    gdb) cat <<'LIST'
gdb gdb
LIST
      ;;
    browser) cat <<'LIST'
chromium-headless-shell chromium-headless-shell
LIST
      ;;
    lint) cat <<'LIST'
clang-tidy clang-tidy
clang++ clang
LIST
      ;;
    iso) cat <<'LIST'
/usr/lib/grub/i386-pc/multiboot.mod grub-pc-bin
grub-mkrescue grub-common
xorriso xorriso
mcopy mtools
LIST
      ;;
    *) fl_fail "no such group of packages: $1" ;;
  esac
}

# fl_install GROUP...: installs the packages of the groups that are missing.
fl_install() {
  local group shown package missing=()
  PATH=$PATH:/usr/sbin:/sbin
  for group in "$@"; do
    while read -r shown package; do
      fl_has "$shown" || missing+=("$package")
    done < <(fl_needs "$group")
  done
  [[ ${#missing[@]} = 0 ]] && return 0
  command -v apt-get >/dev/null || fl_fail "missing: ${missing[*]} (and there is no apt-get here)"
  local as_root=(env DEBIAN_FRONTEND=noninteractive)
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || fl_fail "missing: ${missing[*]}; install them as root, or install sudo"
    as_root=(sudo "${as_root[@]}")
  fi
  local lock=/tmp/faultline-install.lock
  exec 9>>"$lock" && { flock 9 2>/dev/null || true; }
  fl_slowly "Installing ${missing[*]}" fl_apt_install "${as_root[@]}" -- "${missing[@]}" ||
    fl_fail "could not install: ${missing[*]} (no network?)"
  exec 9>&-
  for group in "$@"; do
    while read -r shown package; do
      fl_has "$shown" || fl_fail "$package was installed, but $shown is not there"
    done < <(fl_needs "$group")
  done
}

fl_apt_install() {
  local as_root=()
  while [[ $1 != -- ]]; do
    as_root+=("$1")
    shift
  done
  shift
  local install=("${as_root[@]}" apt-get install -y -q --no-install-recommends
                 -o DPkg::Lock::Timeout=300 "$@")
  # Package lists may be absent or old: fetch them, and only then say that it cannot be done.
  "${install[@]}" || { "${as_root[@]}" apt-get update -q && "${install[@]}"; }
}

# fl_build PRESET TEXT [TARGET...]: configures if need be and builds. Two callers take turns.
fl_build() {
  local preset=$1 text=$2
  shift 2
  mkdir -p "$fl_root/build"
  exec 8>>"$fl_root/build/.lock-$preset" && flock 8
  fl_slowly "$text" fl_cmake_build "$preset" "$@" || fl_fail "the build of '$preset' failed"
  exec 8>&-
}

# fl_build_guest TEXT [TARGET...]: builds in the host configuration what the cross compiler makes. A
# tree that was configured before it was installed does not know these targets yet.
fl_build_guest() {
  [[ -e $fl_root/build/host/build.ninja ]] &&
    ninja -C "$fl_root/build/host" -t query guest_runtime >/dev/null 2>&1 || local fl_configure=1
  fl_build host "$@"
}

fl_cmake_build() {
  local preset=$1 targets=()
  shift
  [[ $# = 0 ]] || targets=(--target "$@")
  cd "$fl_root"
  if [[ ! -e build/$preset/build.ninja || -n ${fl_configure:-} ]]; then
    cmake --preset "$preset"
  fi
  cmake --build "build/$preset" "${targets[@]}"
}
