# A throw-away cluster in a network namespace of its own. Source it, call cluster_start; it cleans up on exit.
KUBESHARP=${KUBESHARP:-$root/artifacts/bin/Host/debug/kubesharp}
KUBECTL=${KUBECTL:-$(command -v kubectl || true)}
tag=ksi$$
work=$(mktemp -d "/tmp/kubesharp-interop.XXXXXX")
server_pid=

in_node() { nsenter --net="/run/netns/$tag" "$@"; }

cluster_start() {
  trap cluster_stop EXIT
  trap 'exit 130' INT TERM
  ip netns add "$tag"
  ip link add "$tag" type veth peer name eth0 netns "$tag"
  ip addr add 198.18.77.1/24 dev "$tag"
  ip link set "$tag" up
  in_node ip link set lo up
  in_node ip addr add 198.18.77.2/24 dev eth0
  in_node ip link set eth0 up
  in_node ip route add default via 198.18.77.1
  mkdir -p "$work/data/images"
  "$root/eng/images/build" "$work/data/images"
  server_launch
  # kubectl keeps what it learned of a server by address: another cluster's answers are not to be mixed in.
  export HOME=$work
  export KUBECONFIG=$work/kubeconfig KUBECTL NODE_NETNS=$tag NODE_IP=198.18.77.2 WORK=$work
  echo "waiting for the node"
  local i
  for i in $(seq 240); do
    in_node "$KUBECTL" get nodes 2>/dev/null | grep -q ' Ready ' && return 0
    kill -0 "$server_pid" 2>/dev/null || break
    sleep 0.5
  done
  echo "the node did not become Ready; the end of its log:" >&2
  tail -40 "$work/server.log" >&2
  exit 1
}

# Writes the launching script once, so that a test can start the server again after it was killed.
server_launch() {
  cat >"$work/launch" <<SCRIPT
#!/usr/bin/env bash
nsenter --net=/run/netns/$tag setsid "$KUBESHARP" server --data-dir "$work/data" --run-dir "$work/run" --write-kubeconfig "$work/kubeconfig" \\
  --https-listen-port 16443 --kubelet-port 20250 --node-name walk --node-ip 198.18.77.2 --cgroup-root "/$tag" \\
  --cluster-cidr 10.142.0.0/16 --service-cidr 10.143.0.0/16 ${SERVER_FLAGS:-} >>"$work/server.log" 2>&1 &
echo \$! >"$work/server.pid"
SCRIPT
  chmod +x "$work/launch"
  "$work/launch"
  server_pid=$(cat "$work/server.pid")
}

cluster_stop() {
  local code=$?
  set +e
  [ $code -ne 0 ] && [ -f "$work/server.log" ] && { echo "--- end of the server's log"; tail -30 "$work/server.log"; } >&2
  [ -f "$work/server.pid" ] && kill "$(cat "$work/server.pid")" 2>/dev/null
  in_node "$KUBESHARP" down --purge --data-dir "$work/data" --run-dir "$work/run" --write-kubeconfig "$work/kubeconfig" --cgroup-root "/$tag" >/dev/null 2>&1
  ip netns del "$tag" 2>/dev/null
  ip link del "$tag" 2>/dev/null
  [ "${KEEP:-}" = 1 ] || rm -rf "$work"
  exit $code
}
