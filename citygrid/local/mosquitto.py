"""How the Mosquitto of one installation is set up: on loopback, its queue large enough for an outage, kept on disk in the data folder.

A message larger than the contract allows gets through to the gateway up to 1 MiB, so that its sender is told the reason.
"""

import getpass
import os
import shutil
import signal
from pathlib import Path

from citygrid.local import ports
from citygrid.local.children import Spec

NAME = "mosquitto"
SAVING_S = 30.0  # for writing down a full queue at its end; 1.5 million messages took 1.7 s
BESIDE_PATH = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")

CONFIGURATION = """\
listener {port} {host}
allow_anonymous true
user {user}

persistence true
persistence_location {folder}/
autosave_interval 15

max_queued_messages 2000000
max_queued_bytes 1073741824
max_inflight_messages 1000
queue_qos0_messages true
message_size_limit 1048576
set_tcp_nodelay true

log_dest stdout
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
connection_messages false
"""


class MosquittoMissing(Exception):
    """There is no Mosquitto on this machine; the text says what to do."""


def program() -> str:
    """Where Mosquitto's program lies. Raises MosquittoMissing."""
    found = shutil.which(NAME, path=os.pathsep.join((os.environ.get("PATH", os.defpath), *BESIDE_PATH)))
    if not found:
        raise MosquittoMissing("Mosquitto is not installed: run 'make setup', or install the package mosquitto.")
    return found


def prepare(data: Path, address: str) -> Spec:
    """Writes Mosquitto's configuration into `data`/mosquitto and tells how it is started.

    Raises MosquittoMissing, or OSError when the folder cannot be written.
    """
    host, _, port = address.rpartition(":")
    folder = data.resolve() / NAME
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "mosquitto.conf"
    configuration.write_text(CONFIGURATION.format(host=host, port=port, user=getpass.getuser(), folder=folder))
    return Spec(
        name=NAME,
        command=(program(), "-c", str(configuration)),
        signal_at_death=signal.SIGTERM,
        answers=lambda pid: ports.answered_by(pid, address),
        grace_s=SAVING_S,
    )
