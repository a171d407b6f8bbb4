#!/usr/bin/env bash
# Sourced by the zk*.sh scripts (and by people's own): places, Java, class path and JVM flags, under ZooKeeper's names.
#
# Honoured from the environment: ZOOCFGDIR ZOOCFG ZOO_LOG_DIR ZOO_LOG_FILE JAVA_HOME SERVER_JVMFLAGS CLIENT_JVMFLAGS
# JVMFLAGS ZK_SERVER_HEAP ZK_CLIENT_HEAP CLASSPATH. A script that needs no Java sets PADDOCK_NO_JAVA first: then nothing
# is built and JAVA and CLASSPATH stay unset.

source "$(dirname "${BASH_SOURCE[0]}")/paddock-env.sh"

ZOOBINDIR=$PADDOCK_ROOT/bin
ZOOKEEPER_PREFIX=$PADDOCK_ROOT
if [[ -z ${ZOOCFGDIR:-} ]]; then
  if [[ -d $ZOOKEEPER_PREFIX/conf ]]; then
    ZOOCFGDIR=$ZOOKEEPER_PREFIX/conf
  else
    ZOOCFGDIR=/etc/zookeeper
  fi
fi
for zk_file in zookeeper-env.sh java.env; do
  if [[ -f $ZOOCFGDIR/$zk_file ]]; then
    source "$ZOOCFGDIR/$zk_file"
  fi
done
: "${ZOOCFG:=zoo.cfg}"
[[ $ZOOCFG == */* ]] || ZOOCFG=$ZOOCFGDIR/$ZOOCFG

: "${ZOO_LOG_DIR:=$ZOOKEEPER_PREFIX/logs}"
: "${ZOO_LOG_FILE:=zookeeper-${USER:-$(id -un)}-server-${HOSTNAME:-localhost}.log}"
: "${ZK_SERVER_HEAP:=1000}"
: "${ZK_CLIENT_HEAP:=256}"

zk_logback=$ZOOCFGDIR/logback.xml
[[ -f $zk_logback ]] || zk_logback=$PADDOCK_ROOT/conf/logback.xml

if [[ -z ${PADDOCK_NO_JAVA:-} ]]; then
  paddock_prepare scripts || exit 1
  JAVA=$PADDOCK_JAVA_HOME/bin/java
  CLASSPATH=$PADDOCK_JAR${CLASSPATH:+:$CLASSPATH}
  paddock_server_flags "$ZK_SERVER_HEAP"
  # Words of the JVMFLAGS variables are split at spaces, as ZooKeeper's scripts do. Last given wins in the JVM, so
  # people's flags stand after ours.
  read -ra zk_server_words <<< "${SERVER_JVMFLAGS:-} ${JVMFLAGS:-}"
  read -ra zk_client_words <<< "${CLIENT_JVMFLAGS:-} ${JVMFLAGS:-}"
  ZK_SERVER_COMMAND=("$JAVA" "${PADDOCK_JVM[@]}" "${PADDOCK_SERVER_JVM[@]}"
    "-Dlogback.configurationFile=$zk_logback" "-Dzookeeper.log.dir=$ZOO_LOG_DIR" "-Dzookeeper.log.file=$ZOO_LOG_FILE")
  ZK_CLIENT_COMMAND=("$JAVA" "${PADDOCK_JVM[@]}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-Xmx${ZK_CLIENT_HEAP}m"
    -Dlogback.configurationFile=io/paddock/dist/quiet.xml -cp "$CLASSPATH" ${zk_client_words[@]+"${zk_client_words[@]}"})
fi
