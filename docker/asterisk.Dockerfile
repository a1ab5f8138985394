# Asterisk as Debian packages it, with the English sounds and the music that the contact centre plays.
#   docker build -f docker/asterisk.Dockerfile -t trunkline-asterisk .
FROM debian:forky-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        asterisk asterisk-core-sounds-en-wav asterisk-moh-opsound-wav ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --home-dir /var/lib/trunkline --create-home trunkline

COPY docker/asterisk-entrypoint.sh /usr/local/bin/asterisk-entrypoint

USER trunkline
ENV TRUNKLINE_VAR=/var/lib/trunkline
VOLUME /var/lib/trunkline
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["sh", "-c", "asterisk -C \"$TRUNKLINE_VAR/asterisk/etc/asterisk.conf\" -rx 'core waitfullybooted' | grep -q 'fully booted'"]
ENTRYPOINT ["asterisk-entrypoint"]
