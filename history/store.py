"""What a store of history has to be able to do, so that another one can stand in SQLite's place."""

from typing import Protocol

from messages.past import Batch


class Store(Protocol):
    """A store that keeps batches. Every method raises OSError when the store cannot do it now: full, locked, unwritable, away."""

    def identity(self) -> str:
        """A name this store was given when it was made. A new store has a new one, and is therefore filled again from what Kafka still holds."""

    def keep(self, batch: Batch) -> None:
        """Keeps all of `batch` or nothing; on return it survives a power failure. Keeping it again changes nothing."""

    def forget(self, before: int, *, most: int) -> int:
        """Deletes some of what Kafka took before `before` (epoch milliseconds), at most `most` rows; how many they were."""

    def close(self) -> None:
        """Lets go of the store."""
