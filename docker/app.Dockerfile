# The application, on top of the Asterisk image: the folders that it writes into Asterisk's configuration are the same in both.
#   docker build -f docker/asterisk.Dockerfile -t trunkline-asterisk .
#   docker build -f docker/app.Dockerfile -t trunkline-app .
ARG ASTERISK_IMAGE=trunkline-asterisk
FROM ${ASTERISK_IMAGE}

USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv espeak-ng \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/trunkline
COPY setup.cfg pyproject.toml LICENSE NOTICE ./
COPY .ci ./.ci
COPY app/__init__.py app/errors.py ./app/
RUN python3 .ci/environment.py /opt/trunkline/.venv
COPY app ./app
COPY asterisk-conf ./asterisk-conf
COPY flows ./flows
COPY templates ./templates
RUN .venv/bin/python -m compileall -q app && .venv/bin/python -m app.telephony.install
COPY docker/app-entrypoint.sh /usr/local/bin/app-entrypoint

USER trunkline
ENV TRUNKLINE_VAR=/var/lib/trunkline TRUNKLINE_ASTERISK=external
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["/opt/trunkline/.venv/bin/python", "-c", \
         "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('TRUNKLINE_WEB_PORT', '8080')}/\", timeout=4)"]
ENTRYPOINT ["app-entrypoint"]
CMD ["serve"]
