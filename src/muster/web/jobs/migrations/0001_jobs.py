"""The tables of economies in versions, and of jobs."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Make the tables."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("number", models.PositiveIntegerField()),
                ("made", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("contents", models.JSONField()),
                ("warnings", models.JSONField(default=list)),
            ],
            options={
                "constraints": (models.UniqueConstraint(fields=["name", "number"], name="one_version_of_a_number"),),
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=60)),
                ("version", models.ForeignKey("jobs.version", on_delete=django.db.models.deletion.PROTECT)),
                ("on_book", models.BooleanField(default=False)),
                ("choices", models.JSONField(default=dict)),
                ("asked", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=150)),
                ("state", models.CharField(db_index=True, default="waiting", max_length=10)),
                ("worker", models.CharField(blank=True, max_length=100)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("cancelled_by", models.CharField(blank=True, max_length=150)),
                ("started", models.DateTimeField(null=True)),
                ("beat", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("share", models.FloatField(default=0.0)),
                ("message", models.CharField(blank=True, max_length=300)),
                ("made", models.JSONField(default=dict)),
                ("faults", models.JSONField(default=list)),
            ],
            options={
                "constraints": (
                    models.UniqueConstraint(condition=Q(state="running"), fields=["state"], name="one_job_runs"),
                    models.UniqueConstraint(
                        condition=Q(state__in=["waiting", "running"]), fields=["kind", "name"], name="one_job_of_a_name"
                    ),
                ),
            },
        ),
    )
