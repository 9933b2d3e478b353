from muster.services.beancount_text import _account, _commodity, _named, _text


def test_commodity_given_names_that_beancount_does_not_know_then_letters_that_it_does() -> None:
    assert _commodity(("farine de blé", "L12")) == "FARINE-DE-BLE-L12"
    assert _commodity(("آرد", "")) == "X-X"
    assert _commodity(("5-dose kit", "")) == "X-5-DOSE-KIT"


def test_account_given_places_then_each_below_its_root() -> None:
    assert _account("store:kabul/annex") == "Assets:Store:Kabul-annex"
    assert _account("loss:آب") == "Expenses:Loss:X"


def test_named_given_the_same_names_then_numbers_keep_them_apart_and_short() -> None:
    keys = [("آرد", ""), ("برنج", ""), ("a" * 40, ""), ("a" * 40, "b")]
    names = _named(keys, {key: _commodity(key) for key in keys}, longest=24)
    assert list(names.values()) == ["X-X", "X-X-2", "A" * 24, "A" * 22 + "-2"]


def test_text_given_quotes_and_lines_then_one_string() -> None:
    assert _text('say "no"\\\nor yes') == '"say \\"no\\"\\\\ or yes"'
