# Sourced by paddock, check and bin/zk*.sh: finds a JDK, builds a clone when its sources changed, and knows the flags
# of the JVM. Sets no shell option and prints on stderr only, so that it can be sourced from anywhere.
#
# Works in two places: in a clone (pom.xml beside bin/), where jars come from dist/target/paddock-<version>/, and in
# the packed distribution, where they stand in lib/ beside bin/.
#
# Over 400 lines: every script needs all of it, and one file is sourced in one line.

PADDOCK_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PADDOCK_STATE=$PADDOCK_ROOT/.paddock
PADDOCK_JAVA_MIN=17

paddock_say() { printf '%s\n' "$*" >&2; }
paddock_is_clone() { [[ -f $PADDOCK_ROOT/pom.xml && -d $PADDOCK_ROOT/dist ]]; }

# Prints "<major> <full version>" of the JDK or JRE in directory $1; fails when there is none.
paddock_java_version() {
  local line version='' full='' first
  [[ -x $1/bin/java ]] || return 1
  if [[ -r $1/release ]]; then
    # A file instead of `java -version`: it costs nothing.
    while IFS= read -r line; do
      case $line in
        JAVA_VERSION=*) version=${line#*=} version=${version//\"/} ;;
        JAVA_RUNTIME_VERSION=*) full=${line#*=} full=${full//\"/} ;;
      esac
    done < "$1/release"
  else
    line=$("$1/bin/java" -version 2>&1) && [[ $line =~ \"([^\"]+)\" ]] && version=${BASH_REMATCH[1]}
  fi
  first=${version#1.} first=${first%%[!0-9]*}
  [[ -n $first ]] && printf '%s %s\n' "$first" "${full:-$version}"
}

# Prints the home of the program $1 ("java" or "javac") that the PATH finds.
paddock_home_on_path() {
  local program
  program=$(type -P "$1") && program=$(readlink -f "$program") && printf '%s\n' "${program%/bin/*}"
}

# The newest Java of JAVA_HOME, PATH and /usr/lib/jvm; among equals the first of that order.
# Sets PADDOCK_JAVA_HOME, PADDOCK_JAVA_MAJOR and PADDOCK_JAVA_FULL; fails when none is new enough.
paddock_find_java() {
  local home major full
  PADDOCK_JAVA_HOME='' PADDOCK_JAVA_MAJOR=0 PADDOCK_JAVA_FULL=''
  for home in "${JAVA_HOME:-}" "$(paddock_home_on_path java)" /usr/lib/jvm/*; do
    [[ -n $home ]] || continue
    read -r major full < <(paddock_java_version "$home") || continue
    if ((major >= PADDOCK_JAVA_MIN && major > PADDOCK_JAVA_MAJOR)); then
      PADDOCK_JAVA_HOME=$home PADDOCK_JAVA_MAJOR=$major PADDOCK_JAVA_FULL=$full
    fi
  done
  [[ -n $PADDOCK_JAVA_HOME ]]
}

# Uses JAVA_HOME when it is set and new enough (who sets it for a server means it), else the newest Java.
paddock_find_java_for_scripts() {
  local major full
  if [[ -n ${JAVA_HOME:-} ]] && read -r major full < <(paddock_java_version "$JAVA_HOME") \
    && ((major >= PADDOCK_JAVA_MIN)); then
    PADDOCK_JAVA_HOME=$JAVA_HOME PADDOCK_JAVA_MAJOR=$major PADDOCK_JAVA_FULL=$full
    return 0
  fi
  paddock_find_java
}

# The JDK that compiles: the one a person's shell would use (JAVA_HOME, then PATH), else the newest with a compiler.
# Sets PADDOCK_JDK_HOME.
paddock_find_jdk() {
  local home major full newest=0
  PADDOCK_JDK_HOME=''
  for home in "${JAVA_HOME:-}" "$(paddock_home_on_path javac)"; do
    [[ -n $home && -x $home/bin/javac ]] || continue
    read -r major full < <(paddock_java_version "$home") || continue
    if ((major >= PADDOCK_JAVA_MIN)); then
      PADDOCK_JDK_HOME=$home
      return 0
    fi
  done
  for home in /usr/lib/jvm/*; do
    [[ -x $home/bin/javac ]] && read -r major full < <(paddock_java_version "$home") || continue
    if ((major >= PADDOCK_JAVA_MIN && major > newest)); then
      newest=$major PADDOCK_JDK_HOME=$home
    fi
  done
  [[ -n $PADDOCK_JDK_HOME ]]
}

# Installs Debian packages; $1 says what for. Output goes to a log, the last lines of it to stderr on failure.
paddock_apt_install() {
  local what=$1 log started=$SECONDS
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/paddock-apt.XXXXXX") || return 1
  paddock_say "installing $what with apt-get: $*"
  if DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" > "$log" 2>&1; then
    paddock_say "installed in $((SECONDS - started)) s"
    rm -f "$log"
    return 0
  fi
  tail -n 5 "$log" >&2
  rm -f "$log"
  return 1
}

# The name of the oldest JDK package that this Debian has and Paddock can use.
paddock_jdk_package() {
  local release
  for release in 17 21 25; do
    if apt-cache show "openjdk-$release-jdk-headless" > /dev/null 2>&1; then
      printf '%s\n' "openjdk-$release-jdk-headless"
      return 0
    fi
  done
  printf '%s\n' default-jdk-headless
}

# Makes sure of what the arguments name ("java", "jdk", "maven"): installs it when root on Debian, else says in one
# line what to install and fails.
paddock_need() {
  local tool packages=() missing=()
  for tool in "$@"; do
    case $tool in
      java) paddock_find_java || missing+=("Java $PADDOCK_JAVA_MIN or newer") ;;
      jdk) paddock_find_jdk || missing+=("a JDK $PADDOCK_JAVA_MIN or newer") ;;
      maven) type -P mvn > /dev/null || missing+=(Maven) ;;
    esac
  done
  ((${#missing[@]} == 0)) && return 0
  local list
  printf -v list '%s and ' "${missing[@]}"
  list=${list% and }
  if ((EUID != 0)) || ! type -P apt-get > /dev/null; then
    paddock_say "Paddock needs $list; install for example with: sudo apt-get install openjdk-17-jdk-headless maven"
    return 1
  fi
  apt-get update > /dev/null 2>&1
  [[ $list == *Java* || $list == *JDK* ]] && packages+=("$(paddock_jdk_package)")
  [[ $list == *Maven* ]] && packages+=(maven)
  if ! paddock_apt_install "$list" "${packages[@]}"; then
    paddock_say "Paddock needs $list, and apt-get install ${packages[*]} failed (see above)"
    return 1
  fi
  hash -r
  for tool in "$@"; do
    case $tool in
      java) paddock_find_java || return 1 ;;
      jdk) paddock_find_jdk || return 1 ;;
    esac
  done
}

# Runs Maven with the compiling JDK; arguments go through.
paddock_maven() { (cd "$PADDOCK_ROOT" && JAVA_HOME=$PADDOCK_JDK_HOME exec mvn -B "$@"); }

# Sets PADDOCK_LAYOUT to the assembled distribution of a clone; fails when there is none or sources are newer.
paddock_layout_is_fresh() {
  local stamp=$PADDOCK_ROOT/dist/target/paddock.built newer
  PADDOCK_LAYOUT=''
  [[ -r $stamp ]] || return 1
  read -r PADDOCK_LAYOUT < "$stamp"
  PADDOCK_LAYOUT=$PADDOCK_ROOT/dist/target/$PADDOCK_LAYOUT
  if [[ ! -d $PADDOCK_LAYOUT/lib ]]; then
    PADDOCK_LAYOUT=''
    return 1
  fi
  newer=$(find "$PADDOCK_ROOT"/pom.xml "$PADDOCK_ROOT"/*/pom.xml "$PADDOCK_ROOT"/*/src/main \
    "$PADDOCK_ROOT"/dist/src/assembly -newer "$stamp" -print -quit 2> /dev/null)
  [[ -z $newer ]]
}

# Turns Maven's log on stdin into one plain line a module, and a sign of life while Maven downloads.
paddock_build_progress() {
  local line module='' started=$SECONDS fetched=0 said=$SECONDS
  while IFS= read -r line; do
    case $line in
      *'Downloaded from'*)
        fetched=$((fetched + 1))
        if ((SECONDS - said >= 10)); then
          said=$SECONDS
          paddock_say "  ... $fetched files downloaded"
        fi
        ;;
      '[INFO] Building Paddock '[a-z]*'['*']')
        [[ -n $module ]] && paddock_say "$(printf '  %-10s %3d s' "$module" $((SECONDS - started)))"
        line=${line#'[INFO] Building Paddock '}
        module=${line%% *} started=$SECONDS said=$SECONDS
        ;;
      '[INFO] Reactor Summary'*)
        paddock_say "$(printf '  %-10s %3d s' "$module" $((SECONDS - started)))"
        module=''
        ;;
    esac
  done
}

# Builds the clone when sources are newer than the assembled layout. One build at a time; others wait for it.
paddock_ensure_built() {
  local lock='' status=0
  paddock_layout_is_fresh && return 0
  [[ -n ${PADDOCK_NO_BUILD:-} && -n $PADDOCK_LAYOUT ]] && return 0
  if ! mkdir -p "$PADDOCK_STATE" "$PADDOCK_ROOT/dist/target" 2> /dev/null || [[ ! -w $PADDOCK_ROOT/dist/target ]]; then
    if [[ -n $PADDOCK_LAYOUT ]]; then
      paddock_say "$PADDOCK_ROOT is read-only: using the last build, though sources are newer"
      return 0
    fi
    paddock_say "Paddock is not built yet and cannot write to $PADDOCK_ROOT: run ./paddock once as its owner"
    return 1
  fi
  paddock_need jdk maven || return 1
  if type -P flock > /dev/null; then
    exec {lock}> "$PADDOCK_STATE/lock"
    if ! flock -n "$lock"; then
      paddock_say 'waiting for another build of this clone'
      flock "$lock"
    fi
  fi
  paddock_layout_is_fresh || paddock_build || status=1
  # Closed before java starts, which would otherwise inherit and hold the lock.
  [[ -n $lock ]] && exec {lock}>&-
  return "$status"
}

paddock_build() {
  local log=$PADDOCK_STATE/build.log started=$SECONDS
  paddock_say 'building Paddock (again only after changes of the sources)'
  paddock_stamp_begin
  # Removed, not overwritten: a server that runs from these jars keeps the open ones.
  rm -rf "$PADDOCK_ROOT"/dist/target/paddock-*/
  paddock_maven package -pl dist -am -Dmaven.test.skip=true -DskipErrorProne -Dspotless.check.skip=true \
    -Dpaddock.tarball.skip=true 2>&1 < /dev/null | tee "$log" | paddock_build_progress
  if ! grep -q 'BUILD SUCCESS' "$log"; then
    grep -E '^\[ERROR\]' "$log" | head -n 15 >&2
    paddock_say "the build failed after $((SECONDS - started)) s; Maven's whole output is in $log"
    return 1
  fi
  paddock_stamp_end
  if paddock_find_java; then
    paddock_jvm_flags
    [[ -n $PADDOCK_ARCHIVE_WANTED ]] && paddock_archive_classes
  fi
  paddock_say "built in $((SECONDS - started)) s"
}

# The stamp bears the time at which a build began: what is edited meanwhile counts as newer.
paddock_stamp_begin() { : > "$PADDOCK_STATE/began"; }

# Writes the stamp, which names the layout that the build assembled; sets PADDOCK_LAYOUT.
paddock_stamp_end() {
  local stamp=$PADDOCK_ROOT/dist/target/paddock.built layouts
  layouts=("$PADDOCK_ROOT"/dist/target/paddock-*/)
  PADDOCK_LAYOUT=${layouts[0]%/}
  [[ -d $PADDOCK_LAYOUT/lib ]] || return 1
  printf '%s\n' "${PADDOCK_LAYOUT##*/}" > "$stamp.new"
  touch -r "$PADDOCK_STATE/began" "$stamp.new"
  mv "$stamp.new" "$stamp"
}

# Sets PADDOCK_LIB, the directory with paddock's jars, building them in a clone.
paddock_ensure_lib() {
  if paddock_is_clone; then
    paddock_ensure_built || return 1
    PADDOCK_LIB=$PADDOCK_LAYOUT/lib
  else
    PADDOCK_LIB=$PADDOCK_ROOT/lib
  fi
  PADDOCK_JAR=''
  local jar
  for jar in "$PADDOCK_LIB"/dist-*.jar; do
    [[ -f $jar ]] && PADDOCK_JAR=$jar
  done
  [[ -n $PADDOCK_JAR ]] && return 0
  paddock_say "no dist-*.jar in $PADDOCK_LIB: this copy of Paddock is incomplete"
  return 1
}

# Sets PADDOCK_JVM, the flags every JVM of ours gets, and PADDOCK_ARCHIVE_WANTED, the class archive still to be made.
# Needs PADDOCK_LAYOUT or PADDOCK_LIB and a Java found. No flag is given to a JVM that might not know it. The environment
# variable PADDOCK_CLASS_ARCHIVE=off keeps from making and using class archives.
paddock_jvm_flags() {
  local lib=${PADDOCK_LIB:-$PADDOCK_LAYOUT/lib} id archive='' place
  PADDOCK_LIB=$lib
  PADDOCK_ARCHIVE_WANTED=''
  PADDOCK_JVM=(-Xshare:auto)
  # Netty's ways to memory, which newer JVMs warn of.
  if ((${PADDOCK_JAVA_MAJOR:-0} >= 24)); then
    PADDOCK_JVM+=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
  fi
  # The file tells that this JVM knows compact object headers and has its own class archive for them.
  if [[ -f $PADDOCK_JAVA_HOME/lib/server/classes_coh.jsa ]]; then
    PADDOCK_JVM+=(-XX:+UseCompactObjectHeaders)
  fi
  id=${PADDOCK_JAVA_HOME//[!A-Za-z0-9]/_}-$PADDOCK_JAVA_FULL
  [[ ${PADDOCK_CLASS_ARCHIVE:-on} == off ]] && return 0
  for place in "$lib/archive" "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/paddock/${lib//[!A-Za-z0-9]/_}"; do
    if [[ -f $place/$id.jsa && ! $place/$id.jsa -ot ${PADDOCK_JAR:-$lib} ]]; then
      archive=$place/$id.jsa
      break
    elif [[ -z $PADDOCK_ARCHIVE_WANTED && ! -f $place/$id.failed ]] && mkdir -p "$place" 2> /dev/null \
      && [[ -w $place ]]; then
      PADDOCK_ARCHIVE_WANTED=$place/$id.jsa
    fi
  done
  if [[ -n $archive ]]; then
    PADDOCK_ARCHIVE_WANTED=''
    # An archive that no longer fits (another heap layout, a moved directory) is passed over without a word.
    PADDOCK_JVM+=(-XX:SharedArchiveFile="$archive" -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off)
  fi
}

# Makes PADDOCK_ARCHIVE_WANTED by a short training run, unless another process is at it. A failure is remembered, with
# what the run said, so that it costs once.
paddock_archive_classes() {
  local archive=$PADDOCK_ARCHIVE_WANTED jar=${PADDOCK_JAR:-} work
  work=$archive.making
  [[ -n $(find "$work" -maxdepth 0 -mmin +5 2> /dev/null) ]] && rm -rf "$work"
  mkdir "$work" 2> /dev/null || return 0
  [[ -n $jar ]] || { for jar in "$PADDOCK_LIB"/dist-*.jar; do :; done; }
  if env -u JDK_JAVA_OPTIONS -u JAVA_TOOL_OPTIONS -u _JAVA_OPTIONS "$PADDOCK_JAVA_HOME/bin/java" "${PADDOCK_JVM[@]}" \
    -XX:ArchiveClassesAtExit="$work/jsa" -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off \
    -Dlogback.configurationFile=io/paddock/dist/quiet.xml -cp "$jar" \
    io.paddock.dist.Training > "$work/log" 2>&1 < /dev/null && [[ -f $work/jsa ]]; then
    mv "$work/jsa" "$archive"
  else
    mv "$work/log" "${archive%.jsa}.failed"
  fi
  rm -rf "$work"
}

# Everything a JVM needs: Java, jars, flags. A missing class archive is made behind the running command. With
# PADDOCK_NO_BUILD set, a clone's last build will do, and nothing is made.
paddock_prepare() {
  if [[ ${1:-} == scripts ]]; then
    paddock_find_java_for_scripts || paddock_need java || return 1
  else
    paddock_need java || return 1
  fi
  paddock_ensure_lib || return 1
  paddock_jvm_flags
  if [[ -n $PADDOCK_ARCHIVE_WANTED && -z ${PADDOCK_NO_BUILD:-} ]]; then
    (trap '' HUP; paddock_archive_classes) > /dev/null 2>&1 < /dev/null &
    disown
  fi
  return 0
}

# Reads the files in which people set what the scripts honour: zookeeper-env.sh and java.env of ZOOCFGDIR. They may use
# variables that nobody set, and Windows' line ends.
paddock_read_env_files() {
  local file strict=''
  if [[ -z ${ZOOCFGDIR:-} ]]; then
    ZOOCFGDIR=$PADDOCK_ROOT/conf
    [[ -d $ZOOCFGDIR ]] || ZOOCFGDIR=/etc/zookeeper
  fi
  [[ $- == *u* ]] && strict=1
  set +u
  for file in "$ZOOCFGDIR/zookeeper-env.sh" "$ZOOCFGDIR/java.env"; do
    [[ -f $file ]] || continue
    if grep -q $'\r' "$file"; then
      source <(tr -d '\r' < "$file")
    else
      source "$file"
    fi
  done
  [[ -n $strict ]] && set -u
  return 0
}

# Sets PADDOCK_WORDS to the words of $*, which are split at blanks and line ends as ZooKeeper's scripts split them.
paddock_split() {
  local IFS=$' \t\n'
  PADDOCK_WORDS=()
  read -r -d '' -a PADDOCK_WORDS <<< "${*//$'\r'/}"
  return 0
}

# Adds the words $@ to PADDOCK_THEIRS, and those of the files that they name.
paddock_add_theirs() {
  local word text
  for word in "$@"; do
    PADDOCK_THEIRS+=("$word")
    case $word in
      @?*) text=$(sed 's/^[[:space:]]*#.*//' "${word#@}" 2> /dev/null) ;;
      -XX:VMOptionsFile=*) text=$(cat "${word#*=}" 2> /dev/null) ;;
      -XX:Flags=*) text=$(sed -n 's/^[[:space:]]*\([^#[:space:]].*\)/-XX:\1/p' "${word#*=}" 2> /dev/null) ;;
      *) continue ;;
    esac
    paddock_split "${text//[\"\']/}"
    PADDOCK_THEIRS+=(${PADDOCK_WORDS[@]+"${PADDOCK_WORDS[@]}"})
  done
}

# Sets PADDOCK_TOPICS to what the flag $1 decides: its own name, and what else no second flag may decide.
paddock_topics() {
  local name=${1%%=*}
  PADDOCK_TOPICS=("${name/#-XX:[+-]/-XX:}")
  case $1 in
    -XX:*SystemGC) ;;
    -XX:+Use*GC) PADDOCK_TOPICS+=(collector) ;;
    -XX:[+-]AggressiveHeap) PADDOCK_TOPICS+=(collector heap) ;;
    -Xmx* | -XX:MaxHeapSize=* | -XX:MaxRAM*=* | -XX:MinRAM*=*) PADDOCK_TOPICS+=(heap) ;;
    -XX:[+-]UseCompactObjectHeaders | -XX:[+-]UseCompressedClassPointers | -XX:LockingMode=* | -XX:*JVMCI*)
      PADDOCK_TOPICS+=(headers)
      ;;
    -Xshare:* | -XX:*Shared* | -XX:ArchiveClassesAtExit=* | -XX:DumpLoadedClassList=* | -XX:AOT* | -Xlog:*cds* \
      | -Xlog:*class+path* | -Xlog:all*)
      PADDOCK_TOPICS+=(archive)
      ;;
    -Xint | -Xcomp | -XX:*Tiered* | -XX:CompilationMode=*) PADDOCK_TOPICS+=(tiers) ;;
  esac
}

# Prints the size $1, as the JVM writes sizes (512m), in MiB, rounded up; nothing when it is none.
paddock_mib() {
  local number=${1%[kKmMgGtT]}
  [[ $number =~ ^[0-9]{1,15}$ ]] || return 0
  number=$((10#$number))
  case $1 in
    *[kK]) echo $(((number + 1023) / 1024)) ;;
    *[mM]) echo "$number" ;;
    *[gG]) echo $((number * 1024)) ;;
    *[tT]) echo $((number * 1024 * 1024)) ;;
    *) echo $(((number + 1048575) / 1048576)) ;;
  esac
}

# Sets PADDOCK_HEAP to the size in ZK_SERVER_HEAP or ZK_CLIENT_HEAP ($1): MB, unless it says another unit.
paddock_read_heap() {
  PADDOCK_HEAP=${!1}
  [[ $PADDOCK_HEAP =~ ^[0-9]+$ ]] && PADDOCK_HEAP+=m
  [[ -n $(paddock_mib "$PADDOCK_HEAP") ]] && return 0
  paddock_say "$1=${!1} is no size: write megabytes, such as 1000, or a number with k, m or g"
  return 1
}

# Sets PADDOCK_FLAGS, all flags of a JVM but for its class path: ours for a "server", "client", "child", "bench" or "sim" ($1),
# as far as no word of a person's decides the same, and the person's, which are $2. What the variables hold that the JVM
# reads by itself counts as a person's, too. So nothing of ours ever contradicts what somebody set.
# PADDOCK_OURS holds further flags of ours. Needs paddock_jvm_flags; fails when a heap's size is none.
paddock_flags() {
  local kind=$1 given collector other size='' initial='' ours=() word flag topic decided=$'\n'
  PADDOCK_THEIRS=()
  paddock_split "${JDK_JAVA_OPTIONS:-} ${JAVA_TOOL_OPTIONS:-} ${_JAVA_OPTIONS:-}"
  paddock_add_theirs ${PADDOCK_WORDS[@]+"${PADDOCK_WORDS[@]}"}
  paddock_split "$2"
  given=(${PADDOCK_WORDS[@]+"${PADDOCK_WORDS[@]}"})
  paddock_add_theirs ${given[@]+"${given[@]}"}
  for word in ${PADDOCK_THEIRS[@]+"${PADDOCK_THEIRS[@]}"}; do
    paddock_topics "$word"
    for topic in "${PADDOCK_TOPICS[@]}"; do
      decided+=$topic$'\n'
    done
    case $word in
      -Xmx*) size=${word#-Xmx} ;;
      -XX:MaxHeapSize=*) size=${word#*=} ;;
      -Xms*) initial=${word#-Xms} ;;
      -XX:InitialHeapSize=* | -XX:MinHeapSize=*) initial=${word#*=} ;;
    esac
  done
  ours=("${PADDOCK_JVM[@]}" ${PADDOCK_OURS[@]+"${PADDOCK_OURS[@]}"})
  case $kind in
    server) paddock_read_heap ZK_SERVER_HEAP || return 1 ;;
    client) paddock_read_heap ZK_CLIENT_HEAP || return 1 ;;
    child) PADDOCK_HEAP=128m ;;
    bench | sim) PADDOCK_HEAP=1g ;;
  esac
  if [[ $decided != *$'\nheap\n'* ]]; then
    # An initial heap above the largest one ends the JVM.
    if [[ -n $(paddock_mib "$initial") ]] && (($(paddock_mib "$initial") > $(paddock_mib "$PADDOCK_HEAP"))); then
      PADDOCK_HEAP=$initial
    fi
    size=$PADDOCK_HEAP
    ours+=(-Xmx"$PADDOCK_HEAP")
  fi
  # A small heap is collected serially (least memory, least CPU), a large one by G1, which keeps pauses short.
  collector=G1 other=Serial
  if [[ $kind == client || $kind == child || $kind == sim ]] || { [[ -n $(paddock_mib "$size") ]] && (($(paddock_mib "$size") <= 512)); }; then
    collector=Serial other=G1
  fi
  # Who only switches one off leaves us the other.
  [[ $decided == *$'\n-XX:Use'"$collector"$'GC\n'* ]] && collector=$other
  ours+=("-XX:+Use${collector}GC")
  # Short commands want a short start, servers and load generators want the optimizing compiler.
  [[ $kind == client || $kind == child ]] && ours+=(-XX:TieredStopAtLevel=1)
  PADDOCK_FLAGS=()
  for flag in "${ours[@]}"; do
    paddock_topics "$flag"
    for topic in "${PADDOCK_TOPICS[@]}"; do
      [[ $decided == *$'\n'"$topic"$'\n'* ]] && continue 2
    done
    PADDOCK_FLAGS+=("$flag")
  done
  PADDOCK_FLAGS+=(${given[@]+"${given[@]}"})
}

# Runs java for a question of the scripts' own: a small JVM without a person's flags, whose agents, ports and heap are
# meant for the server.
paddock_ask_java() {
  env -u JDK_JAVA_OPTIONS -u JAVA_TOOL_OPTIONS -u _JAVA_OPTIONS "$PADDOCK_JAVA_HOME/bin/java" "${PADDOCK_JVM[@]}" \
    -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m -Dlogback.configurationFile=io/paddock/dist/quiet.xml \
    -cp "$PADDOCK_JAR" "$@"
}
