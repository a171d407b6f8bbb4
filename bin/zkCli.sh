#!/usr/bin/env bash
# Called as "sh zkCli.sh", it goes on in bash.
if [ -z "${BASH_VERSION:-}" ]; then exec bash "$0" "$@"; fi
set +o posix
# The shell: zkCli.sh [-server host:port[,host:port][/chroot]] [-timeout ms] [-r] [-waitforconnection] [command]
source "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/zkEnv.sh"
zk_set_client_command
exec "${ZK_CLIENT_COMMAND[@]}" io.paddock.shell.ShellMain "$@"
