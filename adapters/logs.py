"""How a process speaks: lines for a person on a terminal, JSON otherwise, always on standard error."""

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog
from structlog.tracebacks import ExceptionDictTransformer

# Without the variables of each frame: they hold what people sent, and secrets.
_TRACEBACKS = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False, max_frames=20))

# Where kafka-python warns of each own step that took 0.1 s: on a busy machine that is the machine's load, and nothing anybody can mend.
_NERVOUS = ("kafka.net.selector",)


class Forgiving:
    """A text stream that rather loses a line than raises: a full disk under a log must not end who writes it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes `text`, or loses it."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Writes out what is buffered, or loses it."""
        with suppress(OSError):
            self._stream.flush()


def start(process: str, level: int = logging.INFO) -> None:
    """Sets up logging for `process`, its libraries' warnings (and worse) included. Called once, before anything speaks."""
    terminal, out = sys.stderr.isatty(), Forgiving(sys.stderr)
    shared: list[structlog.typing.Processor] = [
        _from(process),
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if terminal
        else [_TRACEBACKS, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", out)),
    )
    _take_in_libraries([*shared, structlog.stdlib.ExtraAdder()], last, out)


def log(name: str) -> Any:
    """The logger of the part `name`: `log("mqtt").info("connected", broker=…)`."""
    return structlog.get_logger(part=name)


def _from(process: str) -> structlog.typing.Processor:
    """Adds the process's name to each line; a context variable would not reach its other threads."""

    def add(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"process": process, **event}

    return add


def _take_in_libraries(
    shared: list[structlog.typing.Processor], last: list[structlog.typing.Processor], out: Forgiving
) -> None:
    """Lets what libraries log through the standard module come out in the same form, from warnings on."""
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in _NERVOUS:
        logging.getLogger(name).setLevel(logging.ERROR)
