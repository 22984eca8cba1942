// TCP proxy whose connections can be broken.

import { once } from "node:events";
import net from "node:net";

/** `cut()` closes all connections and rejects new ones until `restore()`. */
export async function createProxy({ hostname, port }) {
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
    restore() { isCut = false; },
    close() {
      this.cut();
      server.close();
    },
  };
}
