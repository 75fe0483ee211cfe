"""A stage that does nothing but serve HTTP like one: `python fake_stage.py HOST:PORT [PATH=JSON…]`, until SIGTERM."""

import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGES = {"/readyz": "{}"} | dict(page.split("=", 1) for page in sys.argv[2:])


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


def main() -> None:
    host, port = sys.argv[1].split(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(0.05)


if __name__ == "__main__":
    main()
