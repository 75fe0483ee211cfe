"""How a request is refused: as a problem document (RFC 9457) that says in both languages what was wrong."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException, ValidationException
from msgspec import UNSET, Struct, UnsetType

from adapters.logs import log
from messages.rejects import Refusal
from operations.reasons import ZH

MEDIA_TYPE = "application/problem+json"
_ZH = {
    400: "请求有误",
    401: "需要有效的令牌",
    403: "不允许",
    404: "没有找到",
    405: "不支持这种方法",
    409: "当前状态不允许",
    413: "内容过大",
    415: "不支持这种格式",
    421: "主机名不符",
    422: "内容未通过检查",
    500: "服务器内部错误",
    503: "暂时无法办理，请稍后再试",
    507: "存储空间不足",
}


class Problem(Struct, frozen=True, kw_only=True):
    """A problem document. `zh` is the title in Chinese; `reason` is from the closed list of contract and refusals."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    zh: str
    reason: str | UnsetType = UNSET


class Refused(HTTPException):
    """Ends a request with a problem document; raised in handlers only."""

    def __init__(self, status: int, detail: str, *, zh: str = "", reason: str | None = None) -> None:
        super().__init__(detail=detail, status_code=status)
        self.zh = zh
        self.reason = reason


def refused(refusal: Refusal) -> Refused:
    """The end of a request whose content was refused."""
    return Refused(422, refusal.detail, zh=ZH[refusal.reason], reason=str(refusal.reason))


def document(status: int, detail: str, *, zh: str = "", reason: str | None = None) -> bytes:
    """The JSON of a problem."""
    title = HTTPStatus(status).phrase
    problem = Problem(title=title, status=status, detail=detail, zh=zh or _ZH.get(status, ""), reason=reason or UNSET)
    return msgspec.json.encode(problem)


def of_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The answer to a request that Litestar or a handler ended."""
    content = document(
        error.status_code, _sentence(request, error), zh=getattr(error, "zh", ""), reason=getattr(error, "reason", None)
    )
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() != "content-type"}
    return Response(content, status_code=error.status_code, media_type=MEDIA_TYPE, headers=headers)


def _sentence(request: Request[Any, Any, Any], error: HTTPException) -> str:
    """What was wrong; where Litestar ended the request with the status's own words only, what it knows besides."""
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        return "; ".join(f"`{flaw.get('key', '?')}`: {flaw.get('message', '')}" for flaw in error.extra) + "."
    if isinstance(error, MethodNotAllowedException):
        allowed = {name.lower(): value for name, value in (error.headers or {}).items()}
        return f"{request.method} is not possible here, only {allowed.get('allow', 'other methods')}."
    if isinstance(error, NotFoundException) and str(error.detail) == HTTPStatus.NOT_FOUND.phrase:
        return f"There is nothing at {request.url.path!r}."
    return str(error.detail)


def of_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer where our own code failed: it says so, and nothing about how."""
    log("http").error("a request failed", path=request.url.path, exc_info=error)
    return Response(
        document(500, "The server failed at this request; its log says why."), status_code=500, media_type=MEDIA_TYPE
    )
