"""What somebody does with PyAirbyte: check, discover, read into a DuckDB cache.

    pyairbyte_sync.py OPTIONS.json

The options: `executable`, `config`, `cache` (path of the database), `streams`, and whether to `check` and to `read`.
Prints one line of JSON: {"streams": …, "processed": …, "tables": {stream: {"types": …, "rows": …}}}.
"""

import datetime
import decimal
import json
import sys

import airbyte as ab
from airbyte.caches import DuckDBCache


def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def table(cache, stream):
    types = cache.run_sql_query(
        f"select column_name, data_type from information_schema.columns where table_name = '{stream}'"
    )
    return {
        "types": {row["column_name"]: row["data_type"] for row in types},
        "rows": cache.run_sql_query(f'select * from "{stream}"'),
    }


def main(path):
    with open(path, encoding="utf-8") as file:
        options = json.load(file)
    source = ab.get_source("source-chat", config=options["config"], local_executable=options["executable"])
    if options["check"]:
        source.check()
    found = {"streams": source.get_available_streams()}
    if options["read"]:
        source.select_streams(options["streams"])
        cache = DuckDBCache(db_path=options["cache"])
        found["processed"] = source.read(cache=cache).processed_records
        found["tables"] = {stream: table(cache, stream) for stream in options["streams"]}
    print("\n" + json.dumps(found, default=plain))


main(sys.argv[1])
