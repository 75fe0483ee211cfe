"""A link between two processes that can be broken: a relay of TCP connections that cuts, stalls and heals.

What a cut and a stall are to those who talk over it: after a cut every connection is reset and no new one comes about, as when a cable
is pulled from a switch that tells; in a stall the connections stand, new ones are taken, and not a byte passes, as when a route is gone and nobody tells.
"""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from adapters.addresses import host_and_port
from citygrid.local import ports

PIECE = 64 << 10
CONNECT_S = 5.0
RESET = struct.pack("ii", 1, 0)  # linger for 0 s: closing throws away what is unsent and tells the other side at once


class Relay:
    """Passes connections to `address` on to `target` ("host:port" both); whoever holds it may call its methods from any thread."""

    def __init__(self, target: str, address: str | None = None) -> None:
        """Listens at `address` (None: a free loopback port) from now on. Raises OSError when the port is taken."""
        self.target = target
        self.address = address or ports.any_free()
        self.passed = 0
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.heal()

    @property
    def connections(self) -> int:
        """How many connections stand."""
        with self._lock:
            return len(self._sockets) // 2

    def cut(self) -> None:
        """Resets every connection and takes no new one."""
        with self._lock:
            listener, self._listener = self._listener, None
            sockets, self._sockets = self._sockets, set()
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for one in sockets:
            _reset(one)
        self._flowing.set()

    def stall(self) -> None:
        """Passes nothing more, in neither direction; what has been taken is kept and goes on after `heal`."""
        self._flowing.clear()

    def heal(self) -> None:
        """Passes everything on again, and takes connections again."""
        self._flowing.set()
        with self._lock:
            if self._listener is None:
                self._listener = socket.create_server(host_and_port(self.address))
                self._in_thread(self._accept, self._listener)

    def close(self) -> None:
        """Ends it for good."""
        self.cut()

    def _in_thread(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        threading.Thread(target=work, args=arguments, name="relay", daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            self._in_thread(self._join, listener, near)

    def _join(self, listener: socket.socket, near: socket.socket) -> None:
        self._flowing.wait()
        try:
            far = socket.create_connection(host_and_port(self.target), CONNECT_S)
        except OSError:
            _reset(near)
            return
        far.settimeout(None)
        for one in (near, far):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            stands = self._listener is listener
            if stands:
                self._sockets |= {near, far}
        if not stands:
            _reset(near)
            _reset(far)
            return
        self._in_thread(self._pump, near, far)
        self._in_thread(self._pump, far, near)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Passes one direction on until one side ends, which ends the other."""
        with suppress(OSError):
            while piece := source.recv(PIECE):
                self._flowing.wait()
                sink.sendall(piece)
                self.passed += len(piece)
        with self._lock:
            self._sockets -= {source, sink}
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _reset(one: socket.socket) -> None:
    """Closes a connection so that its other side gets an error at once, also where a thread waits in a call on it."""
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        one.shutdown(socket.SHUT_RDWR)
    one.close()
