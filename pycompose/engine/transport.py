"""Connections to an engine: unix socket, tcp, tcp with TLS, and `docker system dial-stdio` by ssh.

An Endpoint comes in, a connected socket (`dial`) or a Channel (`open_channel`) goes out; nothing
here knows HTTP. Connecting may time out, reading and writing never do.
"""
# ruff: noqa: PLC0415  (ssl and subprocess cost 4 and 9 ms, and most engines need neither)

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

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
        if endpoint.tls is None:
            return _PlainChannel(_connect(endpoint))
        return _tls_channel(endpoint, endpoint.tls)
    except OSError as error:
        raise unreachable(endpoint, error) from error


def unreachable(endpoint: Endpoint, error: OSError) -> EngineUnavailable:
    """Return the exception for an endpoint that could not be connected to."""
    return EngineUnavailable(f"cannot connect to the engine at {endpoint}: {reason(error)}")


def dial(endpoint: Endpoint) -> socket.socket:
    """Return a connected, blocking socket, TLS done; for one thread at a time.

    Raises:
        OSError: nobody answers there, or TLS was refused.
    """
    raw = _connect(endpoint)
    if endpoint.tls is None:
        return raw
    try:
        secure = _tls_context(endpoint.tls).wrap_socket(raw, server_hostname=endpoint.host)
    except BaseException:
        raw.close()
        raise
    secure.settimeout(None)
    return secure


def _connect(endpoint: Endpoint) -> socket.socket:
    """Connect without TLS; where TLS follows, its handshake is still under the time limit."""
    if endpoint.kind == "ssh":
        return _ssh(endpoint)
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

    def last_words(self) -> str:
        return self._socket.last_words() if isinstance(self._socket, _SshSocket) else ""


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

    def last_words(self) -> str:
        return ""


# ssh


class _SshSocket(socket.socket):
    """Our end of a socket pair whose other end an ssh process reads and writes.

    It is a socket, so that docker-py's HTTP library can use it too; the process ends with it.
    """

    process: Popen[bytes]

    def last_words(self) -> str:
        with suppress(Exception):
            self.process.wait(1)
        stderr = self.process.stderr
        words = stderr.read() if stderr and not stderr.closed else b""
        return (words or b"").decode(errors="replace").strip().replace("\r\n", "\n")

    def _real_close(self, *args: Any) -> None:
        # What `close` and the end of the last `makefile` lead to; ssl.SSLSocket relies on it too.
        super()._real_close(*args)  # type: ignore[misc]
        self.process.terminate()
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()


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


def _ssh(endpoint: Endpoint) -> socket.socket:
    import subprocess

    ours, theirs = socket.socketpair()
    with theirs:
        bridge = _SshSocket(fileno=ours.detach())
        try:
            bridge.process = subprocess.Popen(
                ssh_command(endpoint),
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,  # a Ctrl-C in the terminal is ours to handle, not ssh's
            )
        except BaseException:
            socket.socket._real_close(bridge)  # type: ignore[attr-defined]
            raise
    if bridge.process.stderr:
        os.set_blocking(bridge.process.stderr.fileno(), False)
    return bridge
