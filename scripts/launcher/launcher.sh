#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts one Tollway binary: its name is the name this file was installed under.
# JAVA_HOME chooses another JVM than the one found at install time; TOLLWAY_JAVA_OPTS adds options to it.
# A closed descriptor would be that of the next file the JVM opens: what we print would end up there, or
# be read from it. What cannot be written is still told: standard output is for reading only.
{ true 3<&0; } 2> /dev/null || exec < /dev/null
{ true 3>&1; } 2> /dev/null || exec 1< /dev/null
true 3>&2 || exec 2> /dev/null

self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
  esac
done
case $self in */*) here=${self%/*} ;; *) here=. ;; esac
name=${self##*/}
lib=$here/../lib/tollway

home=${JAVA_HOME-}
if [ -z "$home" ] && [ -r "$lib/java-home" ]; then read -r home < "$lib/java-home"; fi
if [ ! -x "$home/bin/java" ]; then
  if [ -n "${JAVA_HOME-}" ]; then
    echo "$name: JAVA_HOME is '$JAVA_HOME', but there is no bin/java in it" >&2
    exit 3
  fi
  java=$(command -v java) || {
    echo "$name: no Java found: install a JRE 17 or newer, or set JAVA_HOME" >&2
    exit 3
  }
  java=$(readlink -f "$java")
  home=${java%/bin/java}
fi
version=
if [ -r "$home/release" ]; then
  while IFS='=' read -r key value; do
    if [ "$key" = JAVA_VERSION ]; then version=${value%\"}; version=${version#\"}; break; fi
  done < "$home/release"
fi
major=${version%%.*}
case $major in ''|*[!0-9]*) major=17 ;; esac
if [ "$major" -lt 17 ]; then
  echo "$name: Java $version is too old: install a JRE 17 or newer, or set JAVA_HOME" >&2
  exit 3
fi

# What relays, serves or computes wants the optimising compiler; a command that ends at once wants to start at once. So does
# 'scrooge run': the kernel forwards, and all the compiler would gain costs a router more than it gives.
mode='-XX:TieredStopAtLevel=1'
for argument in "$@"; do
  case $argument in
    run) mode="$mode -Xss512k"; break ;;
    serve|widget|desktop|pt|puzzle) mode='-Xss512k'; break ;;
  esac
done
if [ "$major" -ge 24 ]; then
  mode="$mode --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
fi

# A refused archive must cost time only, never a line on stdout.
archive=$lib/cds/$name-$version
if [ -r "$archive.aot" ]; then
  mode="$mode -XX:AOTCache=$archive.aot -Xlog:disable -Xlog:all=error:stderr"
elif [ -r "$archive.jsa" ]; then
  mode="$mode -XX:SharedArchiveFile=$archive.jsa -Xlog:disable -Xlog:all=error:stderr"
fi
read -r main < "$lib/$name.main"
read -r classpath < "$lib/classpath"
# The class path is relative to lib/, so an installation may be moved as a whole.
old=$IFS; IFS=:; full=
for jar in $classpath; do full=$full:$lib/$jar; done
IFS=$old

# QUIC's library would parse the system's certificates anew for each connection, and use none: ours are pinned.
# The others may start programs that need them.
[ "$name" != egress ] || export SSL_CERT_FILE=/dev/null

# shellcheck disable=SC2086 # options are words
exec "$home/bin/java" -XX:+UseSerialGC -XX:-UsePerfData $mode ${TOLLWAY_JAVA_OPTS-} \
  -cp "${full#:}" "$main" "$@"
