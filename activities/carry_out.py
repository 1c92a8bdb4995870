"""Puts outcomes into effect: each remedy and each reversal once, however often it is tried."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.messages import EffectRef
from activities.ports.cross_case import CrossCaseTasks
from activities.ports.effects import Effects, OrderedEffect, Remedies
from activities.ports.errors import ToldToWait


class CarryOutActivities:
    """Holds ``effects.carry_out``. ``hit`` is called at a named point, for tests that kill the process there."""

    def __init__(
        self,
        effects: Effects,
        remedies: Remedies,
        hit: Callable[[str], None] = lambda name: None,
        cross_case_tasks: CrossCaseTasks | None = None,
    ) -> None:
        self._effects, self._remedies, self._hit, self._tasks = effects, remedies, hit, cross_case_tasks

    @activity.defn(name="effects.carry_out")
    async def carry_out(self, ref: EffectRef) -> None:
        """Carry one effect out, keyed by its id, and report what came of it as a command to the case."""
        effect = await self._effects.begin(ref.tenant_id, ref.effect_id)
        if effect is None:
            return
        try:
            result, note = await self._perform(effect)
        except ToldToWait as told:
            raise ApplicationError(str(told), type="told_to_wait", next_retry_delay=told.wait_for) from told
        self._hit("effect.after_perform")
        await self._effects.finish(ref.tenant_id, ref.effect_id, result, note)

    async def _perform(self, effect: OrderedEffect) -> tuple[str, str | None]:
        if effect.task is None:
            return await self._remedies.perform(effect), None
        if self._tasks is None:
            raise RuntimeError("this worker carries out no tasks in other cases")
        made = await self._tasks.run(effect.tenant_id, effect.case_id, effect.task)
        return made.result, made.case
