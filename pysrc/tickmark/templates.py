"""Finds and renders the templates: `templates/` in a checkout, `_templates` in the wheel."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


@cache
def template_folder() -> Path:
    """The folder that holds `prompts/` and `reports/`."""
    packed = Path(str(files("tickmark"))) / "_templates"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "templates"


@cache
def template_text(name: str) -> str:
    """A template as it stands, such as `prompts/sheet-system.md`."""
    return (template_folder() / name).read_text(encoding="utf-8")


@cache
def constant_text(name: str) -> str:
    """A template without values and with its parts put in, such as `prompts/ask-system.md.j2`."""
    return render_text(name)


def render_text(name: str, **values: object) -> str:
    """A template of plain text (a prompt) with its values put in; nothing is escaped."""
    return _environment(escape=False).get_template(name).render(values)


def render_html(name: str, **values: object) -> str:
    """A template of HTML with its values put in, every one of them escaped."""
    return _environment(escape=True).get_template(name).render(values)


@cache
def _environment(*, escape: bool) -> jinja2.Environment:
    import jinja2  # noqa: PLC0415 - costs start-up time, needed only to render

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder()),
        autoescape=escape,  # noqa: S701 - prompts are plain text; HTML goes through render_html
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
