#!/usr/bin/env bash
# The shell: zkCli.sh [-server host:port[,host:port][/chroot]] [-timeout ms] [-r] [-waitforconnection] [command]
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/zkEnv.sh"
exec "${ZK_CLIENT_COMMAND[@]}" io.paddock.shell.ShellMain "$@"
