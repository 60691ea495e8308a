# the share, before there is anybody to divide it among
ip link add dev ti4umyrii5x6vym type ifb
ip -batch - <<'EOF'
link set dev ti4umyrii5x6vym addrgenmode none
link set dev ti4umyrii5x6vym up
EOF
tc qdisc add dev ti4umyrii5x6vym root handle 1: htb default 2
tc -batch - <<'EOF'
class replace dev ti4umyrii5x6vym parent 1: classid 1:fff0 htb prio 0 rate 50000kbit ceil 50000kbit burst 31250 cburst 31250 quantum 1514
class replace dev ti4umyrii5x6vym parent 1:fff0 classid 1:1 htb prio 1 rate 20000kbit ceil 20000kbit burst 12500 cburst 12500 quantum 1514
class replace dev ti4umyrii5x6vym parent 1:fff0 classid 1:2 htb prio 0 rate 30000kbit ceil 50000kbit burst 18750 cburst 31250 quantum 6056
qdisc replace dev ti4umyrii5x6vym parent 1:2 handle 2: fq_codel target 5ms
EOF

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
ip link add dev tw3epuqknulxdf4 type wireguard
wg setconf tw3epuqknulxdf4 /dev/stdin <<'EOF'
[Interface]
PrivateKey = PRIVATE-KEY
ListenPort = 51821
EOF
ip -batch - <<'EOF'
link set dev tw3epuqknulxdf4 mtu 1420 addrgenmode none alias tollway:LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU=:r24MX1Kp720po7ddTcUjKSPLXsjYBimBqgwIYdMce6I=:nolink0
address replace fe80:0:0:0:59a3:cf3c:d22e:c4cc/64 dev tw3epuqknulxdf4 nodad
address replace 10.77.0.1/32 dev tw3epuqknulxdf4
address replace fd77:0:0:0:0:0:0:1/128 dev tw3epuqknulxdf4 nodad
link set dev tw3epuqknulxdf4 up
EOF
echo 1 > /proc/sys/net/ipv4/conf/tw3epuqknulxdf4/forwarding
echo 1 > /proc/sys/net/ipv6/conf/tw3epuqknulxdf4/force_forwarding

# when it has answered with its end of the tunnel
wg setconf tw3epuqknulxdf4 /dev/stdin <<'EOF'
[Interface]
PrivateKey = PRIVATE-KEY
ListenPort = 51821

[Peer]
PublicKey = ITS-PUBLIC-KEY-FOR-tw3epuqknulxdf4
Endpoint = ITS-ENDPOINT-FOR-tw3epuqknulxdf4
PersistentKeepalive = 25
AllowedIPs = 0.0.0.0/0, ::/0
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
    elements = { "tw3epuqknulxdf4" : 1:5806 }
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
ip -batch - <<'EOF'
link set dev ti4umyrii5x6vym addrgenmode none
link set dev ti4umyrii5x6vym up
EOF
tc -batch - <<'EOF'
class replace dev ti4umyrii5x6vym parent 1: classid 1:fff0 htb prio 0 rate 50000kbit ceil 50000kbit burst 31250 cburst 31250 quantum 1514
class replace dev ti4umyrii5x6vym parent 1:fff0 classid 1:1 htb prio 1 rate 20000kbit ceil 20000kbit burst 12500 cburst 12500 quantum 1514
class replace dev ti4umyrii5x6vym parent 1:fff0 classid 1:2 htb prio 0 rate 30000kbit ceil 50000kbit burst 18750 cburst 31250 quantum 6056
qdisc replace dev ti4umyrii5x6vym parent 1:2 handle 2: fq_codel target 5ms
class replace dev ti4umyrii5x6vym parent 1:1 classid 1:5806 htb prio 1 rate 20000kbit ceil 20000kbit burst 12500 cburst 12500 quantum 1514
qdisc replace dev ti4umyrii5x6vym parent 1:5806 handle 5806: fq_codel target 5ms
EOF
tc -batch - <<'EOF'
qdisc replace dev tw3epuqknulxdf4 clsact
filter replace dev tw3epuqknulxdf4 egress protocol all prio 1 handle 800::800 u32 match u32 0 0 action mirred egress redirect dev ti4umyrii5x6vym
EOF

# a tunnel for Mb/gfAOEv8vHpwQoXmgU7wNE2Xpn5wa7gWxdsu2EXMo= on nolink1
ip link add dev tw4svb6kjzfshef type wireguard
wg setconf tw4svb6kjzfshef /dev/stdin <<'EOF'
[Interface]
PrivateKey = PRIVATE-KEY
ListenPort = 51822
EOF
ip -batch - <<'EOF'
link set dev tw4svb6kjzfshef mtu 1420 addrgenmode none alias tollway:LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU=:Mb/gfAOEv8vHpwQoXmgU7wNE2Xpn5wa7gWxdsu2EXMo=:nolink1
address replace fe80:0:0:0:59a3:cf3c:d22e:c4cc/64 dev tw4svb6kjzfshef nodad
address replace 10.77.0.1/32 dev tw4svb6kjzfshef
address replace fd77:0:0:0:0:0:0:1/128 dev tw4svb6kjzfshef nodad
link set dev tw4svb6kjzfshef up
EOF
echo 1 > /proc/sys/net/ipv4/conf/tw4svb6kjzfshef/forwarding
echo 1 > /proc/sys/net/ipv6/conf/tw4svb6kjzfshef/force_forwarding

# when it has answered with its end of the tunnel
wg setconf tw4svb6kjzfshef /dev/stdin <<'EOF'
[Interface]
PrivateKey = PRIVATE-KEY
ListenPort = 51822

[Peer]
PublicKey = ITS-PUBLIC-KEY-FOR-tw4svb6kjzfshef
Endpoint = ITS-ENDPOINT-FOR-tw4svb6kjzfshef
PersistentKeepalive = 25
AllowedIPs = 0.0.0.0/0, ::/0
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
  counter in_tw4svb6kjzfshef {
    comment "Mb/gfAOEv8vHpwQoXmgU7wNE2Xpn5wa7gWxdsu2EXMo="
  }
  counter out_tw4svb6kjzfshef {
    comment "Mb/gfAOEv8vHpwQoXmgU7wNE2Xpn5wa7gWxdsu2EXMo="
  }
  set authed {
    type ifname
    comment "tunnels whose neighbour has proved itself"
    elements = { "tw3epuqknulxdf4", "tw4svb6kjzfshef" }
  }
  map classes {
    type ifname : classid
    elements = { "tw3epuqknulxdf4" : 1:5806, "tw4svb6kjzfshef" : 1:4571 }
  }
  map counted_in {
    type ifname : counter
    elements = { "tw3epuqknulxdf4" : "in_tw3epuqknulxdf4", "tw4svb6kjzfshef" : "in_tw4svb6kjzfshef" }
  }
  map counted_out {
    type ifname : counter
    elements = { "tw3epuqknulxdf4" : "out_tw3epuqknulxdf4", "tw4svb6kjzfshef" : "out_tw4svb6kjzfshef" }
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
ip -batch - <<'EOF'
link set dev ti4umyrii5x6vym addrgenmode none
link set dev ti4umyrii5x6vym up
EOF
tc -batch - <<'EOF'
class replace dev ti4umyrii5x6vym parent 1: classid 1:fff0 htb prio 0 rate 50000kbit ceil 50000kbit burst 31250 cburst 31250 quantum 1514
class replace dev ti4umyrii5x6vym parent 1:fff0 classid 1:1 htb prio 1 rate 20000kbit ceil 20000kbit burst 12500 cburst 12500 quantum 1514
class replace dev ti4umyrii5x6vym parent 1:fff0 classid 1:2 htb prio 0 rate 30000kbit ceil 50000kbit burst 18750 cburst 31250 quantum 6056
qdisc replace dev ti4umyrii5x6vym parent 1:2 handle 2: fq_codel target 5ms
class replace dev ti4umyrii5x6vym parent 1:1 classid 1:4571 htb prio 1 rate 5000kbit ceil 20000kbit burst 3125 cburst 12500 quantum 1514
qdisc replace dev ti4umyrii5x6vym parent 1:4571 handle 4571: fq_codel target 5ms
class replace dev ti4umyrii5x6vym parent 1:1 classid 1:5806 htb prio 1 rate 15000kbit ceil 20000kbit burst 9375 cburst 12500 quantum 4542
qdisc replace dev ti4umyrii5x6vym parent 1:5806 handle 5806: fq_codel target 5ms
EOF
tc -batch - <<'EOF'
qdisc replace dev tw3epuqknulxdf4 clsact
filter replace dev tw3epuqknulxdf4 egress protocol all prio 1 handle 800::800 u32 match u32 0 0 action mirred egress redirect dev ti4umyrii5x6vym
qdisc replace dev tw4svb6kjzfshef clsact
filter replace dev tw4svb6kjzfshef egress protocol all prio 1 handle 800::800 u32 match u32 0 0 action mirred egress redirect dev ti4umyrii5x6vym
EOF
