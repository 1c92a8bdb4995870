"""Orders of authorities (Digital Services Act, articles 9 and 10): for leads and ops, with a key of their own."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.bodies.base import page_body
from api.bodies.orders import OrderAmended, OrderAnswer, OrderRequest, OrderTold, order_body
from api.examples.orders import (
    ORDER,
    ORDER_ANSWER,
    ORDER_ANSWERED,
    ORDER_CHANGE,
    ORDER_ERASED,
    ORDER_SAID,
    ORDER_TOLD,
    ORDER_TOLD_OF,
    ORDERS,
)
from api.kit.context import Context
from api.kit.parameters import Cursor, Limit
from api.kit.reading import parsed, read_object
from api.kit.replies import created, shown
from api.schema import gives, takes
from services import orders
from services.pages import Page

router = APIRouter(tags=["orders of authorities"])

OrderId = Annotated[str, Path(max_length=60, description="An order (`ord_…`).")]
Which = Annotated[Literal["to_do", "all"], Query(description="`to_do`: something is left to be done. `all`: the newest first.")]


@router.get("/v1/orders", summary="Orders of authorities", responses=gives({200: ("OrderPage", ORDERS)}))
async def list_orders(context: Context, which: Which = "to_do", limit: Limit = 20, cursor: Cursor = None) -> Response:
    """For leads and ops: those about which something is left to be done, the most pressing first; or all."""
    caller = await context.caller("cases:read")
    found = await orders.listed(context.parts, caller, Page(limit, cursor), all_of_them=which == "all")
    return shown(page_body(found, order_body))


@router.post(
    "/v1/orders",
    status_code=201,
    summary="Note an order of an authority",
    openapi_extra=takes("OrderRequest", ORDER_SAID, keyed=False),
    responses=gives({201: ("OrderBody", ORDER)}),
)
async def add_order(context: Context) -> Response:
    """`missing` says what it lacks of article 9(2) or 10(2), and the letter `receipt` asks for it. Without `due_at` it is due the
    tenant's `orders_within` hours after receipt. The same number of the same authority is noted once."""
    caller = await context.caller("cases:write")
    said = parsed(OrderRequest, await read_object(context.request))
    more = {name: value for name, value in said.said().items() if name not in ("article", "country", "language")}
    made = await orders.add(context.parts, caller, said.article, said.country, said.language, more)
    return created(f"/v1/orders/{made.order.id}", order_body(made))


@router.get("/v1/orders/{order_id}", summary="An order of an authority", responses=gives({200: ("OrderBody", ORDER)}))
async def show_order(context: Context, order_id: OrderId) -> Response:
    """With the letters that can be sent now. There is none to the person while they are not to be told."""
    caller = await context.caller("cases:read")
    return shown(order_body(await orders.one(context.parts, caller, order_id)))


@router.patch(
    "/v1/orders/{order_id}",
    summary="Change what is known of an order",
    openapi_extra=takes("OrderAmended", ORDER_CHANGE, keyed=False),
    responses=gives({200: ("OrderBody", ORDER)}),
)
async def change_order(context: Context, order_id: OrderId) -> Response:
    """What the authority added to it, when it is due, until when the person is not told, and who looks after it. Sooner than it
    was takes `lift_reason` and `authority_allows`."""
    caller = await context.caller("cases:write")
    said = parsed(OrderAmended, await read_object(context.request))
    return shown(order_body(await orders.change(context.parts, caller, order_id, said.said())))


@router.post(
    "/v1/orders/{order_id}/answer",
    summary="Say whether effect was given to an order",
    openapi_extra=takes("OrderAnswer", ORDER_ANSWER, keyed=False),
    responses=gives({200: ("OrderBody", ORDER_ANSWERED)}),
)
async def answer_order(context: Context, order_id: OrderId) -> Response:
    """And when, or why not; given to one in which something is `missing`, `although` says why. Said again, the authority and the
    person are to be told anew."""
    caller = await context.caller("cases:write")
    said = parsed(OrderAnswer, await read_object(context.request))
    given = (said.effect, said.because, said.answer, said.at, said.although)
    done = await orders.answer(context.parts, caller, order_id, *given)
    return shown(order_body(done))


@router.post(
    "/v1/orders/{order_id}/told",
    summary="Say who was told of an order",
    openapi_extra=takes("OrderTold", ORDER_TOLD, keyed=False),
    responses=gives({200: ("OrderBody", ORDER_TOLD_OF)}),
)
async def told_of_order(context: Context, order_id: OrderId) -> Response:
    """The authority (of the receipt, of the effect), the person concerned, or the coordinator. Ombud sends nothing: it keeps who
    was told and when. The person is refused before `hold_until`."""
    caller = await context.caller("cases:write")
    said = parsed(OrderTold, await read_object(context.request))
    done = await orders.told(context.parts, caller, order_id, said.whom, said.at, unreachable=said.unreachable)
    return shown(order_body(done))


@router.post(
    "/v1/orders/{order_id}/erase", summary="Erase what an order says", responses=gives({200: ("OrderBody", ORDER_ERASED)})
)
async def erase_order(context: Context, order_id: OrderId) -> Response:
    """Once nothing is left to be done about it, for ops. That there was one, and when what was done, stays."""
    caller = await context.caller("admin")
    return shown(order_body(await orders.erase(context.parts, caller, order_id)))
