# the policy, before there is anything to forward
nft -f - <<'EOF'
table inet tollway {}
delete table inet tollway
table bridge tollway {}
delete table bridge tollway
table inet tollway {
  counter forwarded {
    comment "epoch 0000000000000000"
  }
  counter dropped {
  }
  counter spoofed {
  }
  set authed {
    type ifname
    comment "tunnels whose neighbour has proved itself"
  }
  map classes {
    type ifname : classid
  }
  map counted_in {
    type ifname : counter
  }
  map counted_out {
    type ifname : counter
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname @authed oifname @authed goto between
    counter name dropped drop comment "reverse path strict"
  }
  chain between {
    jump reverse
    meta priority set iifname map @classes
    counter name iifname map @counted_in
    counter name oifname map @counted_out
    counter name forwarded accept
  }
  chain reverse {
    fib saddr . iif oif exists return
    counter name spoofed drop
  }
}
table bridge tollway {
  counter dropped {
  }
  set links {
    type ifname
    flags interval
    elements = { "nolink*" }
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname @links counter name dropped drop
    oifname @links counter name dropped drop
  }
}
EOF

# a tunnel for r24MX1Kp720po7ddTcUjKSPLXsjYBimBqgwIYdMce6I= on nolink0
env -u WG_PROCESS_FOREGROUND LOG_LEVEL=silent wireguard-go tw3epuqknulxdf4
socat - UNIX-CONNECT:/var/run/wireguard/tw3epuqknulxdf4.sock <<'EOF'
set=1
private_key=PRIVATE-KEY
listen_port=51821
replace_peers=true

EOF
ip -batch - <<'EOF'
link set dev tw3epuqknulxdf4 mtu 1420 addrgenmode none alias tollway:LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU=:r24MX1Kp720po7ddTcUjKSPLXsjYBimBqgwIYdMce6I=:nolink0
address replace fe80:0:0:0:59a3:cf3c:d22e:c4cc/64 dev tw3epuqknulxdf4 nodad
link set dev tw3epuqknulxdf4 up
EOF
echo 1 > /proc/sys/net/ipv4/conf/tw3epuqknulxdf4/forwarding
echo 1 > /proc/sys/net/ipv6/conf/tw3epuqknulxdf4/force_forwarding

# when it has answered with its end of the tunnel
socat - UNIX-CONNECT:/var/run/wireguard/tw3epuqknulxdf4.sock <<'EOF'
set=1
private_key=PRIVATE-KEY
listen_port=51821
replace_peers=true
public_key=ITS-PUBLIC-KEY-FOR-tw3epuqknulxdf4
endpoint=ITS-ENDPOINT-FOR-tw3epuqknulxdf4
persistent_keepalive_interval=25
replace_allowed_ips=true
allowed_ip=0.0.0.0/0
allowed_ip=::/0

EOF

# when a handshake has proved who is there
nft -f - <<'EOF'
table inet tollway {
  counter forwarded {
    comment "epoch 0000000000000000"
  }
  counter dropped {
  }
  counter spoofed {
  }
  set authed {
    type ifname
    comment "tunnels whose neighbour has proved itself"
  }
  map classes {
    type ifname : classid
  }
  map counted_in {
    type ifname : counter
  }
  map counted_out {
    type ifname : counter
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
  }
  chain between {
  }
  chain reverse {
  }
}
table bridge tollway {
  counter dropped {
  }
  set links {
    type ifname
    flags interval
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
  }
}
flush set inet tollway authed
flush map inet tollway classes
flush map inet tollway counted_in
flush map inet tollway counted_out
flush chain inet tollway forward
flush chain inet tollway between
flush chain inet tollway reverse
flush set bridge tollway links
flush chain bridge tollway forward
table inet tollway {
  counter forwarded {
    comment "epoch 0000000000000000"
  }
  counter dropped {
  }
  counter spoofed {
  }
  counter in_tw3epuqknulxdf4 {
    comment "r24MX1Kp720po7ddTcUjKSPLXsjYBimBqgwIYdMce6I="
  }
  counter out_tw3epuqknulxdf4 {
    comment "r24MX1Kp720po7ddTcUjKSPLXsjYBimBqgwIYdMce6I="
  }
  set authed {
    type ifname
    comment "tunnels whose neighbour has proved itself"
    elements = { "tw3epuqknulxdf4" }
  }
  map classes {
    type ifname : classid
  }
  map counted_in {
    type ifname : counter
    elements = { "tw3epuqknulxdf4" : "in_tw3epuqknulxdf4" }
  }
  map counted_out {
    type ifname : counter
    elements = { "tw3epuqknulxdf4" : "out_tw3epuqknulxdf4" }
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname @authed oifname @authed goto between
    counter name dropped drop comment "reverse path strict"
  }
  chain between {
    jump reverse
    meta priority set iifname map @classes
    counter name iifname map @counted_in
    counter name oifname map @counted_out
    counter name forwarded accept
  }
  chain reverse {
    fib saddr . iif oif exists return
    counter name spoofed drop
  }
}
table bridge tollway {
  counter dropped {
  }
  set links {
    type ifname
    flags interval
    elements = { "nolink*" }
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname @links counter name dropped drop
    oifname @links counter name dropped drop
  }
}
EOF
