"""The table of objections."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(db_index=True, max_length=200)),
                ("place_name", models.CharField(max_length=200)),
                ("unit", models.CharField(max_length=100)),
                ("plan", models.CharField(max_length=200)),
                ("economy", models.CharField(max_length=64)),
                ("text", models.TextField(max_length=4_000)),
                ("filed_by", models.CharField(max_length=150)),
                ("filed", models.DateTimeField()),
                ("deadline", models.DateField()),
                ("answer", models.TextField(blank=True, max_length=4_000)),
                ("officer", models.CharField(blank=True, max_length=150)),
                ("answered", models.DateTimeField(null=True)),
            ],
        ),
    )
