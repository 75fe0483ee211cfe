from bench.metrics import figures


def test_a_figure_is_summed_over_its_labels_and_comments_are_no_figures() -> None:
    page = [
        "# HELP a_total help",
        "# TYPE a_total counter",
        'a_total{topic="x y"} 2.0',
        'a_total{topic="z"} 3.5',
        "b 1e3",
        "",
    ]

    assert figures(page) == {"a_total": 5.5, "b": 1000.0}
