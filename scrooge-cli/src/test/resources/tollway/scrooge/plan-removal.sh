# the tunnel with r24MX1Kp720po7ddTcUjKSPLXsjYBimBqgwIYdMce6I= on nolink0
ip link delete dev tw3epuqknulxdf4

# the tunnel with Mb/gfAOEv8vHpwQoXmgU7wNE2Xpn5wa7gWxdsu2EXMo= on nolink1
ip link delete dev tw4svb6kjzfshef

# the shares
ip link delete dev ti4umyrii5x6vym

# the policy, last
nft -f - <<'EOF'
table inet tollway {}
delete table inet tollway
table bridge tollway {}
delete table bridge tollway
EOF
