"""The operations process: one event loop that owns the board and answers requests, one thread that reads Kafka."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

import uvicorn

from adapters import installation
from adapters.addresses import host_and_port
from adapters.cell_index_file import CellIndexFile
from adapters.clock import now_ms
from adapters.history_place import Influx
from adapters.history_stores import past_in
from adapters.logs import log
from adapters.photo_files import PhotoFiles
from adapters.worker_tokens import secret_of
from city.places.presence import LIVE_MS
from operations.app import application
from operations.desk import Desk
from operations.live import Live
from operations.requests_to_topics import Requests, Sink
from operations.sink import LateSink
from operations.topics_to_board import BoardReader

TICK_SECONDS = 0.25
ASK_SECONDS = 2.0
GRACE_SECONDS = 3


class Server(uvicorn.Server):
    """uvicorn under our own signals; it ends the live feeds when it stops, because it would wait for the browsers otherwise."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C end the server in good order, and the process with status 0."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end)
        yield

    def end(self) -> None:
        """Stops serving. Runs in the event loop."""
        self.should_exit = True
        self._live.feed.close()


def run(
    *,
    kafka: str,
    partitions: int,
    http: str,
    data_dir: Path,
    influx: Influx | None = None,
    photos_mb: int = 10_240,
    supervisor: str = "",
) -> None:
    """Serves the operations centre on `http` ("host:port") until SIGTERM; `supervisor` is who tells how the other processes stand ("": nobody). What was is asked of `influx`, or of the file in `data_dir`.

    Raises SystemExit when the read model fails or the port is taken, so that the supervisor starts the process anew.
    """
    sink = LateSink(kafka)
    desk = desk_of(sink, partitions, data_dir, influx=influx, photos_mb=photos_mb)
    try:
        asyncio.run(_serve(Server(_config(desk, http), desk.live), desk, kafka, supervisor))
    finally:
        sink.close()


def desk_of(
    sink: Sink, partitions: int, data_dir: Path, *, influx: Influx | None = None, photos_mb: int = 10_240
) -> Desk:
    """The parts of the server, with an empty board. Raises OSError or ValueError when the installation's secret cannot be had."""
    live = Live(token_hex(4))
    return Desk(
        live=live,
        requests=Requests(sink, partitions, lambda: live.board.registry, CellIndexFile(data_dir).index_of),
        history=past_in(data_dir, influx),
        photos=PhotoFiles(data_dir / "photos", photos_mb << 20),
        secret=secret_of(data_dir),
        now=now_ms,
    )


def _config(desk: Desk, http: str) -> uvicorn.Config:
    host, port = host_and_port(http)
    return uvicorn.Config(
        application(desk, bound=host),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


async def _serve(server: Server, desk: Desk, kafka: str, supervisor: str) -> None:
    loop = asyncio.get_running_loop()
    reader = BoardReader(kafka, desk.live, loop, registered=desk.requests.prepare, ended=server.end)
    reader.start()
    ticking = asyncio.create_task(_tick(desk.live))
    ticking.add_done_callback(lambda _: server.end())
    asking = asyncio.create_task(_ask(desk.live, supervisor)) if supervisor else None
    remembering = asyncio.create_task(_remember(desk))
    log("operations").info("serving", http=f"http://{server.config.host}:{server.config.port}", kafka=kafka)
    try:
        await server.serve()
    finally:
        reader.stop()
        ticking.cancel()
        remembering.cancel()
        if asking:
            asking.cancel()
        await asyncio.to_thread(reader.join, GRACE_SECONDS)
    if reader.failed:
        raise SystemExit(1)
    with suppress(asyncio.CancelledError):
        await ticking  # which raises what ended it, if that was a bug


async def _ask(live: Live, supervisor: str) -> None:
    """Hears how the processes stand; what nobody tells is not known."""
    while True:
        live.stands(await asyncio.to_thread(installation.ask, supervisor))
        await asyncio.sleep(ASK_SECONDS)


async def _remember(desk: Desk) -> None:
    """Learns from history, once, who was heard within the last day: Kafka's telemetry is read back for minutes only."""
    await desk.live.settled.wait()
    try:
        heard = await asyncio.to_thread(desk.history.last_heard, desk.now() - LIVE_MS)
    except OSError as error:
        log("operations").warning("history does not say who was heard within a day", error=str(error))
    else:
        desk.live.board.presence.remember(heard)


async def _tick(live: Live) -> None:
    while True:
        live.tick(now_ms())
        await asyncio.sleep(TICK_SECONDS)
