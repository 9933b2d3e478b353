"""The tables of requests and splits."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Make them."""

    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="GoodsRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(db_index=True, max_length=100)),
                ("who", models.CharField(max_length=200)),
                ("store", models.CharField(max_length=200)),
                ("resource", models.CharField(max_length=200)),
                ("asked", models.BigIntegerField()),
                ("measure", models.CharField(max_length=20)),
                ("entered", models.CharField(max_length=100)),
                ("people", models.PositiveIntegerField()),
                ("until", models.DateField()),
                ("origin", models.CharField(blank=True, max_length=300)),
                ("filed_by", models.CharField(max_length=150)),
                ("filed", models.DateTimeField()),
                ("closed", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, max_length=150)),
                ("why_closed", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("origin", ""), _negated=True),
                        fields=("unit", "origin"),
                        name="sharing_origin_taken_over_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("had", models.BigIntegerField()),
                ("fair", models.BigIntegerField()),
                ("share", models.BigIntegerField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="sharing.goodsrequest"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("who", models.CharField(max_length=150)),
                ("before", models.BigIntegerField()),
                ("after", models.BigIntegerField()),
                ("why", models.CharField(max_length=400)),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="sharing.share"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Split",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.CharField(db_index=True, max_length=100)),
                ("store", models.CharField(max_length=200)),
                ("resource", models.CharField(max_length=200)),
                ("measure", models.CharField(max_length=20)),
                ("pack", models.CharField(max_length=100)),
                ("pack_size", models.BigIntegerField()),
                ("there", models.BigIntegerField()),
                ("keep", models.BigIntegerField()),
                ("made_by", models.CharField(max_length=150)),
                ("made", models.DateTimeField()),
                ("state", models.CharField(default="open", max_length=10)),
                ("ended", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, max_length=150)),
                ("why_ended", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["open", "sending"])),
                        fields=("unit", "resource"),
                        name="sharing_one_open_split_of_a_good",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="share",
            name="split",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="sharing.split"
            ),
        ),
        migrations.CreateModel(
            name="Waybill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store", models.CharField(max_length=200)),
                ("event", models.CharField(max_length=36, unique=True)),
                ("number", models.CharField(max_length=100, unique=True)),
                (
                    "split",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waybills", to="sharing.split"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(fields=("split", "request"), name="sharing_request_once_in_a_split"),
        ),
        migrations.AddConstraint(
            model_name="waybill",
            constraint=models.UniqueConstraint(fields=("split", "store"), name="sharing_store_once_in_a_split"),
        ),
    )
