"""A reverse proxy in front of all containers that the name `app` stands for.

It asks each one whether it is ready, again and again, and connects to those that are. Where it
cannot connect it tries the next one, as proxies do; a request that was sent is not sent again.
"""

import http.client
import itertools
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8000
lock = threading.Lock()
ready = []
turn = itertools.count()


def is_ready(address):
    asked = http.client.HTTPConnection(address, PORT, timeout=10)
    try:
        asked.request("GET", "/ready")
        return asked.getresponse().status == 200
    except OSError:
        return False
    finally:
        asked.close()


def look():
    while True:
        try:
            found = sorted({one[4][0] for one in socket.getaddrinfo("app", PORT, socket.AF_INET)})
        except OSError:
            found = []
        fit = [address for address in found if is_ready(address)]
        with lock:
            ready[:] = fit
        time.sleep(0.05)


def connected():
    """Return a connection to the next one that is ready; none is made after it is not any more."""
    with lock:
        first = next(turn)
        for index in range(len(ready)):
            upstream = http.client.HTTPConnection(ready[(first + index) % len(ready)], PORT)
            try:
                upstream.connect()
            except OSError:
                continue
            return upstream
    return None


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        upstream = connected()
        if upstream is None:
            self.send_error(503)
            return
        try:
            upstream.request("GET", self.path)
            answer = upstream.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.send_error(502)
            return
        finally:
            upstream.close()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


threading.Thread(target=look, daemon=True).start()
server = Server(("", PORT), Handler)
while not ready:
    time.sleep(0.05)
open("/tmp/listening", "w").close()
server.serve_forever()
