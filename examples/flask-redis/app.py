"""A page that counts its visits in Redis."""

import time

import redis
from flask import Flask

ATTEMPTS = 10
PAUSE_SECONDS = 0.5

app = Flask(__name__)
counter = redis.Redis(host="redis", port=6379)


def count_visit() -> int:
    """Add one visit; while Redis is still starting, try again."""
    for attempt in range(ATTEMPTS):
        try:
            return counter.incr("visits")
        except redis.exceptions.ConnectionError:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(PAUSE_SECONDS)
    raise AssertionError("unreachable")


@app.get("/")
def page() -> str:
    visits = count_visit()
    return f"This page was visited {visits} time{'' if visits == 1 else 's'}.\n"


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
