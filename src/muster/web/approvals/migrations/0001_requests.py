"""Requests for the approval of another person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table."""

    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("subject", models.CharField(max_length=200)),
                ("ref", models.CharField(blank=True, db_index=True, max_length=64)),
                ("what", models.TextField()),
                ("why", models.TextField(max_length=2000)),
                ("data", models.JSONField()),
                ("nor_by", models.JSONField(default=list)),
                ("unit", models.CharField(max_length=100)),
                ("asked_by", models.CharField(max_length=150)),
                ("asked", models.DateTimeField()),
                ("deadline", models.DateTimeField()),
                ("state", models.CharField(db_index=True, default="open", max_length=10)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True, max_length=2000)),
                ("outcome", models.TextField(blank=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("kind", "subject"),
                        name="one_open_request_about_it",
                    )
                ],
            },
        ),
    ]
