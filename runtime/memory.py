"""What a process that lives long does about its memory."""

import gc

YOUNG = 20_000
"""New objects after which the young ones are looked through, instead of the interpreter's own 700. A list of fifty cases makes
so many and leaves none behind, and to be looked through at every 700 was an eighth of what it cost."""


def spare_what_stays() -> None:
    """Look for garbage no more among what a process keeps for its whole life, modules, models and packs, and less often among
    the rest: a look through all of it takes a fifth of a second, in which nobody is answered, and these looks were a fifteenth
    of the cost of a case.

    Call it when everything is loaded and nothing has been done yet.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
