#!/usr/bin/env bash
# Software: Debian 12's nginx 1.22.1, twice in a row; Node 20 as the backend.
# Guess: `X-Accel-Buffering: no` from the backend stops buffering in every nginx on the way, as `Cache-Control` reaches
#   every cache.
# Seen: the nginx next to the backend obeys and takes the header out. The next one buffers: the first event of a stream
#   reaches the client only at the end. With `proxy_pass_header X-Accel-Buffering` in the inner one, or
#   `proxy_buffering off` in the outer one, it comes at once.
# Why it matters: one nginx on the machine and one at the edge is a common arrangement. Streams of events then look dead
#   behind both, and work behind either.
set -euo pipefail
work="$(mktemp -d)"
servers=()
end() {
  for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
cd "$work"
chmod 755 .
apt-get download -qq nginx nginx-common 2>apt.log || { cat apt.log >&2; exit 1; }
for package in *.deb; do dpkg-deb -x "$package" root; done
nginx="$work/root/usr/sbin/nginx"
test "$("$nginx" -v 2>&1)" = "nginx version: nginx/1.22.1"

ports="$(node -e '
  const net = require("node:net");
  const free = [1, 2, 3, 4].map(() => net.createServer().listen(0, "127.0.0.1"));
  setTimeout(() => { console.log(free.map((server) => server.address().port).join(" ")); process.exit(); }, 200);')"
read -r backend inner outer passing <<<"$ports"

cat >backend.mjs <<'JS'
import http from "node:http";
http
  .createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache", "x-accel-buffering": "no" });
    response.write("data: first\n\n");
    setTimeout(() => response.end("data: last\n\n"), 3_000);
  })
  .listen(process.argv[2], "127.0.0.1");
JS
node backend.mjs "$backend" &
servers+=($!)

# proxy NAME PORT BEHIND [DIRECTIVE]: nginx in the foreground, with nothing but what it needs.
proxy() {
  mkdir "$1"
  cat >"$1/nginx.conf" <<CONF
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:$2;
    location / {
      proxy_pass http://127.0.0.1:$3;
      ${4:-}
    }
  }
}
CONF
  "$nginx" -p "$work/$1" -e error.log -c nginx.conf &
  servers+=($!)
}
proxy inner "$inner" "$backend"
proxy outer "$outer" "$inner"
proxy passing "$passing" "$backend" "proxy_pass_header X-Accel-Buffering;"
mkdir later
sed "s/listen .*/listen 127.0.0.1:$outer;/" outer/nginx.conf >later/nginx.conf

cat >client.mjs <<'JS'
import http from "node:http";
const began = Date.now();
http.get(`http://127.0.0.1:${process.argv[2]}/`, (response) => {
  response.once("data", () => {
    console.log(Date.now() - began < 1_500 ? "at once" : "at the end", response.headers["x-accel-buffering"] ?? "without");
    process.exit();
  });
});
JS
for port in "$backend" "$inner" "$outer" "$passing"; do
  for _ in $(seq 50); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
    sleep 0.1
  done
done
one="$(node client.mjs "$inner")"
two="$(node client.mjs "$outer")"
passed="$(node client.mjs "$passing")"
test "$one" = "at once without"
test "$two" = "at the end without"
test "$passed" = "at once no"

# The same outer one before the one that passes the header on.
kill "${servers[2]}"
wait "${servers[2]}" 2>/dev/null || true
sed -i "s/proxy_pass .*/proxy_pass http:\/\/127.0.0.1:$passing;/" later/nginx.conf
"$nginx" -p "$work/later" -e error.log -c nginx.conf &
servers+=($!)
for _ in $(seq 50); do
  if (exec 3<>"/dev/tcp/127.0.0.1/$outer") 2>/dev/null; then break; fi
  sleep 0.1
done
both="$(node client.mjs "$outer")"
test "$both" = "at once without"
echo "nginx 1.22.1: first event behind one ${one% *}, behind two ${two% *}, behind two with proxy_pass_header ${both% *}"
