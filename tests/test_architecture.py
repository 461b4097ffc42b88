"""The import table of the code, held: data moves one way, and pure packages stay pure."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "casework"

# Each part, and what it may import from casework. Drawn in docs/architecture.md.
MAY_IMPORT: dict[str, set[str]] = {
    "domain": set(),
    "registers": {"domain"},
    "facts": {"domain"},
    "policy": {"domain"},
    "rules": {"domain", "facts", "policy"},
    "stages": {"domain", "facts", "policy", "rules"},
    "documents": {"domain", "policy"},
    "lab": {"domain", "facts", "policy", "rules", "stages", "documents"},
    "storage": {"domain", "config"},
    "actions": {
        "domain",
        "registers",
        "facts",
        "policy",
        "rules",
        "stages",
        "documents",
        "lab",
        "storage",
        "config",
    },
    "flows": {"actions", "domain", "config", "logs"},
    "web": {"actions", "domain", "config"},
    "cli": {"actions", "flows", "web", "demo", "stages", "storage", "domain", "config", "logs"},
    "demo": {"domain", "actions", "flows", "config"},
    "config": set(),
    "logs": set(),
}

# Pure parts: the same question gives the same answer, whatever the day and the machine.
PURE = ("domain", "registers", "facts", "policy", "rules", "stages", "lab")
IMPURE = {"datetime.now", "datetime.today", "date.today", "time.time", "open", "os.environ", "os.getenv"}
READS_FILES = {"policy/load.py", "policy/bank_holidays.py", "policy/check.py"}
STANDARD_ONLY = "domain"


def part_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            if node.module == "casework":
                found |= {f"casework.{alias.name}" for alias in node.names}
            else:
                found.add(node.module)
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_table(path: Path) -> None:
    part = part_of(path)
    used = {name.split(".")[1] for name in imports(path) if name.startswith("casework.")}

    assert part in MAY_IMPORT, f"{part} is not in the table"
    assert used - {part} <= MAY_IMPORT[part]


def called(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{called(node.value)}.{node.attr}".removeprefix("datetime.datetime").lstrip(".")
    return ""


@pytest.mark.parametrize(
    "path", [p for p in modules() if part_of(p) in PURE], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_pure_parts_read_no_clock_file_or_environment(path: Path) -> None:
    if str(path.relative_to(PACKAGE)) in READS_FILES:
        return
    tree = ast.parse(path.read_text())
    calls = {called(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {called(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    assert not (calls | names) & IMPURE


@pytest.mark.parametrize(
    "path", [p for p in modules() if part_of(p) == STANDARD_ONLY], ids=lambda path: path.name
)
def test_domain_uses_the_standard_library_only(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}

    assert roots - {"casework"} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_hides_inside_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text())
    hidden = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("casework")
    ]

    assert not hidden, f"imports inside functions on lines {hidden}: move the function instead"


def test_no_drawer_for_odds_and_ends() -> None:
    names = {part for path in modules() for part in path.relative_to(PACKAGE).with_suffix("").parts}

    assert not names & {"utils", "helpers", "common", "manager", "misc"}


@pytest.mark.xdist_group("held_together")
def test_tests_that_tell_one_story_stay_in_one_worker(request: pytest.FixtureRequest) -> None:
    grouped = request.config.getoption("loadgroup", default=False)

    assert request.node.nodeid.endswith("@held_together") is bool(grouped)
