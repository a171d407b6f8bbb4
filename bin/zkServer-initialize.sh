#!/usr/bin/env bash
# Makes the directories that a configuration names, empty, and on demand the file myid: for a server that is new.
# Called as "sh zkServer-initialize.sh", it goes on in bash.
if [ -z "${BASH_VERSION:-}" ]; then exec bash "$0" "$@"; fi
set +o posix

zk_usage() {
  echo "Usage: $0 [--configfile=<zoo.cfg>] [--myid=<1 to 255>] [--force]" >&2
  echo '--force removes what the directories hold now' >&2
  exit "$1"
}

zk_config='' zk_myid='' zk_force=''
while (($# > 0)); do
  case $1 in
    --configfile=* | --myid=*)
      set -- "${1%%=*}" "${1#*=}" "${@:2}"
      continue
      ;;
    --configfile) zk_config=${2:-} && shift ;;
    --myid) zk_myid=${2:-} && shift ;;
    --force) zk_force=1 ;;
    --help) zk_usage 0 ;;
    *) zk_usage 1 ;;
  esac
  (($# > 0)) && shift
done
if [[ -n $zk_myid ]] && ! { [[ $zk_myid =~ ^[0-9]{1,3}$ ]] && ((10#$zk_myid >= 1 && 10#$zk_myid <= 255)); }; then
  echo "myid $zk_myid is no number from 1 to 255" >&2
  exit 1
fi

PADDOCK_NO_BUILD=1
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/zkEnv.sh"
[[ -n $zk_config ]] && ZOOCFG=$zk_config
zk_answer=$(paddock_ask_java io.paddock.server.ConfigAnswers where "$ZOOCFG") || exit 1
zk_data_dir=$(sed -n 's/^dataDir=//p' <<< "$zk_answer")
zk_log_dir=$(sed -n 's/^dataLogDir=//p' <<< "$zk_answer")
zk_process=$(sed -n 's/^process=//p' <<< "$zk_answer")
if [[ -n $zk_process ]]; then
  echo "process $zk_process serves $zk_data_dir: stop it first" >&2
  exit 1
fi
for zk_dir in "$zk_data_dir" "$zk_log_dir"; do
  if [[ -d $zk_dir/version-2 ]]; then
    if [[ -z $zk_force ]]; then
      echo "$zk_dir/version-2 holds data already; --force removes it" >&2
      exit 1
    fi
    rm -rf "$zk_dir/version-2" || exit 1
  fi
done
mkdir -p "$zk_data_dir/version-2" "$zk_log_dir/version-2" || exit 1
if [[ -n $zk_myid ]]; then
  echo "$((10#$zk_myid))" > "$zk_data_dir/myid" || exit 1
  echo "myid $((10#$zk_myid)) is in $zk_data_dir/myid"
else
  echo "No myid was given, so $zk_data_dir/myid is as it was; an ensemble needs it"
fi
