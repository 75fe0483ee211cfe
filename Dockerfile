# One image for every process of citygrid; the command of each stands in docker-compose.yml.
FROM python:3.12.12-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 CITYGRID_DATA_DIR=/data
WORKDIR /citygrid

COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY . .
RUN pip install --no-deps --no-build-isolation -e . \
    && useradd --system --uid 10001 --no-create-home citygrid \
    && install -d -o citygrid /data

USER citygrid
VOLUME /data
EXPOSE 8080 9100
ENTRYPOINT ["citygrid"]
CMD ["--help"]
