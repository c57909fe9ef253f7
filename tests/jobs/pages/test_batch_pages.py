def test_a_wrong_batch_comes_back_with_what_is_wrong(served, form):
    """The text stays, the fault stands above it, and nothing was queued."""
    client, store = served
    answer = form(client, "/submit", batch='sses = ["Lx7"]\ncathodes = ["S"]')

    assert answer.status_code == 422
    assert "Lx7" in answer.text
    assert 'role="alert"' in answer.text
    assert not (store / "jobs.sqlite").exists()


def test_the_flow_from_nothing_to_a_queued_batch(served, form):
    """An empty store offers the reference batch; a submitted one has a page and can be stopped."""
    client, _ = served
    assert "Screen the reference batch" in client.get("/").text

    submitted = form(client, "/submit", batch='sses = ["LZC"]\ncathodes = ["S"]')
    place = submitted.headers["location"]
    stopped = form(client, f"{place}/cancel")

    assert submitted.status_code == stopped.status_code == 303
    assert "Go on" in client.get(place).text
