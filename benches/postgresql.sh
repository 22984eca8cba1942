# PostgreSQL, for benches/run: sourced there, and relies on its variables. One server runs for all cells; it stores the data of the
# peer `on-postgresql`, this service on PostgreSQL, and answers the peer `postgresql`, hand-written SQL.

# What a careful expert would set for data that fits into memory.
export SERVE_OPTIONS="-c shared_buffers=2GB -c work_mem=64MB -c maintenance_work_mem=512MB -c effective_cache_size=8GB
  -c random_page_cost=1.1 -c jit=off -c max_parallel_workers_per_gather=0 -c max_wal_size=8GB -c checkpoint_timeout=1h"
# With fsync, as SQLite has it: every acknowledged write is on disk.
export SERVE_DURABLE=1
POSTGRES= POSTGRES_DATABASES=
# What the load tool has to know of the running server's database.
DATABASE_OPTIONS=()

# A new PostgreSQL server in a temporary directory; it runs until `stop_postgresql` or the end of this script.
start_postgresql() {
  [ -z "$POSTGRES" ] || return 0
  POSTGRES=$(mktemp -d)
  mkfifo "$POSTGRES/input"
  taskset -c 0 ../tests/postgres/serve < "$POSTGRES/input" > "$POSTGRES/url" 2> "$POSTGRES/log" &
  POSTGRES_PROCESS=$!
  exec {POSTGRES_INPUT}> "$POSTGRES/input"
  until [ -s "$POSTGRES/url" ]; do
    kill -0 $POSTGRES_PROCESS 2> /dev/null || { cat "$POSTGRES/log" >&2; return 1; }
    sleep 0.1
  done
}

stop_postgresql() {
  [ -n "$POSTGRES" ] || return 0
  exec {POSTGRES_INPUT}>&-
  wait $POSTGRES_PROCESS 2> /dev/null || true
  rm -rf "$POSTGRES"
  POSTGRES=
}

# A database with the same rows, imported once per run, and what an expert would add to it.
make_postgresql_database() { # size|bundled
  local size=$1 url sources
  start_postgresql
  url=$(cat "$POSTGRES/url")
  POSTGRES_URL=${url%/postgres}/$size
  case " $POSTGRES_DATABASES " in *" $size "*) return 0 ;; esac
  case $size in bundled) sources=(--bundled) ;; *) sources=("$DATA/$size"/documents/*.json) ;; esac
  load sql-create 127.0.0.1:1 - --postgres "$url" --database "$size"
  DEMARCHE_LOG=error DEMARCHE_DATABASE_URL=$POSTGRES_URL "$NEW" import "${sources[@]}" > "$POSTGRES/import.log"
  load sql-set-up 127.0.0.1:1 - --postgres "$POSTGRES_URL"
  POSTGRES_DATABASES+=" $size"
}

# As `tests/postgres/serve` looks for it.
has_postgresql() {
  local initdb=(/usr/lib/postgresql/*/bin/initdb)
  { command -v initdb && command -v postgres; } > /dev/null || [ -x "${initdb[-1]}" ]
}

# The database that this service serves from: the same documents, imported once per run. Adds a line to the results.
make_served_database() { # size
  local size=$1 url cpu served=served_$1
  start_postgresql
  url=$(cat "$POSTGRES/url")
  case " $POSTGRES_DATABASES " in *" $served "*) return 0 ;; esac
  load sql-create 127.0.0.1:1 - --postgres "$url" --database "$served"
  local database=${url%/postgres}/$served
  cpu=$(load cpu 127.0.0.1:1 - --postgres "$url")
  DEMARCHE_LOG=error DEMARCHE_DATABASE_URL=$database command time --output "$POSTGRES/time" --format '%e %U %S %M' \
    "$NEW" import "$DATA/$size"/documents/*.json > "$POSTGRES/import.log"
  cpu="$cpu $(load cpu 127.0.0.1:1 - --postgres "$url")"
  DEMARCHE_DATABASE_URL=$database "$NEW" token create --role editor --name bench > "$DATA/$size/on-postgresql.token"
  awk -v size="$size" -v entries="$(cat "$DATA/$size/entries")" -v cpu="$cpu" '
    END {
      split(cpu, database, " ")
      printf "{\"label\":\"on-postgresql\",\"size\":\"%s\",\"cell\":\"import\",\"entries\":%d,", size, entries
      printf "\"seconds\":%.2f,\"cpu\":%.2f,\"peak_mib\":%.1f}\n", $1, $2 + $3 + database[2] - database[1], $4 / 1024
    }' "$POSTGRES/time" >> "$RESULTS/once.jsonl"
  POSTGRES_DATABASES+=" $served"
}

# A copy, which the next server writes to; prints its URL.
copy_postgresql_database() { # database
  local url; url=$(cat "$POSTGRES/url")
  load sql-drop 127.0.0.1:1 - --postgres "$url" --database copy || return 1
  load sql-create 127.0.0.1:1 - --postgres "$url" --database copy --template "$1" || return 1
  echo "${url%/postgres}/copy"
}
