#!/usr/bin/env bash
# Starts and stops a server with ZooKeeper's command line. What it prints and its exit codes are ZooKeeper's too,
# because unit files and monitoring read them.

zk_usage() {
  echo "Usage: $0 [--config <conf-dir>] {start|start-foreground|stop|version|restart|status|print-cmd} [config file]" >&2
  exit 1
}

if [[ ${1:-} == --config ]]; then
  if [[ ! -d ${2:-} ]]; then
    echo "Error: --config needs a directory, and '${2:-}' is none" >&2
    exit 1
  fi
  ZOOCFGDIR=$2
  shift 2
fi
zk_command=${1:-}
case $zk_command in
  start | start-foreground | restart | version | print-cmd) ;;
  stop | status) PADDOCK_NO_JAVA=1 ;;
  *) zk_usage ;;
esac

source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/zkEnv.sh"

zk_jmx=()
if [[ -z ${JMXDISABLE:-} || $JMXDISABLE == false ]]; then
  echo 'ZooKeeper JMX enabled by default' >&2
  # Tools on this machine attach to a JVM without any flag; flags are for the network only.
  if [[ -n ${JMXPORT:-} ]]; then
    zk_jmx=("-Dcom.sun.management.jmxremote.port=$JMXPORT"
      "-Dcom.sun.management.jmxremote.authenticate=${JMXAUTH:-false}"
      "-Dcom.sun.management.jmxremote.ssl=${JMXSSL:-false}"
      "-Dcom.sun.management.jmxremote.local.only=${JMXLOCALONLY:-false}")
  fi
else
  echo 'JMX disabled by user request' >&2
fi

# A bare name is a file of the configuration directory, anything with a directory is a path.
if [[ -n ${2:-} ]]; then
  if [[ $2 == */* ]]; then ZOOCFG=$2; else ZOOCFG=$ZOOCFGDIR/$2; fi
fi
if [[ $zk_command != version ]]; then
  echo "Using config: $ZOOCFG" >&2
fi

zk_data_dir=$(paddock_config dataDir "$ZOOCFG")
: "${ZOOPIDFILE:=$zk_data_dir/zookeeper_server.pid}"
zk_out=$ZOO_LOG_DIR/zookeeper-${USER:-$(id -un)}-server-${HOSTNAME:-localhost}.out

# Sets zk_java to the whole command of the server.
zk_server_command() {
  zk_java=("${ZK_SERVER_COMMAND[@]}" -XX:+HeapDumpOnOutOfMemoryError "-XX:HeapDumpPath=$ZOO_LOG_DIR"
    -XX:+ExitOnOutOfMemoryError)
  [[ -n ${ZOO_DATADIR_AUTOCREATE_DISABLE:-} ]] && zk_java+=(-Dzookeeper.datadir.autocreate=false)
  zk_java+=(${zk_jmx[@]+"${zk_jmx[@]}"} -cp "$CLASSPATH" ${zk_server_words[@]+"${zk_server_words[@]}"}
    io.paddock.server.ServerMain "$ZOOCFG")
}

# Whether process $1 runs. Not kill -0 where there is /proc: it fails for another user's process, and still succeeds
# for one that ended but that nobody has waited for yet (in containers that can take seconds).
zk_runs() {
  local status
  if [[ -d /proc/self ]]; then
    status=$(cat "/proc/$1/status" 2> /dev/null) && [[ $status != *$'\nState:\tZ'* ]]
  else
    kill -0 "$1" 2> /dev/null
  fi
}

zk_pid() { [[ -f $ZOOPIDFILE ]] && head -n 1 "$ZOOPIDFILE"; }

zk_start() {
  local pid
  echo -n 'Starting zookeeper ... '
  pid=$(zk_pid)
  if [[ -n $pid ]] && zk_runs "$pid"; then
    echo "already running as process $pid."
    exit 1
  fi
  if [[ ! -r $ZOOCFG ]]; then
    echo 'FAILED TO START'
    echo "cannot read $ZOOCFG; a first one: cp $PADDOCK_ROOT/conf/zoo_sample.cfg $ZOOCFGDIR/zoo.cfg" >&2
    exit 1
  fi
  if ! mkdir -p "$ZOO_LOG_DIR" || ! : > "$zk_out"; then
    echo 'FAILED TO START'
    echo "cannot write $zk_out; ZOO_LOG_DIR names another directory" >&2
    exit 1
  fi
  zk_server_command
  nohup "${zk_java[@]}" > "$zk_out" 2>&1 < /dev/null &
  pid=$!
  # The server creates a missing data directory itself, unless told not to; its process id must go somewhere at once.
  if [[ -z ${ZOO_DATADIR_AUTOCREATE_DISABLE:-} ]]; then
    mkdir -p "$(dirname "$ZOOPIDFILE")" 2> /dev/null
  fi
  if ! echo "$pid" > "$ZOOPIDFILE"; then
    kill "$pid"
    echo 'FAILED TO WRITE PID'
    exit 1
  fi 2> /dev/null
  # Until it serves, has ended, or is only slow: a large tree may take its time.
  for ((waited = 0; waited < 100; waited++)); do
    if ! zk_runs "$pid"; then
      echo 'SERVER DID NOT START'
      tail -n 3 "$zk_out" >&2
      rm -f "$ZOOPIDFILE"
      exit 1
    fi
    grep -qE 'Serving clients on|takes its seat' "$zk_out" && break
    sleep 0.1
  done
  echo 'STARTED'
}

zk_stop() {
  local pid
  echo -n 'Stopping zookeeper ... '
  pid=$(zk_pid)
  if [[ -z $pid ]]; then
    echo "no zookeeper to stop (could not find file $ZOOPIDFILE)"
    return 0
  fi
  kill "$pid" 2> /dev/null
  rm -f "$ZOOPIDFILE"
  # Waits for its end, so that a start right after finds port and data directory free.
  for ((zk_wait = 0; zk_wait < 300; zk_wait++)); do
    zk_runs "$pid" || break
    sleep 0.1
  done
  if zk_runs "$pid"; then
    echo "process $pid still runs 30 s after SIGTERM" >&2
  fi
  echo 'STOPPED'
}

# Sets zk_host, zk_port and zk_ssl from the configuration; fails when no client port stands anywhere.
zk_find_port() {
  local dynamic line client myid='[0-9]+'
  zk_ssl=false
  zk_port=$(paddock_config clientPort "$ZOOCFG")
  zk_host=$(paddock_config clientPortAddress "$ZOOCFG")
  if [[ -z $zk_port ]]; then
    # Then it stands behind the semicolon of this server's own line, here or in the dynamic file.
    dynamic=$(paddock_config dynamicConfigFile "$ZOOCFG")
    [[ -r $zk_data_dir/myid ]] && read -r myid < "$zk_data_dir/myid"
    line=$(grep -hE "^[[:space:]]*server\.$myid[[:space:]]*=" "$ZOOCFG" ${dynamic:+"$dynamic"} 2> /dev/null | tail -n 1)
    if [[ $line == *';'* ]]; then
      client=${line##*;} client=${client//[[:space:]]/}
      zk_port=${client##*:}
      [[ $client == *:* ]] && zk_host=${client%:*}
    fi
  fi
  if [[ -z $zk_port ]]; then
    zk_port=$(paddock_config secureClientPort "$ZOOCFG")
    zk_host=$(paddock_config secureClientPortAddress "$ZOOCFG")
    zk_ssl=true
  fi
  zk_host=${zk_host#[} zk_host=${zk_host%]}
  : "${zk_host:=localhost}"
  [[ -n $zk_port ]]
}

# Asks the server for srvr and prints its answer. Bash's own sockets, so that it costs no JVM; TLS needs one.
zk_ask() {
  if [[ $zk_ssl == true ]]; then
    unset PADDOCK_NO_JAVA
    source "$PADDOCK_ROOT/bin/zkEnv.sh"
    timeout 10 "${ZK_CLIENT_COMMAND[@]}" org.apache.zookeeper.client.FourLetterWordMain \
      "$zk_host" "$zk_port" srvr true
  else
    timeout 10 bash -c 'exec 3<> "/dev/tcp/$0/$1" && printf srvr >&3 && cat <&3' "$zk_host" "$zk_port"
  fi 2> /dev/null
}

zk_status() {
  local answer mode
  if ! zk_find_port; then
    echo "no client port found in $ZOOCFG" >&2
    exit 1
  fi
  echo "Client port found: $zk_port. Client address: $zk_host. Client SSL: $zk_ssl."
  answer=$(zk_ask)
  mode=$(grep '^Mode: ' <<< "$answer")
  if [[ -n $mode ]]; then
    echo "$mode"
    exit 0
  fi
  if [[ $answer == *'not currently serving requests'* ]]; then
    echo "the server answers, but has no leader; its log says whom it waits for, and ./paddock doctor $ZOOCFG why" >&2
  fi
  [[ $answer == *whitelist* ]] && echo "the server answers, but 4lw.commands.whitelist lacks srvr" >&2
  echo 'Error contacting service. It is probably not running.'
  exit 1
}

case $zk_command in
  start) zk_start ;;
  start-foreground)
    zk_server_command
    if [[ -n ${ZOO_NOEXEC:-} ]]; then
      "${zk_java[@]}"
    else
      exec "${zk_java[@]}"
    fi
    ;;
  print-cmd)
    zk_server_command
    printf '%q ' "${zk_java[@]}"
    printf '> %q 2>&1 < /dev/null\n' "$zk_out"
    ;;
  stop) zk_stop ;;
  restart)
    zk_stop
    zk_start
    ;;
  status) zk_status ;;
  version) exec "${ZK_CLIENT_COMMAND[@]}" io.paddock.dist.Paddock version ;;
esac
