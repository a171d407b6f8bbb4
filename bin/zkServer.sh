#!/usr/bin/env bash
# Starts and stops a server with ZooKeeper's command line. What it prints and its exit codes are ZooKeeper's too,
# because unit files and monitoring read them.
#
# Where a configuration's data is and whose, it asks Java (ConfigAnswers): nobody but the server's own reader reads
# zoo.cfg and myid. What runs, it learns from the note in version-2/paddock.lock, which a server writes and rewrites
# when its client port is open.

# Called as "sh zkServer.sh", it goes on in bash.
if [ -z "${BASH_VERSION:-}" ]; then exec bash "$0" "$@"; fi
set +o posix

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
  stop | status) PADDOCK_NO_BUILD=1 ;;
  *) zk_usage ;;
esac

source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/zkEnv.sh"

zk_jmx=()
if [[ -n ${JMXDISABLE:-} && $JMXDISABLE != false ]]; then
  echo 'JMX disabled by user request' >&2
elif [[ -n ${JMXPORT:-} ]]; then
  # Tools on this machine attach to a JVM without any flag; flags are for the network only.
  echo "JMX on port $JMXPORT has the JVM's own beans (memory, threads, collectors); ZooKeeper's are not there yet" >&2
  zk_jmx=("-Dcom.sun.management.jmxremote.port=$JMXPORT"
    "-Dcom.sun.management.jmxremote.authenticate=${JMXAUTH:-false}"
    "-Dcom.sun.management.jmxremote.ssl=${JMXSSL:-false}"
    "-Dcom.sun.management.jmxremote.local.only=${JMXLOCALONLY:-false}")
fi

# A bare name is a file of the configuration directory (or, if only there, of the working directory), anything with a
# directory is a path.
if [[ -n ${2:-} ]]; then
  if [[ $2 == */* || ! -e $ZOOCFGDIR/$2 && -e $2 ]]; then ZOOCFG=$2; else ZOOCFG=$ZOOCFGDIR/$2; fi
fi
if [[ $zk_command != version ]]; then
  echo "Using config: $ZOOCFG" >&2
fi

zk_out=$ZOO_LOG_DIR/zookeeper-$zk_user-server-${HOSTNAME:-localhost}.out

# Learns from the configuration where its data is and which process serves it: sets zk_data_dir, zk_client_port,
# zk_process (none: empty), zk_relative and ZOOPIDFILE. Fails with the reason in zk_why.
zk_look() {
  local key value
  zk_data_dir='' zk_client_port='' zk_process='' zk_relative=''
  if ! zk_why=$(paddock_ask_java io.paddock.server.ConfigAnswers where "$ZOOCFG" 2>&1); then
    return 1
  fi
  while IFS='=' read -r key value; do
    case $key in
      dataDir) zk_data_dir=$value ;;
      relative) zk_relative=$value ;;
      clientPort) zk_client_port=$value ;;
      process) zk_process=$value ;;
    esac
  done <<< "$zk_why"
  : "${ZOOPIDFILE:=$zk_data_dir/zookeeper_server.pid}"
}

# Sets zk_java to the whole command of the server; flags beside the usual ones are in $@.
zk_server_command() {
  # What stands behind "paddock.role" is the name that monitoring looks for.
  zk_set_server_command -XX:+HeapDumpOnOutOfMemoryError "-XX:HeapDumpPath=$ZOO_LOG_DIR" -XX:+ExitOnOutOfMemoryError \
    ${ZOO_DATADIR_AUTOCREATE_DISABLE:+-Dzookeeper.datadir.autocreate=false} ${zk_jmx[@]+"${zk_jmx[@]}"} \
    "$@" -Dpaddock.role=org.apache.zookeeper.server.quorum.QuorumPeerMain
  zk_java=("${ZK_SERVER_COMMAND[@]}" io.paddock.server.QuorumPeerMain "$ZOOCFG")
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

# The number in the pid file; none when it holds anything else.
zk_pid() {
  local pid=''
  [[ -f $ZOOPIDFILE ]] && read -r pid < "$ZOOPIDFILE"
  pid=${pid%$'\r'}
  [[ $pid =~ ^[1-9][0-9]*$ ]] && echo "$pid"
}

# Whether process $1 is a server of this configuration. A number alone does not tell: after a crash it may be anybody's.
# Either the note in the data directory says so, or the process's own command line (Apache's server; one that has just
# been started).
zk_is_server() {
  local word main=''
  [[ $1 == "$zk_process" ]] && return 0
  zk_runs "$1" || return 1
  if [[ ! -r /proc/$1/cmdline ]]; then
    word=$(ps -o args= -p "$1" 2> /dev/null)
    [[ $word == *QuorumPeerMain*"$ZOOCFG"* || $word == *ZooKeeperServerMain*"$ZOOCFG"* ]]
    return
  fi
  while IFS= read -r -d '' word; do
    if [[ -n $main ]]; then
      [[ $word == /* ]] || word=/proc/$1/cwd/$word
      [[ $word -ef $ZOOCFG ]]
      return
    fi
    case $word in
      -*) ;;
      *.QuorumPeerMain | *.ZooKeeperServerMain | io.paddock.server.ServerMain) main=$word ;;
    esac
  done < "/proc/$1/cmdline"
  return 1
}

# Whether process $1 was started with this pid file, so that its end is this script's business.
zk_had_pid_file() {
  local word
  if [[ ! -r /proc/$1/cmdline ]]; then
    [[ " $(ps -o args= -p "$1" 2> /dev/null) " == *" -Dpaddock.pidFile=$ZOOPIDFILE "* ]]
    return
  fi
  while IFS= read -r -d '' word; do
    [[ $word == "-Dpaddock.pidFile=$ZOOPIDFILE" ]] && return
  done < "/proc/$1/cmdline"
  return 1
}

# Whether process $1, which this script has started, has noted that its client port is open.
zk_is_up() {
  local note stat words
  note=$(cat "$zk_data_dir/version-2/paddock.lock" 2> /dev/null)
  [[ $note == "process=$1"$'\n'*$'\nclient='* ]] || return 1
  # A note of an earlier process with this number has another birth.
  [[ -r /proc/$1/stat ]] || return 0
  stat=$(cat "/proc/$1/stat" 2> /dev/null)
  read -ra words <<< "${stat##*) }"
  [[ $note == *$'\nborn='"${words[19]:-} "* ]]
}

# Opens zk_out for the server as file zk_out_fd. Where another server is writing into it, this one gets a file of its
# own, with its client port in the name.
zk_open_out() {
  if ! { mkdir -p "$ZOO_LOG_DIR" && exec {zk_out_fd}>> "$zk_out"; } 2> /dev/null; then
    echo 'FAILED TO START'
    echo "cannot write $zk_out; ZOO_LOG_DIR names another directory" >&2
    exit 1
  fi
  if type -P flock > /dev/null && ! flock -n "$zk_out_fd"; then
    exec {zk_out_fd}>&-
    zk_out=${zk_out%.out}-$zk_client_port.out
    ZOO_LOG_FILE=${ZOO_LOG_FILE%.log}-$zk_client_port.log
    exec {zk_out_fd}>> "$zk_out"
    flock -n "$zk_out_fd"
    echo "Log: $zk_out" >&2
  fi
  : > "$zk_out"
}

# Waits until no other start of this server is under way, and keeps further ones waiting until the script ends: of two
# at once, the one whose server finds the directory taken would put its number into the pid file, and remove that.
zk_start_alone() {
  if ! type -P flock > /dev/null || ! { exec {zk_start_fd}< "$zk_data_dir"; } 2> /dev/null; then
    exec {zk_start_fd}< /dev/null
    return
  fi
  flock -n "$zk_start_fd" && return
  flock "$zk_start_fd"
  zk_look
}

# The last lines of zk_out, each thing said once: what ends a server stands there as a line of the log, and again without
# time and class.
zk_last_words() {
  local line before=''
  while IFS= read -r line; do
    [[ -z $before || ( -n $line && $before == *" - $line" ) ]] || printf '%s\n' "$before"
    before=$line
  done < <(tail -n 3 "$zk_out"; echo)
}

zk_start() {
  local pid waited why
  echo -n 'Starting zookeeper ... '
  if [[ ! -r $ZOOCFG ]]; then
    echo 'FAILED TO START'
    echo "cannot read $ZOOCFG; a first one: cp $PADDOCK_ROOT/conf/zoo_sample.cfg $ZOOCFGDIR/zoo.cfg" >&2
    exit 1
  fi
  if ! zk_look; then
    echo 'SERVER DID NOT START'
    echo "$zk_why" >&2
    exit 1
  fi
  # The server creates a missing data directory itself, unless told not to; its process id must go somewhere at once.
  if [[ -z ${ZOO_DATADIR_AUTOCREATE_DISABLE:-} ]]; then
    mkdir -p "$(dirname "$ZOOPIDFILE")" 2> /dev/null
  fi
  zk_start_alone
  pid=$(zk_pid)
  if [[ -z $pid ]] || ! zk_is_server "$pid"; then
    pid=$zk_process
  fi
  if [[ -n $pid ]]; then
    echo "already running as process $pid."
    exit 1
  fi
  zk_open_out
  # With the data directory the pid file can get lost, and then this tells which one the server had.
  zk_server_command "-Dpaddock.pidFile=$ZOOPIDFILE"
  nohup "${zk_java[@]}" >&"$zk_out_fd" 2>&1 < /dev/null {zk_out_fd}>&- {zk_start_fd}>&- &
  pid=$!
  exec {zk_out_fd}>&-
  if ! why=$( { echo "$pid" > "$ZOOPIDFILE"; } 2>&1); then
    kill "$pid" 2> /dev/null
    echo 'FAILED TO WRITE PID'
    echo "cannot write $ZOOPIDFILE: ${why##*: }; dataDir must be a directory that ${USER:-this user} may write" >&2
    exit 1
  fi
  # Until it serves or waits for its peers, or has ended. A large tree may take its time.
  for ((waited = 0; waited < 600; waited++)); do
    if ! zk_runs "$pid"; then
      echo 'SERVER DID NOT START'
      zk_last_words >&2
      [[ $(zk_pid) == "$pid" ]] && rm -f "$ZOOPIDFILE"
      exit 1
    fi
    if zk_is_up "$pid"; then
      echo 'STARTED'
      return 0
    fi
    sleep 0.1
  done
  echo 'STARTING'
  echo "process $pid lives but serves nobody yet, after a minute; $zk_out says what it does" >&2
}

zk_stop() {
  local pid
  echo -n 'Stopping zookeeper ... '
  if [[ ! -e $ZOOCFG && -z ${ZOOPIDFILE:-} ]]; then
    echo "no zookeeper to stop (there is no $ZOOCFG)"
    return 0
  fi
  if ! zk_look; then
    echo 'FAILED TO STOP'
    echo "$zk_why" >&2
    exit 1
  fi
  pid=$(zk_pid)
  if [[ -z $pid && ! -e $ZOOPIDFILE && -n $zk_process ]] && zk_had_pid_file "$zk_process"; then
    pid=$zk_process
  fi
  if [[ -z $pid ]]; then
    echo "no zookeeper to stop (could not find file $ZOOPIDFILE)"
  elif ! zk_is_server "$pid"; then
    echo "no zookeeper to stop (process $pid of $ZOOPIDFILE is no server of this configuration)"
    zk_runs "$pid" || rm -f "$ZOOPIDFILE"
  else
    zk_end "$pid"
    return
  fi
  if [[ -n $zk_process ]]; then
    echo "process $zk_process serves $zk_data_dir, but $ZOOPIDFILE does not name it: stop it where it was started, or kill $zk_process" >&2
  elif [[ $zk_relative == true ]]; then
    echo "dataDir is relative, so it is looked for in $PWD; call this where the server was started" >&2
  fi
  return 0
}

# Tells server process $1 to end and waits for it, so that a start right after finds port and data directory free.
zk_end() {
  local waited why
  if ! why=$(kill "$1" 2>&1) && zk_runs "$1"; then
    echo 'FAILED TO STOP'
    echo "${why##*: kill: }: call this as the user who started it, or as root" >&2
    exit 1
  fi
  for ((waited = 0; waited < 300; waited++)); do
    if ! zk_runs "$1"; then
      rm -f "$ZOOPIDFILE"
      echo 'STOPPED'
      return 0
    fi
    sleep 0.1
  done
  echo 'FAILED TO STOP'
  echo "process $1 still runs 30 s after SIGTERM" >&2
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
  status) paddock_ask_java io.paddock.server.ConfigAnswers status "$ZOOCFG" ;;
  version) paddock_ask_java io.paddock.dist.Paddock version ;;
esac
