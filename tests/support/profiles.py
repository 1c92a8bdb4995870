"""How Hypothesis makes its examples: the same ones each time, or, for who looks for new ones, from a seed.

``ombud``
    What `make test` and CI run: the same examples each time, on every machine.
``quick``
    The first quarter of them, for `make test-fast` and `make test-domain`, which are asked after every edit.
``thorough``
    The same, and twenty times as many.
``random``
    What `make test-random` runs: ten times as many, from the seed that is given. What it finds is shown as it was found; to make
    it smaller may take Hypothesis five minutes.
``smaller``
    The same, and takes those minutes.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants

PROFILE = "ombud"
EXAMPLES = 100
FIXED_SEED = 20261122
"""What the tests draw from that have a seed of their own, unless another one is given."""


def register_profiles() -> None:
    """Make the profiles known; each says everything itself, for what is not said differs where ``CI`` is set."""
    _draw_no_words_of_the_code()
    # No test times anything (`deadline`); a slow machine is no failure. A failure prints what reproduces it.
    same = settings(
        settings.get_profile("default"),
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=True,
        phases=(Phase.explicit, Phase.generate, Phase.target, Phase.shrink, Phase.explain),
        suppress_health_check=[HealthCheck.too_slow],
        stateful_step_count=50,
    )
    settings.register_profile(PROFILE, same)
    settings.register_profile("quick", same, max_examples=EXAMPLES // 4)
    settings.register_profile("thorough", same, max_examples=20 * EXAMPLES)
    by_seed = settings(same, derandomize=False, database=None, max_examples=10 * EXAMPLES)
    settings.register_profile("random", by_seed, phases=(Phase.explicit, Phase.generate, Phase.target))
    settings.register_profile("smaller", by_seed)


def _draw_no_words_of_the_code() -> None:
    """Leave out the numbers and words that Hypothesis reads out of whatever modules happen to be loaded.

    With them an example depends on which tests ran before in the same process, and changes with any line of the code: nothing
    would be the same each time, and a seed alone would repeat nothing. No setting says so; `tests/architecture/test_examples.py`
    notices when this has no effect any more.
    """
    HypothesisProvider._local_constants = Constants()  # type: ignore[assignment]  # a value in the place of a lazy one
