"""Numbers on Arabic pages: 29 400,5. A point between thousands would be read as a fraction when it is typed again."""

DECIMAL_SEPARATOR, THOUSAND_SEPARATOR, NUMBER_GROUPING = ",", "\u00a0", 3
