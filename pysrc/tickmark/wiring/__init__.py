"""Settings to adapters: the only place that builds providers, their wrappers and readers."""

from __future__ import annotations

from tickmark.wiring.models import (
    CellModels,
    batch_model,
    calibrated,
    calibration,
    call_log,
    cell_models,
    cell_price,
    check_key,
    identity_of,
    language_model,
    price_of,
    reply_store,
    spending,
)
from tickmark.wiring.readers import OFF, Reader, converted_files, office, reader

__all__ = [
    "OFF",
    "CellModels",
    "Reader",
    "batch_model",
    "calibrated",
    "calibration",
    "call_log",
    "cell_models",
    "cell_price",
    "check_key",
    "converted_files",
    "identity_of",
    "language_model",
    "office",
    "price_of",
    "reader",
    "reply_store",
    "spending",
]
