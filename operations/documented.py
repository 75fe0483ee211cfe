"""How a body that is read by hand, so that each refusal has its listed reason, is described in OpenAPI all the same."""

from dataclasses import dataclass
from typing import Any

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema


def takes(example: dict[str, Any] | None, *, media_type: str = "application/json") -> type[Operation]:
    """An operation whose body is like `example`, or, without one, binary."""

    @dataclass
    class Described(Operation):
        def __post_init__(self) -> None:
            schema = (
                Schema(type=OpenAPIType.OBJECT, example=example) if example else Schema(content_media_type=media_type)
            )
            self.request_body = RequestBody(content={media_type: OpenAPIMediaType(schema=schema)}, required=True)

    return Described
