"""A city's folder as the commands take it: read as a whole, or refused with every mistake in it."""

from collections.abc import Mapping
from pathlib import Path

from adapters import city_folder, kafka_admin, kafka_registry
from adapters.kafka_reader import Unreachable
from city.registry import Registry
from citygrid.refusal import Refusal
from citygrid.settings import Settings

TRIES = 3  # each gives Kafka half a minute or more


def read(folder: Path) -> Registry:
    """What the folder registers. Raises Refusal with every mistake, each with its file and line."""
    if not folder.is_dir():
        raise Refusal(f"there is no city's folder {folder}: name one with --city DIR.")
    loaded = city_folder.load(folder)
    if isinstance(loaded, list):
        mistakes = "\n".join(f"  {mistake}" for mistake in loaded)
        raise Refusal(f"the city in {folder} has {len(loaded)} mistake{'s' if len(loaded) > 1 else ''}:\n{mistakes}")
    return loaded.registry


def register(settings: Settings, registry: Registry) -> str:
    """Makes the topics that are missing, registers what is new or changed in the city, and says what that was. Raises Refusal.

    A Kafka that has only just started, or has much to do, is asked again; what it has registered by then is not registered twice.
    """
    counts = _registered(settings, registry, TRIES)
    changed = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    return f"{settings.city}: registered {changed}." if changed else f"{settings.city}: nothing new."


def _registered(settings: Settings, registry: Registry, tries: int) -> Mapping[str, int]:
    try:
        kafka_admin.ensure_topics(settings.kafka, settings.partitions)
        return kafka_registry.apply(settings.kafka, settings.partitions, registry)
    except ValueError as problem:
        raise Refusal(str(problem)) from problem
    except Unreachable as problem:
        if tries > 1:
            return _registered(settings, registry, tries - 1)
        raise Refusal(
            f"Kafka at {settings.kafka} did not answer while {settings.city} was registered ({problem}): see whether it runs and has room, then start again."
        ) from problem
