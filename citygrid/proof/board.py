"""What the operations centre shows, asked over HTTP as a browser would."""

import json
from http.client import HTTPConnection

from citygrid.proof.seen import Content

MOST = 2000
PATIENCE_S = 20


def incidents(http: str) -> dict[str, Content]:
    """The newest incidents by id, at most MOST. Raises OSError when operations does not give them."""
    connection = HTTPConnection(http, timeout=PATIENCE_S)
    try:
        connection.request("GET", f"/api/v1/incidents?limit={MOST}")
        answer = connection.getresponse()
        if answer.status >= 300:  # noqa: PLR2004 - everything beyond the 2xx of HTTP
            raise OSError(f"operations answered {answer.status} when asked for its incidents")
        return {one["id"]: one for one in json.loads(answer.read())}
    finally:
        connection.close()
