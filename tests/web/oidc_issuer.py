"""一个真的、极小的 OIDC 签发方：在本机的一个端口上走完授权码流程，可令它出错。"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "kaopu", "s3cret"


class Issuer:
    """签发方；``claims`` 改令牌里的内容，``subject`` 是此刻在它那里登录着的人。"""

    def __init__(self) -> None:
        self.key = self.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.subject, self.claims, self.metadata = "", {}, {}
        self.codes: dict[str, dict[str, str]] = {}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.get(self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                issuer.token(self, {name: values[0] for name, values in parse_qs(body).items()})

            def log_message(self, format: str, *args: Any) -> None:
                """不写标准错误。"""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def behave(self, subject: str) -> None:
        """恢复如常，由 ``subject`` 登录。"""
        self.subject, self.claims, self.metadata = subject, {}, {}
        self.published = self.key

    def get(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        if address.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            handler.send_response(302)
            answer = urlencode({"code": code, "state": asked["state"]})
            handler.send_header("Location", f"{asked['redirect_uri']}?{answer}")
            handler.end_headers()
        elif address.path == "/jwks":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key()))
            _answer(handler, {"keys": [{**key, "kid": "1", "alg": "RS256", "use": "sig"}]})
        else:
            _answer(handler, {
                "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_post"], **self.metadata,
            })  # fmt: skip

    def token(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        asked = self.codes.pop(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert (asked["code_challenge_method"], asked["code_challenge"]) == ("S256", challenge)
        assert (form["client_id"], form["client_secret"]) == (CLIENT_ID, SECRET)
        assert form["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT_ID, "sub": self.subject, "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], **self.claims}  # fmt: skip
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        _answer(handler, {"access_token": "x", "token_type": "Bearer", "id_token": signed})


def _answer(handler: BaseHTTPRequestHandler, content: dict[str, Any]) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    handler.wfile.write(json.dumps(content).encode())
