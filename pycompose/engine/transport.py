"""Connections to an engine: unix socket, tcp, tcp with TLS, and `docker system dial-stdio` by ssh.

An Endpoint comes in, a Channel goes out; nothing here knows HTTP. Connecting may time out, reading
and writing never do.
"""
# ruff: noqa: PLC0415  (ssl and subprocess cost 4 and 9 ms, and most engines need neither)

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from pycompose.errors import EngineUnavailable

if TYPE_CHECKING:
    import ssl
    from subprocess import Popen

PIECE: Final = 65536  # bytes read at once; more does not make a pipe faster
CONNECT_SECONDS: Final = 10.0


class TlsFiles(NamedTuple):
    """The files of a TLS client; `verify` says whether the engine must prove who it is.

    An empty `ca` means the certificates the system trusts.
    """

    ca: str = ""
    cert: str = ""
    key: str = ""
    verify: bool = True


class Endpoint(NamedTuple):
    """Where an engine listens.

    `address` is the whole of it as shown to the user (`ssh://me@host`); `path` is the unix
    socket's, here or behind ssh (empty: the remote default); `source` says who named it
    (`DOCKER_HOST`, `context "work"`), empty for a default.
    """

    kind: Literal["unix", "tcp", "ssh"]
    address: str
    path: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    tls: TlsFiles | None = None
    source: str = ""

    def __str__(self) -> str:
        return f"{self.address} (from {self.source})" if self.source else self.address


class Channel(Protocol):
    """A connection that one thread may read while another writes."""

    def recv(self) -> bytes:
        """Return the next bytes, at most PIECE of them; none at the end."""
        ...

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        ...

    def end_writing(self) -> None:
        """Tell the other side that nothing more comes; what it sends can still be read."""
        ...

    def abort(self) -> None:
        """Wake whoever reads or writes in another thread; the owner still has to close."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...

    def quiet(self) -> bool:
        """Tell whether it stands and nothing is there to be read, not even its end."""
        ...

    def last_words(self) -> str:
        """Return what a helper process (ssh) complained about, if there was one."""
        ...


def reason(error: OSError) -> str:
    """Return why a connection failed, as half a sentence."""
    if certificate := getattr(error, "verify_message", ""):
        return f"certificate not trusted: {certificate}"
    file = f" ({error.filename})" if error.filename else ""
    return (error.strerror or str(error)).lower() + file


def open_channel(endpoint: Endpoint) -> Channel:
    """Connect.

    Raises:
        EngineUnavailable: nobody answers there; says the address, who named it, and why.
    """
    try:
        if endpoint.kind == "ssh":
            return _ssh_channel(endpoint)
        if endpoint.tls is None:
            return _PlainChannel(_connect(endpoint))
        return _tls_channel(endpoint, endpoint.tls)
    except OSError as error:
        raise unreachable(endpoint, error) from error


def knock(path: str) -> None:
    """Connect to a unix socket, and let go of it.

    Raises:
        OSError: nobody listens there.
    """
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(path)


def unreachable(endpoint: Endpoint, error: OSError) -> EngineUnavailable:
    """Return the exception for an endpoint that could not be connected to."""
    return EngineUnavailable(f"cannot connect to the engine at {endpoint}: {reason(error)}")


def _connect(endpoint: Endpoint) -> socket.socket:
    """Connect without TLS; where TLS follows, its handshake is still under the time limit."""
    if endpoint.kind == "tcp":
        address = (endpoint.host, endpoint.port)
        sock = socket.create_connection(address, timeout=CONNECT_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if endpoint.tls is None:
            sock.settimeout(None)
        return sock
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(endpoint.path)
    except BaseException:
        sock.close()
        raise
    return sock


def _quiet(sock: socket.socket) -> bool:
    try:
        sock.setblocking(False)
        try:
            sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        finally:
            sock.setblocking(True)
    except OSError:
        pass
    return False


class _PlainChannel:
    """A Channel over a socket as it is."""

    __slots__ = ("_socket",)

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def recv(self) -> bytes:
        return self._socket.recv(PIECE)

    def sendall(self, data: bytes) -> None:
        self._socket.sendall(data)

    def end_writing(self) -> None:
        with suppress(OSError):  # the other side has gone already
            self._socket.shutdown(socket.SHUT_WR)

    def abort(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()

    def quiet(self) -> bool:
        return _quiet(self._socket)

    def last_words(self) -> str:
        return ""


# TLS


def _tls_context(files: TlsFiles) -> ssl.SSLContext:
    import ssl

    for path in filter(None, (files.ca, files.cert, files.key)):
        if not os.path.exists(path):  # ssl does not say which
            raise FileNotFoundError(errno.ENOENT, "no such TLS file", path)
    context = ssl.create_default_context(cafile=files.ca or None)
    if not files.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if files.cert:
        context.load_cert_chain(files.cert, files.key or None)
    return context


def _tls_channel(endpoint: Endpoint, files: TlsFiles) -> Channel:
    context = _tls_context(files)
    raw = _connect(endpoint)
    try:
        channel = _TlsChannel(raw, context, endpoint.host)
        raw.settimeout(None)
    except BaseException:
        raw.close()
        raise
    return channel


class _TlsChannel:
    """A Channel with TLS over a socket.

    `ssl.SSLSocket` will not do: two threads may not use one at a time, and its `shutdown` ends
    reading too. So TLS happens in memory here, each step of it under a lock, while the socket
    is read and written outside of that lock.
    """

    __slots__ = ("_ahead", "_incoming", "_lock", "_outgoing", "_sending", "_socket", "_ssl", "_tls")

    def __init__(self, sock: socket.socket, context: ssl.SSLContext, host: str) -> None:
        import ssl

        self._ssl = ssl
        self._socket = sock
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._lock, self._sending = Lock(), Lock()
        self._ahead = bytearray()  # decrypted by end_writing, not yet read
        self._shake_hands()

    def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except self._ssl.SSLWantReadError:
                self._flush()
                self._receive()
            else:
                return self._flush()

    def _flush(self) -> None:
        if data := self._outgoing.read():
            self._socket.sendall(data)

    def _receive(self) -> None:
        data = self._socket.recv(PIECE)
        if not data:  # an end without TLS's own goodbye: somebody cut the connection
            raise ConnectionResetError("connection closed without a TLS close")
        with self._lock:
            self._incoming.write(data)

    def recv(self) -> bytes:
        while True:
            with self._lock:
                if self._ahead:
                    data = bytes(self._ahead)
                    self._ahead.clear()
                    return data
                try:
                    return self._tls.read(PIECE)
                except self._ssl.SSLWantReadError:
                    pass
                except self._ssl.SSLZeroReturnError:
                    return b""
            self._receive()

    def sendall(self, data: bytes) -> None:
        with self._sending:
            for start in range(0, len(data), PIECE):
                with self._lock:
                    self._tls.write(data[start : start + PIECE])
                self._flush()

    def end_writing(self) -> None:
        with self._sending:
            with self._lock, suppress(self._ssl.SSLError):
                # OpenSSL calls data that waits here an error once the goodbye is said.
                with suppress(self._ssl.SSLWantReadError):
                    while data := self._tls.read(PIECE):
                        self._ahead += data
                self._tls.unwrap()
            with suppress(OSError):
                self._flush()

    def abort(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._socket.close()

    def quiet(self) -> bool:
        return _quiet(self._socket)

    def last_words(self) -> str:
        return ""


# ssh


class _SshChannel(_PlainChannel):
    """A Channel through an ssh process that ends with it."""

    __slots__ = ("_process",)

    def __init__(self, sock: socket.socket, process: Popen[bytes]) -> None:
        super().__init__(sock)
        self._process = process

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    def last_words(self) -> str:
        with suppress(Exception):
            self._process.wait(1)
        stderr = self._process.stderr
        words = stderr.read() if stderr and not stderr.closed else b""
        return (words or b"").decode(errors="replace").strip().replace("\r\n", "\n")


def ssh_command(endpoint: Endpoint) -> list[str]:
    """Return the command whose standard streams are a connection to the endpoint's engine."""
    port = ["-p", str(endpoint.port)] if endpoint.port else []
    host = f"{endpoint.user}@{endpoint.host}" if endpoint.user else endpoint.host
    remote = ["--host", f"unix://{endpoint.path}"] if endpoint.path else []
    limit = f"ConnectTimeout={CONNECT_SECONDS:.0f}"
    return [
        *["ssh", "-o", limit, "-T", *port, "--", host],
        *["docker", *remote, "system", "dial-stdio"],
    ]


def _ssh_channel(endpoint: Endpoint) -> Channel:
    import subprocess

    ours, theirs = socket.socketpair()
    with theirs:
        try:
            process = subprocess.Popen(
                ssh_command(endpoint),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,  # a Ctrl-C in the terminal is ours to handle, not ssh's
            )
        except BaseException:
            ours.close()
            raise
    if process.stderr:
        os.set_blocking(process.stderr.fileno(), False)
    return _SshChannel(ours, process)
