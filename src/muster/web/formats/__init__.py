"""How numbers are written where Django has no rule, or one that could be misread."""
