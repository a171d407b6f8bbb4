#!/usr/bin/env bash
# Removes snapshots and transaction logs that recovery no longer needs: keeps the newest snapshots (at least 3) that are
# complete, and every log that may hold a transaction after the oldest of them. Also fit for Apache's data directories,
# and for one that a server is using.

# Called as "sh zkCleanup.sh", it goes on in bash.
if [ -z "${BASH_VERSION:-}" ]; then exec bash "$0" "$@"; fi
set +o posix

zk_usage() {
  echo "Usage: $0 -n <count>                        directories from $ZOOCFG" >&2
  echo "       $0 <dataLogDir> [<snapDir>] -n <count>" >&2
  echo 'count: snapshots to keep, at least 3' >&2
  exit 2
}

PADDOCK_NO_BUILD=1
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/zkEnv.sh"

zk_count=''
zk_words=()
while (($# > 0)); do
  case $1 in
    -n)
      zk_count=${2:-}
      shift
      ;;
    -*) zk_usage ;;
    *) zk_words+=("$1") ;;
  esac
  (($# > 0)) && shift
done
[[ $zk_count =~ ^[0-9]+$ ]] && ((10#$zk_count >= 3)) && ((${#zk_words[@]} <= 2)) || zk_usage

if ((${#zk_words[@]} > 0)); then
  zk_log_dir=${zk_words[0]}
  zk_snap_dir=${zk_words[1]:-$zk_log_dir}
else
  zk_answer=$(paddock_ask_java io.paddock.server.ConfigAnswers where "$ZOOCFG") || exit 1
  zk_snap_dir=$(sed -n 's/^dataDir=//p' <<< "$zk_answer")
  zk_log_dir=$(sed -n 's/^dataLogDir=//p' <<< "$zk_answer")
fi

# Prints the numbers of the files $2.<hexadecimal number>[.codec] in directory $1, newest first: "<number> <path>".
zk_files() {
  local file number
  for file in "$1/version-2/$2".*; do
    number=${file##*/"$2".} number=${number%%.*}
    [[ -f $file && $number =~ ^[0-9a-fA-F]{1,16}$ ]] && printf '%020d %s\n' "$((16#$number))" "$file"
  done | sort -r
}

# Whether snapshot $1 was written to its end. A server that died while writing leaves a part, which must not count.
zk_complete() {
  case $1 in
    *.gz) gzip -t "$1" 2> /dev/null ;;
    *.snappy) [[ -s $1 ]] ;;
    *) [[ $(tail -c 5 "$1" | od -An -tx1 | tr -d ' \n') == 000000012f ]] ;;
  esac
}

zk_remove() {
  echo "Removing file: $1"
  rm -f "$1"
}

zk_kept=0
zk_oldest=''
zk_old=()
while read -r zk_number zk_file; do
  if ((zk_kept < 10#$zk_count)); then
    if zk_complete "$zk_file"; then
      zk_kept=$((zk_kept + 1))
      zk_oldest=$zk_number
    fi
  else
    zk_old+=("$zk_file")
  fi
done < <(zk_files "$zk_snap_dir" snapshot)

if ((zk_kept < 10#$zk_count)); then
  exit 0 # fewer than asked for: nothing is superfluous
fi
for zk_file in ${zk_old[@]+"${zk_old[@]}"}; do
  zk_remove "$zk_file"
done
# A log holds what follows its number; the newest one that begins at or before the oldest kept snapshot is still needed.
zk_needed=0
while read -r zk_number zk_file; do
  if ((10#$zk_number > 10#$zk_oldest)); then
    continue
  elif ((zk_needed == 0)); then
    zk_needed=1
  else
    zk_remove "$zk_file"
  fi
done < <(zk_files "$zk_log_dir" log)
