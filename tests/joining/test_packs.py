"""Packs that stand in a text."""

from __future__ import annotations

import pytest

from muster.joining.names import likeness, proposed_id, twins
from muster.joining.packs import container_in, pack_in, without_pack


@pytest.mark.parametrize(
    ("text", "pack", "container"),
    [
        ("Lamivudine 150mg, tablets, 60 Tabs", "60 piece", ""),
        ("tablets, bottle of 60", "60 piece", "bottle"),
        ("Maize meal, 25 kg bag", "25 kg", "bag"),
        ("bag of 50 kg", "50 kg", "bag"),
        ("Rice 25KG", "25 kg", ""),
        ("Farine de blé, sac de 50 kg", "50 kg", "bag"),
        ("Lopinavir 80/20mg/ml, oral solution, Bottle 5 x 60 ml", "300 ml", "bottle"),
        ("capsules, cool, 4 x 84 Caps", "336 piece", ""),
        ("co-blister 60+30 Tabs", "90 piece", "blister"),
        ("case of 24 tins of 400 g", "9600 g", "case"),
        ("carton 12x500g", "6000 g", "case"),
        ("Capillary Tubes, EDTA, 50uL,100 Pcs", "100 piece", ""),
        ("tablets, 1,000 Tabs", "1000 piece", ""),
        ("ORS, sachet 20.5 g", "20.5 g", "sachet"),
        ("24/carton", "24 piece", "case"),
        ("Oil, jerrycan 20L", "20 l", "jerrycan"),
        ("۶۰ tabs", "60 piece", ""),
    ],
)
def test_pack_in_given_a_text_then_its_pack(text: str, pack: str, container: str) -> None:
    found = pack_in(text)
    assert found is not None
    assert (found.text, found.container) == (pack, container)


@pytest.mark.parametrize("text", ["Paracetamol 500mg", "Amoxicillin 125mg/5ml", "HIV 1/2", "Flour", "", "10mg/ml"])
def test_pack_in_given_no_pack_then_none(text: str) -> None:
    assert pack_in(text) is None


@pytest.mark.parametrize(
    ("text", "pack", "agrees"),
    [("60 Tabs", "60 piece", True), ("60 Tabs", "30 piece", False), ("1 kg", "1000 g", True), ("1 kg", "999 g", False)],
)
def test_agrees_with_given_another_pack_then_whether_it_holds_as_much(text: str, pack: str, agrees: bool) -> None:
    found = pack_in(text)
    assert found is not None
    assert found.agrees_with(pack) is agrees


def test_agrees_with_given_a_pack_of_another_measure_then_it_says_nothing_against() -> None:
    found = pack_in("Vial 2 x 0.5 ml")
    assert found is not None
    assert found.agrees_with("2 piece")


def test_container_in_given_words_of_several_languages_then_one_name() -> None:
    assert [container_in(word) for word in ("Sacks", "sacs", "CARTONS", "bidons", "kg")] == [
        "bag",
        "bag",
        "case",
        "jerrycan",
        "",
    ]


def test_proposed_id_given_names_that_differ_in_the_pack_then_the_same() -> None:
    assert proposed_id("Efavirenz 600mg, tablets, 30 Tabs") == proposed_id("Efavirenz 600mg, tablets, 60 Tabs")
    assert proposed_id("Efavirenz 600mg, tablets, 30 Tabs") == "efavirenz-600mg-tablets"
    assert (proposed_id("60 Tabs"), proposed_id("…")) == ("60-tabs", "unnamed")


def test_without_pack_given_a_container_that_is_part_of_a_word_then_it_stays() -> None:
    assert without_pack("tablets, co-blister 6+6 Tabs") == "tablets, co-blister"


def test_likeness_given_known_names_then_the_best_and_the_next() -> None:
    known = {"wheat-flour": ["Wheat flour", "Farine de blé"], "maize-meal": ["Maize meal"], "oil": []}
    same, typed, other = likeness(["FARINE DE BLE", "Maize meel", "Blankets"], known)
    assert (same.best, same.score, same.sure) == ("wheat-flour", 100.0, True)
    assert (typed.best, typed.sure) == ("maize-meal", False)
    assert (other.best, other.score) == ("", 0.0)


def test_likeness_given_two_names_that_are_as_near_then_not_sure() -> None:
    [like] = likeness(["rice"], {"rice": [], "Rice ": []})
    assert like.score == like.second_score == 100.0
    assert not like.sure


def test_twins_given_a_slip_and_an_accent_then_found_but_not_other_medicines() -> None:
    words = ["Maize meal", "Maize meel", "Farine de blé", "Farine de ble"]
    words += ["Zidovudine 10mg oral solution", "Lamivudine 10mg oral solution", "Didanosine 100mg", "Didanosine 200mg"]
    assert [(one, other) for one, other, _ in twins(words)] == [
        ("Farine de blé", "Farine de ble"),
        ("Maize meal", "Maize meel"),
    ]
