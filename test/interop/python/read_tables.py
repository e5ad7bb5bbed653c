"""Reads tables that a target has written in Python's own notation; prints their rows as lines of JSON.

    read_tables.py csv FILE COLUMN…             rows of a CSV file
    read_tables.py sqlite FILE TABLE COLUMN…    rows of a table

The columns that are named hold lists and objects as Python writes them: they are read as such, an empty one as null.
"""

import csv
import json
import sqlite3
import sys


# What Python writes of a number with a fraction; no other name means anything.
NAMES = {"__builtins__": {}, "Decimal": float}


def rows_of_csv(path):
    csv.field_size_limit(sys.maxsize)
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def rows_of_sqlite(path, table):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    for row in connection.execute(f'select * from "{table}"'):
        yield dict(row)


def main(kind, path, *rest):
    rows, literals = (rows_of_csv(path), rest) if kind == "csv" else (rows_of_sqlite(path, rest[0]), rest[1:])
    for row in rows:
        for column in literals:
            row[column] = eval(row[column], NAMES) if row[column] else None
        print(json.dumps(row))


main(*sys.argv[1:])
