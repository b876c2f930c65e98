"""Read the tables of spreadsheets, Parquet, JSON Lines and GeoJSON as rows of typed cells.

Validators judge these rows and publishers copy them, so both read a file alike. Tables in plain
text are not read here.
"""
