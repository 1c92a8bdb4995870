"""Webhooks over real sockets: signed, keyed, never followed, and never into our own network."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from standardwebhooks.webhooks import Webhook

from activities.ports.errors import Never, ToldToWait
from activities.ports.notices import OutgoingNotice
from adapters.delivery.endpoints import EndpointFailed, SignedPost, is_public
from adapters.delivery.notifier import Channels
from adapters.delivery.webhooks import WebhookNotifier
from domain.views.references import References
from tests.support.http_sink import Taken
from tests.support.outgoing_notices import a_notice

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOTIFIER = WebhookNotifier(SignedPost(allow_private=True))
RULED = {"outcome": "upheld", "phase": "appealable"}


def a_webhook(sink: Taken, event: str = "ruling_issued", **changes: Any) -> OutgoingNotice:
    """To a tenant for development, unless said otherwise."""
    said = {"development": True, "data": RULED, **changes}
    return a_notice(event, channel="webhook", audience="platform", address=sink.url, secrets=(SECRET,), **said)


async def sent(sink: Taken, notifier: WebhookNotifier = NOTIFIER, event: str = "ruling_issued", **changes: Any) -> str:
    notice = a_webhook(sink, event, **changes)
    return await notifier.send(notice)


class TestMessage:
    async def test_it_is_signed_by_standard_webhooks(self, sink: Taken) -> None:
        assert await sent(sink) == "200"
        line, headers, body = sink.requests[0]
        assert line == "POST /hook?x=1 HTTP/1.1"
        assert headers["webhook-id"] == "ntc_0196a7c2-opened-1"
        assert headers["content-type"] == "application/json"
        assert headers["host"].startswith("localhost:")
        assert Webhook(SECRET).verify(body, headers)["type"] == "ruling_issued"

    async def test_it_says_what_happened_when_in_which_case(self, sink: Taken) -> None:
        await sent(sink, event="evidence_requested:claimant")
        said = json.loads(sink.requests[0][2])
        assert said["type"] == "evidence_requested.claimant"
        assert said["timestamp"] == "2026-03-05T09:00:00Z"
        assert said["data"]["outcome"] == "upheld"
        assert (said["data"]["case_id"], said["data"]["kind"]) == ("case_0196a7c2-77aa-7bcd-9f3c-2a1b44d05e6f", "bounty_dispute")

    async def test_it_says_by_what_the_platform_knows_the_case(self, sink: Taken) -> None:
        known = References(source="api", external_id="R-1", metadata={"order": "A-1"})
        await NOTIFIER.send(a_webhook(sink, references=known))
        data = json.loads(sink.requests[0][2])["data"]
        assert (data["external_id"], data["metadata"], data["outcome"]) == ("R-1", {"order": "A-1"}, "upheld")

    async def test_a_repeat_has_the_same_id_and_body(self, sink: Taken) -> None:
        await sent(sink)
        await sent(sink)
        first, second = sink.requests
        assert (first[1]["webhook-id"], first[2]) == (second[1]["webhook-id"], second[2])


class TestAnswers:
    @pytest.mark.parametrize("status", [200, 202, 204])
    async def test_2xx_is_the_receipt(self, sink: Taken, status: int) -> None:
        sink.status = status
        assert await sent(sink) == str(status)

    async def test_gone_is_for_ever(self, sink: Taken) -> None:
        sink.status = 410
        with pytest.raises(Never, match="endpoint_gone"):
            await sent(sink)

    @pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 422, 500, 502])
    async def test_everything_else_is_weather_and_redirects_are_not_followed(self, sink: Taken, status: int) -> None:
        sink.status, sink.headers = status, {"location": sink.url}
        with pytest.raises(EndpointFailed) as caught:
            await sent(sink)
        assert caught.value.status == status
        assert len(sink.requests) == 1

    @pytest.mark.parametrize(
        ("asked", "wait_for"),
        [
            ("120", timedelta(seconds=120)),
            ("0", timedelta(0)),
            ("9" * 400, timedelta(hours=24)),
            ("Thu, 05 Mar 2026 10:30:00 GMT", timedelta(minutes=90)),
            ("Thu, 05 Mar 2026 08:00:00 GMT", timedelta(0)),
            ("Fri, 01 Jan 2100 00:00:00 GMT", timedelta(hours=24)),
        ],
    )
    @pytest.mark.parametrize("status", [429, 503])
    async def test_an_endpoint_may_ask_for_time(self, sink: Taken, status: int, asked: str, wait_for: timedelta) -> None:
        sink.status, sink.headers = status, {"retry-after": asked}
        post = SignedPost(allow_private=True, now=lambda: datetime(2026, 3, 5, 9, tzinfo=UTC))
        with pytest.raises(ToldToWait) as caught:
            await sent(sink, WebhookNotifier(post))
        assert caught.value.wait_for == wait_for

    @pytest.mark.parametrize("asked", ["soon", "-5", "١٢", "Thu, 99 Mar"])
    async def test_a_time_that_is_none_is_weather(self, sink: Taken, asked: str) -> None:
        sink.status, sink.headers = 503, {"retry-after": asked.encode("utf-8", "replace").decode("latin-1")}
        with pytest.raises(EndpointFailed):
            await sent(sink)

    async def test_an_endpoint_that_never_answers_is_weather(self, sink: Taken) -> None:
        sink.silent = True
        with pytest.raises((TimeoutError, httpx2.TimeoutException)):
            await sent(sink, WebhookNotifier(SignedPost(allow_private=True, timeout_for=timedelta(milliseconds=200))))

    async def test_a_closed_port_is_weather(self, sink: Taken) -> None:
        sink.url = "http://127.0.0.1:1/"
        with pytest.raises(httpx2.ConnectError):
            await sent(sink)


class TestWhereItMayGo:
    @pytest.mark.parametrize(
        "url",
        [
            "https://127.0.0.1/",
            "https://localhost/",
            "https://[::1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.1.2.3/",
            "https://2130706433/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://0.0.0.0/",
        ],
    )
    async def test_never_into_our_own_network(self, sink: Taken, url: str) -> None:
        sink.url = url
        with pytest.raises(Never, match="endpoint_not_public"):
            await sent(sink, WebhookNotifier(SignedPost()))

    async def test_nor_with_the_setting_but_for_tenants_for_development(self, sink: Taken) -> None:
        for url, code in (
            (sink.url, "endpoint_not_https"),
            ("https://127.0.0.1/", "endpoint_not_public"),
            ("https://168.63.129.16/", "endpoint_not_public"),
            ("https://hooks.example:22/", "endpoint_port_refused"),
        ):
            sink.url = url
            with pytest.raises(Never, match=code):
                await sent(sink, development=False)
            with pytest.raises(Never, match=code):
                await SignedPost(allow_private=True).check(url)

    async def test_a_name_with_one_private_address_is_refused(self, sink: Taken) -> None:
        async def resolve(host: str, port: int) -> list[str]:
            return ["93.184.215.14", "192.168.0.1"]

        sink.url = "https://hooks.example/"
        with pytest.raises(Never, match="endpoint_not_public"):
            await sent(sink, WebhookNotifier(SignedPost(resolve=resolve)))

    async def test_it_connects_to_the_address_that_was_checked(self, sink: Taken) -> None:
        asked: list[str] = []

        async def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        port = httpx2.URL(sink.url).port
        sink.url = f"http://no-such-name.invalid:{port}/hook"
        await sent(sink, WebhookNotifier(SignedPost(allow_private=True, resolve=resolve)))
        assert asked == ["no-such-name.invalid"]
        assert sink.requests[0][1]["host"] == f"no-such-name.invalid:{port}"

    async def test_the_next_address_is_tried_when_one_does_not_answer(self, sink: Taken) -> None:
        async def resolve(host: str, port: int) -> list[str]:
            return ["::1", "127.0.0.1"]  # the sink listens on the second alone

        assert await sent(sink, WebhookNotifier(SignedPost(allow_private=True, resolve=resolve))) == "200"

    async def test_a_name_that_nobody_knows_is_weather(self, sink: Taken) -> None:
        sink.url = "https://no-such-name.invalid/"
        with pytest.raises(OSError, match=r".+"):
            await sent(sink, WebhookNotifier(SignedPost()))

    @pytest.mark.parametrize("address", ["192.0.0.192", "168.63.129.16", "fec0::1", "10.0.0.1"])
    async def test_where_a_name_leads_is_looked_at_again_when_something_is_sent(self, sink: Taken, address: str) -> None:
        async def first_public_then_not(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["93.184.215.14"] if len(asked) == 1 else ["93.184.215.14", address]

        asked: list[str] = []
        post = SignedPost(resolve=first_public_then_not)
        await post.check("https://hooks.example/in")
        sink.url = "https://hooks.example/in"
        with pytest.raises(Never, match="endpoint_not_public"):
            await sent(sink, WebhookNotifier(post))

    async def test_a_host_that_nobody_knows_is_refused_when_it_is_made(self) -> None:
        async def nobody(host: str, port: int) -> list[str]:
            raise OSError(host)

        async def nowhere(host: str, port: int) -> list[str]:
            return []

        for resolve in (nobody, nowhere):
            with pytest.raises(Never, match="endpoint_host_unknown"):
                await SignedPost(resolve=resolve).check("https://hooks.example/in")

    @pytest.mark.parametrize(
        ("port", "taken"), [(":443", True), (":8443", True), ("", True), (":22", False), (":25", False), (":80", False)]
    )
    async def test_a_port_of_another_service_is_refused(self, port: str, taken: bool) -> None:
        async def anywhere(host: str, port: int) -> list[str]:
            return ["93.184.215.14"]

        found = []
        try:
            await SignedPost(resolve=anywhere).check(f"https://hooks.example{port}/in")
        except Never as never:
            found.append(never.code)
        assert found == ([] if taken else ["endpoint_port_refused"])

    async def test_plain_http_is_refused(self, sink: Taken) -> None:
        with pytest.raises(Never, match="endpoint_not_https"):
            await sent(sink, WebhookNotifier(SignedPost()))

    @pytest.mark.parametrize(
        "url",
        ["", "ftp://x.example/", "https://", "nonsense", "https://[::1", "http://x:99999999/", f"https://{'a' * 70}.example/"],
    )
    async def test_what_is_no_web_address_is_refused(self, sink: Taken, url: str) -> None:
        sink.url = url
        with pytest.raises(Never, match="endpoint_invalid"):
            await sent(sink)

    @pytest.mark.parametrize("secret", ["whsec_", "whsec_ünlesbar", None])
    async def test_without_a_usable_secret_nothing_is_sent(self, sink: Taken, secret: str | None) -> None:
        with pytest.raises(Never, match="endpoint_invalid"):
            await NOTIFIER.send(a_webhook(sink).model_copy(update={"secrets": (secret,) if secret else ()}))
        assert not sink.requests

    async def test_without_an_address_nothing_is_sent(self) -> None:
        with pytest.raises(Never, match="address_missing"):
            await NOTIFIER.send(a_notice(channel="webhook", address=None, secrets=(SECRET,)))

    @pytest.mark.parametrize(
        ("address", "public"),
        [
            ("93.184.215.14", True),
            ("2606:4700::1111", True),
            ("64:ff9b::5db8:d70e", True),
            ("127.0.0.1", False),
            ("172.16.0.1", False),
            ("100.100.100.200", False),
            ("169.254.169.254", False),
            ("224.0.0.1", False),
            ("255.255.255.255", False),
            ("fe80::1%eth0", False),
            ("fd00:ec2::254", False),
            ("::ffff:10.0.0.1", False),
            ("2002:7f00:1::", False),
            ("ff02::1", False),
            ("::", False),
            ("fec0::1", False),
            ("192.0.0.192", False),
            ("192.88.99.1", False),
            ("168.63.129.16", False),
            ("2001:db8::1", False),
            ("3fff::1", False),
            ("2001::1", False),
            ("5f00::1", False),
            ("64:ff9b:1::1", False),
            ("64:ff9b::a9fe:a9fe", False),
            ("64:ff9b::a83f:8110", False),
            ("::ffff:192.0.0.192", False),
            ("::93.184.215.14", False),
        ],
    )
    def test_which_addresses_are_public(self, address: str, public: bool) -> None:
        assert is_public(address) is public


async def test_each_notice_goes_by_its_channel(sink: Taken) -> None:
    class Post:
        async def send(self, notice: object) -> str:
            return "<by-mail>"

    channels = Channels(email=Post(), webhook=NOTIFIER)
    mail, hook = await asyncio.gather(channels.send(a_notice()), channels.send(a_webhook(sink)))
    assert (mail, hook) == ("<by-mail>", "200")
