import os
from http.server import BaseHTTPRequestHandler, HTTPServer
from standardwebhooks import Webhook  # pip install standardwebhooks

webhook = Webhook(os.environ["WEBHOOK_SECRET"])
handled = set()  # in production: a table, written together with the effect


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            message = webhook.verify(body, headers)
        except Exception:
            self.send_error(401)
            return
        if headers["webhook-id"] not in handled:
            handled.add(headers["webhook-id"])
            change = message["data"]
            code = change["relationship"]["requestedState"]["code"]
            print(code, change["to"], change["url"], flush=True)
        self.send_response(204)
        self.end_headers()


HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
