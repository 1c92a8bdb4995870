"""``ombud demo``: the stage is set, the story is played, the record is shown and proved."""

from __future__ import annotations

import sys
from pathlib import Path

from cli.demo.report import show
from cli.demo.stage import Stage
from cli.demo.story import Story


def play(state_dir: Path) -> int:
    """Run the demo; the exit code is 0 when everything that it promises was seen."""
    stage = Stage(state_dir)
    words = "real reports become durable cases. This ends by itself in under two minutes."
    stage.console.print(f"[bold]Ombud[/bold]: {words}", markup=True)
    stage.title("Services, database, people")
    story = Story(stage)
    try:
        stage.set()
        story.play()
        sound = show(stage, story)
    except (TimeoutError, RuntimeError) as error:
        stage.say(f"The demo stopped: {error}", "bold red")
        stage.say(f"Logs: {stage.state_dir}/worker.log and {stage.state_dir}/api.log", "dim")
        sound = False
    except KeyboardInterrupt:
        stage.say("Interrupted.", "yellow")
        sound = False
    finally:
        stage.strike()
    failed = [what for holds, what in story.checks if not holds]
    good = sound and not failed
    stage.console.print()
    verdict = "Everything the demo promises was seen." if good else f"{len(failed)} thing(s) did not come true."
    stage.say(verdict, "bold green" if good else "bold red")
    sys.stdout.flush()
    return 0 if good else 1
