"""Counts of findings, by month and one dimension at a time: what is left to tell how often lists and cameras err."""

from datetime import date, datetime

from django.db import connection

from platewarden.alerts.models import Hit
from platewarden.policy.hits import Finding
from platewarden.policy.hotlists import Category
from platewarden.reads.days import day_of

_ADD = """
INSERT INTO finding_counts (agency_id, month, dimension, key, finding, count) VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT (agency_id, month, dimension, key, finding) DO UPDATE SET count = finding_counts.count + 1
"""


def count_finding(*, hit: Hit, finding: Finding, now: datetime) -> None:
    """Count that an alert ended with *finding*; part of the disposition, in its transaction.

    Never by camera and list at once: two dimensions together would tell a single alert's place. Our own test
    plates say nothing about lists and cameras, and are not counted.
    """
    if hit.entry_category == Category.CALIBRATION:
        return
    dimensions = {
        "all": "",
        "camera": str(hit.camera_id),
        "category": hit.entry_category,
        "grade": hit.grade,
        "list": hit.hotlist_name,
    }
    rows = [[hit.agency_id, month_of(now), name, key, finding.value] for name, key in dimensions.items()]
    with connection.cursor() as cursor:
        cursor.executemany(_ADD, rows)  # in one order for all, so that parallel dispositions cannot deadlock


def month_of(moment: datetime) -> date:
    """Return the first day of the month (UTC) that *moment* lies in."""
    return day_of(moment).replace(day=1)
