#!/bin/sh
# Runs Asterisk on the configuration that the application writes into the shared folder, as soon as it is there.
set -eu

configuration="${TRUNKLINE_VAR:?names the folder that is shared with the application}/asterisk/etc/asterisk.conf"

waited_s=0
until [ -s "$configuration" ]; do
    if [ $((waited_s % 30)) -eq 0 ]; then
        echo "Waiting for the application to write $configuration" >&2
    fi
    sleep 1
    waited_s=$((waited_s + 1))
done

# The last process' files; its process id means nothing in a new container.
rm -f "$TRUNKLINE_VAR/asterisk/run/asterisk.pid" "$TRUNKLINE_VAR/asterisk/run/asterisk.ctl"

exec asterisk -f -C "$configuration"
