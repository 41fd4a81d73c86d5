"""What databases say in their own ways, each by its name. What a dialect cannot say is refused by name."""

from __future__ import annotations

from besponsa_pa.backends.sql.dialects.bigquery import BIGQUERY
from besponsa_pa.backends.sql.dialects.dialect import Dialect
from besponsa_pa.backends.sql.dialects.duckdb import DUCKDB
from besponsa_pa.backends.sql.dialects.postgres import POSTGRES
from besponsa_pa.backends.sql.dialects.snowflake import SNOWFLAKE
from besponsa_pa.backends.sql.dialects.spark import SPARK

__all__ = ["BIGQUERY", "DIALECTS", "DUCKDB", "POSTGRES", "SNOWFLAKE", "SPARK", "Dialect"]

DIALECTS = {each.name: each for each in (DUCKDB, SPARK, POSTGRES, SNOWFLAKE, BIGQUERY)}
