"""A client that knows nothing but the contract at /openapi.json."""

import re
import threading

from jobs.batches.supervisor import work
from jobs.engines.choice import Wanted
from jobs.work.engine import Limits


class Contract:
    """Routes by what they do: method and path come from the contract, nothing is known before."""

    def __init__(self, client):
        self._client = client
        self._routes = {
            route["operationId"]: (method, path, route)
            for path, methods in client.get("/api/v1/openapi.json").json()["paths"].items()
            for method, route in methods.items()
        }

    def named(self, words):
        """Return the one route whose operation begins with some words."""
        found = [name for name in self._routes if name.startswith(words + "_api")]
        assert len(found) == 1, (words, sorted(self._routes))
        return self._routes[found[0]]

    def call(self, words, body=None, **fields):
        """Call a route with the fields that its contract has, and return what it answers."""
        method, path, route = self.named(words)
        known = {one["name"] for one in route.get("parameters", [])}
        assert set(fields) <= known
        inside = set(re.findall(r"{(\w+)}", path))
        query = {name: value for name, value in fields.items() if name not in inside}
        answer = self._client.request(
            method, path.format(**fields), params=query, json=body, timeout=120
        )
        assert str(answer.status_code) in route["responses"]
        return answer.json()


def test_the_flow_needs_the_contract_alone(served):
    """From an empty store to a ranking, a suggestion and a measured cell."""
    client, store = served
    contract = Contract(client)
    asked = {"name": "mine", "sses": ["LZC", "LPSCl"], "cathodes": ["S"], "draws": 0}
    made = contract.call("submit_batch", asked)
    worker = threading.Thread(target=work, args=(store, Wanted(), Limits()))
    worker.start()
    worker.join()

    assert contract.call("one_batch", batch_id=made["id"])["state"] == "done"
    best = contract.call("pairs", limit=1)[0]
    assert contract.call("one_pair", sse=best["sse"], cathode=best["cathode"])["rank"] == 1
    (cell,) = contract.call("suggest", {"n": 1})
    assert contract.call("move_suggestion", {"state": "pending"}, name=cell["id"])
    kept = contract.call(
        "add_experiment",
        {
            "id": "K1", "date": "2026-05-04", "source": "K1", "first_charge_mah_per_g": "140",
            "first_discharge_mah_per_g": "120",
            **{name: cell[name] for name in ("sse", "cathode", "recipe")},
        },
    )  # fmt: skip
    assert kept == {"id": "K1", "new": True}
    assert [one["id"] for one in contract.call("all_experiments")] == ["K1"]
    states = {one["id"]: one["state"] for one in contract.call("all_suggestions")}
    assert states[cell["id"]] == "done"
    assert contract.call("query", {"sql": "SELECT count(*) AS n FROM ranked_pairs"})["rows"]
