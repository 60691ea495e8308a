# SPDX-License-Identifier: Apache-2.0
# Sourced by the demo and the benchmarks. layout: prints the directory of the launchers of $TOLLWAY_BIN, or builds
# what would be installed, with its class-data archive.
layout() {
  local root
  if [ -n "${TOLLWAY_BIN-}" ]; then
    echo "$TOLLWAY_BIN/bin"
    return
  fi
  root=$PWD/$(scripts/dist --layout-only) || return
  sh "$root/lib/tollway/archive.sh" "$root/lib/tollway" >&2
  echo "$root/bin"
}
