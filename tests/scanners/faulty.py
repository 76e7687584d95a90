"""A server that allows `https://shop.example.com` with credentials, and has one fault of CORS on each path."""

import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "shop.example.com"

# For each path: is this other origin allowed too?
FAULTS = {
    "/reflected": lambda origin: True,
    "/null": lambda origin: origin == "null",
    "/start": lambda origin: origin.startswith(f"https://{HOST}"),
    "/end": lambda origin: origin.endswith("example.com"),
    "/part": lambda origin: "xample.com" in origin,
    "/dot": lambda origin: re.fullmatch(f"https://{HOST}", origin),
    "/subdomains": lambda origin: origin.endswith(f".{HOST}"),
    "/http": lambda origin: origin == f"http://{HOST}",
    "/hosting": lambda origin: origin.endswith(".github.io"),
    "/special": lambda origin: re.match(r"https://shop\.example\.com[^a-z0-9.:]", origin),
}


class Faulty(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        origin = self.headers["Origin"] or ""
        self.send_response(200)
        if origin == f"https://{HOST}" or FAULTS[self.path](origin):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_OPTIONS = answer

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Faulty).serve_forever()
