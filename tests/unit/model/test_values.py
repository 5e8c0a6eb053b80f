"""Units and their parsers, as Docker Compose 2.40.3 reads and prints them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycompose.model.values import (
    familiar,
    go_duration,
    go_float,
    image_ref,
    nanoseconds,
    qualified,
    single,
    size,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1m30s", "1m30s"),
        ("90s", "1m30s"),
        ("2w3d", "408h0m0s"),
        ("1.5h", "1h30m0s"),
        ("500ms", "500ms"),
        ("1us", "1µs"),
        ("1µs", "1µs"),
        ("1ns", "1ns"),
        ("0", "0s"),
        ("-0", "0s"),
        ("-1.5h", "-1h30m0s"),
        ("+5s", "5s"),
        (".5s", "500ms"),
        ("1.s", "1s"),
        ("1m1m", "2m0s"),
        ("1.0000000001s", "1s"),
        ("0.1ns", "0s"),
        ("9.999999999s", "9.999999999s"),
        ("33.333333333m", "33m19.99999998s"),
        ("2540400h10m10.000000000s", "2540400h10m10s"),
        ("106751d", "2562024h0m0s"),
    ],
)
def test_durations(text, expected):
    assert go_duration(nanoseconds(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "10", "1h 5s", "5S", "1e3s", "1y", "s", "1.2.3s", "-", ".", "1", "5s "]
)
def test_what_is_no_duration(text):
    with pytest.raises(ValueError, match="is no duration, expected one such as '1m30s'"):
        nanoseconds(text)


@pytest.mark.parametrize("text", ["99999999999h", "106752d", "9" * 5000 + "s"])
def test_durations_that_are_too_long(text):
    with pytest.raises(ValueError, match="is too long, expected less than 292 years"):
        nanoseconds(text)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_printed_durations_are_read_again(nanos):
    assert abs(nanoseconds(go_duration(nanos)) - nanos) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1024", 1024),
        ("10m", 10485760),
        ("1.5gb", 1610612736),
        ("1 kb", 1024),
        ("10 MiB", 10485760),
        ("10b", 10),
        ("1pb", 1125899906842624),
        ("1.999k", 2046),
        ("0.1g", 107374182),
        ("01m", 1048576),
        ("+5m", 5242880),
        (".5m", 524288),
        ("1.5b", 1),
        ("1e3", 1000),
        ("1e3k", 1024000),
        ("8191p", 8191 * 1024**5),
    ],
)
def test_sizes(text, expected):
    assert size(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "b", "10Mi", "1eb", "10kk", "1,000", " 10m", "10m ", "10  m", "-1k", "10ib", "0x10", "٣k"],
)
def test_what_is_no_size(text):
    with pytest.raises(ValueError, match="is no size, expected one such as '64m'"):
        size(text)


@pytest.mark.parametrize("text", ["8192p", "99999999999g", "9" * 5000, "1e309"])
def test_sizes_that_are_too_large(text):
    with pytest.raises(ValueError, match="is too large, expected less than 8192 PiB"):
        size(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.10, "1.1"),
        (1.0, "1"),
        (0.0, "0"),
        (-0.0, "-0"),
        (100000.0, "100000"),
        (1000000.0, "1e+06"),
        (123456789.5, "1.234567895e+08"),
        (1e21, "1e+21"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-1.5e-7, "-1.5e-07"),
        (1.5e300, "1.5e+300"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
    ],
)
def test_floats(value, expected):
    assert go_float(value) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_printed_floats_are_read_again(value):
    assert float(go_float(value)) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1, 0.1),
        (1.5, 1.5),
        (2.0, 2.0),
        (1 / 3, 0.33333334),
        (123456789.25, 1.2345679e08),
        (16777217.0, 16777216.0),
        (1e-7, 1e-7),
        (-1.0, -1.0),
        (0.0, 0.0),
        (math.inf, math.inf),
    ],
)
def test_numbers_of_single_precision(value, expected):
    assert single(value) == expected


def test_what_is_no_number_of_single_precision():
    with pytest.raises(ValueError, match=r"1e\+39 is too large, expected a number below 3.4e38"):
        single(1e39)


def test_image_references():
    assert image_ref("reg:5000/a/b:1@sha256:x") == ("reg:5000", "a/b", "1", "sha256:x")
    assert image_ref("a/b") == ("", "a/b", "", "")
    assert familiar("docker.io/library/redis") == familiar("redis") == "redis:latest"
    assert familiar("ghcr.io/a/b:1") == "ghcr.io/a/b:1"
    assert familiar("redis@sha256:x") == "redis@sha256:x"
    assert familiar("redis:7@sha256:x") == "redis:7@sha256:x"


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("redis", "docker.io/library/redis:latest"),
        ("a/b:1", "docker.io/a/b:1"),
        ("docker.io/redis", "docker.io/library/redis:latest"),
        ("localhost:5000/a:1", "localhost:5000/a:1"),
        ("redis:alpine@sha256:12", "docker.io/library/redis@sha256:12"),
    ],
)
def test_a_registry_takes_references_in_full(text, full):
    assert qualified(text) == full


@pytest.mark.parametrize("text", ["A", "a//b", "${A}", ""])
def test_names_that_no_repository_has_are_refused(text):
    with pytest.raises(ValueError, match="is no image"):
        qualified(text)
