"""A city's folder as the commands take it: read as a whole, or refused with every mistake in it."""

from pathlib import Path

from adapters import city_folder, kafka_admin, kafka_registry
from city.registry import Registry
from citygrid.refusal import Refusal
from citygrid.settings import Settings


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
    """Makes the topics that are missing, registers what is new or changed in the city, and says what that was. Raises Refusal."""
    try:
        kafka_admin.ensure_topics(settings.kafka, settings.partitions)
    except ValueError as problem:
        raise Refusal(str(problem)) from problem
    counts = kafka_registry.apply(settings.kafka, settings.partitions, registry)
    changed = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    return f"{settings.city}: registered {changed}." if changed else f"{settings.city}: nothing new."
