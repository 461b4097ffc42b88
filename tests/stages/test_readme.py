"""The README's ladder is the stages' own."""

from pathlib import Path

from casework.stages.ladder import ladder_table

README = Path(__file__).parents[2] / "README.md"


def test_the_ladder_in_the_readme_is_the_one_in_the_code() -> None:
    text = README.read_text()
    shown = text.partition("<!-- ladder -->\n")[2].partition("<!-- /ladder -->")[0]

    assert shown == ladder_table()
    assert "Notice to improve" in shown
