"""Two-person approval: somebody asks, another with the right approves or refuses with a reason, then it is done.

How another page uses it::

    # muster/web/splits/overrides.py, imported by the AppConfig.ready() of its app (or by its views)
    from muster.web.approvals.kinds import Kind, add

    def _carry_out(request: Request, approver: Person) -> str:
        ...  # do what request.data says, through a service; a MusterError leaves the request open and is shown
        return "event 0198…"  # what came of it, for the record

    SPLIT = add(Kind("split", "A changed line of a split", carry_out=_carry_out))

    # in a view
    from muster.web.approvals.requests import ask
    request = ask(SPLIT, Asked(subject="split 7", what="Hill 40 t, not 25 t", why=reason, data={…}), by=request.person)

- ``data`` is JSON and is all that ``carry_out`` gets; keep in it what was seen when it was asked.
- ``subject`` names what it is about: only one open request of a kind has the same; asking again gives that one.
- Who asked never decides, nor whoever is in ``Asked.nor_by``. Managers of the unit and administrators decide; a kind
  may name further roles (``Kind.roles``) that decide for every unit.
- A request lapses after ``DAYS`` and is then good for nothing. Every step is kept in the record of changes, and the
  auditor sees all requests under "Put right, allowed".
"""
