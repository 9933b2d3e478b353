"""Jobs of which nothing is wanted any more."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what says so."""

    dependencies = [("jobs", "0001_jobs")]

    operations = [migrations.AddField("job", "unwanted", models.BooleanField(default=False))]
