#!/usr/bin/env bash
# fetch_wine.sh [--quiet]: brings what Windows programs run on: Debian's own Wine (the DLLs, programs
# and .nls files of libwine for i386) and zlib1.dll into build/wine/system32, and our own DLLs (user/),
# built. Quick when they are there; callers take turns.
#
# apt works in a folder of its own under build/, with this machine's sources and keys: it checks the
# signatures, and neither the machine's package lists nor dpkg see anything of it. One index of several
# may fail (of updates that do not matter here): what counts is whether the packages come.
set -euo pipefail

complete=build/wine/complete-1  # Another number whenever what is unpacked changes.
ours=build/host/user/system32/bcryptprimitives.dll
# Every start of a Windows program asks: no process for the usual answer.
root=${BASH_SOURCE[0]%/*}/../..
[[ ! -e $root/$complete || ! -e $root/$ours ]] || exit 0

fl_failure_status=${fl_failure_status:-248}
[[ ${1:-} != --quiet ]] || fl_quiet=1
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

cd "$fl_root"
wine=$fl_root/build/wine

# apt's hooks after an update would tell the machine about it.
write_apt_configuration() {
  cat >"$1/apt.conf" <<END
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT { Architecture "i386"; Architectures { "i386"; }; Sandbox::User "root"; };
APT::Get::AllowUnauthenticated "false";
Acquire { Languages "none"; Retries "3";
  AllowInsecureRepositories "false"; AllowDowngradeToInsecureRepositories "false"; };
Dir::State "$1/state"; Dir::State::status "/dev/null"; Dir::Cache "$1/cache";
END
}

# download FOLDER: both packages, into FOLDER/packages.
download() {
  mkdir -p "$1"/{state/lists/partial,cache/archives/partial,packages}
  write_apt_configuration "$1"
  apt-get -q -c="$1/apt.conf" update || echo "(not every index came)"
  cd "$1/packages"
  apt-get -q -c="$1/apt.conf" download libwine libz-mingw-w64
}

# unpack FOLDER: the packages' 32-bit PE files and .nls files, into FOLDER/new. Not the 16-bit
# ones, and no drivers: nothing here could use them.
unpack() {
  local new=$1/new name
  mkdir "$new" "$new/system32" && cd "$1/packages" || return
  dpkg-deb --fsys-tarfile libwine_*.deb |
    tar -x -C "$new/system32" --wildcards --transform='s,.*/,,' --exclude='*.*16' --exclude='*.vxd' \
      --exclude='*.sys' './usr/lib/i386-linux-gnu/wine/i386-windows/*.*' './usr/share/wine/nls/*.nls' ||
    return
  dpkg-deb --fsys-tarfile libwine_*.deb |
    tar -x -C "$new" --transform='s,.*/,,' ./usr/share/doc/libwine/copyright || return
  dpkg-deb --fsys-tarfile libz-mingw-w64_*.deb |
    tar -x -C "$new/system32" --transform='s,.*/,,' ./usr/i686-w64-mingw32/lib/zlib1.dll || return
  dpkg-deb -f libwine_*.deb Version >"$new/version" || return
  chmod -R u=rwX,go=rX "$new" || return
  for name in ntdll.dll kernel32.dll apisetschema.dll cmd.exe locale.nls zlib1.dll; do
    [[ -s $new/system32/$name ]] || { echo "there is no $name in the packages"; return 1; }
  done
}

bring() {
  fl_install wine
  # One caller at a time is here: what lies there was left by one that was killed.
  local folder=$wine.new
  rm -rf "$folder"
  mkdir "$folder"
  fl_slowly "Fetching Wine's DLLs (95 MB)" download "$folder" ||
    { rm -rf "$folder"; fl_fail "could not fetch Debian's libwine (i386) and libz-mingw-w64 (no network?)"; }
  fl_slowly "Unpacking Wine's DLLs (570 MB)" unpack "$folder" ||
    { rm -rf "$folder"; fl_fail "could not unpack Debian's libwine and libz-mingw-w64 (disk full?)"; }
  touch "$folder/new/${complete##*/}"
  rm -rf "$wine"
  mv "$folder/new" "$wine"
  rm -rf "$folder"
}

mkdir -p build
if [[ ! -e $complete ]]; then
  exec 7>>build/.lock-wine && flock 7
  [[ -e $complete ]] || bring
  exec 7>&-
fi

if [[ ! -e $ours ]]; then
  fl_install build host guest
  fl_build_guest "Building our own user-mode DLLs" user_dlls
fi
