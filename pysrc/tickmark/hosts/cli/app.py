"""The command line: commands, exit codes, and the one place where faults become sentences."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from tickmark import __version__
from tickmark.errors import BudgetExceeded, ModelDenied, ModelError, ModelUnreachable, TickmarkError
from tickmark.hosts.cli import (
    analyze,
    ask,
    audit,
    cache,
    config,
    decode,
    doctor,
    encode,
    estimate,
    excel_install,
    graph,
    key,
    log,
    prompts,
    regions,
    report,
    rules,
    trace,
)
from tickmark.hosts.cli.output import hang_up, terminal_width
from tickmark.report.terminal_text import wrapped
from tickmark.settings import debugging

app = typer.Typer(
    name="tickmark",
    help="Spreadsheet-aware analysis of workbooks: rules find, a language model explains, "
    "code checks what it cites.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("analyze")(analyze.analyze)
app.command("estimate")(estimate.estimate)
app.command("audit")(audit.audit)
app.command("ask")(ask.ask)
app.add_typer(rules.app, name="rules")
app.command("encode")(encode.encode)
app.command("decode")(decode.decode)
app.command("regions")(regions.regions)
app.command("graph")(graph.graph)
app.command("trace")(trace.trace)
app.command("prompts")(prompts.prompts)
app.command("report")(report.report)
app.add_typer(key.app, name="key")
app.add_typer(config.app, name="config")
app.add_typer(cache.app, name="cache")
app.add_typer(log.app, name="log")
app.add_typer(excel_install.app, name="excel")
app.command("doctor")(doctor.doctor)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"tickmark {__version__}")
        raise typer.Exit


@app.callback()
def _tickmark(
    _version_wanted: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version and leave."
    ),
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; never a traceback unless debugging."""
    command = typer.main.get_command(app)
    try:
        code = command.main(
            list(arguments) or ["--help"], prog_name="tickmark", standalone_mode=False
        )
    except TyperException as error:
        message = error.format_message().strip()
        context = getattr(error, "ctx", None)
        command_path = context.command_path if context is not None else "tickmark"
        _say(f"{message} (`{command_path} --help` tells more)")
        return 2
    except (KeyboardInterrupt, typer.Abort):
        print("tickmark: stopped.", file=sys.stderr)
        return 130
    except TickmarkError as error:
        _say(" ".join((str(error), *getattr(error, "__notes__", ()))))
        return _code(error)
    except BrokenPipeError:
        hang_up()
        return 0
    except Exception as error:
        if debugging():
            raise
        _say(
            f"an unexpected {type(error).__name__}; this is a fault of Tickmark, set "
            "TICKMARK_DEBUG=1 to see it whole."
        )
        return 2
    return code if isinstance(code, int) else 0


def _say(sentence: str) -> None:
    """Tell why a command ends; on a terminal in lines that break between words."""
    text = f"tickmark: {sentence}"
    if sys.stderr.isatty():
        text = "\n".join(wrapped(text, terminal_width()))
    print(text, file=sys.stderr)


def _code(error: TickmarkError) -> int:
    if isinstance(error, BudgetExceeded):
        return 4
    if isinstance(error, (ModelDenied, ModelUnreachable)):
        return 5
    return 3 if isinstance(error, ModelError) else 2
