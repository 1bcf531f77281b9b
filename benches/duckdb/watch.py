# DuckDB on the same file as the watch: the same work, and a plain conversion. Prints one JSON object.
# Arguments: a folder to write to, the alerts, the registry. Two threads, as the watch has.
import json
import sys
import time

import duckdb

folder, alerts, registry = sys.argv[1:4]
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
connection.execute("SET threads = 2")
connection.execute("SET preserve_insertion_order = false")

# Wider types than needed would be unfair to DuckDB: the columns are told, nothing is sniffed.
COLUMNS = """{timestamp: 'VARCHAR', flow_id: 'BIGINT', in_iface: 'VARCHAR', event_type: 'VARCHAR', src_ip: 'VARCHAR', src_port: 'INTEGER',
  dest_ip: 'VARCHAR', dest_port: 'INTEGER', proto: 'VARCHAR', ip_v: 'INTEGER', pkt_src: 'VARCHAR', community_id: 'VARCHAR', tx_id: 'BIGINT',
  alert: 'STRUCT("action" VARCHAR, gid BIGINT, signature_id BIGINT, rev BIGINT, signature VARCHAR, category VARCHAR, severity BIGINT, metadata JSON)',
  app_proto: 'VARCHAR', direction: 'VARCHAR', flow: 'JSON'}"""
READ = f"read_json('{alerts}', format = 'newline_delimited', columns = {COLUMNS})"


def timed(*statements):
    began = time.perf_counter()
    for statement in statements:
        connection.execute(statement)
    return time.perf_counter() - began


plain = timed(f"COPY (SELECT * FROM {READ}) TO '{folder}/plain.parquet' (FORMAT parquet, COMPRESSION zstd)")

number = (
    "split_part({0}, '.', 1)::UBIGINT * 16777216 + split_part({0}, '.', 2)::UBIGINT * 65536"
    " + split_part({0}, '.', 3)::UBIGINT * 256 + split_part({0}, '.', 4)::UBIGINT"
)
network = "split_part(network, '/', 1)"
# In steps, because as one statement it was seen to take fifteen times as long.
# The prefixes do not overlap, so that the nearest one below an address is its only candidate.
same = timed(
    f"""CREATE TEMP TABLE prefixes AS
    SELECT {number.format(network)} AS first,
           {number.format(network)} + (1::UBIGINT << (32 - split_part(network, '/', 2)::INT)) - 1 AS last,
           organisation, district, sector
    FROM read_csv('{registry}', header = true, all_varchar = true)""",
    f"""CREATE TEMP TABLE kept AS
    SELECT DISTINCT ON (src_ip, dest_ip, alert.signature_id, dest_port, time_bucket(INTERVAL 1 hour, happened)) *
    FROM (SELECT *, {number.format("dest_ip")} AS address, timestamp::TIMESTAMPTZ AS happened FROM {READ})""",
    f"""COPY (
    SELECT kept.*, CASE WHEN address <= last THEN organisation END AS organisation,
           CASE WHEN address <= last THEN district END AS district, CASE WHEN address <= last THEN sector END AS sector
    FROM kept ASOF LEFT JOIN prefixes ON kept.address >= prefixes.first
    ) TO '{folder}/same.parquet' (FORMAT parquet, COMPRESSION zstd)""",
)
kept = connection.execute(f"SELECT count(*) FROM '{folder}/same.parquet'").fetchone()[0]
print(json.dumps({"same_work_seconds": same, "plain_seconds": plain, "kept": kept}))
