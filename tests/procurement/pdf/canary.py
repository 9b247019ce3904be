"""What tells whether a text that is laid out reads files or calls servers."""

import http.server
from pathlib import Path
from typing import Any


class Canary:
    """A server on this machine that counts who calls, and a file that nobody may read."""

    def __init__(self, folder: Path) -> None:
        self.hits: list[str] = []
        canary = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                canary.hits.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"secret-of-the-server")

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.file = folder / "secret.txt"
        self.file.write_text("secret-of-the-file")

    def body(self) -> str:
        inner = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{self.file.as_uri()}"/></svg>'
        return f"""
          <base href="{self.address}/base/"><link rel="stylesheet" href="{self.address}/a.css">
          <style>@import url("{self.address}/b.css");
          @font-face {{ font-family: x; src: url("{self.address}/c.woff2") }}
          body {{ background: url("{self.file.as_uri()}"); font-family: x }}</style>
          <link rel="attachment" href="{self.file.as_uri()}"><link rel="attachment" href="{self.address}/d">
          <img alt="x" src="{self.address}/e.png"><object data="{self.file.as_uri()}"></object>
          <img alt="x" src='data:image/svg+xml,{inner}'><img alt="x" src="data:text/html,hello"><p>after</p>"""
