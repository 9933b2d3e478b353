"""The server of the application: ``python -m muster.web.server PORT``, with the variables of ``folder.py``."""

from __future__ import annotations

import os
import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from muster.web.folder import Site, site_of

_THREADS = 8


class Server(BaseApplication):
    """Gunicorn with settings from here, none from files or the command line."""

    def __init__(self, site: Site, *, port: int) -> None:
        self._chosen = settings(site, port=port)
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's own choice."""
        for name, value in self._chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application; each worker loads its own."""
        from muster.web.wsgi import application

        return application


def settings(site: Site, *, port: int) -> dict[str, Any]:
    """Return what differs from gunicorn's own choice."""
    host = f"[{site.host}]" if ":" in site.host else site.host
    return {
        "bind": f"{host}:{port}",
        "workers": 2,
        "threads": _THREADS,
        "worker_class": "gthread",
        "control_socket_disable": True,
        "loglevel": "warning",
        "limit_request_line": 8_190,
    }


if __name__ == "__main__":
    Server(site_of(os.environ), port=int(sys.argv[1])).run()
