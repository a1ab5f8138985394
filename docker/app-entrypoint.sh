#!/bin/sh
# Runs a command of the application; `serve` when none is named. A password that is a file (a secret) is read from it.
set -eu

if [ -n "${TRUNKLINE_DATABASE_PASSWORD_FILE:-}" ]; then
    if [ ! -r "$TRUNKLINE_DATABASE_PASSWORD_FILE" ]; then
        echo "The database's password is not readable in $TRUNKLINE_DATABASE_PASSWORD_FILE: mount the secret there." >&2
        exit 2
    fi
    # libpq reads it from here, so that it stands in no address and no process list.
    PGPASSWORD="$(cat "$TRUNKLINE_DATABASE_PASSWORD_FILE")"
    export PGPASSWORD
fi

cd /opt/trunkline
exec .venv/bin/python -m app "$@"
