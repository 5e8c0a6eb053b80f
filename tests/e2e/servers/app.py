"""A server that says which version it is, until it is drained.

`/drain` answers once nobody can come any more: the proxy has seen twice that the server is not
ready, so that it has drawn its conclusion from the first time, and all requests are answered.
"""

import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = os.environ["VERSION"].encode()
changed = threading.Condition()


class State:
    draining = False
    refused = 0  # how often somebody was told that the server is not ready
    busy = 0  # requests that are being answered


class Handler(BaseHTTPRequestHandler):
    def handle(self):
        with changed:
            State.busy += 1
        try:
            super().handle()
        finally:
            with changed:
                State.busy -= 1
                changed.notify_all()

    def do_GET(self):
        code = 200
        with changed:
            if self.path == "/ready" and State.draining:
                code = 503
                State.refused += 1
                changed.notify_all()
            if self.path == "/drain":
                State.draining = True
                changed.wait_for(lambda: State.refused > 1 and State.busy == 1)
        self.send_response(code)
        self.send_header("Content-Length", str(len(VERSION)))
        self.end_headers()
        self.wfile.write(VERSION)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
server = Server(("", 8000), Handler)
open("/tmp/listening", "w").close()
server.serve_forever()
