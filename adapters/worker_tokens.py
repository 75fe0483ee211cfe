"""A worker's token: the worker's id, signed with this installation's secret, so that a link is all a worker needs."""

import hmac
import os
import secrets
from pathlib import Path

SECRET_BYTES = 32


def secret_of(data_dir: Path) -> bytes:
    """The secret of an installation, made at first use; only its owner may read the file.

    Raises OSError when the folder cannot be written or read, and ValueError when the file holds no secret.
    """
    file = data_dir / "secret"
    if not file.exists():
        _make(file)
    secret = file.read_bytes()
    if len(secret) != SECRET_BYTES:
        message = f"{file} should hold {SECRET_BYTES} bytes and holds {len(secret)}; remove it, and hand out new links to the workers."
        raise ValueError(message)
    return secret


def _make(file: Path) -> None:
    """Two processes may do this at once: the first link wins, and it only ever names a whole file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".secret-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(SECRET_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def token_for(secret: bytes, worker: str) -> str:
    """The token of a worker: "<worker id>.<HMAC-SHA-256 of the id, hexadecimal>"."""
    return f"{worker}.{_signature(secret, worker)}"


def worker_of(secret: bytes, token: str) -> str | None:
    """The worker whom a token names, or None when it was not signed with this secret."""
    worker, _, signature = token.rpartition(".")
    genuine = hmac.compare_digest(signature.encode(), _signature(secret, worker).encode())
    return worker if worker and genuine else None


def link(base: str, secret: bytes, worker: str) -> str:
    """The address of a worker's own page; `base` is the operations server's, such as http://127.0.0.1:8080."""
    return f"{base.rstrip('/')}/worker?token={token_for(secret, worker)}"


def _signature(secret: bytes, worker: str) -> str:
    return hmac.digest(secret, worker.encode(), "sha256").hex()
