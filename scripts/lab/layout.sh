# SPDX-License-Identifier: Apache-2.0
# Sourced by the demo and the benchmarks. layout: builds what would be installed, with its class-data
# archive, and prints the directory of the launchers.
layout() {
  local root
  root=$PWD/$(scripts/dist --layout-only) || return
  sh "$root/lib/tollway/archive.sh" "$root/lib/tollway" >&2
  echo "$root/bin"
}
