# As-of cells, their peer with SQL, and the cost of operations, for benches/run: sourced there, and relies on its variables.

AS_OF_CELLS=(tallyAt pageAt chart positionAt positionNow statementsAt)
# Long enough for the slowest answer of any build, so that its whole CPU is measured.
AS_OF_LIMITS=(--request-timeout 2m --statement-timeout 2m --max-cost 100000000 --rate-burst 100000000)
# Without a response cache, and with limits that no answer reaches.
start_for_as_of() { # build size
  start "$1" "$2" "$(response_cache_option "$1")" 0 "${AS_OF_LIMITS[@]}"
}

# A line of the results from a file of variations, as `cell` prints one from variables.
as_of_cell() { # size label variations command [argument...]
  local size=$1 label=$2 variations=$3 command=$4; shift 4
  load "$command" "127.0.0.1:$PORT" "$variations" --label "$label" --connections "$CONNECTIONS" \
    --seconds "$CELL_SECONDS" "${DATABASE_OPTIONS[@]}" "$@" \
    | sed "s/^{/{\"size\":\"$size\",/" | tee -a "$RESULTS/cells.jsonl" || fail "$size, $label, $command ${1:-}"
}

all_as_of() { # size build...
  local size=$1 build cell may_fail variations; shift
  for build in "$@"; do
    variations=$DATA/$size/$build.as-of.json
    # The old build cannot answer every question about large data.
    may_fail=(); [ "$build" != old ] || may_fail=(--may-fail 1)
    start_for_as_of "$build" "$size"
    load as-of-prepare "127.0.0.1:$PORT" "$variations"
    for cell in "${AS_OF_CELLS[@]}"; do
      as_of_cell "$size" "$build" "$variations" as-of "$cell" --pid "$SERVER" "${may_fail[@]}"
    done
    stop
  done
  if has_postgresql; then postgresql_as_of "$size"; fi
}

# Our server runs meanwhile to compare answers, and is idle while PostgreSQL is measured.
postgresql_as_of() { # size
  local size=$1 cell variations=$DATA/$1/demarche.as-of.json
  make_postgresql_database "$size" || { fail "$size, postgresql, import"; return 0; }
  start_for_as_of demarche "$size"
  check_postgresql "$size" "$variations"
  stop
  for cell in "${AS_OF_CELLS[@]}"; do
    [ "$cell" != positionNow ] || continue
    as_of_cell "$size" postgresql "$variations" sql "$cell" --postgres "$POSTGRES_URL"
  done
}

check_postgresql() { # size variations
  echo "$1: answers of PostgreSQL compared with ours: $(load sql-check "127.0.0.1:$PORT" "$2" --postgres "$POSTGRES_URL" \
    --seconds "$CHECK_SECONDS" || echo FAILED)" | tee "$RESULTS/check.$1"
  if grep -q FAILED "$RESULTS/check.$1"; then fail "$1: answers of PostgreSQL and ours differ, or there are none"; fi
}

# The bundled data set has what generated data lack: corrections, disputes, approximate dates, statements without dates.
check_bundled() {
  has_postgresql || return 0
  local variations=$RESULTS/as-of-bundled.json
  make_postgresql_database bundled || { fail "bundled, postgresql, import"; return 0; }
  start_for_as_of demarche seeded
  load as-of-prepare "127.0.0.1:$PORT" "$variations" --first-day 2025-01-15 --last-day 2026-03-15
  check_postgresql bundled "$variations"
  stop
}

all_costs() { # size
  local variations=$DATA/$1/demarche.as-of.json
  start_for_as_of demarche "$1"
  load as-of-prepare "127.0.0.1:$PORT" "$variations"
  as_of_cell "$1" demarche "$variations" cost --pid "$SERVER" --seconds "$COST_SECONDS"
  stop
}
