"""Everything an engine of API 1.41 is asked for, made by Docker Compose and by pycompose.

The same files are brought up by the one and by the other; what the engine then tells of every
container, network and volume has to be the same, but for what `DIFFERENCES` gives a reason for.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pycompose import labels

pytestmark = [pytest.mark.docker, pytest.mark.oracle]

Json = Any
ANONYMOUS = 64  # length of the name that an engine gives to an anonymous volume

BASE = """\
x-base: &base
  image: IMAGE
  command: sleep 1000
  stop_grace_period: 0s
services:
"""
# By subject: how it is brought up, and the file. What this machine cannot start is only created.
FILES: dict[str, tuple[str, str]] = {
    "networks": (
        "up",
        """\
  nets:
    <<: *base
    mac_address: 02:42:ac:11:00:09
    networks:
      front:
        priority: 10
        aliases: [one, two]
        ipv4_address: NET0.9
        ipv6_address: NET6::9
        link_local_ips: [169.254.8.8]
        driver_opts: {org.example.one: "1"}
      back: {aliases: [three], ipv4_address: NET1.9}
      plain:
  other: {<<: *base, networks: [pool]}
  base: {<<: *base, scale: 2}
  linked:
    <<: *base
    scale: 2
    links: [base, "base:db"]
    external_links: ["NAME-outside:ext"]
    networks: {default: {}, plain: {}, apart: {aliases: [linked]}}
networks:
  default: {}
  front:
    enable_ipv6: true
    attachable: true
    driver: bridge
    driver_opts: {com.docker.network.bridge.enable_icc: "true"}
    labels: {org.example.net: front}
    ipam:
      driver: default
      config:
        - subnet: NET0.0/24
          gateway: NET0.1
          ip_range: NET0.0/25
          aux_addresses: {a: NET0.5}
        - {subnet: "NET6::/64"}
  back: {internal: true, ipam: {config: [{subnet: NET1.0/24}]}}
  plain: {name: NAME-plain}
  pool: {ipam: {options: {org.example.ipam: "1"}}}
  apart: {external: true, name: NAME-outside}
""",
    ),
    "namespaces": (
        "up",
        """\
  a: {<<: *base, volumes: [/shared]}
  b: {<<: *base, ipc: shareable, volumes: [data:/vols, /more]}
  joined:
    <<: *base
    network_mode: service:a
    ipc: service:b
    pid: service:a
    volumes_from: ["a:ro", "b:rw"]
  outside:
    <<: *base
    network_mode: container:NAME-outside
    pid: container:NAME-outside
  alone: {<<: *base, network_mode: none, ipc: private, pid: "", cgroup: private}
  host: {<<: *base, network_mode: host, ipc: host, pid: host, uts: host, cgroup: host}
  user: {<<: *base, userns_mode: host}
  bridge: {<<: *base, network_mode: bridge, ports: ["127.0.0.1::80"]}
  off: {<<: *base, network_mode: disabled}
volumes:
  data:
""",
    ),
    "a cgroup": ("create", "  parent: {<<: *base, cgroup_parent: /org.example}\n"),
    "ports": (
        "up",
        """\
  web:
    <<: *base
    expose: [9000, "7000-7002", "53/udp"]
    ports:
      - "127.0.0.1:0:80"
      - "90"
      - "127.0.0.1:PORT00-PORT02:700-702"
      - "PORT10-PORT20:80/udp"
      - target: 99
        published: "PORT30"
        protocol: udp
        host_ip: 127.0.0.1
        mode: host
        name: metrics
        app_protocol: http
      - "[::1]:PORT40:81"
      - "5000-5001/udp"
""",
    ),
    "mounts": (
        "up",
        """\
  web:
    <<: *base
    volumes:
      - data:/named
      - data:/named-ro:ro
      - /anonymous
      - ./folder:/bound:ro
      - ./folder:/relabelled:z
      - ./made:/made
      - type: bind
        source: ./folder
        target: /long1
        read_only: true
        bind: {propagation: private}
      - type: bind
        source: ./folder
        target: /long2
        bind: {create_host_path: true, recursive: disabled}
      - {type: bind, source: ./folder, target: /long3}
      - {type: bind, source: ./folder, target: /long4, consistency: cached}
      - {type: bind, source: ./folder, target: /long5, bind: {create_host_path: true}}
      - {type: bind, source: ./folder, target: /long6, bind: {create_host_path: true, selinux: Z}}
      - {type: volume, source: data, target: /nocopy, volume: {nocopy: true}}
      - {type: volume, target: /labelled, volume: {labels: {org.example.l: v}}}
      - {type: volume, source: data, target: /consistent, consistency: delegated}
      - {type: volume, source: driven, target: /driven, read_only: true}
      - {type: tmpfs, target: /scratch, tmpfs: {size: 1m, mode: 0o1777}}
      - {type: tmpfs, target: /scratch2}
      - named:/short:nocopy
      - kept:/kept
    tmpfs: ["/run:size=64m,mode=755", /more]
    secrets: [key, {source: key, target: other}]
    configs: [conf, {source: conf, target: /etc/conf}]
volumes:
  data: {labels: {org.example.vol: data}}
  named: {name: NAME-named}
  driven: {driver: local, driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}}
  kept: {external: true, name: NAME-outside}
  unused: {driver: local}
secrets:
  key: {file: ./secret.txt}
configs:
  conf: {file: ./secret.txt}
""",
    ),
    "limits": (
        "up",
        """\
  web:
    <<: *base
    cpu_shares: 73
    cpu_period: 100000
    cpu_quota: 50000
    cpuset: 0-1
    cpu_count: 1
    mem_limit: 64m
    mem_reservation: 32m
    memswap_limit: 128m
    mem_swappiness: 10
    oom_kill_disable: true
    oom_score_adj: 100
    pids_limit: 50
    shm_size: 16m
    ulimits: {nproc: 500, nofile: {soft: 100, hard: 200}}
    sysctls: {net.core.somaxconn: 1024, net.ipv4.tcp_syncookies: 0}
    device_cgroup_rules: ["c 1:3 mr"]
    devices:
      - /dev/null:/dev/x:r
      - /dev/zero
      - {source: /dev/zero, target: /dev/z, permissions: r}
  plain: {<<: *base, cpus: 0.5, pids_limit: -1, memswap_limit: -1, mem_limit: 1g}
  listed: {<<: *base, sysctls: ["net.core.somaxconn=1025"]}
  deployed:
    <<: *base
    restart: always
    deploy:
      mode: replicated
      replicas: 2
      labels: {org.example.deployed: "1"}
      endpoint_mode: dnsrr
      placement: {constraints: [node.role == manager]}
      update_config: {parallelism: 2}
      rollback_config: {parallelism: 2}
      resources:
        limits: {cpus: "0.25", memory: 50m, pids: 100}
        reservations: {cpus: "0.1", memory: 20m}
      restart_policy: {condition: on-failure, max_attempts: 3, delay: 5s, window: 9s}
""",
    ),
    "what this machine has not": (
        "create",
        """\
  devices:
    <<: *base
    deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 1}]}}}
  gpus: {<<: *base, gpus: all}
  named: {<<: *base, gpus: [{driver: d, device_ids: ["0"], options: {a: b}, capabilities: [x]}]}
  bare: {<<: *base, devices: [{source: /dev/zero, target: /dev/zz}]}
  blkio:
    <<: *base
    blkio_config:
      weight: 300
      weight_device: [{path: /dev/null, weight: 400}]
      device_read_bps: [{path: /dev/null, rate: 12mb}]
      device_read_iops: [{path: /dev/null, rate: 120}]
      device_write_bps: [{path: /dev/null, rate: 1024k}]
      device_write_iops: [{path: /dev/null, rate: 30}]
    cpu_percent: 50
    cpu_rt_runtime: 100
    cpu_rt_period: 1000
  privileged: {<<: *base, privileged: true, cap_add: [ALL]}
  slave: {<<: *base, volumes: ["./folder:/slave:rslave", "./made:/made"]}
  sctp: {<<: *base, ports: ["127.0.0.1:PORT50:6/sctp"]}
""",
    ),
    "security": (
        "up",
        """\
  web:
    <<: *base
    cap_add: [sys_ptrace, NET_ADMIN, CAP_NET_ADMIN]
    cap_drop: [MKNOD]
    security_opt:
      - no-new-privileges:true
      - seccomp=./seccomp.json
      - label=disable
      - systempaths=unconfined
    read_only: true
    user: "1000:1000"
    group_add: [100, "0"]
    runtime: runc
    isolation: default
    platform: linux/amd64
  open: {<<: *base, security_opt: ["seccomp:unconfined", no-new-privileges, "apparmor=x"]}
""",
    ),
    "identity": (
        "up",
        """\
  web:
    <<: *base
    hostname: front
    domainname: example.org
    working_dir: /tmp
    tty: true
    stdin_open: true
    init: true
    stop_signal: SIGUSR1
    stop_grace_period: 1m30s
    labels: {org.example.a: "1", org.example.b: ""}
    label_file: web.labels
    environment: {A: "1", EMPTY: "", GONE: , FROM_HERE: }
    env_file: [web.env, {path: absent.env, required: false}]
    logging: {driver: local, options: {max-size: 1m, max-file: "3"}}
    dns: [192.0.2.1]
    dns_search: [example.org]
    dns_opt: ["ndots:1"]
    extra_hosts: {a.example: 192.0.2.7, b.example: host-gateway, c.example: "::1"}
    container_name: NAME-named
    restart: unless-stopped
    attach: false
  plain:
    <<: *base
    environment: ["B=2", "PATH"]
    labels: [org.example.c=3]
    logging: {driver: none}
    dns: 192.0.2.2
    extra_hosts: ["d.example=192.0.2.8", "d.example:192.0.2.9"]
    hostname: plain
    init: false
""",
    ),
    "commands": (
        "up",
        """\
  words: {<<: *base, entrypoint: 'sh -c "sleep 1000"', command: []}
  cleared: {<<: *base, entrypoint: [], command: [sleep, "1000"], restart: "on-failure:3"}
  empty: {<<: *base, entrypoint: "", command: sleep 1000, restart: always}
  listed: {<<: *base, entrypoint: [sh, -c], command: "'sleep 1000; echo $$HOME'", restart: "no"}
  late:
    <<: *base
    depends_on:
      text: {condition: service_healthy}
      none: {condition: service_started, restart: true}
  text:
    <<: *base
    healthcheck: {test: "true", interval: 500ms, timeout: 60s, retries: 5, start_period: 2s}
  list: {<<: *base, healthcheck: {test: [CMD, "true"], interval: 1m30s}}
  shell: {<<: *base, healthcheck: {test: [CMD-SHELL, "true"]}}
  none: {<<: *base, healthcheck: {disable: true}}
  none2: {<<: *base, healthcheck: {test: [NONE]}}
  timing: {<<: *base, healthcheck: {interval: 5s}}
""",
    ),
    "what the image says": ("create", "  web: {image: IMAGE, entrypoint: []}\n"),
}
# What came with newer engines: their API has to be this one or newer.
NEWER = {
    "what is newer": (
        (1, 49),
        """\
  web:
    <<: *base
    annotations: {org.example.note: "1"}
    mac_address: 02:42:ac:11:00:09
    healthcheck: {test: "true", interval: 9s, start_interval: 500ms, start_period: 3s}
    networks:
      a: {priority: 5, interface_name: front0, ipv4_address: NET0.9, gw_priority: 1}
      b: {mac_address: "02:42:ac:11:00:10", aliases: [other], link_local_ips: [169.254.8.9]}
      c:
    volumes:
      - {type: volume, source: data, target: /part, volume: {subpath: a}}
      - {type: image, source: IMAGE, target: /image, image: {subpath: bin}}
      - type: bind
        source: ./made
        target: /made
        read_only: true
        bind: {create_host_path: true, recursive: writable}
      - type: bind
        source: ./folder
        target: /deep
        read_only: true
        bind: {recursive: readonly, propagation: rprivate}
  cdi: {<<: *base, networks: [a], devices: [vendor.com/gpu=0]}
networks:
  a: {ipam: {config: [{subnet: NET0.0/24}]}}
  b: {enable_ipv4: true, enable_ipv6: true, driver_opts: {com.docker.network.driver.mtu: 1400}}
  c: {enable_ipv4: false, enable_ipv6: true}
volumes:
  data: {external: true, name: NAME-outside}
""",
    ),
}

_IPAM = "Docker Compose 2 knows no options of the address management, pycompose passes them on"
# By subject: what differs, and why that is meant.
DIFFERENCES: dict[str, dict[str, str]] = {
    "networks": {
        "network NAME_pool/IPAM/Options": _IPAM,
        f"network NAME_pool/Labels/{labels.CONFIG_HASH}": _IPAM,
    },
    "namespaces": {
        f"container NAME-joined-1/Config/Labels/{labels.CONFIG_HASH}": (
            "the ids of the containers that are joined count into the hash"
        ),
    },
    "what this machine has not": {
        "container NAME-bare-1/HostConfig/Devices": (
            "a device without permissions lets no container start, pycompose asks for all of them"
        ),
    },
}

# What is another one each time, wherever it stands in what an engine tells; labels of our own, and
# the one by which volumes without a name are found, which engines give themselves where they can.
DYNAMIC = frozenset(
    (
        *("Id", "Created", "CreatedAt", "GraphDriver", "EndpointID", "SandboxID", "SandboxKey"),
        *("Gateway", "IPAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address"),
        *("GlobalIPv6PrefixLen", "MacAddress", "Mountpoint", "HostPort", "IPv4Address"),
        *("IPv6Address", "ExecIDs", labels.VERSION, labels.FIELDS, labels.CONTENTS),
        "com.docker.volume.anonymous",
        labels.ANONYMOUS,  # by it, `down --volumes` finds what fewer replicas have left
    )
)


def brought_up(scene, command, how: str) -> Json:
    """Bring the project up, tell what the engine says of it, and take it down."""
    command("up", "-d") if how == "up" else command("create")
    seen = look(scene)
    command("down", "--volumes")
    assert scene.nothing_left()
    return seen


def look(scene) -> Json:
    api = scene.client.api
    containers = scene.containers()
    networks = [api.inspect_network(name) for name in scene.networks()]
    names = {one["Id"]: f"<{name}>" for name, one in containers.items()}
    names |= {one["Id"]: f"<{one['Name']}>" for one in networks}
    found = {f"container {name}": contained(one) for name, one in containers.items()}
    found |= {f"network {one['Name']}": networked(one) for one in networks}
    found |= {f"volume {name}": api.inspect_volume(name) for name in scene.volumes()}
    return {name: reduced(named(one, names)) for name, one in found.items()}


def contained(document: Json) -> Json:
    """Return what inspect tells of a container; what the file gave it stands out of the rest."""
    config, endpoints = document["Config"], document["NetworkSettings"]["Networks"]
    state = document.pop("State")
    needs = config["Labels"].pop(labels.DEPENDS_ON).split(",")
    mac = config.get("MacAddress")
    given = {
        "address": mac and [mac, *(e["MacAddress"] == mac for e in endpoints.values())],
        "ports": document["HostConfig"].pop("PortBindings"),
        "depends_on": sorted(needs),
        "state": (state["Status"], "Health" in state),
        "static": {n: e["IPAMConfig"] for n, e in endpoints.items() if e["IPAMConfig"]},
    }
    return {**document, "given": json.dumps(given, sort_keys=True)}


def networked(document: Json) -> Json:
    """Return what inspect tells of a network, without the pools that the engine chose."""
    pools = [p for p in document["IPAM"]["Config"] if p["Subnet"].startswith(("10.231", "fd00"))]
    document["IPAM"]["Config"] = pools
    return document


def named(document: Json, names: dict[str, str]) -> Json:
    """Return a document with names where ids stand, and one for all anonymous volumes."""
    text = json.dumps(document)
    for id, name in names.items():
        text = text.replace(id, name).replace(id[:12], name)
    for mount in document.get("Mounts") or ():
        if len(mount.get("Name", "")) == ANONYMOUS:
            text = text.replace(mount["Name"], "<anonymous>")
    # Where an image is mounted from is another place each time.
    return json.loads(re.sub(r"[0-9a-f]{64}/merged", "<merged>", text))


def reduced(value: Json) -> Json:
    if isinstance(value, dict):
        found = {key: reduced(item) for key, item in value.items() if key not in DYNAMIC}
        return {key: item for key, item in found.items() if item not in (None, [], {})}
    if isinstance(value, list):
        return sorted(map(reduced, value), key=json.dumps)
    return value


def differences(one: Json, other: Json, path: str = "") -> dict[str, tuple[Json, Json]]:
    if isinstance(one, dict) and isinstance(other, dict):
        found: dict[str, tuple[Json, Json]] = {}
        for key in sorted(one.keys() | other.keys()):
            found |= differences(one.get(key), other.get(key), f"{path}/{key}".removeprefix("/"))
        return found
    return {} if one == other else {path: (one, other)}


@pytest.fixture
def outside(scene):
    """A container that runs, a network and a volume of one name, which are of no project."""
    name = scene.make_volume(f"{scene.name}-outside")
    network = scene.client.networks.create(name)
    made = scene.client.containers.run(
        scene.image, ["sleep", "1000"], name=name, detach=True, volumes=[f"{name}:/kept"]
    )
    yield made
    made.remove(force=True)
    network.remove()


@pytest.mark.parametrize("subject", FILES)
def test_the_engine_tells_the_same_of_what_either_has_made(scene, outside, subject) -> None:
    compared(scene, subject, *FILES[subject])


@pytest.mark.parametrize("subject", NEWER)
def test_a_newer_engine_tells_the_same(scene, real_engine, outside, subject) -> None:
    api, text = NEWER[subject]
    if real_engine.capabilities.api < api:
        pytest.skip(f"needs an engine with API {api}")
    outside.exec_run(["mkdir", "/kept/a"])
    compared(scene, subject, "create", text)


def compared(scene, subject: str, how: str, text: str) -> None:
    """Let both make a project of a file, and compare what the engine tells of it."""
    number = int(scene.name[-4:], 16)
    text = (BASE + text).replace("NAME", scene.name)
    text = text.replace("NET6", f"fd00:231:{number:x}")
    text = re.sub(r"NET(\d)", lambda m: f"10.231.{number % 128 * 2 + int(m[1])}", text)
    text = re.sub(r"PORT(\d\d)", lambda m: str(20000 + number % 100 * 100 + int(m[1])), text)
    scene.write(text)
    scene.write("FROM_FILE=yes\nA=less\n", "web.env")
    scene.write("org.example.file=yes\n", "web.labels")
    scene.write("hello\n", "secret.txt")
    scene.write('{"defaultAction":   "SCMP_ACT_ALLOW"}\n', "seccomp.json")
    (scene.folder / "folder").mkdir()
    theirs = brought_up(scene, scene.oracle, how)
    ours = brought_up(scene, scene.run, how)
    found = differences(theirs, ours)
    expected = {path.replace("NAME", scene.name) for path in DIFFERENCES.get(subject, ())}
    told = "".join(f"\n{p}\n  theirs {a}\n  ours   {b}" for p, (a, b) in found.items())
    assert found.keys() == expected, told
