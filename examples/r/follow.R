# Prints what a country was asked and where it stands, then every change of a stance, over interruptions and restarts of the server:
# Rscript follow.R http://127.0.0.1:8000 RW cursor.txt
# The file has the cursor of the last change that was printed. With it, the program continues where it ended. If it is killed between a
# line and its cursor, it prints that line again.

library(httr2)
library(jsonlite)

COUNTRY <- "query Country($code: ID!) {
  country(code: $code) {
    name
    relationships { nodes {
      initiative { slug } stance since
      changes(last: 5) { nodes { from to } }
      statements(last: 3) { nodes { number summary claimant { label } } }
    } }
  }
  ledger { head { cursor } }
}"

CHANGES <- "subscription Changes($after: String) {
  stanceChanged(after: $after) { cursor from to relationship { requestedState { name } } }
}"

PAUSE <- 1 # seconds between two connections
SILENCE <- 20 # seconds; the server sends a heartbeat every 4 seconds, so a connection without any byte is dead

# The state of a country: a list with `data`, and the cursor to follow changes after it.
ask <- function(server, query, variables) {
  response <- request(paste0(server, "/graphql")) |>
    req_body_json(list(query = query, variables = variables)) |>
    req_retry(max_tries = 5) |>
    req_perform() |>
    resp_body_json()
  if (!is.null(response$errors)) stop(response$errors[[1]]$message)
  response$data
}

print_country <- function(country) {
  for (relationship in country$relationships$nodes) {
    cat(country$name, relationship$initiative$slug, relationship$stance, relationship$since, "\n")
    changes <- do.call(rbind, lapply(relationship$changes$nodes, as.data.frame))
    if (!is.null(changes)) print(changes)
    statements <- lapply(relationship$statements$nodes, function(it) {
      data.frame(number = it$number, claimant = it$claimant$label, summary = it$summary)
    })
    if (length(statements) > 0) print(do.call(rbind, statements))
  }
}

# The server refuses the subscription, for example because the cursor is of another ledger: to try again cannot help.
refuse <- function(message) stop(structure(class = c("refused", "error", "condition"), list(message = message, call = NULL)))

# Calls `handle` with the data of each event `next`, until the response ends. Stops if the server refuses the subscription.
read_stream <- function(server, query, variables, handle) {
  connection <- curl::new_handle()
  body <- toJSON(list(query = query, variables = variables), auto_unbox = TRUE)
  curl::handle_setopt(connection, copypostfields = body, low_speed_limit = 1, low_speed_time = SILENCE)
  curl::handle_setheaders(connection, "content-type" = "application/json", "accept" = "text/event-stream")
  text <- ""
  receive <- function(bytes) {
    # An event may arrive in pieces; what follows the last empty line is one.
    text <<- paste0(text, rawToChar(bytes))
    blocks <- strsplit(paste0(text, "\1"), "\n\n", fixed = TRUE)[[1]]
    text <<- sub("\1", "", blocks[[length(blocks)]], fixed = TRUE)
    for (block in head(blocks, -1)) {
      lines <- strsplit(block, "\n", fixed = TRUE)[[1]]
      if (!"event: next" %in% lines) next
      json <- sub("^data: ", "", lines[startsWith(lines, "data: ")])
      Encoding(json) <- "UTF-8"
      handle(fromJSON(json, simplifyVector = FALSE))
    }
  }
  response <- curl::curl_fetch_stream(paste0(server, "/graphql/stream"), receive, handle = connection)
  status <- response$status_code
  # 429 and 503: later.
  if (status >= 400 && status < 500 && status != 429) refuse(text)
}

follow <- function(server, after, file) {
  repeat {
    print_change <- function(event) {
      change <- event$data$stanceChanged
      if (is.null(change)) refuse(event$errors[[1]]$message)
      cat(change$relationship$requestedState$name, ": ", change$from, " -> ", change$to, "\n", sep = "")
      # In one step, so that the file is whole whenever the program is ended.
      writeLines(change$cursor, paste0(file, ".new"))
      file.rename(paste0(file, ".new"), file)
      after <<- change$cursor
    }
    tryCatch(
      read_stream(server, CHANGES, list(after = after), print_change),
      # Otherwise the server restarts, or the network is away.
      error = function(cause) if (inherits(cause, "refused")) stop(cause) else message(conditionMessage(cause))
    )
    Sys.sleep(PAUSE)
  }
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 3) stop("usage: Rscript follow.R SERVER COUNTRY CURSOR_FILE")
server <- arguments[[1]]
file <- arguments[[3]]
data <- ask(server, COUNTRY, list(code = arguments[[2]]))
print_country(data$country)
# The first start follows what is recorded after the state that was printed.
after <- if (file.exists(file)) readLines(file, n = 1) else data$ledger$head$cursor
follow(server, after, file)
