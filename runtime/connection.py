"""The one way to a Temporal server: retried until it really answers, with a clear fault when it does not."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

from temporalio.client import Client, Interceptor, Plugin
from temporalio.converter import DataConverter
from temporalio.runtime import Runtime
from temporalio.service import RPCError, TLSConfig

from runtime.errors import ServiceFault
from runtime.patience import growing_patience
from runtime.settings import Settings

# A development server answers in half a second; a cluster that is being rolled out may refuse for some seconds.
CONNECT_DEADLINE_FOR = timedelta(seconds=30)


async def connect_temporal(
    settings: Settings,
    address: str | None = None,
    *,
    data_converter: DataConverter = DataConverter.default,
    plugins: Sequence[Plugin] = (),
    interceptors: Sequence[Interceptor] = (),
    runtime: Runtime | None = None,
    deadline_for: timedelta = CONNECT_DEADLINE_FOR,
    lazy: bool = False,
) -> Client:
    """A client of the server at `address` (None: `OMBUD_TEMPORAL_ADDRESS`), once it answers.

    With `lazy` no connection is made before the first call, so that the API can start, and take reports, without Temporal.
    Raises `ServiceFault` `temporal_unreachable` when the server has not answered after `deadline_for`.
    """
    target = address or settings.temporal_address
    if target is None:
        raise ServiceFault("temporal_unreachable", "No Temporal server is named: run `ombud stack up`, or set TEMPORAL_ADDRESS.")
    until, attempts = time.monotonic() + deadline_for.total_seconds(), growing_patience()
    key = settings.temporal_api_key
    while True:
        try:
            client = await Client.connect(
                target,
                namespace=settings.temporal_namespace,
                api_key=key.get_secret_value() if key else None,
                tls=_tls(settings),
                data_converter=data_converter,
                plugins=list(plugins),
                interceptors=list(interceptors),
                runtime=runtime,
                lazy=lazy,
            )
            return client if lazy else await _answering(client, next(attempts))
        except (RPCError, RuntimeError) as error:
            if time.monotonic() > until:
                said = f"The Temporal server at {target} does not answer: {error}. Is it running (`ombud stack status`)?"
                raise ServiceFault("temporal_unreachable", said) from error
        await asyncio.sleep(0.1)


def _tls(settings: Settings) -> bool | TLSConfig | None:
    """None lets the client decide: TLS when there is an API key, else none."""
    paths = (settings.temporal_tls_ca_path, settings.temporal_tls_cert_path, settings.temporal_tls_key_path)
    if settings.temporal_tls is False or not any(paths):
        return settings.temporal_tls
    authority, certificate, key = (path.read_bytes() if path else None for path in paths)
    return TLSConfig(server_root_ca_cert=authority, client_cert=certificate, client_private_key=key)


async def _answering(client: Client, patience: timedelta) -> Client:
    """The client, after one call that goes through every part of the server; an open port alone says nothing."""
    await client.count_workflows("", rpc_timeout=patience)
    return client
