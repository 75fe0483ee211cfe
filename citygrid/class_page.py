"""Prints docs/classes.md from the catalogue that is shipped: `python -m citygrid.class_page`."""

from adapters.catalogue_files import read_catalogue
from city.class_page import markdown
from citygrid.refusal import Refusal


def page() -> str:
    """The page. Raises Refusal with every mistake in the catalogue."""
    catalogue, mistakes = read_catalogue()
    if mistakes:
        raise Refusal("\n".join(str(mistake) for mistake in mistakes))
    return markdown(catalogue)


if __name__ == "__main__":
    print(page(), end="")
