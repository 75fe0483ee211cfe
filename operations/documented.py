"""What OpenAPI says beyond what the handlers' signatures do: bodies that are read by hand, and problem documents for every refusal."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from operations.problems import MEDIA_TYPE, Problem


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


def with_problems(described: dict[str, Any]) -> dict[str, Any]:
    """The description with a problem document (RFC 9457) as the answer to every request that is refused."""
    _, schemas = msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
    refusal = {"description": "Refused; `detail` and `zh` say why.", "content": content}
    paths = {
        path: {method: _refusing(operation, refusal) for method, operation in operations.items()}
        for path, operations in described["paths"].items()
    }
    parts = described.get("components", {})
    return {**described, "paths": paths, "components": {**parts, "schemas": {**parts.get("schemas", {}), **schemas}}}


def _refusing(operation: Any, refusal: dict[str, Any]) -> Any:
    if not isinstance(operation, dict):
        return operation
    fine = {status: answer for status, answer in operation["responses"].items() if not status.startswith("4")}
    return {**operation, "responses": {**fine, "default": refusal}}
