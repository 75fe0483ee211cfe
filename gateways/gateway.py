"""One gateway: reads its MQTT session only as fast as Kafka acknowledges, and acknowledges a message only after Kafka has it."""

import threading
from collections.abc import Callable

from adapters.clock import elapsed_ms, now_ms
from adapters.health import Waits
from adapters.mqtt import Publisher
from adapters.mqtt_frames import Inbound
from adapters.mqtt_session import Session
from gateways import counters, mqtt_to_reports, mqtt_to_telemetry
from gateways.answers import Answers
from gateways.city_now import CityNow
from gateways.ear import CLAIM_RENEWED_MS, Ear
from gateways.inflight import Inflight, Slip
from gateways.marks import RENEWED_MS, SILENT_MS, Marks
from gateways.outbox import Outbox
from gateways.packer import Pack, Packer
from gateways.share import Share
from geo.codes import district_of
from messages import mqtt_topics
from messages.mqtt_topics import Address, Heard
from messages.records import encode
from messages.rejects import Reason, Refusal, answer
from messages.telemetry import PackLine, without_values

MOST_IN_FLIGHT = 5000
"""Messages that the broker would hand over again if this process were killed: those not in Kafka, and those whose acknowledgement it has not taken."""
MOST_BYTES = 64 * 1024 * 1024
TURN_MS = 200
SECOND_MS = 1000
STUCK_MS = 5000  # without an acknowledgement of Kafka, after which the gateway counts as not ready
OTHERS = "another gateway's"
HOME_MS = 3000  # without one, after which an ending gateway leaves what is under way to the broker


class Gateway:
    """The state of one gateway; everything in it belongs to the one thread that runs it."""

    def __init__(self, *, city: CityNow, outbox: Outbox, voice: Publisher, ear: Ear, name: str, share: Share) -> None:
        self._city = city
        self._known = city.known
        self._outbox = outbox
        self._voice = voice
        self._share = share
        self._ear = ear
        self._claimed_at = 0
        self._claim_due = 0
        self._answers = Answers()
        self._packer: Packer[Slip[int]] = Packer()
        self._inflight: Inflight[int] = Inflight(MOST_IN_FLIGHT)
        self._mark = mqtt_topics.mark(name)
        self._marks = Marks(f"{now_ms()}", elapsed_ms())
        self._next_second = elapsed_ms()
        self._moved_at = elapsed_ms()
        self.session: Session | None = None

    def filters(self) -> list[str]:
        """What to subscribe to."""
        return self._share.filters(self._mark)

    def owned(self) -> list[str]:
        """The registered districts that this gateway speaks for."""
        return [code for code in self._known.registry.districts if self._share.owns(code)]

    def run(self, session: Session, stopping: threading.Event, check: Callable[[int], None]) -> None:
        """Turns the session until told to stop, then brings home what is under way.

        `check` is called each second with the milliseconds since Kafka acknowledged anything, and raises when a part of the process no longer
        works. Raises that, and what Kafka raised.
        """
        self.attach(session)
        while not stopping.is_set():
            self.step(session, check)
        self._bring_home(session)

    def attach(self, session: Session) -> None:
        """Goes on with this session, which wakes when Kafka has acknowledged something."""
        self.session = session
        self._outbox.on_arrival = session.wake
        self._ear.on_echo = session.echoed

    def step(self, session: Session, check: Callable[[int], None]) -> None:
        """One turn: reads what there is room for, sends what may go, acknowledges what has arrived, marks the second."""
        self._known = self._city.known
        self._outbox.districts = self._known.registry.districts
        needed = self._ear.still_left()
        session.former = self._share.former(code for code in self._outbox.districts if code not in needed)
        session.turn(room=self._room, timeout_s=self._packer.wait_ms(elapsed_ms(), TURN_MS) / 1000)
        self._flush()
        self._settle(session)
        if not self._voice.in_flight:
            self._marks.taken(elapsed_ms())
        self._each_second(check)
        counters.in_flight(len(self._inflight), braked=not self._room())

    def _room(self) -> int:
        """How many more messages may be taken; what there is no room for the broker holds, not our memory."""
        if (
            not self._outbox.districts
            or self._outbox.bytes_under_way >= MOST_BYTES
            or self._voice.in_flight >= MOST_IN_FLIGHT
        ):
            return 0
        unconfirmed = self.session.unconfirmed if self.session is not None and self._ear.connected else 0
        return max(0, self._inflight.room - unconfirmed)

    def receive(self, batch: list[Inbound], tokens: list[int]) -> None:
        """Takes in messages, each with the token that acknowledges it; called while the session turns."""
        now = now_ms()
        self._marks.heard(elapsed_ms())
        for inbound, token in zip(batch, tokens, strict=True):
            slip = self._inflight.enter(token)
            heard = mqtt_topics.heard(inbound.topic)
            if heard.address is not None and heard.address.kind == "telemetry":
                if self._share.leaves(heard.district):
                    counters.message(OTHERS)
                else:
                    self._measured(inbound, heard, heard.address, slip, now)
            else:
                self._told(inbound, heard, slip, now)
            slip.sealed = True
        counters.flush()

    def _measured(self, inbound: Inbound, heard: Heard, address: Address, slip: Slip[int], now: int) -> None:
        counters.message("telemetry")
        known = self._known
        verdict = mqtt_to_telemetry.judge(address, inbound.payload, known.registry, known.locator, now)
        if isinstance(verdict, Refusal):
            self._refuse(verdict, inbound, heard, address, slip)
            return
        for refusal in verdict.refused:
            self._refuse(refusal, inbound, heard, address, slip)
        if verdict.line is not None:
            self._pack(verdict.line, slip)
            if not verdict.line.cell.startswith(address.district):
                slip.open += 1
                self._packer.note(address.district, encode(without_values(verdict.line)), slip)

    def _told(self, inbound: Inbound, heard: Heard, slip: Slip[int], now: int) -> None:
        """Everything that is no telemetry: rare, so that it need not be quick."""
        if heard.topic == self._mark:
            self._marked(inbound.payload, slip)
        elif self._share.leaves(heard.district):
            counters.message(OTHERS)
        elif heard.address is not None:
            counters.message(heard.address.kind)
            known = self._known
            said = mqtt_to_reports.judge(heard.address, inbound.payload, known.registry, known.locator, now)
            if isinstance(said, Refusal):
                self._refuse(said, inbound, heard, heard.address, slip)
            else:
                self._outbox.send(mqtt_to_reports.record_of(said, now), (slip,))
        elif not mqtt_topics.is_outbound(heard.topic):
            counters.message("unknown")
            detail = f"{heard.topic!r} is none of the topics that a sender may use; see the device guide."
            refusal = Refusal(Reason.UNKNOWN_TOPIC, detail)
            self._refuse(refusal, inbound, heard, mqtt_topics.best_guess(heard.topic), slip)

    def _pack(self, line: PackLine, slip: Slip[int]) -> None:
        slip.open += 1
        district = district_of(line.cell)
        counters.accepted(len(line.values))
        if self._packer.add(district, encode(line), len(line.values), slip):
            self._send(district)

    def _send(self, district: str) -> None:
        filled = self._packer.take(district, elapsed_ms())
        if filled is not None:
            self._outbox.send_pack(district, filled, now_ms())
            for slip in filled.slips:
                slip.open -= 1

    def _flush(self) -> None:
        for district in self._packer.ready(elapsed_ms()):
            self._send(district)

    def _refuse(self, refusal: Refusal, inbound: Inbound, heard: Heard, address: Address, slip: Slip[int]) -> None:
        now = now_ms()
        refused = self._outbox.send_reject(
            refusal, address=address, topic=heard.topic, payload=inbound.payload, at=now, slip=slip
        )
        always = address.kind in {"reports", "replies"}
        suppressed = self._answers.may_tell(address.sender, now, always=always)
        if suppressed is not None:
            topic = mqtt_topics.rejected(address.district, address.sender)
            if len(topic.encode()) <= mqtt_topics.LONGEST_TOPIC:
                self._voice.publish(topic, encode(answer(refused, suppressed)))

    def _marked(self, payload: bytes, slip: Slip[int]) -> None:
        """Our own mark came back: all that waited in the broker before it has been handed over. What others put there says nothing."""
        mark = self._marks.back(payload, elapsed_ms())
        if mark is None:
            return
        self._ear.mark_came(self._voice, payload)
        for district in self.owned() if mark.counts else ():
            self._send(district)
            self._outbox.send_pack(district, Pack([], [slip], 0, 0), mark.at)

    def _settle(self, session: Session) -> None:
        arrived = self._outbox.arrived()
        for district in arrived:
            self._packer.arrived(district)
        done = self._inflight.settled()
        session.acknowledge(done)
        if done or arrived or not self._outbox.under_way:
            self._moved_at = elapsed_ms()
        if arrived:
            self._flush()

    def _each_second(self, check: Callable[[int], None]) -> None:
        now = elapsed_ms()
        if now < self._next_second:
            return
        check(now - self._moved_at)
        self._next_second = now + SECOND_MS
        if self._outbox.under_way <= MOST_IN_FLIGHT:
            for district in self.owned():
                self._outbox.send_tick(district, now_ms())
        self._listen(now)

    def _listen(self, now: int) -> None:
        """Sends the next mark, and renews a connection by which nothing comes any more."""
        if self.session is None:
            return
        connected = self.session.connected and self._voice.connected
        # A broker holds back while a window of messages is not acknowledged, and one that saves a long queue answers nobody for seconds.
        if not connected or len(self._inflight) or self._voice.in_flight:
            self._marks.heard(now)
        elif self._marks.silent_ms(now) >= RENEWED_MS:
            self.session.renew("nothing came, not even our own marks")
            self._marks.heard(now)
        if connected:
            self._claim(self.session, now)
            self._ear.tell(self._voice)
            mark = self._marks.next(now_ms(), now)
            if mark is not None:
                self._ear.mark_leaves(mark)
                self._voice.publish(self._mark, mark)

    def _claim(self, session: Session, now: int) -> None:
        """Tells the other gateways of our subscription: after each connection, because a broker may have forgotten it, and before it is too old."""
        if self._share.claimed and (session.connections != self._claimed_at or now >= self._claim_due):
            self._ear.claim(self._voice, self._share.claimed)
            self._claimed_at, self._claim_due = session.connections, now + CLAIM_RENEWED_MS

    def _bring_home(self, session: Session) -> None:
        while (self._outbox.under_way or not self._packer.empty) and elapsed_ms() - self._moved_at < HOME_MS:
            self._flush()
            session.turn(room=_no_room, timeout_s=0.05)
            self._settle(session)
        session.turn(room=_no_room, timeout_s=0.0)

    def not_ready(self) -> list[str]:
        """Why this gateway is not ready: no broker, no Kafka, no city."""
        reasons: list[str] = []
        if self.session is None or not self.session.connected:
            reasons.append("not connected to the MQTT broker")
        if elapsed_ms() - self._moved_at > STUCK_MS:
            reasons.append(f"Kafka has acknowledged nothing for {(elapsed_ms() - self._moved_at) // 1000} s")
        if not self._voice.connected:
            reasons.append("cannot publish to the MQTT broker")
        silent = self._marks.silent_ms(elapsed_ms())
        if silent >= SILENT_MS:
            reasons.append(f"connected, but nothing has come from the MQTT broker for {silent // 1000} s")
        if not self._city.known.registry.districts:
            reasons.append(Waits("no city is registered yet"))
        return reasons


def _no_room() -> int:
    return 0
