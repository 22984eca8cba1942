# Servers and their data, for benches/run: sourced there, and relies on its variables.

binary_of() { case $1 in demarche | on-postgresql) echo "$NEW" ;; old) echo "$OLD" ;; esac; }

# The server of a commit, built in a folder of its own; its path is printed.
build_commit() { # commit
  local commit folder
  commit=$(git rev-parse --verify --quiet "$1^{commit}") || { echo "BASELINE: no commit $1" >&2; return 1; }
  folder=$CARGO_TARGET_DIR/benches/baseline/$commit
  if [ ! -x "$folder/target/$PROFILE_DIRECTORY/demarche" ]; then
    git worktree remove --force "$folder/source" 2> /dev/null || rm -rf "$folder/source"
    git worktree prune
    git worktree add --quiet --detach "$folder/source" "$commit"
    (cd "$folder/source" && CARGO_TARGET_DIR=$folder/target cargo build --profile "$PROFILE" --locked --quiet) || return 1
    git worktree remove --force "$folder/source"
  fi
  echo "$folder/target/$PROFILE_DIRECTORY/demarche"
}

# Option names differ between builds.
response_cache_option() { # build
  local help option
  help=$("$(binary_of "$1")" serve --help)
  for option in --response-cache-bytes --answers-bytes; do
    case $help in *"$option"*) echo $option && return ;; esac
  done
  echo "$(binary_of "$1"): no option for the size of the response cache" >&2
  return 1
}

# A port that nothing listens on, lest the load tool reaches a foreign server.
next_port() {
  PORT=$((PORT + 1))
  while (exec 3<> "/dev/tcp/127.0.0.1/$PORT") 2> /dev/null; do PORT=$((PORT + 1)); done
}

seconds_since() { awk -v start="$1" -v now="$(date +%s%N)" 'BEGIN { printf "%.3f", (now - start) / 1e9 }'; }

# Each server gets a copy of the database, so that no server is slowed by the writes of another.
start() { # peer size|seeded [option...]
  local peer=$1 size=$2 database url started_at; shift 2
  next_port
  COPY=$(mktemp -d)
  database=$DATA/$size/$peer/ledger.db
  case $peer in mercurius | plain) database=$DATA/$size/demarche/ledger.db ;; esac
  # `seeded` starts with a new database: the server loads the bundled data set.
  case $peer,$size in
    limit,* | *,seeded) url=sqlite://$COPY/ledger.db ;;
    on-postgresql,*)
      url=$(copy_postgresql_database "served_$size") || return 1
      DATABASE_OPTIONS=(--postgres "$url") ;;
    *)
      url=sqlite://$COPY/ledger.db
      cp "$database" "$COPY/ledger.db" ;;
  esac
  local address=127.0.0.1:$PORT command
  case $peer in
    demarche | old | on-postgresql)
      command=("$(binary_of "$peer")" serve --database-url "$url" --listen "$address" --rate-limit 0
        --max-connections-per-address 20000 "$@")
      # All subscribers have one address. Earlier builds have no such limit.
      if [ "$peer" != old ]; then command+=(--max-held-bytes 1073741824 --max-held-bytes-per-address 1073741824); fi ;;
    limit) command=("$TOOLS/limit" "$DATA/$size/responses.json" "$PORT") ;;
    mercurius) command=(node mercurius/server.mjs "$COPY/ledger.db" ../data/countries.json "$PORT") ;;
    plain) command=("$TOOLS/plain" "$COPY/ledger.db" ../data/countries.json "$PORT") ;;
  esac
  started_at=$(date +%s%N)
  NODE_ENV=production DEMARCHE_LOG=warn taskset -c 0 "${command[@]}" > "$COPY/log" 2>&1 &
  SERVER=$!
  until (exec 3<> "/dev/tcp/127.0.0.1/$PORT") 2> /dev/null; do
    if ! kill -0 $SERVER 2> /dev/null || (($(date +%s%N) - started_at > START_TIMEOUT * 1000000000)); then
      echo "FAILED: $peer did not start with $size data:" >&2
      cat "$COPY/log" >&2
      return 1
    fi
    sleep 0.01
  done
  STARTED=$(seconds_since "$started_at")
}

stop() {
  kill "$SERVER" 2> /dev/null || true
  wait "$SERVER" 2> /dev/null || true
  rm -rf "$COPY"
  DATABASE_OPTIONS=()
}

load() { taskset -c 1 "$TOOLS/load" "$@"; }

# Documents, a database for each build, and the variables of the operations.
make_data() { # size relationships statements
  local size=$1 at=$DATA/$1
  if [ "$(cat "$at/parameters" 2> /dev/null)" != "$2 $3" ]; then
    rm -rf "$at" && mkdir -p "$at"
    "$TOOLS/generate" "$at/documents" "$2" "$3" > "$at/entries"
    echo "$2 $3" > "$at/parameters"
  fi
  for build in "${BUILDS[@]}"; do
    make_database "$build" "$size"
  done
}

# Made again for another binary: its migrations and its import rate may differ.
make_database() { # build size
  local build=$1 size=$2 at=$DATA/$2/$1 shared=$DATA/$2 binary digest
  binary=$(binary_of "$build")
  digest=$(sha256sum < "$binary")
  [ "$(cat "$at/binary" 2> /dev/null)" != "$digest" ] || return 0
  rm -rf "$at" && mkdir -p "$at"
  DEMARCHE_DATABASE_URL=sqlite://$at/ledger.db command time --append --output "$at/import.time" --format '%e %U %S %M' \
    "$binary" import "$shared"/documents/*.json > "$at/import.log"
  awk -v label="$build" -v size="$size" -v entries="$(cat "$shared/entries")" '
    { seconds += $1; cpu += $2 + $3; if ($4 > peak) peak = $4 }
    END {
      printf "{\"label\":\"%s\",\"size\":\"%s\",\"cell\":\"import\",\"entries\":%d,", label, size, entries
      printf "\"seconds\":%.2f,\"cpu\":%.2f,\"peak_mib\":%.1f}\n", seconds, cpu, peak / 1024
    }' "$at/import.time" | tee "$at/import.json"
  DEMARCHE_DATABASE_URL=sqlite://$at/ledger.db "$binary" token create --role editor --name bench > "$at/token"
  if [ "$build" = demarche ]; then
    start demarche "$size"
    load prepare "127.0.0.1:$PORT" "$shared/variables.json"
    load capture "127.0.0.1:$PORT" "$shared/variables.json" "$shared/responses.json"
    load frame "127.0.0.1:$PORT" "$shared/variables.json" "$shared/frame" --token "$(cat "$at/token")"
    stop
  fi
  echo "$digest" > "$at/binary"
}
