"""A session of Spark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Session: TypeAlias = "SparkSession"


def session_with(options: Mapping[str, str]) -> Session:
    """A session with some options. Raises `ImportError` where pyspark is not installed."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("besponsa-pa")
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
