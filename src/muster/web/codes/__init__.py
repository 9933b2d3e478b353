"""The second factor: a code of six digits from an app on one's phone, and codes on paper for when that is lost."""
