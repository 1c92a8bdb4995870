"""The same ports each time, the next free one where one is taken, and never the same one twice."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from runtime.embedded import processes
from runtime.embedded.ports import DOORS, Ports


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Somebody else listens there."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        yield


@pytest.fixture
def first() -> int:
    """The first of ten ports in a row that are free."""
    while True:
        port = processes.free_port()
        if all(processes.is_free(port + place) for place in range(10)):
            return port


def test_each_door_has_its_own(first: int) -> None:
    ports = Ports(first)
    assert [ports.take(door, None) for door in DOORS] == [first, first + 1, first + 2, first + 3]


def test_they_are_the_same_whatever_they_were_the_last_time(first: int) -> None:
    assert Ports(first).take("api", first + 8) == first


def test_for_one_that_is_taken_the_next_free_one_is_said_and_no_other_doors_is_used(first: int) -> None:
    said: list[str] = []
    with taken(first), taken(first + 4):
        assert Ports(first, say=said.append).take("api", None) == first + 5
    (line,) = said
    assert str(first) in line
    assert str(first + 5) in line
    assert "the API" in line


def test_two_doors_that_are_taken_do_not_get_the_same(first: int) -> None:
    ports = Ports(first)
    with taken(first), taken(first + 1):
        assert {ports.take("api", None), ports.take("temporal_ui", None)} == {first + 4, first + 5}


def test_while_something_runs_that_knows_them_those_of_the_last_time_stay(first: int) -> None:
    ports = Ports(first, settled=True)
    assert ports.take("temporal", first + 8) == first + 8
    assert ports.take("mail", None) == first + 2
    with taken(first + 8):
        assert ports.take("temporal", first + 8) == first + 3


def test_one_that_the_operator_names_goes_first(first: int) -> None:
    said: list[str] = []
    ports = Ports(first, say=said.append)
    assert ports.take("api", None, first + 7) == first + 7
    with taken(first + 8):
        assert ports.take("api", None, first + 8) == first + 9
    assert len(said) == 1


def test_without_a_first_one_they_stay_as_they_were_or_are_any_free_ones(first: int) -> None:
    ports = Ports()
    assert ports.take("api", first) == first
    assert processes.is_free(ports.take("api", None))
