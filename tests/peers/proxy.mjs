// A wire that can be cut: TCP to a server, whatever is spoken over it.

import { once } from "node:events";
import net from "node:net";

/** `cut()` breaks every connection and takes no new ones until `mend()`. */
export async function wire({ hostname, port }) {
  const open = new Set();
  let isCut = false;
  const server = net.createServer((client) => {
    if (isCut) return void client.destroy();
    const upstream = net.connect(Number(port), hostname);
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      open.add(socket);
      socket.setNoDelay().pipe(other);
      socket.on("error", () => {}).on("close", () => { open.delete(socket); other.destroy(); });
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    host: `127.0.0.1:${server.address().port}`,
    cut() {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    mend() { isCut = false; },
    close() {
      this.cut();
      server.close();
    },
  };
}
