"""What a namespace of Temporal must have before cases run in it: by what they are found, and a version that takes new tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest, SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.errors import ServiceFault


async def missing_attributes(client: Client, wanted: Mapping[str, str], patience: timedelta) -> list[str]:
    """Search attributes that the namespace does not know: no case can be started without them. Raises RPCError."""
    request = ListSearchAttributesRequest(namespace=client.namespace)
    answer = await client.operator_service.list_search_attributes(request, timeout=patience)
    return sorted(wanted.keys() - answer.custom_attributes.keys())


async def current_build(client: Client, deployment: str, patience: timedelta) -> str | None:
    """The build of a worker deployment that takes new tasks; None: none does, and every case waits. Raises RPCError."""
    request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment)
    try:
        answer = await client.workflow_service.describe_worker_deployment(request, timeout=patience)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    return answer.worker_deployment_info.routing_config.current_deployment_version.build_id or None


async def promote(client: Client, deployment: str, build: str, patience: timedelta) -> str | None:
    """Have a build of a worker deployment take all new tasks from now on; the build that took them before, None: none did.

    Temporal refuses a build of which no worker has come, and one that does not take every queue that the current one takes:
    ServiceFault ``promotion_refused``.
    """
    try:
        before = await current_build(client, deployment, patience)
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=client.namespace, deployment_name=deployment, build_id=build, identity=client.identity
        )
        await client.workflow_service.set_worker_deployment_current_version(request, timeout=patience)
    except RPCError as error:
        said = f"Temporal refused to make {build} of {deployment} current: {error.message} Does a worker of that build run?"
        raise ServiceFault("promotion_refused", said) from error
    return before
