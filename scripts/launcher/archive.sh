#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the class-data archives of an installation for the JVM that will run it: archive.sh LIB_DIRECTORY
# An archive is bound to the exact JVM and to the jars' times, so it is made where it is used.
set -eu
lib=$(cd "$1" && pwd)
if [ -n "${JAVA_HOME-}" ]; then
  home=$JAVA_HOME
else
  java=$(readlink -f "$(command -v java)")
  home=${java%/bin/java}
fi
version=$(sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$home/release")
rm -rf "$lib/cds"
mkdir -p "$lib/cds"
echo "$home" > "$lib/java-home"
for main in "$lib"/*.main; do
  name=${main##*/}
  name=${name%.main}
  target=$lib/cds/$name-$version
  case ${version%%.*} in
    1[7-9]|2[0-3]) option=-XX:ArchiveClassesAtExit=$target.jsa ;;
    *) option=-XX:AOTCacheOutput=$target.aot ;;
  esac
  # Printing the completion script walks the whole command tree: what every command loads.
  TOLLWAY_JAVA_OPTS="$option -Xlog:disable -Xlog:all=error:stderr" JAVA_HOME=$home \
    "$lib/../../bin/$name" completion bash > /dev/null 2> "$lib/cds/$name.log" \
    || { cat "$lib/cds/$name.log" >&2; echo "archive.sh: no archive for $name: it will start slower" >&2; }
  rm -f "$lib/cds/$name.log" "$target.aot.config"
done
