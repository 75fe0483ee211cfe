"""Whether a broker really answers: asked in its own protocol, because the kernel accepts connections also for a process that stands still."""

import socket
import struct

from adapters.addresses import host_and_port

API_VERSIONS = 18
ASKED_AS = b"citygrid-probe"
KAFKA_QUESTION = struct.pack(">hhih", API_VERSIONS, 0, 1, len(ASKED_AS)) + ASKED_AS
MQTT_CONNECT = b"\x00\x04MQTT\x04\x02\x00\x0a" + struct.pack(">H", 0)
"""MQTT 3.1.1, a clean session without a name, 10 s of keep-alive."""
MQTT_DISCONNECT = b"\xe0\x00"
CONNACK = 0x20


def kafka_answers(address: str, timeout: float = 2.0) -> bool:
    """Whether a Kafka at "host:port" says which versions it speaks, within `timeout` seconds for each step."""
    question = struct.pack(">i", len(KAFKA_QUESTION)) + KAFKA_QUESTION
    answer = _asked(address, question, 8, timeout)
    return len(answer) == 8 and struct.unpack(">ii", answer)[1] == 1  # noqa: PLR2004 - length and correlation, four bytes each


def mqtt_answers(address: str, timeout: float = 2.0) -> bool:
    """Whether a broker at "host:port" answers a CONNECT, be it with a refusal, within `timeout` seconds for each step."""
    question = bytes([0x10, len(MQTT_CONNECT)]) + MQTT_CONNECT
    return _asked(address, question, 4, timeout, goodbye=MQTT_DISCONNECT)[:1] == bytes([CONNACK])


def _asked(address: str, question: bytes, length: int, timeout: float, goodbye: bytes = b"") -> bytes:
    """The first `length` bytes of the answer, less when there is none."""
    answer = b""
    try:
        with socket.create_connection(host_and_port(address), timeout) as line:
            line.sendall(question)
            while len(answer) < length and (more := line.recv(length - len(answer))):
                answer += more
            line.sendall(goodbye)
    except OSError:
        pass
    return answer
