"""A provider of OpenTelemetry that keeps the spans it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    Tracer,
    TracerProvider,
)


@dataclass
class Recorded:
    """What one span was told."""

    name: str
    parent: str
    attributes: dict[str, Any] = field(default_factory=dict)
    status: str = ""
    description: str | None = None
    ended: bool = False


class RecordingSpan(NonRecordingSpan):
    def __init__(self, number: int, recorded: Recorded) -> None:
        super().__init__(SpanContext(1, number, is_remote=False))
        self.recorded = recorded

    def is_recording(self) -> bool:
        return not self.recorded.ended

    def set_attribute(self, key: str, value: Any) -> None:  # noqa: ANN401 - the signature of the API
        self.recorded.attributes[key] = value

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        self.recorded.attributes.update(attributes)

    def set_status(self, status: Any, description: str | None = None) -> None:  # noqa: ANN401 - likewise
        assert isinstance(status, Status)
        self.recorded.status = status.status_code.name
        self.recorded.description = status.description or description

    def record_exception(
        self,
        exception: BaseException,
        attributes: Mapping[str, Any] | None = None,
        timestamp: int | None = None,
        escaped: bool = False,  # noqa: FBT002 - the signature of the API
    ) -> None:
        message = f"an exception may quote an answer: {exception} {attributes, timestamp, escaped}"
        raise AssertionError(message)

    def end(self, end_time: int | None = None) -> None:
        assert end_time is None
        self.recorded.ended = True


class Recorder(Tracer, TracerProvider):
    """A provider and its only tracer."""

    def __init__(self) -> None:
        self.spans: list[Recorded] = []
        self.scopes: list[str] = []

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Tracer:
        assert instrumenting_library_version
        assert (schema_url, attributes) == (None, None)
        self.scopes.append(instrumenting_module_name)
        return self

    def start_span(  # noqa: PLR0917 - the signature of the API
        self,
        name: str,
        context: Context | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, Any] | None = None,
        links: Sequence[Link] | None = None,
        start_time: int | None = None,
        record_exception: bool = True,  # noqa: FBT002 - likewise
        set_status_on_exception: bool = True,  # noqa: FBT002 - likewise
    ) -> RecordingSpan:
        assert (links, start_time) == (None, None)
        if kind is SpanKind.INTERNAL:
            assert not record_exception
            assert not set_status_on_exception
        parent = trace.get_current_span(context)
        above = parent.recorded.name if isinstance(parent, RecordingSpan) else ""
        self.spans.append(Recorded(name, above, dict(attributes or {})))
        return RecordingSpan(len(self.spans), self.spans[-1])

    def start_as_current_span(self, *args: Any, **rest: Any) -> Any:  # noqa: ANN401 - passed on
        span = self.start_span(*args, **rest)
        flags = {name: rest[name] for name in ("record_exception", "set_status_on_exception")}
        return trace.use_span(span, end_on_exit=True, **flags)
