#!/usr/bin/env bash
# Sourced by the zk*.sh scripts (and by people's own): places, Java, class path and JVM flags, under ZooKeeper's names.
#
# Honoured from the environment: ZOOCFGDIR ZOOCFG ZOO_LOG_DIR ZOO_LOG_FILE JAVA_HOME SERVER_JVMFLAGS CLIENT_JVMFLAGS
# JVMFLAGS ZK_SERVER_HEAP ZK_CLIENT_HEAP CLASSPATH. What a person sets wins over what is chosen here, flag by flag.

source "$(dirname "${BASH_SOURCE[0]}")/paddock-env.sh"

ZOOBINDIR=$PADDOCK_ROOT/bin
ZOOKEEPER_PREFIX=$PADDOCK_ROOT
paddock_read_env_files
: "${ZOOCFG:=zoo.cfg}"
[[ $ZOOCFG == */* ]] || ZOOCFG=$ZOOCFGDIR/$ZOOCFG

: "${ZOO_LOG_DIR:=$ZOOKEEPER_PREFIX/logs}"
# Containers give users a number and no name.
zk_user=${USER:-$(id -un 2> /dev/null || id -u)}
: "${ZOO_LOG_FILE:=zookeeper-$zk_user-server-${HOSTNAME:-localhost}.log}"
: "${ZK_SERVER_HEAP:=1000}"
: "${ZK_CLIENT_HEAP:=256}"

zk_logback=$ZOOCFGDIR/logback.xml
[[ -f $zk_logback ]] || zk_logback=$PADDOCK_ROOT/conf/logback.xml

paddock_prepare scripts || exit 1
JAVA=$PADDOCK_JAVA_HOME/bin/java
CLASSPATH=$PADDOCK_JAR${CLASSPATH:+:$CLASSPATH}

# Sets ZK_SERVER_COMMAND, which lacks only main class and arguments. Flags of ours beside the usual ones are in $@.
zk_set_server_command() {
  PADDOCK_OURS=("-Dlogback.configurationFile=$zk_logback" "-Dzookeeper.log.dir=$ZOO_LOG_DIR"
    "-Dzookeeper.log.file=$ZOO_LOG_FILE" "$@")
  paddock_flags server "${SERVER_JVMFLAGS:-} ${JVMFLAGS:-}" || exit 1
  ZK_SERVER_COMMAND=("$JAVA" -cp "$CLASSPATH" "${PADDOCK_FLAGS[@]}")
}

# Sets ZK_CLIENT_COMMAND, the same for a command that asks a server.
zk_set_client_command() {
  PADDOCK_OURS=(-Dlogback.configurationFile=io/paddock/dist/quiet.xml)
  paddock_flags client "${CLIENT_JVMFLAGS:-} ${JVMFLAGS:-}" || exit 1
  ZK_CLIENT_COMMAND=("$JAVA" -cp "$CLASSPATH" "${PADDOCK_FLAGS[@]}")
}
