#!/bin/sh
# worker/render/visit.ts -> [worker/render/browser.sh] -> the browser
# Notes its process id, which stays the same through every exec, and goes where the browser can reach nothing.
# The order matters: the account is dropped before the namespaces are made, or a killed browser leaves processes behind.
echo $$ >"$RENDER_HOME/pid" || exit 70
export HOME="$RENDER_HOME" TMPDIR="$RENDER_HOME" XDG_CONFIG_HOME="$RENDER_HOME" XDG_CACHE_HOME="$RENDER_HOME" XDG_RUNTIME_DIR="$RENDER_HOME"
program=$RENDER_PROGRAM
set -- "$program" "$@"
if [ -n "$RENDER_NAMESPACE" ]; then
  set -- unshare --user --map-current-user --net --ipc --pid --fork --kill-child --mount-proc -- "$@"
fi
if [ -n "$RENDER_UID" ]; then
  set -- setpriv --reuid="$RENDER_UID" --regid="$RENDER_UID" --clear-groups --no-new-privs -- "$@"
fi
unset RENDER_PROGRAM RENDER_NAMESPACE RENDER_UID RENDER_HOME
exec "$@"
