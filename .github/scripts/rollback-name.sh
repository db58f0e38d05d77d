#!/usr/bin/env bash
# Ends well only for the name of a rollback environment that was written twice.
#   rollback-name.sh STACK CONFIRM
set -euo pipefail

if [ "$#" -ne 2 ]; then
  echo 'usage: rollback-name.sh STACK CONFIRM' >&2
  exit 2
fi
stack=$1 confirm=$2

if ! [[ $stack =~ ^rollback-[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$ ]]; then
  printf 'stack: %q is no rollback environment: these are named rollback-, then at most 40 of a-z, 0-9 and -\n' "$stack" >&2
  exit 2
fi
if [ "$stack" != "$confirm" ]; then
  printf 'confirm: %q is not the name of the stack, %s\n' "$confirm" "$stack" >&2
  exit 2
fi
