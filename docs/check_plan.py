#!/usr/bin/env python3
"""Check a plan without muster: `python3 check_plan.py PLAN`. Needs Python 3.11 and numpy; shares no code with muster.
It reads the tables of PLAN and of PLAN/economy, writes down the linear program once more (docs/proof.md says which), and asks whether the plan
keeps every row of it, and how far each stage of proof.npz can be from best. Exit status: 0 all is well, 1 something is wrong, 2 the plan uses what
this page does not know, so it says nothing. It looks at neither met.csv, reserves.csv, why.csv nor the sums in balances.csv. 200 wide lines."""

# fmt: off
# ruff: noqa: B020, B023, E401, E501, E701, E702, I001, RUF021
import csv, datetime as dt, hashlib, itertools, sys, tomllib
from collections import defaultdict; from pathlib import Path; import numpy as np
TONNES = {"t": 1.0, "kg": 1e-3, "g": 1e-6, "mg": 1e-9, "kt": 1e3}; HAIR, FULL, EPS, MISS, EVER, NEVER = 1e-8, 1 - 1e-9, 2.0**-53, 1e-9, dt.date.min, dt.date.max; plan, wrong, none = Path(sys.argv[1]), [], np.zeros(0, dtype=int)
def unknown(what): print(f"UNKNOWN: {what}. Nothing is said of this plan.", file=sys.stderr); sys.exit(2)
def rows(path): return [{k: v or None for k, v in x.items()} for x in csv.DictReader(open(path, encoding="utf-8", newline=""))]
def num(text, default=0.0): return default if text is None else float(text)
def day(text, default): return dt.date.fromisoformat(text) if text else default
def check(fine, what): wrong.extend([] if fine else [what])
head, opts = (tomllib.loads((plan / n).read_text("utf-8")) for n in ("plan.toml", "economy/economy.toml"))
for n, told in head.get("digests", {}).items(): check(n == "plan.toml" or hashlib.sha256((plan / n).read_bytes()).hexdigest() == told, f"{n} was changed")
for p in (plan / "economy").iterdir(): check(f"economy/{p.name}" in head.get("digests", {}), f"economy/{p.name} was added")
E = defaultdict(list, {p.stem: rows(p) for p in (plan / "economy").glob("*.csv")}); out = {n: rows(plan / f"{n}.csv") for n in ("given", "dispatches", "runs", "balances", "lots", "levels")}
start, T, starts = opts["start"], opts["periods"], [opts["start"]]  # The calendar: T periods; starts[t] is the first day of period t.
if start.day > 28: unknown("periods that begin after the 28th of a month")
for t in range(1, T + 1):
    m = start.month - 1 + t * {"month": 1, "year": 12}.get(opts["period"], 0); starts.append(start.replace(year=start.year + m // 12, month=m % 12 + 1) + dt.timedelta(t * {"day": 1, "week": 7}.get(opts["period"], 0)))
days = [(b - a).days for a, b in itertools.pairwise(starts)]
def at(d): return -1 if d < start else next((t for t in range(T) if d < starts[t + 1]), T)
def inside(a, b, t): return max(a, starts[t]), max(0, (min(b, starts[t + 1]) - max(a, starts[t])).days)
res, place, need = ({x[k]: i for i, x in enumerate(E[k + "s"])} for k in ("resource", "place", "need")); P, R, N, unit = len(place), len(res), len(need), [x["unit"] for x in E["resources"]]  # What there is: R resources, Q goods (the resources, then dated lots), P places and the pool behind them.
mass = [num(x["mass_t"], TONNES.get(x["unit"])) for x in E["resources"]]; keep, eff = [num(x["keep"], 1) for x in E["resources"]], [num(x["effort"]) for x in E["resources"]]
pooled, label = [x["pooled"] == "yes" for x in E["resources"]], [(x["class"] or "").split() for x in E["resources"]]
def fits(c, r): return c is None or c in label[r]
def home(p, r): return P if pooled[r] else p
def amount(x, column):
    own, u = unit[res[x["resource"]]], x["unit"] or unit[res[x["resource"]]]
    if u != own and not {u, own} <= set(TONNES): unknown(f"{u} in {own}")
    return num(x[column]) * (1 if u == own else TONNES[u] / TONNES[own])
held = [(res[x["resource"]], day(x["expires"], None), place.get(x["place"], P), amount(x, "quantity")) for x in E["stocks"]]; lots = sorted({(r, d) for r, d, _, _ in held if d and at(d) >= 0})
Q, of, last = R + len(lots), [*range(R), *(r for r, _ in lots)], [T] * R + [at(d) for _, d in lots]; lot, supply = {x: R + i for i, x in enumerate(lots)}, np.zeros((T, P + 1, Q))
for r, d, p, n in held: supply[0, p, lot.get((r, d), r)] += n if d is None or at(d) >= 0 else 0
for x, t in itertools.product(E["arrivals"], range(T)):
    steady = x["on"] is None and amount(x, "per_day") * inside(day(x["from"], EVER), day(x["until"], NEVER), t)[1]
    supply[t, place.get(x["place"], P), res[x["resource"]]] += steady or (amount(x, "quantity") if x["on"] and at(day(x["on"], 0)) == t else 0)
ways, sends = E["routes"] + [{**x, "from": x["to"], "to": x["from"]} for x in E["routes"] if x["both"] == "yes"], {}  # Ways that are open: (way, t) -> tail, head, period of arrival, tonnes, loss, km, [(resource, occupied, per tonne)].
for (a, w), t in itertools.product(enumerate(ways), range(T)):
    (first, n), km = inside(day(w["opens"], EVER), day(w["closes"], NEVER), t), num(w["distance_km"])
    if n and at(first + dt.timedelta(int(num(w["lead_days"])))) < T:
        uses = [(res[m["resource"]], m["use"] == "occupied", num(m["per_t_km"]) * km + num(m["per_t"])) for m in E["modes"] if m["mode"] == w["mode"]]
        sends[a, t] = (place[w["from"]], place[w["to"]], at(first + dt.timedelta(int(num(w["lead_days"])))), num(w["capacity_t_per_day"], np.inf) * n, num(w["loss"]), km, uses)
loads = [[x["class"] for x in E["carries"] if x["mode"] == w["mode"]] or [None] for w in ways]; goes = [[mass[r] is not None and not pooled[r] and any(fits(c, r) for c in each) for r in range(R)] for each in loads]
recipe, works, limit = defaultdict(list), list(dict.fromkeys((x["place"], x["recipe"]) for x in E["plants"])), defaultdict(float)
for x in E["recipes"]:
    ready = [t + int(x["after_periods"]) if x["after_periods"] else at(starts[t + 1] + dt.timedelta(int(num(x["after_days"])) - 1)) for t in range(T)]
    recipe[x["recipe"]].append((res[x["resource"]], x["use"], num(x["quantity"]), ready))
for x, t in itertools.product(E["plants"], range(T)): limit[t, works.index((x["place"], x["recipe"]))] += (n := inside(day(x["from"], EVER), day(x["until"], NEVER), t)[1]) and n * num(x["runs_per_day"], np.inf)
who = list(dict.fromkeys((x["place"], x["group"]) for x in E["people"])); C, heads, norms, asks = len(who), np.zeros((T, len(who))), {}, {}  # Claims: norms[t, c, n] = floor, norm, covered of C claimants; asks = reserves.
for x, t in itertools.product(sorted(E["people"], key=lambda x: day(x["from"], EVER)), range(T)):
    if day(x["from"], EVER) <= starts[t]: heads[t, who.index((x["place"], x["group"]))] = num(x["people"])
for x in sorted(E["norms"], key=lambda x: (x["place"] is not None, x["group"] is not None, day(x["from"], EVER))):
    since = [t for t in range(T) if day(x["from"], EVER) <= starts[t]]; meant = [c for c, (p, g) in enumerate(who) if x["place"] in (None, p) and x["group"] in (None, g)]
    norms |= {(t, c, need[x["need"]]): [num(x[k]) for k in ("floor", "norm", "covered")] for t in since for c in meant if heads[t, c]}
norms, content = {k: v for k, v in norms.items() if v[1] > 0}, np.zeros((R, N))
for x in E["contents"]: content[res[x["resource"]], need[x["need"]]] = num(x["amount"])
for x in E["reserves"]:
    t = at(day(x["on"], starts[T] - dt.timedelta(1))); daily = sum(v[1] * heads[k[:2]] for k, v in norms.items() if k[0] == t and k[2] == need.get(x["need"]) and x["place"] in (None, who[k[1]][0]))
    counts = content[:, need[x["need"]]] if x["need"] else np.eye(R)[res[x["resource"]]]
    v = asks.setdefault((x["place"], x["need"] or x["resource"], x["need"] is None, t), [0.0, counts * (np.array(keep) > 0)]); v[0] += num(x["quantity"]) if x["quantity"] else num(x["days"]) * daily
there, can, before = (supply > 0).any(axis=0), set(), -1  # Where each good can ever be, and how much of it there can be at all.
def drawable(uses): return all(n == 0 or (p, r) in at_hand for p, r, n in uses)
while there.sum() != before:
    before, at_hand = there.sum(), {(p, of[q]) for p, q in zip(*np.nonzero(there), strict=True)}
    for (a, _), (i, j, _, tonnes, loss, _, uses) in sends.items():
        drives = tonnes > 0 and drawable((home(i, r), r, n) for r, _, n in uses)
        for q in np.flatnonzero(there[i]): there[j, q] |= goes[a][of[q]] and loss < 1 and (drives or mass[of[q]] == 0)
    can = {s for s, (p, k) in enumerate(works) if any(limit[t, s] for t in range(T)) and drawable((home(place[p], r), r, n) for r, u, n, _ in recipe[k] if u != "output")}
    for s, (r, u, _, _) in ((s, x) for s in can for x in recipe[works[s][1]]): there[home(place[works[s][0]], r), r] |= u == "output"
def most(k, total): return min([np.inf, *(total[r] / n for r, u, n, _ in recipe[k] if u == "input" and n)])
basic = total = np.bincount(of, supply.sum(axis=(0, 1)), R)
def made(total):
    ran = {k: min(most(k, total), sum(limit[t, s] for s in can if works[s][1] == k for t in range(T))) for k in recipe}
    return basic + sum((ran[k] * n * np.eye(R)[r] for k in recipe for r, u, n, _ in recipe[k] if u == "output" and ran[k]), np.zeros(R))
for _ in range(1000): total = np.maximum(total, made(total) * (1 + 1e-6))
total = total * (1 + 1e-6)
if (made(total) >= total)[total > 0].any(): unknown("recipes that can make any amount")
shapes = {"balance": (T, P + 1, Q), "counter": (T, P + 1, R), "route": (T, len(ways)), "store": (T, len(E["stores"])), "plant": (T, len(works)),  # The linear program: maximise subject to A x <= b, 0 <= x <= box. Rows lie one behind the other in the shapes of proof.npz.
          "occupied": (T, P + 1, R), "ration": (T, len(E["rations"]), C), "claim": (T, C, N), "reserve": (len(asks),)}
first = dict(zip(shapes, np.cumsum([0, *map(np.prod, shapes.values())]).astype(int).tolist(), strict=False)); M, K0, column, cell, cols = sum(map(np.prod, shapes.values())), first["claim"], {}, [], []
def row(kind, *pos): return first[kind] + int(np.ravel_multi_index(pos, shapes[kind]))
dated = {(p, of[q]) for p, q in zip(*np.nonzero(there), strict=True) if q >= R}
def draw(t, p, r): return row("counter" if (home(p, r), r) in dated else "balance", t, home(p, r), r)
def add(key, size, entries, effort=0.0, km=0.0):
    cell.extend((i, len(cols), v) for i, v in entries); column[key] = len(cols); cols.append((size, effort, km))
b = np.concatenate([supply.ravel(), np.zeros(M - first["counter"])]); b[first["store"]:first["plant"]] = np.tile([num(x["capacity_t"]) for x in E["stores"]], T)
for t, (p, q) in itertools.product(range(T), zip(*np.nonzero(there), strict=True)):
    r, size = of[q], total[of[q]]
    if keep[r] > 0 and t < last[q]:
        stores = [(row("store", t, i), mass[r] or 0) for i, s in enumerate(E["stores"]) if place[s["place"]] == p and fits(s["class"], r)]
        holds = [(row("reserve", v), -n[r]) for v, ((where, *_, when), (_, n)) in enumerate(asks.items()) if when == t and place.get(where, p) == p]
        stays = [(row("balance", z, p, q), v) for z, v in ((t, 1), (t + 1, -keep[r])) if z < T]; add(("stock", t, p, q), size, [(row("occupied", t, p, r), -days[t]), *stays, *stores, *holds])
    if (p, r) in dated and t <= last[q]: add(("take", t, p, q), size, [(row("balance", t, p, q), 1), (row("counter", t, p, r), -1)])
for (a, t), (i, j, arrives, tonnes, loss, km, uses) in sends.items():
    b[row("route", t, a)] = tonnes; drives = tonnes > 0 and drawable((home(i, r), r, n) for r, _, n in uses)
    for q, m in ((q, mass[of[q]]) for q in range(Q)):
        if there[i, q] and there[j, q] and goes[a][of[q]] and arrives <= last[q] and loss < 1 and (drives or m == 0):
            drawn = [(row("occupied", t, home(i, r), r) if busy else draw(t, i, r), n * m) for r, busy, n in uses]
            add(("sent", t, a, q), total[of[q]], [(row("balance", t, i, q), 1), (row("balance", arrives, j, q), loss - 1), (row("route", t, a), m), *drawn],
                sum(eff[r] * n * m for r, busy, n in uses if not busy), km * m)
for (s, (p, k)), t in itertools.product(enumerate(works), range(T)):
    b[row("plant", t, s)] = limit[t, s]
    if limit[t, s] and s in can:
        made_of = [(u, r, n, ready[t]) for r, u, n, ready in recipe[k] if u != "output" or ready[t] < T]
        drawn = [(row("balance", z, home(place[p], r), r), -n) if u == "output" else (row("occupied", t, home(place[p], r), r), n) if u == "occupied" else (draw(t, place[p], r), n) for u, r, n, z in made_of]
        add(("run", t, s), min(limit[t, s], most(k, total)), [(row("plant", t, s), 1), *drawn], sum({"input": 1, "output": -1}.get(u, 0) * eff[r] * n for u, r, n, _ in made_of))
for t, (i, x), c in itertools.product(range(T), enumerate(E["rations"]), range(C)): b[row("ration", t, i, c)] = num(x["most"]) * heads[t, c] * days[t] if x["group"] in (None, who[c][1]) else np.inf
for t, c, r in itertools.product(range(T), range(C), range(R)):
    p = place[who[c][0]]
    if heads[t, c] and (home(p, r), r) in at_hand:
        serves = [(row("claim", t, c, n), -content[r, n] / heads[t, c] / days[t]) for n in range(N)]
        counts = [(row("ration", t, i, c), (mass[r] or 0) if x["class"] else 1) for i, x in enumerate(E["rations"]) if (x["resource"] == E["resources"][r]["resource"] or x["class"] and fits(x["class"], r)) and x["group"] in (None, who[c][1])]
        add(("given", t, c, r), total[r] + sum(supply[:, :, q].sum() for q in range(R, Q) if of[q] == r), [(draw(t, p, r), 1), *serves, *counts])
A, (box, use, haul) = [np.array(v) for v in zip(*cell, strict=True)], np.array(cols).T
def times(x, size=False): return np.bincount(A[0], np.abs(A[2] * x[A[1]]) if size else A[2] * x[A[1]], M)
x, flow = np.zeros(len(box)), defaultdict(float)  # The plan as columns: what is given, run, sent; what each lot hands over; what stays.
def put(key, n):
    check(n >= 0 and (key in column or n == 0), f"nothing of the kind can be done: {key}"); x[column.get(key, 0)] += n * (key in column)
for g in out["given"]: put(("given", int(g["period"]), who.index((g["place"], g["group"])), res[g["resource"]]), num(g["quantity"]))
for g in out["runs"]: put(("run", int(g["period"]), works.index((g["place"], g["recipe"]))), num(g["runs"]))
for g in out["lots"]:
    t, p, q = int(g["period"]), place.get(g["place"], P), lot[res[g["resource"]], day(g["expires"], None)]
    if g["flow"] == "sent": flow[g["place"], g["to"], g["mode"], t, int(g["arrives"]), q] += num(g["quantity"])
    else: put(("take", t, p, q), num(g["quantity"]))
for g in out["dispatches"]:
    key, r = (g["from"], g["to"], g["mode"], int(g["period"]), int(g["arrives"])), res[g["resource"]]; parts = [(q, flow.pop((*key, q), 0.0)) for q in range(R, Q) if of[q] == r]
    fit = [a for a, w in enumerate(ways) if (a, key[3]) in sends and (w["from"], w["to"], w["mode"], sends[a, key[3]][2]) == (*key[:3], key[4])]
    for q, n in [(r, max(0.0, num(g["quantity"]) - sum(n for _, n in parts))), *parts]:
        for a in fit:  # several openings of one route: the first takes what it can
            free = (sends[a, key[3]][3] - times(x)[row("route", key[3], a)]) / (mass[r] or np.inf) if a != fit[-1] else n; put(("sent", key[3], a, q), min(n, free)); n -= min(n, free)
for (p, r), t in itertools.product([d for d in dated if there[d]], range(T)): put(("take", t, p, r), max(0.0, times(x)[row("counter", t, p, r)]))
closing = {(int(g["period"]), place.get(g["place"], P), res[g["resource"]]): num(g["closing"]) for g in out["balances"]}; gone = times(x); check(not any(flow.values()), "lots are sent that are not dispatched")
for (t, p, r), n in sorted(closing.items(), key=lambda c: c[0][0]):
    goods, now = [q for q in range(Q) if of[q] == r and ("stock", t, p, q) in column], defaultdict(float)
    for fill, q in itertools.product((False, True), goods):  # first what later periods draw of each lot, then anything
        left = (b - gone)[i := row("balance", t, p, q)] + (keep[r] * x[column["stock", t - 1, p, q]] if ("stock", t - 1, p, q) in column else 0); ask = 0.0
        for z in range(min(T - 1, last[q]), t, -1): ask = max(0.0, (gone - b)[row("balance", z, p, q)] + ask) / keep[r]
        more = max(0.0, min(n, (left if fill else min(ask, left)) - now[q])) if (p, r) in dated else n; now[q], n = now[q] + more, n - more
    for q in goods: put(("stock", t, p, q), now[q])
    check(n <= MISS * (total[r] + 1), f"more stays than there is: {t, p, r}")
size = times(x, size=True) + np.where(np.isfinite(b), b, 0)
for k, lo, hi in zip(shapes, first.values(), [*list(first.values())[1:], K0 + shapes["reserve"][0]], strict=False):
    over = (times(x) - b)[lo:hi] - MISS * size[lo:hi] - 1e-12 * size[lo:hi].max(initial=0); check(k in ("claim", "reserve") or not (over > 0).any(), f"a limit does not hold: {k} {np.argmax(over) if over.size else ''}")
K, S, order = M - K0, head["slack"], [g["goal"] for g in head["goals"] if g["goal"] != "effort"]; per, off, weight, level, when, met = ({g: np.zeros(K) - (k == 4) for g in order} for k in range(6))  # The goals: K claims and reserves one behind the other; met = off + per * delivered.
names = {(*who[c], n, t): row("claim", t, c, i) - K0 for t in range(T) for c in range(C) for n, i in need.items()}
spot = {g: names if g != "reserve" else {(p, None, n, t): row("reserve", v) - K0 for v, (p, n, _, t) in enumerate(asks)} for g in order}
for g in order:
    for (t, c, n), v in norms.items() if g != "reserve" else ():
        if v[g == "norm"] > 0: i, weight[g][i], per[g][i], off[g][i] = (k := row("claim", t, c, n) - K0), heads[t, c], 1 / v[g == "norm"], v[2] / v[g == "norm"]
    for v, (_, (wanted, _)) in enumerate(asks.items() if g == "reserve" else ()):
        if wanted > 0: weight[g][row("reserve", v) - K0], per[g][row("reserve", v) - K0] = 1, 1 / wanted
    met[g] = np.minimum(1, off[g] + per[g] * -times(x)[K0:])
    for v in out["levels"]:
        if v["goal"] == g: i = spot[g][v["place"], v["group"], v["need"], int(v["period"])]; level[g][i], when[g][i] = num(v["level"]), int(v["round"])
    low = (met[g] < level[g] * (1 - S * (level[g] < FULL)) - 1e-6) | (when[g] < 0); check(not (low & (weight[g] > 0)).any(), f"{g}: somebody is below the level stated, or has none")
def laid(name, to, what="level"):
    to[proof.get(f"{name}.at", none) + (first["reserve"] - K0) * ("reserve" in (name.split(".")[0 if ".before" in name else -1],))] = proof.get(f"{name}.{what}", 0)
    return to
proof, gaps = np.load(plan / "proof.npz"), defaultdict(float)  # Each stage: no plan is worth more than its limits, what columns are worth beyond what they take, and what people get.
for g, kind, n, lo, hi, said in zip(*(proof[f"stages.{k}"].tolist() for k in ("goal", "kind", "round", "low", "high", "value")), strict=True):
    y, cap = np.zeros(M), float(proof.get(f"{g}.{n}.cap", [0.0])[0])
    for k in shapes: y[first[k] + proof.get(f"{g}.{n}.{k}.at", none)] = proof.get(f"{g}.{n}.{k}.price", 0)
    check((y >= 0).all() and np.isfinite(y).all(), f"{g}.{n}: a price that is none"); cost = use if kind == "effort" else haul + cap * use if kind == "tonne_km" else 0 * use; taken = A[2] * y[A[0]]
    rest = -cost - np.bincount(A[1], taken, len(box)) + 64 * EPS * (abs(cost) + np.bincount(A[1], abs(taken), len(box))); bound = (y[y > 0] @ b[y > 0]) + np.maximum(rest, 0) @ box
    price, own, asked = y[K0:], weight.get(g, np.zeros(K)), {o: weight[o] > 0 for o in order}; then, since = (laid(f"{g}.before", level[g].copy()), laid(f"{g}.before", when[g].copy(), "round")) if g in level else (0, 0)
    lifted = (own > 0) & ((kind == "common") | ((since if kind == "band" else when.get(g, 0)) >= n)); share, parts = own / max((own * (lifted if kind == "band" else 1)).sum(), 1e-300), []
    for o in order[: order.index(g) + 1] if g in order else order:
        keep_o = met[o] if g == "effort" else laid(f"{g}.{n}.have.{o}", np.zeros(K)) if kind == "last" else None
        if keep_o is not None: parts.append((o, h := keep_o - (1e-12 if g == "effort" else HAIR), h, 0 * price, share * (o == g) * (kind == "last"), np.maximum(1 - keep_o, 0))); continue
        at_level = level[o] if o != g else np.where(since >= n, lo, then) if kind == "band" else level[o] * (when[o] < n) * (kind == "level"); room = S * at_level * (at_level < FULL)
        slip = np.minimum(10 * weight[o], 1e5 * own[own > 0].mean()) / max((own * lifted).sum(), 1e-300) * (room > 0)
        parts.append((o, np.where(at_level > 0, at_level - room - HAIR, 0), at_level - HAIR, slip, share * lifted * (o == g), np.full(K, hi - lo)))
    def to_d(o, m): return np.where(asked[o], (m - off[o]) / np.where(asked[o], per[o], 1), 0)
    least = np.maximum.reduce([0 * price, *(to_d(o, m) for o, m, *_ in parts)])
    if kind in ("common", "level"):
        begins, w = (off[g] + per[g] * least)[lifted], (price / np.where(asked[g], per[g], 1))[lifted]; sums = np.cumsum(w[np.argsort(begins, kind="stable")])
        top = min(1.0, float(np.sort(begins)[np.argmax(sums >= 1)])) if sums[-1] >= 1 else 1.0; bound += top - w @ np.maximum(top - begins, 0) - price @ least
    else:
        corners = [least, *(np.maximum(least, to_d(o, m)) for o, _, up, _, _, wide in parts for m in (up, up + wide))]
        bound += np.max([sum((np.where(asked[o], w * np.clip(off[o] + per[o] * d - up, 0, wide) - s * np.maximum(up - off[o] - per[o] * d, 0), 0) for o, _, up, s, w, wide in parts), -price * d) for d in corners], axis=0).sum()
    reached = {"effort": use @ x, "tonne_km": haul @ x, "last": share @ np.maximum(level.get(g, 0) - parts[-1][1] - HAIR, 0) + 1e-7 if kind == "last" else 0,
               "band": (share * lifted) @ np.clip(then - lo, 0, hi - lo) if kind == "band" else 0}.get(kind) if kind not in ("common", "level") else level[g][lifted].min()
    if g == "effort":
        bound, km = -bound - cap * (use @ x) * (kind == "tonne_km"), [num(w["distance_km"]) for w in ways if num(w["distance_km"])]
        gap = (reached - bound) / max(abs(reached), 1e-3 * (np.array(eff) @ total if kind == "effort" else np.nan_to_num(np.array(mass, float)) @ total * np.median(km)))
    else: gap = bound - min(reached, said)
    print(f"{g:8}{n:4} {kind:9} {reached:14.8g} {bound:14.8g}  gap {max(gap, 0):.2g}")
    if g != "effort" or kind == "effort" or not any(eff): gaps[g] = max(gaps[g], min(max(gap, 0), 1))
for g in order: gaps[g] = max(gaps[g], 1.0 * bool(set(when[g][weight[g] > 0]) - {n for o, n in zip(proof["stages.goal"], proof["stages.round"], strict=True) if o == g}))
check(set(proof.get("stages.slack", [None])) <= {S}, "plan.toml states another slack than the proof")
for record in head["goals"]: check(record["gap"] >= gaps[record["goal"]] - 1e-9 - 1e-6 * gaps[record["goal"]], f"{record['goal']}: gap {record['gap']:.3g} stated, {gaps[record['goal']]:.3g} is proved")
print("\n".join(f"WRONG: {w}" for w in wrong) or "all is well")
sys.exit(1 if wrong else 0)
