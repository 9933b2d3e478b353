from pathlib import Path

from typer.main import get_command

from muster.book.log_rules import LOG_RULES
from muster.book.rules import RULES as BOOK_RULES
from muster.cli.book import book_app
from muster.cli.book_reference import BOOK_JSON, book_rules
from muster.cli.reference import (
    JSON,
    PAGES,
    PLAN_MEANINGS,
    commands_page,
    every_command,
    plan_rules,
    tables_page,
    write,
)
from muster.economy.tables import TABLES
from muster.joining.rules import JOINING_RULES
from muster.plan.proof import RULES
from muster.plan.tables import PLAN_TABLES
from muster.services.book_rules import USE_RULES
from muster.store.faults import STORE_RULES


def test_write_given_a_folder_then_every_page_stands_in_it(tmp_path: Path) -> None:
    write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(PAGES)
    assert (tmp_path / "commands.md").read_text(encoding="utf-8") == commands_page()


def test_commands_page_given_every_command_then_each_has_its_keys_and_an_example() -> None:
    commands = every_command()
    assert {*JSON, *BOOK_JSON} == set(commands)
    assert {f"book {name}" for name in get_command(book_app).commands} == set(BOOK_JSON)  # type: ignore[attr-defined]
    page = commands_page()
    assert all(f"## muster {name}\n" in page and f"For example: `muster {name} " in page for name in commands)


def test_tables_page_given_every_table_then_each_column_has_a_line() -> None:
    page = tables_page()
    for table in TABLES.values():
        assert f"### {table.name}\n\n{table.meaning}" in page
        assert all(f"`{column.name}`" in page for column in table.columns)


def test_plan_meanings_given_the_schema_then_nothing_is_missing_or_left_over() -> None:
    assert {name: list(columns) for name, (_, columns) in PLAN_MEANINGS.items()} == {
        name: list(schema) for name, schema in PLAN_TABLES.items()
    }


def test_plan_rules_given_every_rule_of_the_check_then_each_has_a_line() -> None:
    page = plan_rules()
    assert all(
        f"| {number} | {rule.one}.\n".lower() in page.replace(" |\n", "\n").lower() for number, rule in RULES.items()
    )


def test_book_rules_given_every_rule_of_the_book_then_each_has_a_line() -> None:
    page = book_rules()
    numbers = {*(rule.number for rule in BOOK_RULES), *USE_RULES, *STORE_RULES, *LOG_RULES, *JOINING_RULES}
    assert all(f"| {number} | " in page for number in numbers)
