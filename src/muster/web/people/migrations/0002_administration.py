"""Units, choices of the site, the record of changes; of accounts the language, one-time password and second factor."""

from typing import Any

from django.db import migrations, models


def units_of_accounts(apps: Any, schema_editor: Any) -> None:
    """Make a unit of every one that an account names."""
    for name in sorted(set(apps.get_model("people", "Account").objects.values_list("unit", flat=True))):
        apps.get_model("people", "Unit").objects.get_or_create(name=name)


class Migration(migrations.Migration):
    """Make the tables, and fill that of the units."""

    dependencies = [("people", "0001_accounts")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True)),
                ("by", models.CharField(max_length=150)),
                ("what", models.CharField(max_length=100)),
                ("whom", models.CharField(blank=True, max_length=200)),
                ("said", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=50, unique=True)),
                ("value", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("closed", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField("account", "language", models.CharField(blank=True, max_length=10, default="")),
        migrations.AddField("account", "one_time", models.DateTimeField(null=True)),
        migrations.AddField("account", "second_factor", models.BooleanField(default=False)),
        migrations.AlterField("knock", "what", models.CharField(max_length=12)),
        migrations.RunPython(units_of_accounts, migrations.RunPython.noop),
    ]
