# SPDX-License-Identifier: Apache-2.0
# Sourced by mesh and bench-mesh: three nodes in a line, A - B - C, each in a network namespace of its own,
# with one `scrooge run` in each. The cables carry 10.1.0.x, fd01::x (A - B) and 10.2.0.x, fd02::x (B - C),
# the tunnels 10.77.0.x and fd77::x; B's kernel forwards all of it until scrooge says otherwise.
# Set before: who (the caller's name for messages), scrooge (the program). Namespaces are called twm PID - NODE.

export LC_ALL=C.UTF-8 # A decimal point in every clock.
declare -A line_pid=([a]='' [b]='' [c]='') line_number=([a]=1 [b]=2 [c]=3)
declare -A line_links=([a]=ab [b]=ba,bc [c]=cb)
line_work=
line_backend=auto

# Ends the caller with exit code 3 and one line unless the host can do it.
line_require() {
  if [ "$(id -u)" != 0 ]; then
    echo "$who: needs root to build network namespaces" >&2
    exit 3
  fi
  local programs=(ip=iproute2 ping=iputils-ping nft=nftables)
  if ! ip link add dev "twm$$" type wireguard 2> /dev/null; then
    programs+=(wireguard-go=wireguard-go)
  else
    ip link delete dev "twm$$"
    programs+=(wg=wireguard-tools)
  fi
  require "$who" "${programs[@]}" || exit 3
  if ! ip netns add "twm$$-try" 2> /dev/null; then
    echo "$who: this host does not let root make network namespaces: run it on one that does" >&2
    exit 3
  fi
  ip netns delete "twm$$-try"
}

# Sets scrooge: $TOLLWAY_BIN/bin/scrooge, or one that is built and installed below the work directory.
line_program() {
  local prefix=${TOLLWAY_BIN-}
  if [ -z "$prefix" ]; then
    prefix=$line_work/tollway
    echo "$who: building scrooge; TOLLWAY_BIN=PREFIX would use an installed one" >&2
    ../install "$prefix" > "$line_work/install.log" 2>&1 || { cat "$line_work/install.log" >&2; exit 1; }
  fi
  scrooge=$prefix/bin/scrooge
  if [ ! -x "$scrooge" ]; then
    echo "$who: TOLLWAY_BIN is '$prefix', but there is no bin/scrooge in it" >&2
    exit 2
  fi
  "$scrooge" --version > /dev/null || exit 3
}

space() { echo "twm$$-$1"; }
inside() { # inside NODE command…
  local node=$1
  shift
  ip netns exec "$(space "$node")" "$@"
}

line_build() {
  local node
  for node in a b c; do
    ip netns add "$(space $node)"
    # Duplicate address detection would make a fresh cable unusable for a second or two.
    inside $node sh -c 'ip link set lo up
      for which in all default; do echo 0 > /proc/sys/net/ipv6/conf/$which/accept_dad; done
      echo 0 > /proc/sys/net/ipv6/conf/default/dad_transmits'
    mkdir "$line_work/$node"
    "$scrooge" keygen -o "$line_work/$node/key" > /dev/null
  done
  ip link add ab netns "$(space a)" type veth peer name ba netns "$(space b)"
  ip link add bc netns "$(space b)" type veth peer name cb netns "$(space c)"
  cable a ab 10.1.0.1/24 fd01::1/64
  cable b ba 10.1.0.2/24 fd01::2/64
  cable b bc 10.2.0.2/24 fd02::2/64
  cable c cb 10.2.0.3/24 fd02::3/64
  inside a ip route add 10.2.0.0/24 via 10.1.0.2
  inside a ip route add fd02::/64 via fd01::2
  inside c ip route add 10.1.0.0/24 via 10.2.0.2
  inside c ip route add fd01::/64 via fd02::2
  inside b sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
  routes a ab 2 3
  routes b ba 1
  routes b bc 3
  routes c cb 2 1
}

cable() { # cable NODE DEVICE IPV4 IPV6
  inside "$1" ip link set "$2" up
  inside "$1" ip address add "$3" dev "$2"
  inside "$1" ip address add "$4" dev "$2" nodad
}

# routes NODE LINK NUMBER…: NODE reaches these by its tunnel on LINK, as a routing daemon would arrange it:
# scrooge runs the program when a tunnel is up.
routes() {
  local hook=$line_work/$1/on-tunnel link=$2 number
  shift 2
  [ -e "$hook" ] || printf '#!/bin/sh\n# up|down INTERFACE KEY ADDRESS LINK\n[ "$1" = up ] || exit 0\n' > "$hook"
  chmod 755 "$hook"
  for number in "$@"; do
    echo "[ \"\$5\" != $link ] || ip route replace 10.77.0.$number/32 dev \"\$2\""
    echo "[ \"\$5\" != $link ] || ip route replace fd77::$number/128 dev \"\$2\""
  done >> "$hook"
}

micros() { echo "${EPOCHREALTIME/./}"; }
stamped() {
  local text
  while IFS= read -r text; do printf '%s %s\n' "${EPOCHREALTIME/./}" "$text"; done
}

# Starts NODE's daemon. Its log has the time before each line; the last line "scrooge: KEY on …" tells when it
# began to say hello.
line_start() {
  local node=$1 dir=$line_work/$1 number=${line_number[$1]}
  touch "$dir/log"
  micros > "$dir/started"
  ip netns exec "$(space "$node")" "$scrooge" run -i "${line_links[$node]}" --address "10.77.0.$number,fd77::$number" \
    --key "$dir/key" --control "$dir/control" --state "$dir/state" --on-tunnel "$dir/on-tunnel" \
    --backend "$line_backend" \
    > /dev/null 2> >(stamped >> "$dir/log") &
  line_pid[$node]=$!
}

# Waits until NODE's daemon, started last, says hello.
line_ready() {
  local deadline=$((SECONDS + 60))
  until [ -n "$(hello_time "$1")" ]; do
    if [ ! -d "/proc/${line_pid[$1]}" ] || [ $SECONDS -gt $deadline ]; then
      echo "$who: scrooge run in $1: $(tail -n 1 "$line_work/$1/log" | cut -d ' ' -f 2-)" >&2
      return 1
    fi
    read -r -t 0.02 <> <(:) || true
  done
}

hello_time() {
  awk -v started="$(< "$line_work/$1/started")" \
    '$1 >= started && $2 == "scrooge:" && / on .*, control socket / { print $1; exit }' "$line_work/$1/log"
}

ask() { # ask NODE command…
  local node=$1
  shift
  "$scrooge" "$@" --control "$line_work/$node/control"
}

# Stops NODE's daemon, which removes what it made.
line_stop() {
  ask "$1" stop
  wait "${line_pid[$1]}" || { echo "$who: the daemon of $1 ended with $?" >&2; return 1; }
  line_pid[$1]=
}

line_kill() { # SIGKILL to NODE's daemon
  kill -KILL "${line_pid[$1]}"
  wait "${line_pid[$1]}" 2> /dev/null || true
  line_pid[$1]=
}

tunnels() { inside "$1" ip -o link show | sed -n 's/^[0-9]*: \(tw[a-z2-7]*\)[@:].*/\1/p'; }

# As if NODE were switched off and on: no tunnel, no policy, no memory but its key.
line_forget() {
  local tunnel
  for tunnel in $(tunnels "$1"); do inside "$1" ip link delete dev "$tunnel"; done
  inside "$1" nft flush ruleset
  rm -rf "$line_work/$1/state"
}

# reach NODE SECONDS ADDRESS…: waits until every address has answered once; prints the time of the last answer.
reach() {
  local node=$1 deadline=$(($(micros) + $2 * 1000000)) address
  shift 2
  for address in "$@"; do
    # One process asks every 10 ms; it gives up only where there is no route yet.
    until inside "$node" ping -n -q -i 0.01 -c 1 -w 1 "$address" > /dev/null 2>&1; do
      [ "$(micros)" -lt "$deadline" ] || return 1
    done
  done
  micros
}

answers() { inside "$1" ping -n -q -c 1 -W 1 "${@:2}" > /dev/null 2>&1; }

since() { # since NODE start|hello TIME: seconds from there to TIME
  local from
  case $2 in
    start) from=$(< "$line_work/$1/started") ;;
    hello) from=$(hello_time "$1") ;;
  esac
  awk -v a="$from" -v b="$3" 'BEGIN { printf "%.3f", (b - a) / 1e6 }'
}

# What a killed run left: namespaces and directories carry its process id.
line_sweep() {
  local name pid
  for name in $(ip netns list 2> /dev/null | sed -n 's/^\(twm[0-9][0-9]*-[a-et][^ ]*\).*/\1/p'); do
    pid=${name#twm}
    pid=${pid%%-*}
    if [ "$pid" = $$ ] || [ ! -d "/proc/$pid" ]; then line_remove "$name"; fi
  done
  for name in /tmp/tollway-mesh-*; do
    pid=${name#/tmp/tollway-mesh-}
    pid=${pid%%.*}
    if [ -O "$name" ] && [ ! -d "/proc/$pid" ]; then rm -rf "$name"; fi
  done
}

# Daemons first; a wireguard-go ends with its interface, and takes its socket with it.
line_remove() {
  local pids link
  pids=$(ip netns pids "$1" 2> /dev/null | while read -r pid; do
    case $(readlink "/proc/$pid/exe") in */wireguard-go) ;; *) echo "$pid" ;; esac
  done)
  [ -z "$pids" ] || kill -KILL $pids 2> /dev/null || true
  for link in $(ip -n "$1" -o link show 2> /dev/null | sed -n 's/^[0-9]*: \(tw[a-z2-7]*\)[@:].*/\1/p'); do
    ip -n "$1" link delete dev "$link" 2> /dev/null || true
    rm -f "/run/wireguard/$link.sock"
  done
  pids=$(ip netns pids "$1" 2> /dev/null) || true
  [ -z "$pids" ] || kill -KILL $pids 2> /dev/null || true
  ip netns delete "$1" 2> /dev/null || true
}

line_open() {
  line_work=$(mktemp -d "/tmp/tollway-mesh-$$.XXXXXX")
  trap line_close EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  line_sweep
}

line_close() {
  local code=$?
  trap '' HUP INT TERM
  set +e
  if [ "$code" != 0 ] && [ -n "${TOLLWAY_LAB_LOGS-}" ]; then
    tail -n 40 "$line_work"/*/log >&2
  fi
  exec 2> /dev/null # The shell would report each process that is killed now.
  line_sweep
  rm -rf "$line_work"
  exit "$code"
}
