"""The servers that are scanned: each path with the origins that its policy lists."""

from dataclasses import dataclass, field


@dataclass
class Path:
    method: str
    path: str
    # Origins that the policy allows, one for each item of its list.
    origins: list[str]
    # The policy allows any origin, so there are no credentials.
    public: bool = False
    # The policy allows all subdomains of the origins.
    wildcard: bool = False
    # What else a scanner must find here: CORScanner's and Corsair's names of a fault.
    faults: set[str] = field(default_factory=set)


@dataclass
class Server:
    name: str
    port: int
    paths: list[Path]
    environment: dict[str, str] = field(default_factory=dict)
    # A request that is sent first: method, path, headers, body.
    first: tuple | None = None


PAGE = ["http://127.0.0.1:8080", "http://localhost:8080"]
PREVIEWS = ["https://www.quickstart.test"]
PARTNER = ["https://partner.example"]
AUDITOR = ["https://auditor.example"]
APP = ["https://app.example.com", "http://localhost:3000"]
ADMIN = ["https://admin.example.com"]
CONSOLE = ["https://admin.example"]
SHOP = ["https://shop.example"]

QUICKSTART = [
    ("GET", "/items"),
    ("POST", "/contact"),
    ("PUT", "/items/7"),
    ("GET", "/items/7"),
    ("PUT", "/settings"),
    ("POST", "/session/1"),
    ("GET", "/session"),
    ("GET", "/greeting"),
    ("GET", "/search"),
]

SERVERS = [
    Server(
        "quickstart",
        8081,
        [Path(method, path, PAGE) for method, path in QUICKSTART]
        + [Path(method, path, PREVIEWS, wildcard=True) for method, path in QUICKSTART]
        + [
            Path("GET", "/status", [], public=True),
            Path("GET", "/report", PARTNER),
            Path("PUT", "/report", PARTNER),
            Path("DELETE", "/account", []),
            Path("DELETE", "/items/7", []),
        ],
    ),
    Server(
        "app_wide",
        8081,
        [Path("GET", "/hello", APP), Path("PUT", "/hello", APP), Path("GET", "/nothing", APP)],
        {"ALLOW_ORIGINS": "https://app.example.com, http://localhost:*"},
    ),
    Server(
        "authentication",
        8081,
        [
            Path("GET", "/api/orders", PARTNER),
            Path("POST", "/sign-in/ada", APP),
            Path("PUT", "/account/name", APP),
            Path("GET", "/nothing", []),
        ],
    ),
    Server(
        "configured",
        8082,
        [Path("GET", "/items", [], public=True), Path("PUT", "/admin/owner", CONSOLE)],
        {"CORS_PROFILE": "production", "PORT": "8082"},
    ),
    Server(
        "layers",
        8081,
        [
            Path("GET", "/news", [], public=True),
            Path("GET", "/partners/orders", PARTNER),
            Path("GET", "/partners/audit", AUDITOR),
            Path("GET", "/admin/users", ADMIN),
            Path("DELETE", "/admin/users", ADMIN),
            Path("GET", "/account", []),
        ],
    ),
    Server(
        "per_handler",
        8081,
        [
            Path("PUT", "/items/7", APP),
            Path("GET", "/report", PARTNER, wildcard=True),
            Path("GET", "/status", [], public=True),
            Path("DELETE", "/account", []),
        ],
    ),
    Server(
        "scoped",
        8081,
        [
            Path("GET", "/partners/report", PARTNER),
            Path("PUT", "/partners/report", PARTNER),
            Path("GET", "/partners/audit", AUDITOR),
            Path("GET", "/status", [], public=True),
            Path("DELETE", "/account", []),
        ],
    ),
    Server(
        "tenants",
        8081,
        [Path("GET", "/orders", SHOP), Path("PUT", "/tenants/7/origins", [])],
        {"DATABASE_URL": "sqlite:{folder}/tenants.sqlite?mode=rwc", "PORT": "8081"},
        (
            "PUT",
            "/tenants/7/origins",
            {"Authorization": "Bearer admin", "Content-Type": "application/json"},
            '"https://shop.example"',
        ),
    ),
]

FAULTY = Server(
    "faulty",
    8083,
    [
        Path("GET", path, ["https://shop.example.com"], faults=faults)
        for path, faults in [
            ("/reflected", {"reflect_origin", "fake_origin"}),
            ("/null", {"trust_null"}),
            ("/start", {"prefix_match", "post-domain"}),
            ("/end", {"suffix_match", "pre-domain"}),
            ("/part", {"include_match"}),
            ("/dot", {"not_escape_dot"}),
            ("/subdomains", {"trust_any_subdomain", "sub-domain"}),
            ("/http", {"https_trust_http"}),
            ("/hosting", {"custom_third_parties"}),
            ("/special", {"special_characters_bypass"}),
        ]
    ],
)
