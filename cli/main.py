"""The ``ombud`` command. Everything heavy is imported inside the commands, so that ``--help`` stays fast."""

from __future__ import annotations

import os
import sys

import typer

from cli.commands import (
    audit,
    bulk,
    calendar,
    campaign,
    case,
    case_parties,
    case_risk,
    case_verbs,
    clock,
    command,
    desk,
    endpoint,
    erasure,
    evidence,
    intake,
    key,
    login,
    master_key,
    on_call,
    order,
    person,
    policy,
    reasons,
    seed,
    serve,
    source,
    stack,
    tenant,
    trusted_flagger,
    unplaced,
)
from cli.commands.calendar_moves import apply
from cli.commands.calendar_moves import diff as moves
from cli.commands.case_archive import archive, unarchive
from cli.commands.case_import import import_cases
from cli.commands.case_readers import access, readers
from cli.commands.doctor import doctor
from cli.commands.policy_publish import approve, list_packs, publish
from cli.commands.policy_simulate import simulate
from cli.commands.policy_terms import diff, exceptions, explain

app = typer.Typer(
    name="ombud",
    help="Durable workflows that run disputes and fraud reports from the first report to the last appeal.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
calendar.app.command("diff")(moves)
calendar.app.command("apply")(apply)
policy.app.command("explain")(explain)
policy.app.command("exceptions")(exceptions)
policy.app.command("diff")(diff)
policy.app.command("publish")(publish)
policy.app.command("approve")(approve)
policy.app.command("list")(list_packs)
policy.app.command("simulate")(simulate)
tenant.app.command("person")(person.put)
tenant.app.command("key")(key.make)
case.app.command("import")(import_cases)
case.app.command("access")(access)
case.app.command("readers")(readers)
case.app.command("archive")(archive)
case.app.command("unarchive")(unarchive)
case.app.command("evidence")(evidence.hand_in)
case.app.command("file")(evidence.fetch_file)
case.app.command("personal-data")(erasure.personal_data)
for more in (case_risk, case_parties, case_verbs):
    case.app.registered_commands.extend(more.app.registered_commands)
app.add_typer(case.app, name="case")
app.add_typer(clock.app, name="clock")
app.add_typer(command.app, name="command")
app.add_typer(bulk.app, name="bulk")
app.add_typer(campaign.app, name="campaign")
app.add_typer(desk.app, name="desk")
app.add_typer(on_call.app, name="on-call")
app.add_typer(calendar.app, name="calendar")
app.add_typer(policy.app, name="policy")
app.add_typer(reasons.app, name="reasons")
app.add_typer(audit.app, name="audit")
app.add_typer(tenant.app, name="tenant")
app.add_typer(endpoint.app, name="endpoint")
app.add_typer(source.app, name="source")
app.add_typer(trusted_flagger.app, name="trusted-flagger")
app.add_typer(order.app, name="order")
app.add_typer(intake.app, name="intake")
app.add_typer(unplaced.app, name="unplaced")
app.add_typer(erasure.app, name="erasure")
app.command()(erasure.retention)
app.add_typer(person.app, name="person")
app.add_typer(key.app, name="key")
app.add_typer(master_key.app, name="master-key")
app.add_typer(stack.app, name="stack")
app.add_typer(serve.worker, name="worker")
app.add_typer(serve.api, name="api")
app.add_typer(serve.console, name="console")
app.command()(serve.migrate)
app.command()(serve.up)
app.command()(serve.status)
app.command()(serve.down)
app.command()(serve.demo)
app.command("seed")(seed.seed)
app.command("login")(login.log_in)
app.command("logout")(login.log_out)
app.command()(login.whoami)
app.command()(doctor)
app.command(context_settings=stack.TEMPORALS_OWN)(stack.temporal)


def run() -> None:
    """Run the command line and leave."""
    from runtime.zones import use_wheel_zones

    use_wheel_zones()
    code = 0
    try:
        app(standalone_mode=True)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1 if leaving.code else 0
        if isinstance(leaving.code, str):
            sys.stderr.write(leaving.code + "\n")
    sys.stdout.flush()
    sys.stderr.flush()
    # A process that used temporalio sometimes aborts while the interpreter shuts down (PyGILState_Release); everything is flushed
    # and closed by now, so it leaves without that.
    os._exit(code)


if __name__ == "__main__":
    run()
