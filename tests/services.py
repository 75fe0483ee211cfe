"""A real Kafka and a real Mosquitto for tests, as the local installation starts them."""

from pathlib import Path

from citygrid.local import brokers, ports
from citygrid.local.children import Spec
from citygrid.local.supervisor import Supervisor


class Services:
    """A running Kafka and Mosquitto; `kafka` and `mqtt` are their addresses, `data` is their folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.kafka = ports.any_free()
        self.mqtt = ports.any_free()
        self._supervisor = Supervisor(data)
        self._specs = {spec.name: spec for spec in brokers.prepare(data, kafka_at=self.kafka, mqtt_at=self.mqtt)}
        brokers.start(self._supervisor, list(self._specs.values()))

    def end(self, name: str) -> None:
        """Ends "kafka" or "mosquitto", for a test of what its absence does."""
        self._supervisor.stop([name], timeout=10)

    def start(self, name: str) -> Spec:
        """Starts it again with its data, and waits until it answers."""
        spec = self._specs[name]
        brokers.start(self._supervisor, [spec])
        return spec

    def pid(self, name: str) -> int | None:
        """The pid of the broker itself."""
        return next((report.pid for report in self._supervisor.report() if report.name == name), None)

    def close(self) -> None:
        """Ends both."""
        self._supervisor.stop(timeout=10)
