# SPDX-License-Identifier: Apache-2.0
# Sourced by the other scripts. require NAME program=package …: makes sure that each program is there.
# Root gets what is missing from apt; others are told in one line what to install, exit code 3.

require() {
  local who=$1 pair missing=()
  shift
  PATH=$PATH:/usr/sbin:/sbin
  for pair in "$@"; do
    command -v "${pair%%=*}" > /dev/null || missing+=("${pair#*=}")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
    echo "$who: missing programs; as root: apt-get install ${missing[*]}" >&2
    return 3
  fi
  echo "$who: installing ${missing[*]}" >&2
  # The package lists of a fresh machine may be empty or old: refresh them only when needed.
  if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=120 "${missing[@]}" > /dev/null 2>&1; then
    apt-get update -qq -o DPkg::Lock::Timeout=120 > /dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      -o DPkg::Lock::Timeout=120 "${missing[@]}" > /dev/null || {
      echo "$who: apt-get could not install ${missing[*]}" >&2
      return 3
    }
  fi
}

# A full JDK: the class file compiler and the jar tool.
require_jdk() {
  local who=$1 major
  require "$who" java=openjdk-17-jdk-headless javac=openjdk-17-jdk-headless mvn=maven || return
  major=$(javac -version 2>&1 | sed 's/[^0-9]*\([0-9]*\).*/\1/')
  if [ "${major:-0}" -lt 17 ]; then
    echo "$who: javac is version $major: install openjdk-17-jdk-headless, or set PATH to a newer JDK" >&2
    return 3
  fi
}

# A quiet Maven run, whose complaints go to stderr when it fails. Not with -q: that hides warnings, which break our builds.
maven() {
  local log status=0
  log=$(mktemp)
  mvn -B --no-transfer-progress -Dstyle.color=never "$@" > "$log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then
    { grep -E '^\[(WARNING|ERROR)\]|^mvn:' "$log" || cat "$log"; } | tail -n 60 | sed 's/\x1b\[0m//g' >&2
  fi
  rm -f "$log"
  return "$status"
}
