"""What every engine of ours does alike: in memory, over HTTP, and a real one."""

from __future__ import annotations

import io
import re
import tarfile
import threading
from contextlib import closing

import pytest
from engine_subject import Program, Subject

from pycompose.engine.fake import Behaviour, Ran
from pycompose.errors import Conflict, EngineError, NotFound

HEALTHY = {"Test": ["CMD-SHELL", "true"], "Interval": 10**9, "Retries": 1}
NO_NAME = "pycompose-nobody-has-this-name"


# Containers


def test_created_container_is_listed_and_inspected_with_what_was_asked_for(subject: Subject):
    made = subject.create(Env=["A=b"])
    row, whole = subject.row(made), subject.engine.inspect_container(made)
    assert row["Names"] == [f"/{subject.name('web')}"]
    assert (row["State"], row["Status"], row["Image"]) == ("created", "Created", subject.image)
    assert row["ImageID"] == whole["Image"] == subject.engine.inspect_image(subject.image)["Id"]
    assert row["Labels"] == whole["Config"]["Labels"]
    assert row["Labels"].items() >= subject.labels.items()
    assert row["HostConfig"]["NetworkMode"] in ("default", "bridge")  # since Docker 26
    assert row["Command"].startswith("sh -c ")
    assert isinstance(row["Created"], int)
    assert whole["Name"] == f"/{subject.name('web')}"
    assert "A=b" in whole["Config"]["Env"]
    assert whole["State"]["Status"] == "created"
    assert whole["State"]["StartedAt"].startswith("0001-01-01")


def test_containers_are_found_by_all_labels_asked_for(subject: Subject):
    made = subject.create("a", Labels={**subject.labels, "x": "1"})
    subject.create("b", Labels={**subject.labels, "x": "2"})
    mine = subject.mine["label"]
    found = subject.engine.list_containers(filters={"label": [*mine, "x=1"]})
    assert [row["Id"] for row in found] == [made]
    assert len(subject.engine.list_containers(filters={"label": [*mine, "x"]})) == 2
    assert subject.engine.list_containers(filters={"label": [*mine, "y"]}) == []
    assert subject.engine.list_containers(all=False, filters=subject.mine) == []


def test_container_is_found_by_its_name(subject: Subject):
    made = subject.create()
    found = subject.engine.list_containers(filters={"name": [f"^/{subject.name('web')}$"]})
    assert [row["Id"] for row in found] == [made]
    assert subject.engine.inspect_container(subject.name("web"))["Id"] == made
    assert subject.engine.inspect_container(made[:12])["Id"] == made


def test_unknown_filter_is_refused(subject: Subject):
    with pytest.raises(EngineError) as caught:
        subject.engine.list_containers(filters={"nonsense": ["x"]})
    assert caught.value.status == 400


def test_started_container_runs_and_says_since_when(subject: Subject):
    made = subject.run()
    row = subject.row(made)
    assert row["State"] == "running"
    assert re.fullmatch(r"Up (Less than a second|\d+ seconds?)", row["Status"])
    assert subject.state(made)["Running"]
    assert not subject.state(made)["StartedAt"].startswith("0001")


def test_starting_a_running_container_is_success(subject: Subject):
    made = subject.run()
    started = subject.state(made)["StartedAt"]
    subject.engine.start_container(made)
    assert subject.state(made)["StartedAt"] == started


def test_stopped_container_has_its_programs_exit_code(subject: Subject):
    made = subject.run(program=Program(out="ready", stop_code=7))
    with closing(subject.engine.logs(made, follow=True)) as lines:
        next(iter(lines))
    subject.engine.stop_container(made, timeout=5)
    assert re.fullmatch(r"Exited \(7\) .+ ago", subject.row(made)["Status"])
    assert (subject.state(made)["Status"], subject.state(made)["ExitCode"]) == ("exited", 7)


def test_stopping_a_stopped_or_created_container_is_success(subject: Subject):
    made = subject.create()
    subject.engine.stop_container(made)
    assert subject.row(made)["State"] == "created"
    subject.engine.start_container(made)
    subject.engine.stop_container(made, timeout=0)
    subject.engine.stop_container(made)
    assert subject.row(made)["State"] == "exited"


def test_killed_container_has_137_and_killing_it_again_is_success(subject: Subject):
    made = subject.run()
    subject.engine.kill_container(made)
    assert subject.engine.wait_container(made) == 137
    subject.engine.kill_container(made)


def test_unknown_signal_is_refused(subject: Subject):
    made = subject.run()
    with pytest.raises(EngineError) as caught:
        subject.engine.kill_container(made, signal="SIGNONSENSE")
    assert caught.value.status in (400, 500)


def test_restarted_container_runs_anew(subject: Subject):
    made = subject.run()
    started = subject.state(made)["StartedAt"]
    subject.engine.restart_container(made, timeout=0)
    assert subject.state(made)["Running"]
    assert subject.state(made)["StartedAt"] != started


def test_paused_container_cannot_be_started_until_it_goes_on(subject: Subject):
    made = subject.run()
    subject.engine.pause_container(made)
    assert subject.row(made)["State"] == "paused"
    assert subject.row(made)["Status"].endswith(" (Paused)")
    with pytest.raises(Conflict):
        subject.engine.start_container(made)
    with pytest.raises(Conflict):
        subject.engine.pause_container(made)
    subject.engine.unpause_container(made)
    assert subject.row(made)["State"] == "running"


def test_pausing_a_container_that_does_not_run_is_a_conflict(subject: Subject):
    with pytest.raises(Conflict):
        subject.engine.pause_container(subject.create())


def test_renamed_container_keeps_its_id_and_frees_its_name(subject: Subject):
    made = subject.create()
    subject.engine.rename_container(made, subject.name("other"))
    assert subject.row(made)["Names"] == [f"/{subject.name('other')}"]
    assert subject.create() != made
    with pytest.raises(Conflict):
        subject.engine.rename_container(made, subject.name("web"))


def test_taken_name_is_a_conflict_that_names_the_owner(subject: Subject):
    made = subject.create()
    with pytest.raises(Conflict) as caught:
        subject.create()
    assert made in caught.value.message
    assert f'"/{subject.name("web")}" is already in use' in caught.value.message


def test_missing_image_is_not_found_and_named_with_its_tag(subject: Subject):
    with pytest.raises(NotFound) as caught:
        subject.create(Image=NO_NAME)
    assert caught.value.message == f"No such image: {NO_NAME}:latest"
    with pytest.raises(NotFound):
        subject.engine.inspect_image(NO_NAME)


def test_removed_container_is_gone_and_removing_it_again_is_success(subject: Subject):
    made = subject.create()
    subject.engine.remove_container(made)
    subject.engine.remove_container(made)
    assert subject.engine.list_containers(filters=subject.mine) == []
    with pytest.raises(NotFound):
        subject.engine.inspect_container(made)


def test_running_container_is_removed_by_force_only(subject: Subject):
    made = subject.run()
    with pytest.raises(Conflict):
        subject.engine.remove_container(made)
    subject.engine.remove_container(made, force=True)
    assert subject.engine.list_containers(filters=subject.mine) == []


def test_container_removed_by_four_at_once_is_gone_for_each(subject: Subject):
    made = subject.run()
    failures = []

    def remove() -> None:
        try:
            subject.engine.remove_container(made, force=True)
            with pytest.raises(NotFound):
                subject.engine.inspect_container(made)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=remove) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("verb", ["start", "stop", "kill", "restart", "pause", "wait", "inspect"])
def test_container_nobody_knows_is_not_found(subject: Subject, verb: str):
    with pytest.raises(NotFound) as caught:
        getattr(subject.engine, f"{verb}_container")(NO_NAME)
    assert "No such container" in caught.value.message


# What a container does


def test_wait_returns_the_exit_code(subject: Subject):
    made = subject.run(program=Program(exits=3))
    assert subject.engine.wait_container(made) == 3
    assert subject.state(made)["ExitCode"] == 3
    assert subject.row(made)["Status"].startswith("Exited (3) ")


def test_wait_ends_when_the_container_does(subject: Subject):
    made = subject.run()
    codes = []
    waiting = threading.Thread(target=lambda: codes.append(subject.engine.wait_container(made)))
    waiting.start()
    subject.engine.kill_container(made)
    waiting.join(10)
    assert codes == [137]


def test_container_to_be_removed_at_its_end_is_removed(subject: Subject):
    made = subject.create(program=Program(exits=0), HostConfig={"AutoRemove": True})
    with closing(subject.engine.events(filters={"container": [made]})) as events:
        subject.engine.start_container(made)
        assert any(event["Action"] == "destroy" for event in events)
    assert subject.engine.list_containers(filters=subject.mine) == []


def test_events_tell_the_life_of_a_container_in_order(subject: Subject):
    told = []
    with closing(subject.engine.events(filters={**subject.mine, "type": ["container"]})) as events:
        made = subject.run(program=Program(exits=5))
        subject.engine.wait_container(made)
        subject.engine.rename_container(made, subject.name("new"))
        subject.engine.remove_container(made)
        for event in events:
            told.append(event)
            if event["Action"] == "destroy":
                break
    assert [event["Action"] for event in told] == ["create", "start", "die", "rename", "destroy"]
    assert {event["Actor"]["ID"] for event in told} == {made}
    created, _, died, renamed, _ = (event["Actor"]["Attributes"] for event in told)
    assert created["name"] == subject.name("web")
    assert created["image"] == subject.image
    assert created.items() >= subject.labels.items()
    assert died["exitCode"] == "5"
    assert renamed["oldName"] == f"/{subject.name('web')}"
    assert told[0]["timeNano"] <= told[-1]["timeNano"]


def test_past_events_are_told_from_a_moment_on(subject: Subject):
    made = subject.create()
    with closing(subject.engine.events(filters={"container": [made]})) as events:
        subject.engine.rename_container(made, subject.name("other"))
        last = next(iter(events))
    since = f"{last['timeNano'] // 10**9 - 60}"
    until = f"{last['timeNano'] // 10**9}.{last['timeNano'] % 10**9:09d}"
    past = subject.engine.events(since=since, until=until, filters={"container": [made]})
    assert [event["Action"] for event in past] == ["create", "rename"]


def test_recent_events_end_by_themselves(subject: Subject):
    made = subject.create()
    with closing(subject.engine.events(filters={"container": [made]})) as events:
        subject.engine.start_container(made)
        subject.engine.kill_container(made, signal="SIGKILL")
        next(event for event in events if event["Action"] == "die")
    filters = {"container": [made], "event": ["start", "kill", "die"]}
    if subject.fake is not None:
        subject.fake.advance(1)  # it tells the time by whole seconds
    told = subject.engine.recent_events(60, filters=filters)
    assert [event["Action"] for event in told] == ["start", "kill", "die"]
    assert {event["Actor"]["ID"] for event in told} == {made}
    assert told[1]["Actor"]["Attributes"]["signal"] == "9"
    none = {**filters, "container": ["0" * 64]}
    assert subject.engine.recent_events(60, filters=none) == []


def test_closed_event_stream_ends_its_reader(subject: Subject):
    events = subject.engine.events(filters=subject.mine)
    reader = threading.Thread(target=lambda: list(events))
    reader.start()
    events.close()
    events.close()
    reader.join(10)
    assert not reader.is_alive()


def test_health_goes_from_starting_to_healthy_and_is_told(subject: Subject):
    made = subject.create(Healthcheck=HEALTHY)
    with closing(subject.engine.events(filters={"container": [made]})) as events:
        subject.engine.start_container(made)
        assert any(event["Action"] == "health_status: healthy" for event in events)
    assert subject.state(made)["Health"]["Status"] == "healthy"
    assert subject.row(made)["Status"].endswith(" (healthy)")


def test_logs_tell_stdout_from_stderr(subject: Subject):
    made = subject.run(program=Program(out="hello", err="oops", exits=0))
    subject.engine.wait_container(made)
    assert sorted(subject.engine.logs(made)) == [(1, b"hello\n"), (2, b"oops\n")]
    assert list(subject.engine.logs(made, stderr=False)) == [(1, b"hello\n")]
    assert list(subject.engine.logs(made, stdout=False)) == [(2, b"oops\n")]
    assert len(list(subject.engine.logs(made, tail="1"))) == 1
    stamped = list(subject.engine.logs(made, stderr=False, timestamps=True))
    assert re.fullmatch(rb"\d{4}-\d\d-\d\dT[\d:.]+Z hello\n", stamped[0][1])


def test_followed_logs_end_with_the_container(subject: Subject):
    made = subject.run(program=Program(out="hello"))
    lines = iter(subject.engine.logs(made, follow=True))
    assert next(lines) == (1, b"hello\n")
    subject.engine.kill_container(made)
    assert list(lines) == []


def test_attached_before_the_start_nothing_is_missed(subject: Subject):
    flags = {"AttachStdout": True, "AttachStderr": True}
    made = subject.create(program=Program(out="hello", err="oops", exits=0), **flags)
    with closing(subject.engine.attach(made)) as attachment:
        subject.engine.start_container(made)
        assert sorted(attachment) == [(1, b"hello\n"), (2, b"oops\n")]


def test_attached_input_reaches_the_program(subject: Subject):
    flags = {"OpenStdin": True, "StdinOnce": True, "AttachStdin": True, "AttachStdout": True}
    made = subject.create(program=Program(reads=True, exits=0), **flags)
    with closing(subject.engine.attach(made, stdin=True)) as attachment:
        if subject.fake:
            subject.fake.behave(subject.name("web"), Program().behaviour)
        subject.engine.start_container(made)
        attachment.write(b"you\n")
        attachment.close_stdin()
        if subject.fake:
            record = subject.fake.container(made)
            subject.fake.until(lambda: record.stdin == b"you\n" and record.stdin_closed)
            subject.fake.write(made, b"got you\n")
            subject.fake.exit(made, 0)
        assert list(attachment) == [(1, b"got you\n")]


# Commands run in containers

NOISY = ["sh", "-c", "echo out; echo err >&2; exit 3"]


def command(subject: Subject, **body: object) -> str:
    """Prepare a noisy command in a new, running container."""
    if subject.fake:
        output = ((1, b"out\n"), (2, b"err\n"))
        ran = {" ".join(NOISY): Ran(exits=3, output=output)}
        subject.fake.behave(subject.image, Behaviour(commands=ran))
        made = subject.engine.create_container(subject.name("web"), {"Image": subject.image})["Id"]
        subject.engine.start_container(made)
    else:
        made = subject.run()
    whole = {"AttachStdout": True, "AttachStderr": True, "Cmd": NOISY, **body}
    return subject.engine.create_exec(made, whole)


def test_command_runs_in_a_container_and_its_output_ends_with_it(subject: Subject):
    made = command(subject)
    with closing(subject.engine.start_exec(made)) as output:
        assert sorted(output) == [(1, b"out\n"), (2, b"err\n")]
    seen = subject.engine.inspect_exec(made)
    assert (seen["ID"], seen["Running"], seen["ExitCode"]) == (made, False, 3)


def test_output_nobody_asked_for_is_not_sent(subject: Subject):
    made = command(subject, AttachStdout=False)
    with closing(subject.engine.start_exec(made)) as output:
        assert list(output) == [(2, b"err\n")]


def test_command_is_run_once(subject: Subject):
    made = command(subject)
    with closing(subject.engine.start_exec(made)) as output:
        list(output)
    with closing(subject.engine.start_exec(made)) as output:
        [(stream, told)] = output
    assert stream == 1
    assert told.lower().endswith(f"exec command {made} has already run\r\n".encode())


def test_command_in_a_container_that_does_not_run_is_a_conflict(subject: Subject):
    made = subject.create()
    with pytest.raises(Conflict):
        subject.engine.create_exec(made, {"Cmd": NOISY})
    subject.engine.start_container(made)
    subject.engine.pause_container(made)
    with pytest.raises(Conflict):
        subject.engine.create_exec(made, {"Cmd": NOISY})
    subject.engine.unpause_container(made)


def test_no_command_is_refused(subject: Subject):
    with pytest.raises(EngineError) as caught:
        subject.engine.create_exec(subject.run(), {"Cmd": []})
    assert caught.value.status == 400


def test_command_nobody_knows_is_not_found(subject: Subject):
    with pytest.raises(NotFound):
        subject.engine.inspect_exec(NO_NAME)
    with pytest.raises(NotFound):
        subject.engine.start_exec(NO_NAME)
    with pytest.raises(NotFound):
        subject.engine.create_exec(NO_NAME, {"Cmd": NOISY})


def test_archive_is_extracted_into_the_container(subject: Subject):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo("greeting")
        entry.size = 5
        tar.addfile(entry, io.BytesIO(b"hello"))
    program = Program(out="hello", exits=0)
    made = subject.create(program=program, Cmd=["cat", "/greeting"])
    subject.engine.put_archive(made, "/", buffer.getvalue())
    subject.engine.start_container(made)
    subject.engine.wait_container(made)
    assert b"".join(data for _, data in subject.engine.logs(made)).strip() == b"hello"
    if subject.fake:
        assert subject.fake.container(made).files == {"/greeting": b"hello"}


# Networks


def test_network_is_listed_with_its_labels(subject: Subject):
    made = subject.network()
    [row] = subject.engine.list_networks(filters=subject.mine)
    assert (row["Id"], row["Name"], row["Driver"]) == (made, subject.name("net"), "bridge")
    assert row["Labels"] == subject.labels
    assert subject.engine.inspect_network(subject.name("net"))["Id"] == made


def test_second_network_of_one_name_is_a_conflict(subject: Subject):
    subject.network()
    with pytest.raises(Conflict) as caught:
        subject.network()
    assert caught.value.message.endswith("already exists")


def test_network_name_filter_matches_parts(subject: Subject):
    subject.network("net")
    subject.network("net2")
    assert len(subject.engine.list_networks(filters={"name": [subject.name("net")]})) == 2


def test_container_joins_its_network_when_it_starts(subject: Subject):
    network, name = subject.network(), subject.name("net")
    endpoints = {"EndpointsConfig": {name: {"Aliases": ["web"]}}}
    made = subject.create(HostConfig={"NetworkMode": name}, NetworkingConfig=endpoints)
    assert list(subject.row(made)["NetworkSettings"]["Networks"]) == [name]
    assert subject.engine.inspect_network(network)["Containers"] == {}
    subject.engine.start_container(made)
    assert subject.row(made)["NetworkSettings"]["Networks"][name]["NetworkID"] == network
    joined = subject.engine.inspect_network(network)["Containers"]
    assert joined[made]["Name"] == subject.name("web")
    settings = subject.engine.inspect_container(made)["NetworkSettings"]["Networks"][name]
    assert "web" in settings["Aliases"]


def test_network_with_a_running_container_cannot_be_removed(subject: Subject):
    network = subject.network()
    made = subject.run(HostConfig={"NetworkMode": subject.name("net")})
    with pytest.raises(Conflict) as caught:
        subject.engine.remove_network(network)
    assert "has active endpoints" in caught.value.message
    subject.engine.kill_container(made)
    subject.engine.wait_container(made)
    subject.engine.remove_network(network)
    assert subject.engine.list_networks(filters=subject.mine) == []


def test_container_whose_network_was_made_anew_cannot_start(subject: Subject):
    first = subject.network()
    made = subject.run(HostConfig={"NetworkMode": subject.name("net")})
    subject.engine.stop_container(made, timeout=0)
    subject.engine.remove_network(first)
    subject.network()
    with pytest.raises(NotFound) as caught:
        subject.engine.start_container(made)
    assert caught.value.message.endswith(f"network {first} not found")


def test_container_on_a_missing_network_is_created_but_cannot_start(subject: Subject):
    made = subject.create(HostConfig={"NetworkMode": NO_NAME})
    with pytest.raises(NotFound):
        subject.engine.start_container(made)
    assert subject.state(made)["Status"] == "created"
    assert subject.state(made)["Error"].endswith(f"network {NO_NAME} not found")


def test_container_is_connected_and_disconnected(subject: Subject):
    network, name = subject.network(), subject.name("net")
    made = subject.run()
    subject.engine.connect_network(network, {"Container": made})
    assert name in subject.row(made)["NetworkSettings"]["Networks"]
    with pytest.raises(EngineError) as caught:
        subject.engine.connect_network(network, {"Container": made})
    assert caught.value.status == 403
    subject.engine.disconnect_network(network, made)
    assert name not in subject.row(made)["NetworkSettings"]["Networks"]
    with pytest.raises(EngineError, match="is not connected to"):
        subject.engine.disconnect_network(network, made)


def test_created_container_is_connected_before_its_start(subject: Subject):
    network = subject.network()
    made = subject.create()
    subject.engine.connect_network(network, {"Container": made})
    subject.engine.start_container(made)
    assert len(subject.row(made)["NetworkSettings"]["Networks"]) == 2


def test_network_nobody_knows_is_not_found(subject: Subject):
    for call in (subject.engine.inspect_network, subject.engine.remove_network):
        with pytest.raises(NotFound) as caught:
            call(NO_NAME)
        assert caught.value.message == f"network {NO_NAME} not found"


def test_predefined_network_is_not_removed(subject: Subject):
    with pytest.raises(EngineError) as caught:
        subject.engine.remove_network("bridge")
    assert caught.value.status == 403
    assert not isinstance(caught.value, Conflict)


def test_two_endpoints_at_once_are_refused_where_capabilities_say_so(subject: Subject):
    subject.network("a")
    subject.network("b")
    endpoints = {"EndpointsConfig": {subject.name("a"): {}, subject.name("b"): {}}}
    if subject.engine.capabilities.several_endpoints:
        made = subject.create(NetworkingConfig=endpoints)
        assert len(subject.row(made)["NetworkSettings"]["Networks"]) == 2
    else:
        with pytest.raises(EngineError) as caught:
            subject.create(NetworkingConfig=endpoints)
        assert caught.value.status == 400


# Volumes


def test_volume_is_listed_with_its_labels(subject: Subject):
    made = subject.volume()
    [row] = subject.engine.list_volumes(filters=subject.mine)
    assert row["Name"] == made["Name"] == subject.name("data")
    assert (row["Driver"], row["Labels"]) == ("local", subject.labels)


def test_existing_volume_is_returned_unchanged(subject: Subject):
    subject.volume(age="old")
    assert subject.volume(age="new")["Labels"]["age"] == "old"


def test_volume_in_use_is_a_conflict_on_removal(subject: Subject):
    subject.volume()
    mounts = [{"Type": "volume", "Source": subject.name("data"), "Target": "/data"}]
    made = subject.create(HostConfig={"Mounts": mounts})
    with pytest.raises(Conflict) as caught:
        subject.engine.remove_volume(subject.name("data"))
    assert made in caught.value.message
    subject.engine.remove_container(made)
    subject.engine.remove_volume(subject.name("data"))
    with pytest.raises(NotFound):
        subject.engine.remove_volume(subject.name("data"))


def test_anonymous_volumes_go_with_the_container_and_named_ones_stay(subject: Subject):
    name = subject.name("data")
    subject.volume()
    made = subject.create(
        Volumes={"/one": {}},
        HostConfig={
            "Binds": [f"{name}:/data:ro"],
            "Mounts": [{"Type": "volume", "Target": "/two"}],
        },
    )
    mounts = {
        mount["Destination"]: mount for mount in subject.engine.inspect_container(made)["Mounts"]
    }
    assert mounts["/data"]["Name"] == name
    assert not mounts["/data"]["RW"]
    anonymous = [mounts[target]["Name"] for target in ("/one", "/two")]
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in anonymous)
    assert {mount["Name"] for mount in subject.row(made)["Mounts"]} == {name, *anonymous}
    subject.engine.remove_container(made, volumes=True)
    left = [volume["Name"] for volume in subject.engine.list_volumes()]
    assert name in left
    assert not set(anonymous) & set(left)


def test_anonymous_volume_given_to_another_container_by_name_stays(subject: Subject):
    first = subject.create("a", Volumes={"/one": {}})
    [mount] = subject.engine.inspect_container(first)["Mounts"]
    second = subject.create("b", HostConfig={"Binds": [f"{mount['Name']}:/one"]})
    subject.engine.remove_container(first)
    subject.engine.remove_container(second, volumes=True)
    names = [volume["Name"] for volume in subject.engine.list_volumes()]
    assert mount["Name"] in names
    subject.engine.remove_volume(mount["Name"])


def test_volumes_made_for_a_container_carry_the_labels_asked_for(subject: Subject):
    options = {"Labels": {**subject.labels, "a": "b"}}
    mounts = [{"Type": "volume", "Target": "/cache", "VolumeOptions": options}]
    container = subject.create(HostConfig={"Mounts": mounts})
    [made] = subject.engine.list_volumes(filters=subject.mine)
    assert made["Labels"] == {**subject.labels, "a": "b"}
    [mount] = subject.row(container)["Mounts"]
    assert mount["Name"] == made["Name"]
    subject.engine.remove_container(container, volumes=True)
    assert subject.engine.list_volumes(filters=subject.mine) == []


def test_anonymous_volumes_stay_unless_asked_for(subject: Subject):
    made = subject.create(Volumes={"/one": {}})
    [mount] = subject.engine.inspect_container(made)["Mounts"]
    subject.engine.remove_container(made)
    subject.engine.remove_volume(mount["Name"])


# Ports


def _published(port: int) -> dict[str, object]:
    bindings = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}
    return {"ExposedPorts": {"80/tcp": {}}, "HostConfig": {"PortBindings": bindings}}


def test_published_port_is_listed_while_the_container_runs(subject: Subject, free_port: int):
    made = subject.create(**_published(free_port))
    assert subject.row(made)["Ports"] == []
    subject.engine.start_container(made)
    row = {"IP": "127.0.0.1", "PrivatePort": 80, "PublicPort": free_port, "Type": "tcp"}
    assert subject.row(made)["Ports"] == [row]
    ports = subject.engine.inspect_container(made)["NetworkSettings"]["Ports"]
    assert ports == {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(free_port)}]}


def test_taken_port_refuses_the_start_and_leaves_the_container_created(
    subject: Subject, free_port: int
):
    subject.run("a", **_published(free_port))
    made = subject.create("b", **_published(free_port))
    with pytest.raises(EngineError) as caught:
        subject.engine.start_container(made)
    assert caught.value.status == 500
    why = f"Bind for 127.0.0.1:{free_port} failed: port is already allocated"
    assert why in caught.value.message
    assert subject.row(made)["State"] == "created"
    assert why in subject.state(made)["Error"]


def test_port_is_free_again_once_its_container_stops(subject: Subject, free_port: int):
    first = subject.run("a", **_published(free_port))
    subject.engine.stop_container(first, timeout=0)
    assert subject.state(subject.run("b", **_published(free_port)))["Running"]


# The engine


def test_capabilities_and_info_say_what_the_engine_is(subject: Subject):
    capabilities = subject.engine.capabilities
    assert capabilities.api >= (1, 24)
    assert capabilities.os == "linux"
    assert subject.engine.info()["ServerVersion"] == capabilities.version


def test_ping_is_answered(subject: Subject):
    subject.engine.ping()


def test_image_is_listed_with_its_tag(subject: Subject):
    [row] = subject.engine.list_images(filters={"reference": [subject.image]})
    assert subject.image in row["RepoTags"]
    assert row["Id"] == subject.engine.inspect_image(subject.image)["Id"]


def test_image_in_use_is_a_conflict_on_removal(subject: Subject):
    subject.create()
    with pytest.raises(Conflict):
        subject.engine.remove_image(subject.engine.inspect_image(subject.image)["Id"])


def test_a_registry_that_does_not_hold_an_image_is_an_error(subject: Subject):
    with pytest.raises(EngineError):
        subject.engine.inspect_distribution(f"localhost:1/{NO_NAME}:latest")


def test_a_registry_tells_the_digest_of_an_image(subject: Subject):
    if subject.fake is None:
        pytest.skip("needs a registry")
    subject.fake.add_image("held:1", id="sha256:" + "1" * 64, local=False)
    found = subject.engine.inspect_distribution("docker.io/library/held:1")
    assert found["Descriptor"]["digest"] == "sha256:" + "1" * 64


# Inside of containers


def test_a_command_can_be_left_to_itself(subject: Subject):
    container = subject.run()
    exec = subject.engine.create_exec(container, {"Cmd": ["true"], "AttachStdout": False})
    subject.engine.detach_exec(exec)
    while (seen := subject.engine.inspect_exec(exec))["Running"]:
        pass
    assert seen["ExitCode"] == 0


def test_terminals_have_a_size(subject: Subject):
    container = subject.run(Tty=True)
    subject.engine.resize_container(container, rows=30, columns=100)
    with pytest.raises(NotFound):
        subject.engine.resize_container(NO_NAME, rows=30, columns=100)
    with pytest.raises(EngineError):
        subject.engine.resize_exec(NO_NAME, rows=30, columns=100)


def test_processes_of_a_container_that_runs(subject: Subject):
    container = subject.create()
    with pytest.raises(Conflict):
        subject.engine.top(container)
    subject.engine.start_container(container)
    table = subject.engine.top(container)
    assert table["Titles"][-1] == "CMD"
    assert table["Processes"][0][-1].startswith("sh -c ")
    assert all(len(row) == len(table["Titles"]) for row in table["Processes"])


def test_a_sample_of_what_a_container_uses(subject: Subject):
    container = subject.run()
    with closing(subject.engine.stats(container, follow=False)) as stream:
        [sample] = stream
    assert sample["name"] == f"/{subject.name('web')}"
    assert sample["memory_stats"]["usage"] > 0
    assert sample["cpu_stats"]["system_cpu_usage"] > sample["precpu_stats"]["system_cpu_usage"] > 0
    assert sample["pids_stats"]["current"] >= 1


def names(files):
    with closing(files), tarfile.open(fileobj=io.BytesIO(b"".join(files))) as tar:
        return {name.rstrip("/") for name in tar.getnames()}


def test_files_come_out_as_they_went_in(subject: Subject):
    container = subject.create()
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        file = tarfile.TarInfo("one.txt")
        file.size = 5
        tar.addfile(file, io.BytesIO(b"hello"))
    subject.engine.put_archive(container, "/tmp", held.getvalue())
    stat = subject.engine.stat_path(container, "/tmp/one.txt")
    assert (stat["name"], stat["size"], stat["linkTarget"]) == ("one.txt", 5, "")
    assert stat["mode"] >> 31 == 0
    assert subject.engine.stat_path(container, "/tmp")["mode"] >> 31 == 1
    files = subject.engine.get_archive(container, "/tmp/one.txt")
    assert files.stat == stat
    assert names(files) == {"one.txt"}
    assert {"tmp", "tmp/one.txt"} <= names(subject.engine.get_archive(container, "/tmp"))
    assert "tmp/one.txt" in names(subject.engine.export_container(container))
    for call in (subject.engine.stat_path, subject.engine.get_archive):
        with pytest.raises(NotFound):
            call(container, "/nothing")
