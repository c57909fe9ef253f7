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


def test_a_button_counts_without_script(reader, form):
    """Pairs, time and memory stand below; the text stays, faults too, and nothing is submitted."""
    client, before = reader, reader.get("/api/v1/batches").json()
    text = 'name = "mine"\nsses = ["LZC"]\ncathodes = ["S"]'
    found = form(client, "/submit/plan", batch=text)
    wrong = form(client, "/submit/plan", batch="sses = 3")

    assert "1 pairs: 1 SSEs in 1 composites." in found.text
    assert "MB of memory" in found.text
    assert "name = &#34;mine&#34;" in found.text
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text
    assert client.get("/api/v1/batches").json() == before


def test_one_sse_can_be_handed_over(reader):
    """Its page leads to a batch of it, written as text."""
    page = reader.get("/submit", params={"sse": 'Li3N"'}).text

    assert "sses = [&#34;Li3N\\&#34;&#34;]" in page
