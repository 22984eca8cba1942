import { createServer } from "node:http";
import { Webhook } from "standardwebhooks"; // npm install standardwebhooks

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const handled = new Set(); // in production: a table, written together with the effect

createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  let message;
  try {
    message = webhook.verify(Buffer.concat(parts).toString(), request.headers);
  } catch {
    response.writeHead(401).end();
    return;
  }
  if (!handled.has(request.headers["webhook-id"])) {
    handled.add(request.headers["webhook-id"]);
    const { relationship, to, url } = message.data;
    console.log(`${relationship.requestedState.code} ${to} ${url}`);
  }
  response.writeHead(204).end();
}).listen(process.env.PORT, "127.0.0.1");
