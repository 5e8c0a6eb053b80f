"""Ask the server in this container to take no more requests; return once it has none."""

import urllib.request

urllib.request.urlopen("http://127.0.0.1:8000/drain").read()
