from building import build

from muster.report.names import Names


def test_names_given_two_places_with_one_name_then_the_ids_tell_them_apart() -> None:
    places = [{"place": "AF01", "name": "Kabul"}, {"place": "AF01U", "name": "Kabul"}, {"place": "x"}]
    names = Names(build(places=places))
    assert names.place == {"AF01": "Kabul (AF01)", "AF01U": "Kabul (AF01U)", "x": "x"}


def test_names_given_modes_and_recipes_then_their_ids_are_read_as_words() -> None:
    routes = [{"from": "a", "to": "b", "mode": "pack_mule"}]
    recipes = [{"recipe": "mine_coal", "resource": "coal", "use": "output", "quantity": 1}]
    names = Names(build(routes=routes, recipes=recipes))
    assert (names.mode["pack_mule"], names.recipe["mine_coal"]) == ("pack mule", "mine coal")


def test_when_given_a_period_beyond_the_horizon_then_after_the_plan() -> None:
    names = Names(build(periods=2))
    assert [names.when(t) for t in range(3)] == ["November 2026", "December 2026", "after the plan"]
    assert names.span == "November 2026 to December 2026"
    assert Names(build(periods=1)).span == "November 2026"
